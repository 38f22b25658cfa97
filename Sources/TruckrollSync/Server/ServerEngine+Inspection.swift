import TruckrollCore
import TruckrollDomain

/// Looks whether the database still holds what was written there.
extension ServerEngine {
    /// One thing that is not as it was written.
    public struct Damage: Hashable, Sendable {
        /// What it is: an admitted set, a record, or the digest of a scope.
        public enum Kind: String, Sendable { case set, record, scope }

        public let kind: Kind
        /// A position of the log, a record's entity and id, or a scope.
        public let name: String
        /// What is wrong with it, for an operator.
        public let words: String
    }

    /// What an inspection looked at, and what it found.
    public struct Inspection: Hashable, Sendable {
        /// Positions of the log, deleted and facetted records too, and scopes that hold a record.
        public var sets = 0
        public var records = 0
        public var scopes = 0
        /// In the order of the log, then of the records, then of the scopes.
        public var damage: [Damage] = []
    }

    /// Reads every set and record, and compares bytes with their hashes and signatures, the log's chain, and scopes with the sums of
    /// their records.
    /// Takes as long as reading all of the database does. Where a record cannot be read no scope is compared, as it may lie in any.
    ///
    /// - Throws: the store's error where more than single rows cannot be read.
    public func inspect() throws -> Inspection {
        try store.read { transaction in
            var inspection = Inspection()
            guard let tenant = try transaction.tenant() else { return inspection }
            try inspectLog(transaction, tenant, &inspection)
            try inspectRecords(transaction, &inspection)
            return inspection
        }
    }

    private func inspectLog(_ transaction: any ServerTransaction, _ tenant: TenantState, _ inspection: inout Inspection) throws {
        // What a set that cannot be read made of the history nobody knows: the chain goes on behind it.
        var history: HistoryHash? = .start
        let replicas = Dictionary(try transaction.replicas().map { ($0.replica, $0) }, uniquingKeysWith: { first, _ in first })
        for number in 0..<tenant.head.rawValue {
            let position = Position(rawValue: number + 1)
            inspection.sets += 1
            do {
                guard let admitted = try transaction.admitted(at: position) else {
                    inspection.damage.append(Damage(kind: .set, name: "\(position)", words: "is missing"))
                    history = nil
                    continue
                }
                let expected = history?.advanced(setHash: admitted.hash, stamp: admitted.stamp, outcome: admitted.outcome.rawValue)
                if admitted.set.hash != admitted.hash {
                    inspection.damage.append(Damage(kind: .set, name: "\(position)", words: "its bytes do not have their hash"))
                } else if let expected, expected != admitted.history {
                    inspection.damage.append(Damage(kind: .set, name: "\(position)", words: "does not follow from the one before it"))
                } else if !isSigned(admitted, replicas) {
                    inspection.damage.append(Damage(kind: .set, name: "\(position)", words: "its signature is not its device's"))
                }
                history = admitted.history
            } catch let error as any DamageOfStore {
                guard let damage = error.damage else { throw error }
                inspection.damage.append(Damage(kind: .set, name: "\(position)", words: damage))
                history = nil
            }
        }
        if let history, history != tenant.history {
            inspection.damage.append(Damage(kind: .set, name: "\(tenant.head)", words: "the log does not end where the tenant says"))
        }
    }

    /// Whether a set bears its device's signature. One that is kept aside may have come without; the server's own have none.
    private func isSigned(_ admitted: AdmittedSet, _ replicas: [ReplicaID: ReplicaRow]) -> Bool {
        guard admitted.outcome != .quarantined, let replica = replicas[admitted.set.writeID.replica], !replica.publicKey.isEmpty else { return true }
        return security.isValid(
            admitted.set.signature, SetHash.signedBytes(body: admitted.set.body), admitted.set.algorithm, replica.publicKey)
    }

    private func inspectRecords(_ transaction: any ServerTransaction, _ inspection: inout Inspection) throws {
        var digests: [Scope: ScopeDigest] = [:]
        // Of scopes in which an unreadable record may lie the sum is not known.
        var hasUnreadable = false
        var last: RecordKey?
        while true {
            let keys = try transaction.keys(after: last, limit: PartReader.stride)
            for key in keys {
                inspection.records += 1
                do {
                    guard let stored = try transaction.record(key) else { continue }
                    for scope in stored.scopes where !stored.isDeleted { digests[scope, default: ScopeDigest()].add(stored.hash) }
                } catch let error as any DamageOfStore {
                    guard let damage = error.damage else { throw error }
                    hasUnreadable = true
                    let entity = schema[key.type]?.name ?? "type \(key.type.rawValue)"
                    inspection.damage.append(Damage(kind: .record, name: "\(entity) \(key.id)", words: damage))
                }
            }
            guard keys.count == PartReader.stride, let key = keys.last else { break }
            last = key
        }
        inspection.scopes = digests.count
        guard !hasUnreadable else { return }
        for (scope, digest) in digests.sorted(by: { $0.key < $1.key }) where try transaction.digest(of: scope) != digest {
            inspection.damage.append(Damage(kind: .scope, name: scope.name, words: "its digest is not the sum of its records"))
        }
    }
}
