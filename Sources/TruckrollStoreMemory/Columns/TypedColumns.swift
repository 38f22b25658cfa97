import TruckrollCore
import TruckrollDomain

/// The typed columns of all entities: the `x-column` fields of the common facet.
///
/// As in a file, columns once made stay, and a schema says which of them its program sees.
struct TypedColumns: Sendable {
    private var tables: [EntityTable] = []
    private var shapes: [EntityType: EntityShape] = [:]
    /// By entity, the columns that say what every record says.
    private var filled: [String: Set<String>] = [:]

    init(_ schema: Schema) { _ = open(schema) }

    /// Makes what is missing for the schema and sees what it has.
    ///
    /// - Returns: the entities whose rows have to be made anew, because a column of theirs was not kept so far.
    mutating func open(_ schema: Schema) -> [Entity] {
        shapes = [:]
        let before = filled
        filled = [:]
        for entity in schema.entities {
            let place = tables.firstIndex { $0.name == entity.name } ?? tables.count
            if place == tables.count { tables.append(EntityTable(name: entity.name)) }
            var columns: [EntityShape.Column] = []
            for field in entity.columns where field.facet == .common {
                columns.append(.init(name: field.name, type: ColumnType(field), place: tables[place].place(ofColumn: field.name)))
            }
            if !entity.clocks.isEmpty {
                let name = Entity.nextDueColumn
                columns.append(.init(name: name, type: .integer, place: tables[place].place(ofColumn: name)))
            }
            shapes[entity.type] = EntityShape(name: entity.name, table: place, columns: columns)
            filled[entity.name] = Set(columns.map(\.name) + (entity.clocks.isEmpty ? [] : [entity.dueRule]))
        }
        return schema.entities.filter { entity in
            guard let former = before[entity.name], let now = filled[entity.name] else { return true }
            return !now.isSubset(of: former)
        }
    }

    /// Makes the rows of an entity anew from its records.
    mutating func fill(_ entity: Entity, from records: some Sequence<Record>) {
        guard let shape = shapes[entity.type] else { return }
        tables[shape.table].rows = EntityColumns(columns: tables[shape.table].columns.count)
        for record in records where record.key.type == entity.type && record.key.facet == .common {
            guard let columns = RecordView(record, entity).columns, let row = try? row(entity, record.key.id, columns) else { continue }
            _ = set(entity.type, record.key.id, row)
        }
    }

    /// Takes every row away.
    mutating func deleteRows() {
        for place in tables.indices { tables[place].rows = EntityColumns(columns: tables[place].columns.count) }
    }

    /// The row that the values make of the record's; `nil` without values.
    ///
    /// A value that does not fit its column's type is not found by that column.
    func row(_ entity: Entity, _ id: RecordID, _ values: ColumnValues?) throws -> [ColumnValue]? {
        guard let values, let shape = shapes[entity.type] else { return nil }
        let table = tables[shape.table]
        var row = table.rows[id] ?? [ColumnValue](repeating: .null, count: table.columns.count)
        for column in shape.columns { row[column.place] = try column.type.value(values[column.name]) ?? .null }
        return row
    }

    subscript(type: EntityType, id: RecordID) -> [ColumnValue]? { shapes[type].flatMap { tables[$0.table].rows[id] } }

    /// Puts a record's row in place, or takes it away, and returns what was there. Nothing for an entity that the schema has not.
    mutating func set(_ type: EntityType, _ id: RecordID, _ row: [ColumnValue]?) -> [ColumnValue]? {
        guard let shape = shapes[type] else { return nil }
        return tables[shape.table].rows.set(id, row)
    }

    func ids(_ entity: Entity) -> [RecordID] { shapes[entity.type].map { tables[$0.table].rows.ids } ?? [] }

    /// - Throws: `SchemaProblem` when the entity has no such column.
    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        guard let shape = shapes[entity.type] else { return [] }
        guard let column = shape.columns.first(where: { $0.name == column }) else {
            throw SchemaProblem(entity: shape.name, detail: "\(column) is no column to query by")
        }
        guard let value = try column.type.value(value) else { return [] }
        return tables[shape.table].rows.ids(column: column.place, value: value)
    }

    /// - Throws: `SchemaProblem` when the entity has no such column.
    func rows(_ entity: Entity, columns names: [String]) throws -> [(id: RecordID, values: [Value])] {
        guard let shape = shapes[entity.type] else { return [] }
        let columns = try names.map { name in
            guard let column = shape.columns.first(where: { $0.name == name }) else {
                throw SchemaProblem(entity: shape.name, detail: "\(name) is no column to query by")
            }
            return column
        }
        let rows = tables[shape.table].rows
        return rows.ids.map { id in
            let row = rows[id]
            return (id, columns.map { column in row.map { column.type.value(of: $0[column.place]) } ?? .null })
        }
    }

    /// What is due at the moment or before, the earliest first.
    func ids(_ entity: Entity, dueAt milliseconds: Int64) -> [RecordID] {
        guard let shape = shapes[entity.type], let column = shape.columns.first(where: { $0.name == Entity.nextDueColumn }) else { return [] }
        return tables[shape.table].rows.ids(column: column.place, upTo: milliseconds)
    }
}

/// What was ever made for an entity.
private struct EntityTable: Sendable {
    let name: String
    private(set) var columns: [String] = []
    var rows = EntityColumns(columns: 0)

    init(name: String) { self.name = name }

    /// Makes the column where it is missing.
    mutating func place(ofColumn name: String) -> Int {
        if let place = columns.firstIndex(of: name) { return place }
        columns.append(name)
        rows.addColumn()
        return columns.count - 1
    }
}

/// What the schema at hand sees of it.
private struct EntityShape: Sendable {
    struct Column: Sendable {
        let name: String
        let type: ColumnType
        let place: Int
    }

    let name: String
    let table: Int
    let columns: [Column]
}
