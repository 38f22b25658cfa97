/// The statements of one transaction, as the driver of a database runs them.
///
/// One text serves SQLite, where a file holds one tenant, and PostgreSQL, where one database holds many. Values stand for `?` in
/// their order, or for `?1`, `?2` and so on. What only a database of many tenants needs stands in a comment, which SQLite passes over
/// and the driver of PostgreSQL takes out of its comment marks; `$tenant` in it is the tenant's id. Every statement names the tenant
/// so, and the key of every table begins with it.
package protocol SQLSession {
    /// The name of the database in messages.
    var place: String { get }

    /// Whether the database is another process's, so that each time it is asked costs a way to it and back.
    var isRemote: Bool { get }

    /// The problem of rows that do not hold what was written there.
    func damaged(_ detail: String) -> StoreProblem

    /// Runs a statement that gives no rows and returns how many it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Runs a statement that gives no rows, of which nobody needs to know at once whether it succeeded: what goes wrong is thrown with a later
    /// one, at the latest at the end of the savepoint or of the transaction.
    func send(_ sql: String, _ arguments: [SQLValue]) throws

    /// The same for each of the rows, which are of different keys.
    func send(_ sql: String, each rows: [[SQLValue]]) throws

    /// Waits until all that was sent is known to have succeeded.
    func confirm() throws

    /// Reads the first row of a statement, if any, for each of the arguments, whose number is passed on.
    func firstRows(_ sql: String, each arguments: [[SQLValue]], _ read: (Int, inout RowReader) throws -> Void) throws

    /// Reads the rows of a statement in their order for as long as `read` returns `true`.
    func eachRow(_ sql: String, _ arguments: [SQLValue], _ read: (inout RowReader) throws -> Bool) throws

    /// Runs `body`; when it throws, undoes what it wrote and throws on.
    func savepoint(_ body: () throws -> Void) throws
}

extension SQLSession {
    package func send(_ sql: String, _ arguments: [SQLValue]) throws { try run(sql, arguments) }
    package func confirm() throws {}
    package func send(_ sql: String, each rows: [[SQLValue]]) throws { for row in rows { try send(sql, row) } }

    package func firstRows(_ sql: String, each arguments: [[SQLValue]], _ read: (Int, inout RowReader) throws -> Void) throws {
        for (index, arguments) in arguments.enumerated() {
            try eachRow(sql, arguments) { row in
                try read(index, &row)
                return false
            }
        }
    }

    /// All rows in the order of the statement.
    package func rows<T>(_ sql: String, _ arguments: [SQLValue] = [], _ read: (inout RowReader) throws -> T) throws -> [T] {
        var results: [T] = []
        try eachRow(sql, arguments) { row in
            results.append(try read(&row))
            return true
        }
        return results
    }

    /// The first row, if any.
    package func row<T>(_ sql: String, _ arguments: [SQLValue] = [], _ read: (inout RowReader) throws -> T) throws -> T? {
        var result: T?
        try eachRow(sql, arguments) { row in
            result = try read(&row)
            return false
        }
        return result
    }

    /// Runs an `INSERT` that leaves a row alone that is there already.
    ///
    /// - Throws: ``StoreProblem/taken(detail:)`` when there is one.
    package func insert(_ sql: String, _ arguments: [SQLValue], taken: @autoclosure () -> String) throws {
        guard try run(sql, arguments) == 1 else { throw StoreProblem.taken(detail: taken()) }
    }

    /// The rows that can be read, in the order of the statement; `unreadable` is called for each other one, and may end the call.
    package func legibleRows<T>(
        _ sql: String, _ arguments: [SQLValue] = [], unreadable: () throws -> Void, _ read: (inout RowReader) throws -> T
    ) throws -> [T] {
        try rows(sql, arguments) { try legible(&$0, unreadable, read) }.compactMap { $0 }
    }

    /// The first row, if there is one and it can be read; `unreadable` is called when it cannot.
    package func legibleRow<T>(
        _ sql: String, _ arguments: [SQLValue] = [], unreadable: () throws -> Void, _ read: (inout RowReader) throws -> T
    ) throws -> T? {
        try row(sql, arguments) { try legible(&$0, unreadable, read) } ?? nil
    }

    /// Damage that the database itself finds is none of a row, and ends the call.
    private func legible<T>(
        _ row: inout RowReader, _ unreadable: () throws -> Void, _ read: (inout RowReader) throws -> T
    ) throws -> T? {
        do { return try read(&row) } catch let problem as StoreProblem where problem.damage != nil {
            try unreadable()
            return nil
        }
    }

    /// Runs `body`; when it throws, undoes what it wrote and throws on.
    package func savepoint<T>(_ body: () throws -> T) throws -> T {
        var result: T?
        try savepoint { () throws -> Void in result = try body() }
        guard let result else { throw StoreProblem.failed(path: place, detail: "a savepoint ended without a result") }
        return result
    }
}
