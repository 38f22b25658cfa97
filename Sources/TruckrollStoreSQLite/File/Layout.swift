import GRDB
import TruckrollStoreSQL

/// The tables of one kind of store, as the steps that lead to them.
///
/// A step that has shipped is never edited; the next one corrects it. `PRAGMA user_version` counts the steps a file has
/// taken, `PRAGMA application_id` says which kind of store it is.
struct Layout: Sendable {
    /// Four ASCII letters as a number.
    let applicationID: Int32
    /// What to call the store in messages.
    let name: String
    /// The statements of each step, in order.
    let steps: [[String]]
    /// Key and entries of every record that has a typed row, from the key `?1` through `?2`.
    let visibleRecords: String
    /// Whether it keeps the words of those records.
    var keepsWords = false

    /// Which columns of which entity say what every record says.
    static let filledColumns = [
        """
        CREATE TABLE filled_columns (
            entity TEXT NOT NULL PRIMARY KEY,
            columns TEXT NOT NULL -- each with its type, ascending, a line each
        ) STRICT, WITHOUT ROWID
        """
    ]

    /// Refuses a file that this program must not write, reading only.
    func check(_ db: Database, path: String) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard application == applicationID || (application == 0 && version == 0 && tables == 0) else {
            throw StoreProblem.foreign(path: path, detail: "it is not the database of \(name)")
        }
        guard version <= steps.count else {
            throw StoreProblem.newer(path: path, version: version, newestKnown: steps.count)
        }
    }

    /// Takes the missing steps, each in a transaction of its own.
    func migrate(_ db: Database) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        for index in steps.indices.dropFirst(version) {
            try db.inTransaction(.immediate) {
                for statement in steps[index] { try db.execute(sql: statement) }
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }
}
