import Foundation
import Testing

/// The dispatcher's command line over a store of its own.
struct OfficeDesk {
    let store: String

    /// The dispatcher's device, enrolled and synced.
    init(of server: ServerProcess, in directory: URL) throws {
        store = directory.appendingPathComponent("office").path
        let enrolled = try ServerProcess.run(
            executable: ServerProcess.executable("truckroll-dispatch").path,
            ["enrol", "--server", server.url, "--code", try server.enrolmentCode("P0107"), "--store", store])
        try #require(enrolled.status == 0, "\(enrolled.errors)")
    }

    /// Runs a command with `--json`, however it ends.
    func callAsFunction(_ arguments: String...) throws -> (status: Int32, json: [String: Any]) { try run(arguments) }
    func callAsFunction(_ arguments: [String]) throws -> (status: Int32, json: [String: Any]) { try run(arguments) }

    /// The list that a command prints under a name.
    func list(_ name: String, _ arguments: String...) throws -> [[String: Any]] { try run(arguments).json[name] as? [[String: Any]] ?? [] }

    private func run(_ arguments: [String]) throws -> (status: Int32, json: [String: Any]) {
        let result = try ServerProcess.run(
            executable: ServerProcess.executable("truckroll-dispatch").path, arguments + ["--store", store, "--json"])
        return (result.status, try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:])
    }
}
