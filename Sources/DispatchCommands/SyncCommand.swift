import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollSync
import TruckrollTerminal

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Send what is recorded here and bring in what changed.",
        discussion: """
            Safe to repeat at any time: nothing is sent twice or lost.

            EXAMPLE
              truckroll-dispatch sync

            EXIT STATUS: 0 in step with the server, 3 the server could not be asked, 64 bad usage, 1 anything else.
            JSON: answered, need_attention, records_changed, records_gone, repaired, given_back, position, synced.
            """)

    @OptionGroup var options: DispatchOptions

    func run() async throws {
        try await options.run { session in
            guard case .reached(let report) = try await session.sync() else {
                session.console.result(["synced": false], [])
                return .pending
            }
            var block = KeyValueBlock()
            block.add("Change sets answered", "\(report.answered)")
            if report.needAttention > 0 { block.add("Of those needing attention", StyledText("\(report.needAttention)", .yellow)) }
            block.add("Records changed", "\(report.recordsChanged)")
            block.add("Records gone", "\(report.recordsGone)")
            if report.repaired > 0 { block.add("Scopes repaired", "\(report.repaired)") }
            if report.givenBack > 0 { block.add("Given back to the server", "\(report.givenBack)") }
            block.add("Position", "\(report.position)")
            session.console.result(
                .object(
                    report.figures + [
                        ("repaired", .int(report.repaired)), ("given_back", .int(report.givenBack)), ("position", .position(report.position)),
                        ("synced", true),
                    ]), [block])
            return .done
        }
    }
}
