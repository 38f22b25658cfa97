import GRDB

/// The statements of one transaction: prepared once a connection, run with bound arguments, read by column number.
struct Session {
    let db: Database
    let path: String

    /// Runs a statement that gives no rows and returns how many it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: [DatabaseValue]) throws -> Int {
        try translating {
            try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
            return db.changesCount
        }
    }

    /// All rows in the order of the statement.
    func rows<T>(_ sql: String, _ arguments: [DatabaseValue] = [], _ read: (inout RowReader) throws -> T) throws -> [T] {
        try translating {
            let cursor = try Row.fetchCursor(try db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
            var results: [T] = []
            while let row = try cursor.next() {
                var reader = RowReader(row: row, path: path)
                results.append(try read(&reader))
            }
            return results
        }
    }

    /// The first row, if any.
    func row<T>(_ sql: String, _ arguments: [DatabaseValue] = [], _ read: (inout RowReader) throws -> T) throws -> T? {
        try translating {
            let cursor = try Row.fetchCursor(try db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
            guard let row = try cursor.next() else { return nil }
            var reader = RowReader(row: row, path: path)
            return try read(&reader)
        }
    }

    /// The rows that can be read, in the order of the statement; `unreadable` is called for each other one, and may end the call.
    func legibleRows<T>(
        _ sql: String, _ arguments: [DatabaseValue] = [], unreadable: () throws -> Void, _ read: (inout RowReader) throws -> T
    ) throws -> [T] {
        try rows(sql, arguments) { try legible(&$0, unreadable, read) }.compactMap { $0 }
    }

    /// The first row, if there is one and it can be read; `unreadable` is called when it cannot.
    func legibleRow<T>(
        _ sql: String, _ arguments: [DatabaseValue] = [], unreadable: () throws -> Void, _ read: (inout RowReader) throws -> T
    ) throws -> T? {
        try row(sql, arguments) { try legible(&$0, unreadable, read) } ?? nil
    }

    /// Damage that SQLite itself finds in the file is none of a row, and ends the call.
    private func legible<T>(
        _ row: inout RowReader, _ unreadable: () throws -> Void, _ read: (inout RowReader) throws -> T
    ) throws -> T? {
        do { return try read(&row) } catch StoreProblem.corrupt {
            try unreadable()
            return nil
        }
    }

    /// Runs `body`; when it throws, undoes what it wrote and throws on.
    func savepoint<T>(_ body: () throws -> T) throws -> T {
        try translating {
            var result: T?
            try db.inSavepoint {
                result = try body()
                return .commit
            }
            guard let result else { throw StoreProblem.failed(path: path, detail: "a savepoint ended without a result") }
            return result
        }
    }

    private func translating<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch { throw StoreProblem.translating(error, path: path) }
    }
}
