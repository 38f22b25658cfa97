import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension SQLServerTransaction {
    package func record(_ key: RecordKey) throws -> StoredRecord? {
        try session.row(ServerSQL.record, [key.bound]) { try Self.record(key, &$0) }
    }

    static func record(_ key: RecordKey, _ row: inout RowReader) throws -> StoredRecord {
        let entries = try row.bytes()
        let record = try row.decoding { () throws(DecodingProblem) in try Record(key: key, decoding: entries) }
        let positions = try row.bytes()
        let scopes = try row.text()
        let edges = try row.bytes()
        let stored = StoredRecord(
            record: record, positions: try row.decoding { () throws(DecodingProblem) in try Packing.positions(positions) },
            scopes: Packing.scopes(scopes), edges: try row.decoding { () throws(DecodingProblem) in try Packing.edges(edges) },
            hash: try row.recordHash(), isDeleted: try row.boolean())
        // Nothing is decided on, or shown to a device, that is not what was written.
        guard RecordHash(key: key, encodedEntries: entries) == stored.hash else {
            throw row.damaged("the bytes of record \(key) do not have their hash")
        }
        return stored
    }

    package func save(_ record: StoredRecord, entity: Entity?, columns: ColumnValues?) throws {
        try save([RecordToSave(record: record, entity: entity, columns: columns)])
    }

    package func save(_ records: [RecordToSave]) throws {
        try session.send(
            ServerSQL.saveRecord,
            each: records.map { item in
                let record = item.record
                return [
                    record.record.key.bound, record.record.encodedEntries.bound, Packing.pack(record.positions).bound,
                    try Packing.pack(record.scopes).bound(), Packing.pack(record.edges).bound, record.hash.bound, record.isDeleted.bound,
                ]
            })
        // The facets of an entity share its id; only the common one has typed columns.
        let common = records.filter { $0.record.record.key.facet == .common && $0.entity != nil }
        for (_, rows) in Dictionary(grouping: common, by: { $0.record.record.key.type }).sorted(by: { $0.key < $1.key }) {
            guard let entity = rows.first?.entity, let shape = entities[entity] else { continue }
            try shape.put(rows.map { ($0.record.record.key.id, $0.columns) }, in: session)
        }
    }

    package func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        try entities[entity]?.ids(where: column, equals: value, in: session) { throw unreadableRow(entity) } ?? []
    }

    package func ids(_ entity: Entity, dueAt milliseconds: Int64) throws -> [RecordID] {
        try entities[entity]?.ids(dueAt: milliseconds, in: session) { throw unreadableRow(entity) } ?? []
    }

    package func ids(_ entity: Entity) throws -> [RecordID] { try entities[entity]?.ids(in: session) { throw unreadableRow(entity) } ?? [] }

    /// Nothing is decided on a part of what there is.
    private func unreadableRow(_ entity: Entity) -> StoreProblem {
        session.damaged("a row of the lookup table of \(entity.name) cannot be read")
    }

    package func keys(after key: RecordKey?, limit: Int) throws -> [RecordKey] {
        guard let key else { return try session.rows(ServerSQL.keys, [boundLimit(limit)]) { try $0.recordKey() } }
        return try session.rows(ServerSQL.keysAfter, [key.bound, boundLimit(limit)]) { try $0.recordKey() }
    }

    // MARK: Scopes

    package func scopeRow(_ scope: Scope, _ key: RecordKey) throws -> ScopeLogRow? {
        try session.row(ServerSQL.scopeRow, [try scope.bound(), key.bound], Self.scopeLogRow)
    }

    package func save(_ row: ScopeLogRow) throws { try save([row]) }
    package func save(_ rows: [ScopeLogRow]) throws {
        try session.send(
            ServerSQL.saveScopeRow,
            each: rows.map { [try $0.scope.bound(), $0.key.bound, try $0.position.bound(), try $0.entered.bound(), $0.isLive.bound] })
    }

    package func liveRows(in scope: Scope) throws -> [ScopeLogRow] {
        try session.rows(ServerSQL.liveRows, [try scope.bound()], Self.scopeLogRow)
    }

    package func liveRows(in scope: Scope, after key: RecordKey?, limit: Int) throws -> [ScopeLogRow] {
        try session.rows(
            ServerSQL.liveRowsAfter, [try scope.bound(), (key?.encoded ?? []).bound, boundLimit(limit)], Self.scopeLogRow)
    }

    package func changedRows(in scope: Scope, after position: Position, key: RecordKey?, limit: Int) throws -> [ScopeLogRow] {
        try session.rows(
            ServerSQL.changedRows,
            [try scope.bound(), (key?.encoded ?? []).bound, position.rawValue.boundAsLimit, boundLimit(limit)], Self.scopeLogRow)
    }

    package func changedRowCount(in scope: Scope, after position: Position, limit: Int) throws -> Int {
        let count = try session.row(
            ServerSQL.changedRowCount, [try scope.bound(), position.rawValue.boundAsLimit, boundLimit(limit)]
        ) { try $0.integer() }
        return Int(count ?? 0)
    }

    package func digest(of scope: Scope) throws -> ScopeDigest {
        try session.row(ServerSQL.digest, [try scope.bound()]) { try $0.digest() } ?? ScopeDigest()
    }

    package func save(_ digest: ScopeDigest, of scope: Scope) throws { try save([DigestRow(scope, digest)]) }
    package func save(_ digests: [DigestRow]) throws {
        try session.send(ServerSQL.saveDigest, each: digests.map { [try $0.scope.bound()] + (try $0.digest.bound()) })
    }

    static func scopeLogRow(_ row: inout RowReader) throws -> ScopeLogRow {
        ScopeLogRow(
            scope: try row.scope(), key: try row.recordKey(), position: try row.position(), entered: try row.position(),
            isLive: try row.boolean())
    }

    package func deleteLeftRows(through position: Position, limit: Int) throws -> Int {
        try session.run(ServerSQL.deleteLeftRows, [position.rawValue.boundAsLimit, boundLimit(limit)])
    }
}
