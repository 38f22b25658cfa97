import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension SQLServerTransaction {
    package func rows(_ keys: ServerRowKeys) throws -> ServerRowsFound? {
        guard session.isRemote else { return nil }
        do { return try found(keys) } catch let error as any DamageOfStore where error.damage != nil { return nil }
    }

    /// One way to the database and back for each kind.
    private func found(_ keys: ServerRowKeys) throws -> ServerRowsFound {
        var found = ServerRowsFound()
        found.replicas = try rows(ServerSQL.replica, keys.replicas, { [$0.bound] }) { _, row in try Self.replicaRow(&row) }
        found.sets = try rows(ServerSQL.admittedByID, keys.sets.filter { $0.sequence.isStorable }, { try $0.bound() }) { _, row in
            try Self.admittedSet(&row)
        }
        found.origins = try rows(
            ServerSQL.admittedByOrigin, keys.origins.filter { $0.writeID.sequence.isStorable }, { try $0.writeID.bound() + [$0.hash.bound] }
        ) { _, row in try Self.admittedSet(&row) }
        found.causes = try rows(ServerSQL.admittedByCause, keys.causes, { [try $0.bound()] }) { _, row in try Self.admittedSet(&row) }
        found.records = try rows(ServerSQL.record, keys.records, { [$0.bound] }) { key, row in try Self.record(key, &row) }
        found.scopeRows = try rows(ServerSQL.scopeRow, keys.scopeRows, { [try $0.scope.bound(), $0.key.bound] }) { _, row in
            try Self.scopeLogRow(&row)
        }
        found.viewScopes = try rows(ServerSQL.viewScope, keys.viewScopes, { [$0.replica.bound, try $0.scope.bound()] }) { _, row in
            try Self.viewScopeRow(&row)
        }
        found.digests = try rows(ServerSQL.digest, keys.digests, { [try $0.bound()] }) { _, row in try row.digest() }
        return found
    }

    private func rows<Key: Hashable, Row>(
        _ sql: String, _ keys: some Collection<Key>, _ bound: (Key) throws -> [SQLValue], _ read: (Key, inout RowReader) throws -> Row
    ) throws -> [Key: Row] {
        let keys = Array(keys)
        var rows: [Key: Row] = [:]
        try session.firstRows(sql, each: keys.map { try bound($0) }) { index, row in rows[keys[index]] = try read(keys[index], &row) }
        return rows
    }
}
