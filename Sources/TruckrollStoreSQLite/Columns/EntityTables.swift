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

    /// Makes what an older file does not have yet.
    ///
    /// Rows that are there get `NULL` in a new column until their record is next saved.
    func addMissing(to db: Database) throws {
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
