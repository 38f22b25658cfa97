import GRDB
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL

/// The tables of typed columns that follow from the entity schemas, in a file: one an entity, each column with its index.
///
/// An entity without such columns has a table of ids. The tables only repeat what the records say, so they can be dropped and
/// filled again.
public struct EntityTables: Sendable {
    let shapes: EntityShapes

    /// The tables of every entity of `schema`.
    public init(_ schema: Schema) { shapes = EntityShapes(schema) }

    /// The statements that make all tables and indexes in an empty database, in ascending type and field number, without
    /// semicolons. Equal for equal schemas, so they can be kept in a file and compared.
    public static func statements(for schema: Schema) -> [String] {
        EntityTables(schema).shapes.all.flatMap { shape in [shape.createTable] + shape.columns.map { shape.createIndex($0) } }
    }

    /// Makes what an older file does not have yet, and fills it from the records that are there: one reading of all records of an
    /// entity when a column of it is new, once.
    ///
    /// Within one transaction, so that whoever opens the file next finds all of it or nothing. A program of an older schema leaves
    /// columns behind that it does not know; they are filled anew when one comes that does.
    func bringUpToDate(_ db: Database, path: String, layout: Layout) throws {
        try addMissing(to: db)
        let session = Session(db: db, path: path)
        let rows = try session.rows("SELECT entity, columns FROM filled_columns") { (try $0.text(), try $0.text()) }
        let filled = Dictionary(rows, uniquingKeysWith: { first, _ in first })
        for shape in shapes.all {
            let known = filled[shape.name].map { Set($0.split(separator: "\n").map(String.init)) }
            if known?.isSuperset(of: shape.described) != true { try shape.fill(from: layout.visibleRecords, in: session) }
        }
        let now = Dictionary(shapes.all.map { ($0.name, $0.described.joined(separator: "\n")) }, uniquingKeysWith: { first, _ in first })
        guard now != filled else { return }
        try session.run("DELETE FROM filled_columns", [])
        for (name, columns) in now.sorted(by: { $0.key < $1.key }) {
            try session.run("INSERT INTO filled_columns (entity, columns) VALUES (?, ?)", [try name.bound(), try columns.bound()])
        }
    }

    private func addMissing(to db: Database) throws {
        let names = Set(try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE name LIKE 'entity!_%' ESCAPE '!'"))
        for shape in shapes.all {
            if names.contains(shape.table) {
                let present = Set(try db.columns(in: shape.table).map(\.name))
                for column in shape.columns where !present.contains(column.name) { try db.execute(sql: shape.addColumn(column)) }
            } else {
                try db.execute(sql: shape.createTable)
            }
            for column in shape.columns where !names.contains(column.index) { try db.execute(sql: shape.createIndex(column)) }
        }
    }

    /// Empties all tables, whatever stands in them and in their indexes.
    func deleteRows(in session: Session) throws { for shape in shapes.all { try session.run(shape.deleteAll, []) } }

    subscript(entity: Entity) -> EntityShape? { shapes[entity] }
}

extension EntityShape {
    fileprivate var createTable: String {
        let definitions = ["id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)"] + columns.map { "\($0.quoted) \($0.type.word)" }
        return "CREATE TABLE \(Self.quoted(table)) (\n    \(definitions.joined(separator: ",\n    "))\n) STRICT, WITHOUT ROWID"
    }

    fileprivate func createIndex(_ column: Column) -> String {
        "CREATE INDEX \(Self.quoted(column.index)) ON \(Self.quoted(table)) (\(column.quoted))"
    }

    fileprivate func addColumn(_ column: Column) -> String {
        "ALTER TABLE \(Self.quoted(table)) ADD COLUMN \(column.quoted) \(column.type.word)"
    }

    fileprivate var described: [String] { described { $0.word } }
}

extension ColumnType {
    /// The word in SQL.
    fileprivate var word: String {
        switch self {
        case .text: "TEXT"
        case .integer: "INTEGER"
        case .bytes, .encoded: "BLOB"
        }
    }
}
