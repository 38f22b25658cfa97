import GRDB
import TruckrollCore
import TruckrollDomain

/// The tables of typed columns that follow from the entity schemas: one an entity, one column an `x-column` field of the common
/// facet, each with its index. Fields of other facets stay out, because every row may be read to answer anybody's query.
///
/// An entity without such fields has a table of ids. The tables only repeat what the records say, so they can be dropped and
/// filled again. In a database of many tenants a tenant column would lead every key and index.
public struct EntityTables: Sendable {
    private let shapes: [EntityShape]
    private let byType: [EntityType: EntityShape]

    /// The tables of every entity of `schema`.
    public init(_ schema: Schema) {
        shapes = schema.entities.map { EntityShape($0) }
        byType = Dictionary(shapes.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The statements that make all tables and indexes in an empty database, in ascending type and field number, without
    /// semicolons. Equal for equal schemas, so they can be kept in a file and compared.
    public static func statements(for schema: Schema) -> [String] {
        EntityTables(schema).shapes.flatMap { [$0.createTable] + $0.columns.map(\.createIndex) }
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
        for shape in shapes {
            let known = filled[shape.name].map { Set($0.split(separator: "\n").map(String.init)) }
            if known?.isSuperset(of: shape.described) != true { try shape.fill(from: layout.visibleRecords, in: session) }
        }
        let now = Dictionary(shapes.map { ($0.name, $0.described.joined(separator: "\n")) }, uniquingKeysWith: { first, _ in first })
        guard now != filled else { return }
        try session.run("DELETE FROM filled_columns", [])
        for (name, columns) in now.sorted(by: { $0.key < $1.key }) {
            try session.run("INSERT INTO filled_columns (entity, columns) VALUES (?, ?)", [try name.bound(), try columns.bound()])
        }
    }

    private func addMissing(to db: Database) throws {
        let names = Set(try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE name LIKE 'entity!_%' ESCAPE '!'"))
        for shape in shapes {
            if names.contains(shape.table) {
                let present = Set(try db.columns(in: shape.table).map(\.name))
                for column in shape.columns where !present.contains(column.name) { try db.execute(sql: column.addColumn) }
            } else {
                try db.execute(sql: shape.createTable)
            }
            for column in shape.columns where !names.contains(column.index) { try db.execute(sql: column.createIndex) }
        }
    }

    /// Empties all tables, whatever stands in them and in their indexes.
    func deleteRows(in session: Session) throws { for shape in shapes { try session.run(shape.deleteAll, []) } }

    subscript(entity: Entity) -> EntityShape? { byType[entity.type] }
}
