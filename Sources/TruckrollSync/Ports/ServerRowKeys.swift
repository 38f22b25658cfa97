import TruckrollCore
import TruckrollDomain

/// A row of the scope log by its key.
public struct ScopeRowKey: Hashable, Sendable {
    public let scope: Scope
    public let key: RecordKey

    public init(_ scope: Scope, _ key: RecordKey) {
        self.scope = scope
        self.key = key
    }
}

/// A scope in a view by its key.
public struct ViewScopeKey: Hashable, Sendable {
    public let replica: ReplicaID
    public let scope: Scope

    public init(_ replica: ReplicaID, _ scope: Scope) {
        self.replica = replica
        self.scope = scope
    }
}

/// Rows that a transaction is likely to read, by their keys.
public struct ServerRowKeys: Sendable {
    public var replicas: Set<ReplicaID> = []
    public var records: Set<RecordKey> = []
    /// Admitted sets by their numbers.
    public var sets: Set<WriteID> = []
    /// Admitted sets by what they went on from.
    public var origins: Set<Origin> = []
    /// Admitted sets by why they were made.
    public var causes: Set<String> = []
    public var scopeRows: Set<ScopeRowKey> = []
    public var digests: Set<Scope> = []
    public var viewScopes: Set<ViewScopeKey> = []
    /// The records that each replica's sets concern, of those of ``records``: whether its view holds them is read with them.
    public var recordsOf: [ReplicaID: Set<RecordKey>] = [:]
    /// The type of users, where their records are read with their replicas.
    public var users: EntityType?

    public init() {}

    public var isEmpty: Bool {
        replicas.isEmpty && records.isEmpty && sets.isEmpty && origins.isEmpty && causes.isEmpty && scopeRows.isEmpty && digests.isEmpty
            && viewScopes.isEmpty
    }

    public mutating func formUnion(_ other: ServerRowKeys) {
        replicas.formUnion(other.replicas)
        records.formUnion(other.records)
        sets.formUnion(other.sets)
        origins.formUnion(other.origins)
        causes.formUnion(other.causes)
        scopeRows.formUnion(other.scopeRows)
        digests.formUnion(other.digests)
        viewScopes.formUnion(other.viewScopes)
        recordsOf.merge(other.recordsOf) { $0.union($1) }
        users = users ?? other.users
    }
}

/// What a store has of the rows that were asked for. A row that is not here, and was asked for, is not there.
public struct ServerRowsFound: Sendable {
    public var replicas: [ReplicaID: ReplicaRow] = [:]
    public var records: [RecordKey: StoredRecord] = [:]
    public var sets: [WriteID: AdmittedSet] = [:]
    public var origins: [Origin: AdmittedSet] = [:]
    public var causes: [String: AdmittedSet] = [:]
    public var scopeRows: [ScopeRowKey: ScopeLogRow] = [:]
    public var digests: [Scope: ScopeDigest] = [:]
    public var viewScopes: [ViewScopeKey: ViewScopeRow] = [:]

    public init() {}
}

/// A record with what its row of typed columns is made of.
public struct RecordToSave {
    public let record: StoredRecord
    public let entity: Entity?
    public let columns: ColumnValues?

    public init(record: StoredRecord, entity: Entity?, columns: ColumnValues?) {
        self.record = record
        self.entity = entity
        self.columns = columns
    }
}

/// The digest of a scope.
public struct DigestRow: Hashable, Sendable {
    public let scope: Scope
    public let digest: ScopeDigest

    public init(_ scope: Scope, _ digest: ScopeDigest) {
        self.scope = scope
        self.digest = digest
    }
}

extension ServerTransaction {
    public func save(_ replicas: [ReplicaRow]) throws { for replica in replicas { try save(replica) } }
    public func insert(_ admitted: [AdmittedSet]) throws { for set in admitted { try insert(set) } }
    public func save(_ records: [RecordToSave]) throws {
        for record in records { try save(record.record, entity: record.entity, columns: record.columns) }
    }
    public func save(_ rows: [ScopeLogRow]) throws { for row in rows { try save(row) } }
    public func save(_ digests: [DigestRow]) throws { for row in digests { try save(row.digest, of: row.scope) } }
    public func save(_ rows: [ViewScopeRow]) throws { for row in rows { try save(row) } }
    public func confirm() throws {}
    public func rows(_ keys: ServerRowKeys) throws -> ServerRowsFound? { nil }

    /// What ``rows(_:)`` gives, looked up one after another.
    package func rowsOneByOne(_ keys: ServerRowKeys) throws -> ServerRowsFound? {
        var found = ServerRowsFound()
        do {
            for id in keys.replicas { found.replicas[id] = try replica(id) }
            for key in keys.records { found.records[key] = try record(key) }
            for id in keys.sets { found.sets[id] = try admitted(id) }
            for origin in keys.origins { found.origins[origin] = try admitted(origin: origin) }
            for cause in keys.causes { found.causes[cause] = try admitted(cause: cause) }
            for key in keys.scopeRows { found.scopeRows[key] = try scopeRow(key.scope, key.key) }
            for scope in keys.digests { found.digests[scope] = try digest(of: scope) }
            for key in keys.viewScopes { found.viewScopes[key] = try viewScope(key.replica, key.scope) }
        } catch let error as any DamageOfStore where error.damage != nil { return nil }
        return found
    }
}
