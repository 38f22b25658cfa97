import TruckrollCore
import TruckrollDomain

/// The table of one entity's typed columns, with the statements that use it. Its SQL is of the kind that ``SQLSession`` takes.
package struct EntityShape: Sendable {
    package struct Column: Sendable {
        package let name: String
        package let type: ColumnType
        /// As it stands in SQL.
        package let quoted: String
        /// Name of its index.
        package let index: String
        /// What an index of PostgreSQL holds of it: a value of any length does not fit there.
        package let indexed: String
        /// Ids of the rows with a value, ascending.
        let selectIDs: String
        /// Ids of the rows without one, ascending.
        let selectEmptyIDs: String

        init(name: String, type: ColumnType, isLong: Bool, of table: String) {
            let column = EntityShape.quoted(name)
            let prefix = { (value: String) in isLong ? "substr(\(value), 1, 200)" : value }
            let select = "SELECT id FROM \(EntityShape.quoted(table)) WHERE /*tenant = $tenant AND \(prefix(column))"
            self.name = name
            self.type = type
            quoted = column
            index = "\(table)_by_\(name)"
            indexed = isLong ? "(\(prefix(column)))" : column
            selectIDs = "\(select) = \(prefix("?1")) AND*/ \(column) = ?1 ORDER BY id"
            selectEmptyIDs = "\(select) IS NULL AND*/ \(column) IS NULL ORDER BY id"
        }
    }

    package let entity: Entity
    package let type: EntityType
    package let name: String
    package let table: String
    package let columns: [Column]
    let upsert: String
    let delete: String
    package let deleteAll: String
    let selectIDs: String
    /// Ids of the rows that are due at a moment, the earliest first.
    let selectDueIDs: String

    package init(_ entity: Entity) {
        let table = "entity_" + entity.name
        let quotedTable = Self.quoted(table)
        self.entity = entity
        type = entity.type
        name = entity.name
        self.table = table
        var columns = entity.columns.filter { $0.facet == .common }.map { field in
            Column(name: field.name, type: ColumnType(field), isLong: Self.isLong(field), of: table)
        }
        if !entity.clocks.isEmpty { columns.append(Column(name: Entity.nextDueColumn, type: .integer, isLong: false, of: table)) }
        self.columns = columns
        let due = Self.quoted(Entity.nextDueColumn)
        selectDueIDs = "SELECT id FROM \(quotedTable) WHERE /*tenant = $tenant AND*/ \(due) <= ? ORDER BY \(due), id"
        let names = columns.map(\.quoted)
        let marks = [String](repeating: "?", count: names.count + 1).joined(separator: ", ")
        let assignments = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        // A row that is as it should be is not written.
        let differs = names.map { name in
            let (old, new) = ("\(quotedTable).\(name)", "excluded.\(name)")
            return "\(old) <> \(new) OR (\(old) IS NULL) <> (\(new) IS NULL)"
        }.joined(separator: " OR ")
        upsert = """
            INSERT INTO \(quotedTable) (/*tenant,*/ \((["id"] + names).joined(separator: ", "))) VALUES (/*$tenant,*/ \(marks)) \
            ON CONFLICT (/*tenant,*/ id) DO \(names.isEmpty ? "NOTHING" : "UPDATE SET \(assignments) WHERE \(differs)")
            """
        deleteAll = "DELETE FROM \(quotedTable) /*WHERE tenant = $tenant*/"
        delete = "DELETE FROM \(quotedTable) WHERE /*tenant = $tenant AND*/ id = ?"
        selectIDs = "SELECT id FROM \(quotedTable) /*WHERE tenant = $tenant*/ ORDER BY id"
    }

    /// Whether a value may be too long for an index of PostgreSQL, which takes some 2,700 bytes.
    private static func isLong(_ field: Field) -> Bool {
        switch field.type {
        case _ where field.isSet: true
        case .text(let characters): characters > 500
        case .decimal, .time, .date, .enumeration, .integer, .boolean, .reference, .hash: false
        case .bytes, .place, .list, .any: true
        }
    }

    /// Names come from the schemas in `Schemas/`; some of them are words of SQL, such as `order`.
    package static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}

extension EntityShape {
    /// The columns with their types, and how the one of clocks is found, ascending: what a store notes to know whether its rows say it all.
    package func described(_ word: (ColumnType) -> String) -> [String] {
        (columns.map { "\($0.name) \(word($0.type))" } + (entity.clocks.isEmpty ? [] : ["due: \(entity.dueRule)"])).sorted()
    }

    /// Brings every row up to date with the record it repeats. The row of a record that cannot be read stays as it is, so that whoever
    /// looks for the record still meets it, and is told.
    ///
    /// - Parameters:
    ///   - records: the statement that gives them, with the first and the last key to bind.
    ///   - keys: of those that are meant; all of the entity's when left out.
    package func fill(from records: String, keys: (first: [UInt8], last: [UInt8])? = nil, in session: any SQLSession) throws {
        let keys = keys ?? allKeys
        try session.eachRow(records, [keys.first.bound, keys.last.bound]) { row in
            guard let key = try? row.recordKey(), key.facet == .common, let record = try? row.record(key) else { return true }
            try save(key.id, RecordView(record, entity).columns, in: session)
            return true
        }
    }

    /// The first key that a record of the entity can have, and the last one.
    package var allKeys: (first: [UInt8], last: [UInt8]) {
        let start = self.type.rawValue.bigEndianBytes
        return (start + [UInt8](repeating: .min, count: 17), start + [UInt8](repeating: .max, count: 17))
    }

    /// Puts the rows of records in place, or takes them away where there are no columns. What goes wrong is thrown as by
    /// ``SQLSession/send(_:_:)``.
    package func put(_ rows: [(id: RecordID, values: ColumnValues?)], in session: any SQLSession) throws {
        try session.send(upsert, each: rows.compactMap { row in try row.values.map { try bound(row.id, $0) } })
        for row in rows where row.values == nil { try session.send(delete, [row.id.bound]) }
    }

    /// Puts the row of a record in place, or takes it away when there are no columns.
    ///
    /// - Returns: whether the row was another one before.
    @discardableResult
    package func save(_ id: RecordID, _ values: ColumnValues?, in session: any SQLSession) throws -> Bool {
        guard let values else { return try session.run(delete, [id.bound]) > 0 }
        return try session.run(upsert, bound(id, values)) > 0
    }

    /// A value that does not fit its column's type, written under another schema, is not found by that column.
    private func bound(_ id: RecordID, _ values: ColumnValues) throws -> [SQLValue] {
        [id.bound] + (try columns.map { try $0.type.bound(values[$0.name]) ?? .null })
    }

    /// - Parameter unreadable: is called for each row that is left out because the disk has changed it.
    /// - Throws: ``SchemaProblem`` when the entity has no such column.
    package func ids(
        where column: String, equals value: Value, in session: any SQLSession, unreadable: () throws -> Void
    ) throws -> [RecordID] {
        guard let column = columns.first(where: { $0.name == column }) else {
            throw SchemaProblem(entity: name, detail: "\(column) is no column to query by")
        }
        guard let bound = try column.type.bound(value) else { return [] }
        let (sql, arguments) = bound.isNull ? (column.selectEmptyIDs, []) : (column.selectIDs, [bound])
        return try session.legibleRows(sql, arguments, unreadable: unreadable) { try $0.recordID() }
    }

    /// Columns of every row in the order in which they are named, ids ascending. What is encoded in a column is not told.
    ///
    /// - Throws: ``SchemaProblem`` when the entity has no such column.
    package func rows(
        _ names: [String], in session: any SQLSession, unreadable: () throws -> Void
    ) throws -> [(id: RecordID, values: [Value])] {
        let wanted = try names.map { name in
            guard let column = columns.first(where: { $0.name == name }) else {
                throw SchemaProblem(entity: self.name, detail: "\(name) is no column to query by")
            }
            return column
        }
        let list = (["id"] + wanted.map(\.quoted)).joined(separator: ", ")
        let sql = "SELECT \(list) FROM \(Self.quoted(table)) /*WHERE tenant = $tenant*/ ORDER BY id"
        return try session.legibleRows(sql, unreadable: unreadable) { row in
            (try row.recordID(), wanted.map { $0.type.value(row.raw()) })
        }
    }

    /// - Parameter milliseconds: Unix milliseconds.
    /// - Returns: what is due at the moment or before, the earliest first; nothing of an entity without clocks.
    package func ids(dueAt milliseconds: Int64, in session: any SQLSession, unreadable: () throws -> Void) throws -> [RecordID] {
        guard !entity.clocks.isEmpty else { return [] }
        return try session.legibleRows(selectDueIDs, [milliseconds.bound], unreadable: unreadable) { try $0.recordID() }
    }

    package func ids(in session: any SQLSession, unreadable: () throws -> Void) throws -> [RecordID] {
        try session.legibleRows(selectIDs, unreadable: unreadable) { try $0.recordID() }
    }
}

/// The tables of typed columns that follow from a schema: one an entity, one column an `x-column` field of the common facet. Fields
/// of other facets stay out, because every row may be read to answer anybody's query.
package struct EntityShapes: Sendable {
    /// In the schema's order.
    package let all: [EntityShape]
    private let byType: [EntityType: EntityShape]

    package init(_ schema: Schema) {
        all = schema.entities.map { EntityShape($0) }
        byType = Dictionary(all.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(entity: Entity) -> EntityShape? { byType[entity.type] }
}
