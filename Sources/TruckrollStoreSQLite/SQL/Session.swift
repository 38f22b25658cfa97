import Foundation
import GRDB
import TruckrollStoreSQL

/// The statements of one transaction: prepared once a connection, run with bound arguments, read by column number.
struct Session: SQLSession {
    let db: Database
    let path: String

    var place: String { path }
    var isRemote: Bool { false }

    func damaged(_ detail: String) -> StoreProblem { .corrupt(path: path, detail: detail) }

    @discardableResult
    func run(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try translating {
            try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments.map(\.databaseValue)))
            return db.changesCount
        }
    }

    func eachRow(_ sql: String, _ arguments: [SQLValue], _ read: (inout RowReader) throws -> Bool) throws {
        try translating {
            let cursor = try Row.fetchCursor(
                try db.cachedStatement(sql: sql), arguments: StatementArguments(arguments.map(\.databaseValue)))
            while let row = try cursor.next() {
                var reader = RowReader(FileRow(row: row, path: path))
                guard try read(&reader) else { return }
            }
        }
    }

    func savepoint(_ body: () throws -> Void) throws {
        try translating {
            try db.inSavepoint {
                try body()
                return .commit
            }
        }
    }

    private func translating<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch { throw StoreProblem.translating(error, path: path) }
    }
}

/// A row of a file that may be damaged.
private struct FileRow: SQLRow {
    let row: Row
    let path: String

    func column(_ index: Int) -> SQLValue {
        let value: DatabaseValue = row[index]
        return switch value.storage {
        case .null: .null
        case .int64(let integer): .integer(integer)
        case .double(let number): .real(number)
        case .string(let text): .text(text)
        case .blob(let data): .bytes(Array(data))
        }
    }

    func damaged(_ detail: String) -> StoreProblem { .corrupt(path: path, detail: detail) }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let integer): integer.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        }
    }
}
