import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension MemoryServerTransaction {
    func record(_ key: RecordKey) throws -> StoredRecord? { store.tables.records[HashedKey(key)] }

    func save(_ record: StoredRecord, entity: Entity?, columns: ColumnValues?) throws {
        try begin(.saveRecord)
        let key = record.record.key
        for scope in record.scopes { _ = try store.tables.numbers.number(of: scope) }
        undoLog.append(.record(key, store.tables.setRecord(key, record)))
        // The facets of an entity share its id; only the common one has typed columns.
        guard key.facet == .common, let entity else { return }
        let row = try store.tables.columns.row(entity, key.id, columns)
        undoLog.append(.columns(entity.type, key.id, store.tables.columns.set(entity.type, key.id, row)))
    }

    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        try store.tables.columns.ids(entity, where: column, equals: value)
    }

    func ids(_ entity: Entity, dueAt milliseconds: Int64) throws -> [RecordID] { store.tables.columns.ids(entity, dueAt: milliseconds) }

    func ids(_ entity: Entity) throws -> [RecordID] { store.tables.columns.ids(entity) }

    func keys(after key: RecordKey?, limit: Int) throws -> [RecordKey] { store.tables.records.keys.ascending(after: key, limit: limit) }

    // MARK: Scopes

    func scopeRow(_ scope: Scope, _ key: RecordKey) throws -> ScopeLogRow? {
        guard let number = try store.tables.numbers.number(of: scope), let row = store.tables.scopes[number].log[key] else { return nil }
        return store.tables.scopes[number].row(row)
    }

    func save(_ row: ScopeLogRow) throws {
        try begin(.saveScopeRow)
        try Storable.check(row.position)
        try Storable.check(row.entered)
        let number = try store.tables.number(for: row.scope)
        let new = ScopeLog.Row(key: row.key, position: row.position, entered: row.entered, isLive: row.isLive)
        undoLog.append(.scopeRow(number, row.key, store.tables.scopes[number].log.set(row.key, new)))
    }

    func liveRows(in scope: Scope) throws -> [ScopeLogRow] {
        guard let scope = try store.tables.scope(scope) else { return [] }
        return scope.log.liveRows.sorted { Order.ascending($0.key, $1.key) }.map { scope.row($0) }
    }

    func liveRows(in scope: Scope, after key: RecordKey?, limit: Int) throws -> [ScopeLogRow] {
        let rows = try liveRows(in: scope)
        let start = key.map { key in rows.partitionPoint { !Order.ascending(key, $0.key) } } ?? 0
        return Array(rows[start...].prefix(max(0, limit)))
    }

    func changedRows(in scope: Scope, after position: Position, key: RecordKey?, limit: Int) throws -> [ScopeLogRow] {
        guard let scope = try store.tables.scope(scope) else { return [] }
        let rows = scope.log.rows(after: position).filter { row in key.map { Order.ascending($0, row.key) } ?? true }
        return rows.sorted { Order.ascending($0.key, $1.key) }.prefix(max(0, limit)).map { scope.row($0) }
    }

    func changedRowCount(in scope: Scope, after position: Position, limit: Int) throws -> Int {
        min(max(0, limit), try store.tables.scope(scope)?.log.rows(after: position).count ?? 0)
    }

    func deleteLeftRows(through position: Position, limit: Int) throws -> Int {
        try begin(.deleteLeftRows)
        var deleted = 0
        for number in store.tables.scopes.indices {
            for row in store.tables.scopes[number].log.leftRows(through: position) where deleted < limit {
                undoLog.append(.scopeRow(number, row.key, store.tables.scopes[number].log.set(row.key, nil)))
                deleted += 1
            }
        }
        return deleted
    }

    func digest(of scope: Scope) throws -> ScopeDigest {
        try store.tables.numbers.number(of: scope).map { store.tables.scopes[$0].digest } ?? ScopeDigest()
    }

    func save(_ digest: ScopeDigest, of scope: Scope) throws {
        try begin(.saveDigest)
        try Storable.check(digest.count)
        let number = try store.tables.number(for: scope)
        undoLog.append(.digest(number, store.tables.scopes[number].digest))
        store.tables.scopes[number].digest = digest
    }
}

extension Sequence<HashedKey> {
    /// At most so many keys in ascending order, above `key`.
    func ascending(after key: RecordKey?, limit: Int) -> [RecordKey] {
        var keys: [RecordKey] = []
        for hashed in self where key.map({ Order.ascending($0, hashed.key) }) ?? true { keys.append(hashed.key) }
        keys.sort(by: Order.ascending)
        return keys.count > limit ? Array(keys.prefix(Swift.max(0, limit))) : keys
    }
}
