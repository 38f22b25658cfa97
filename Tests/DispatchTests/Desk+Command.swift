import ArgumentParser
import CommandSupport
import Foundation
import TruckrollClient
import TruckrollStoreSQLite
import TruckrollSync
import TruckrollTerminal

@testable import DispatchCommands

extension Desk {
    /// Runs a command of the dispatcher over this desk's store, which is the command's own from then on.
    func run(_ arguments: String...) async -> (code: Int32, output: String, errors: String) {
        await Self.run(arguments + ["--clock", "2026-11-23T08:00:00+01:00"], store: released())
    }

    /// The folder of the store, which this desk lets go of.
    func released() -> URL {
        try? (client.engine.store as? SQLiteDeviceStore)?.close()
        return folder
    }

    /// Runs a command over any store, without a network.
    static func run(_ arguments: [String], store: URL) async -> (code: Int32, output: String, errors: String) {
        let (output, errors) = (Transcript(), Transcript())
        let code: Int32 = await Console.$output.withValue(output.terminal()) {
            await Console.$errors.withValue(errors.terminal()) {
                await Console.$connect.withValue({ _, _ in throw TransportProblem.offline("no network in this test") }) {
                    do {
                        var command = try DispatchCommand.parseAsRoot(arguments + ["--store", store.path])
                        if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
                        return 0
                    } catch { return DispatchCommand.exitCode(for: error).rawValue }
                }
            }
        }
        return (code, output.text, errors.text)
    }
}
