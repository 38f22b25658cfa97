import GRDB
import TruckrollStoreSQL

/// A server's file that is only read, beside the process that serves it.
package final class ServerFileReader: RowPlace {
    private let path: String
    private let queue: DatabaseQueue

    /// - Throws: ``StoreProblem`` when the file cannot be read, or is not of this version of the program.
    package init(path: String) throws {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = true
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { db in
                try Layout.server.check(db, path: path)
                guard try Int.fetchOne(db, sql: "PRAGMA user_version") == Layout.server.steps.count else {
                    throw StoreProblem.foreign(path: path, detail: "an older version wrote it; open it once with this one")
                }
            }
        } catch { throw StoreProblem.translating(error, path: path) }
    }

    /// One committed state for as long as `body` runs.
    package func withSession<T>(_ body: (any SQLSession) throws -> T) throws -> T {
        do { return try queue.read { try body(Session(db: $0, path: path)) } } catch { throw StoreProblem.translating(error, path: path) }
    }

    package func close() throws { try queue.close() }
}
