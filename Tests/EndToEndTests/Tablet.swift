import Foundation
import Testing
import TruckrollClient
import TruckrollDomain

/// A device driven by the real command line, one command at a time.
struct Tablet {
    let folder: URL
    private let server: ServerProcess

    var store: String { folder.path }
    var file: URL { folder.appendingPathComponent("device.sqlite") }

    /// A device of that user, enrolled and synced.
    init(_ user: String, of server: ServerProcess, in directory: URL, named name: String? = nil) throws {
        self.server = server
        folder = directory.appendingPathComponent(name ?? user)
        try does("enrol", "--server", server.url, "--code", try server.enrolmentCode(user))
        try does("sync")
    }

    /// Runs a command to its end, however it ends.
    func tries(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) { try tries(arguments) }

    func tries(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        try ServerProcess.run(executable: ServerProcess.executable("truckroll-field").path, arguments + ["--store", store])
    }

    /// Runs a command that has to end well; gives back what it printed.
    @discardableResult
    func does(_ arguments: String..., location: SourceLocation = #_sourceLocation) throws -> String {
        let result = try tries(arguments)
        try #require(result.status == 0, "\(arguments.joined(separator: " ")): \(result.errors)", sourceLocation: location)
        return result.output
    }

    /// Runs a command with `--json`.
    func json(_ arguments: String..., location: SourceLocation = #_sourceLocation) throws -> [String: Any] {
        let result = try tries(arguments + ["--json"])
        try #require(result.status == 0, "\(arguments.joined(separator: " ")): \(result.errors)", sourceLocation: location)
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], sourceLocation: location)
    }

    /// The store, for as long as `body` runs.
    func read<T>(_ body: (DeviceClient) throws -> T) throws -> T {
        let client = try DeviceClient(directory: folder)
        defer { try? client.close() }
        return try body(client)
    }

    /// The notes of a job as this device shows them, in order.
    func notes(on job: String) throws -> [String] { try list("notes", of: job).compactMap { $0["text"] as? String }.sorted() }

    /// A list of a job as `show` prints it.
    func list(_ name: String, of job: String) throws -> [[String: Any]] { try #require(try json("show", job)[name] as? [[String: Any]]) }

    func epoch() throws -> String {
        let checkpoint = try json("status")["checkpoint"] as? [String: Any]
        return try #require(checkpoint?["epoch"] as? String)
    }

    /// How many sets a sync gave back to a server that lacks them.
    func syncGivingBack() throws -> Int { try #require(try json("sync")["given_back"] as? Int) }
}
