import GRDB
import TruckrollCore
import TruckrollDomain

/// The table of one entity, with the statements that use it.
struct EntityShape: Sendable {
    struct Column: Sendable {
        let name: String
        let type: ColumnType
        let index: String
        let createIndex: String
        let addColumn: String
        /// Ids of the rows with a value, ascending. `IS` finds `NULL` too.
        let selectIDs: String
    }

    let entity: Entity
    let type: EntityType
    let name: String
    let table: String
    let columns: [Column]
    let createTable: String
    let upsert: String
    let delete: String
    let deleteAll: String
    let selectIDs: String

    init(_ entity: Entity) {
        let table = "entity_" + entity.name
        let quotedTable = Self.quoted(table)
        self.entity = entity
        type = entity.type
        name = entity.name
        self.table = table
        columns = entity.columns.filter { $0.facet == .common }.map { field in
            let column = Self.quoted(field.name)
            let type = ColumnType(field)
            let index = "\(table)_by_\(field.name)"
            return Column(
                name: field.name, type: type, index: index,
                createIndex: "CREATE INDEX \(Self.quoted(index)) ON \(quotedTable) (\(column))",
                addColumn: "ALTER TABLE \(quotedTable) ADD COLUMN \(column) \(type.word)",
                selectIDs: "SELECT id FROM \(quotedTable) WHERE \(column) IS ? ORDER BY id")
        }
        let names = columns.map { Self.quoted($0.name) }
        let definitions =
            ["id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)"] + columns.map { "\(Self.quoted($0.name)) \($0.type.word)" }
        createTable = "CREATE TABLE \(quotedTable) (\n    \(definitions.joined(separator: ",\n    "))\n) STRICT, WITHOUT ROWID"
        let marks = [String](repeating: "?", count: names.count + 1).joined(separator: ", ")
        let assignments = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        // A row that is as it should be is not written.
        let differs = names.map { "\($0) IS NOT excluded.\($0)" }.joined(separator: " OR ")
        upsert = """
            INSERT INTO \(quotedTable) (\((["id"] + names).joined(separator: ", "))) VALUES (\(marks)) \
            ON CONFLICT (id) DO \(names.isEmpty ? "NOTHING" : "UPDATE SET \(assignments) WHERE \(differs)")
            """
        deleteAll = "DELETE FROM \(quotedTable)"
        delete = "DELETE FROM \(quotedTable) WHERE id = ?"
        selectIDs = "SELECT id FROM \(quotedTable) ORDER BY id"
    }

    /// Names come from the schemas in `Schemas/`; some of them are words of SQL, such as `order`.
    private static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}

extension EntityShape {
    /// The columns with their types, ascending.
    var described: [String] { columns.map { "\($0.name) \($0.type.word)" }.sorted() }

    /// Brings every row up to date with the record it repeats. The row of a record that cannot be read stays as it is, so that whoever
    /// looks for the record still meets it, and is told.
    ///
    /// - Parameter records: the statement that gives them, with the first and the last key to bind.
    func fill(from records: String, in session: Session) throws {
        let start = type.rawValue.bigEndianBytes
        let bounds = [UInt8.min, .max].map { (start + [UInt8](repeating: $0, count: 17)).bound }
        _ = try session.rows(records, bounds) { row in
            guard let key = try? row.recordKey(), key.facet == .common, let record = try? row.record(key) else { return }
            try save(key.id, RecordView(record, entity).columns, in: session)
        }
    }

    /// Puts the row of a record in place, or takes it away when there are no columns.
    ///
    /// - Returns: whether the row was another one before.
    @discardableResult
    func save(_ id: RecordID, _ values: ColumnValues?, in session: Session) throws -> Bool {
        guard let values else { return try session.run(delete, [id.bound]) > 0 }
        // A value that does not fit its column's type, written under another schema, is not found by that column.
        let bound = try columns.map { try $0.type.bound(values[$0.name]) ?? .null }
        return try session.run(upsert, [id.bound] + bound) > 0
    }

    /// - Parameter unreadable: is called for each row that is left out because the disk has changed it.
    /// - Throws: ``SchemaProblem`` when the entity has no such column.
    func ids(where column: String, equals value: Value, in session: Session, unreadable: () throws -> Void) throws -> [RecordID] {
        guard let column = columns.first(where: { $0.name == column }) else {
            throw SchemaProblem(entity: name, detail: "\(column) is no column to query by")
        }
        guard let bound = try column.type.bound(value) else { return [] }
        return try session.legibleRows(column.selectIDs, [bound], unreadable: unreadable) { try $0.recordID() }
    }

    func ids(in session: Session, unreadable: () throws -> Void) throws -> [RecordID] {
        try session.legibleRows(selectIDs, unreadable: unreadable) { try $0.recordID() }
    }
}
