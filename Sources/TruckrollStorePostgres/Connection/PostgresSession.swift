import TruckrollCore
import TruckrollStoreSQL

/// The statements of one transaction of one tenant.
///
/// A write is on its way while the next statement is made; a read waits for it and for all writes before it. A savepoint is made at the
/// server with the first write in it.
final class PostgresSession: SQLSession {
    private let connection: PostgresConnection
    private let tenant: TenantID
    /// The savepoints that are open here, and how many of them, the outer ones, the server knows.
    private var (open, made) = (0, 0)
    /// Whether a write was sent of which nobody knows yet that it succeeded.
    private var isUnsure = false
    /// What a statement failed with: until the savepoint it failed in is undone, the server takes no other.
    private var failure: StoreProblem?

    init(connection: PostgresConnection, tenant: TenantID) {
        self.connection = connection
        self.tenant = tenant
    }

    var isRemote: Bool { true }

    var place: String { connection.place }

    func damaged(_ detail: String) -> StoreProblem { .corruptRow(place: place, detail: detail) }

    @discardableResult
    func run(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try send(sql, arguments)
        let results = try results()
        return results.last?.changed ?? 0
    }

    func send(_ sql: String, _ arguments: [SQLValue]) throws {
        if let failure { throw failure }
        try makeSavepoints()
        isUnsure = true
        try connection.send(sql, arguments, tenant: tenant)
    }

    func send(_ sql: String, each rows: [[SQLValue]]) throws {
        guard rows.count > 1, let together = PostgresRows(sql, rows) else {
            for row in rows { try send(sql, row) }
            return
        }
        if let failure { throw failure }
        try makeSavepoints()
        isUnsure = true
        try connection.send(together.sql, together.values, tenant: tenant)
    }

    func eachRow(_ sql: String, _ arguments: [SQLValue], _ read: (inout RowReader) throws -> Bool) throws {
        if let failure { throw failure }
        try connection.send(sql, arguments, tenant: tenant)
        guard let result = try results().last else { return }
        for row in 0..<result.rowCount {
            var reader = RowReader(PostgresRow(result: result, row: row, place: place))
            guard try read(&reader) else { return }
        }
    }

    func firstRows(_ sql: String, each arguments: [[SQLValue]], _ read: (Int, inout RowReader) throws -> Void) throws {
        guard !arguments.isEmpty else { return }
        if let failure { throw failure }
        for arguments in arguments { try connection.send(sql, arguments, tenant: tenant) }
        for (index, result) in try results().suffix(arguments.count).enumerated() where result.rowCount > 0 {
            var reader = RowReader(PostgresRow(result: result, row: 0, place: place))
            try read(index, &reader)
        }
    }

    private func results() throws -> [PostgresResult] {
        isUnsure = false
        do { return try connection.results() } catch let problem as StoreProblem {
            failure = problem
            throw problem
        }
    }

    func confirm() throws {
        if let failure { throw failure }
        if isUnsure { _ = try results() }
    }

    // MARK: Savepoints

    /// The innermost of several of one name is meant.
    func savepoint(_ body: () throws -> Void) throws {
        open += 1
        do {
            try body()
            // What was written within it fails within it.
            if made == open, isUnsure { _ = try results() }
        } catch {
            let isMade = made == open
            open -= 1
            made = min(made, open)
            // A connection that is gone has undone everything.
            guard isMade, connection.isOpen else { throw error }
            (isUnsure, failure) = (false, nil)
            try connection.undo("ROLLBACK TO step; RELEASE step")
            throw error
        }
        let isMade = made == open
        open -= 1
        made = min(made, open)
        if isMade { try connection.send("RELEASE step", []) }
    }

    private func makeSavepoints() throws {
        guard made < open else { return }
        // What was written before them must not fail within them.
        if isUnsure { _ = try results() }
        while made < open {
            try connection.send("SAVEPOINT step", [])
            made += 1
        }
    }
}
