import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Looks whether the database still holds what was written there.
extension ServerEngine {
    /// One thing that is not as it was written.
    public struct Damage: Hashable, Sendable {
        /// What it is: an admitted set, a record, the digest of a scope, the row of a device's number, or a column to query by.
        public enum Kind: String, Sendable { case set, record, scope, replica, column }

        public let kind: Kind
        /// A position of the log, a record's entity and id, a scope, or a replica's number.
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
        /// In the order of the log, signatures after hashes, then of the records, then of the scopes.
        public var damage: [Damage] = []
    }

    /// Reads every set and record, and compares bytes with their hashes and signatures, answers with this server's word, the log's chain,
    /// scopes with the sums of their records, and what records are found by with what follows from them. Takes as long as reading all of the database does. Where a record cannot be read no scope is compared, as it may lie in any.
    ///
    /// - Throws: the store's error where more than single rows cannot be read.
    public func inspect() throws -> Inspection {
        try store.read { transaction in
            var inspection = Inspection()
            guard let tenant = try transaction.tenant() else { return inspection }
            try inspectLog(transaction, tenant, &inspection)
            try inspectRecords(transaction, tenant, &inspection)
            return inspection
        }
    }

    private func inspectLog(_ transaction: any ServerTransaction, _ tenant: TenantState, _ inspection: inout Inspection) throws {
        // What a set that cannot be read made of the history nobody knows: the chain goes on behind it.
        var history: HistoryHash? = .start
        var signatures = Signatures(replicas: try replicas(transaction, &inspection))
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
                } else if let isSigned = try isSigned(admitted, signatures.replicas, transaction) {
                    signatures.note(isSigned, admitted)
                }
                if admitted.cause == nil, !isAnswered(admitted) {
                    inspection.damage.append(Damage(kind: .set, name: "\(position)", words: "its answer is not the one it was given"))
                }
                history = admitted.history
            } catch let error as any DamageOfStore {
                guard let damage = error.damage else { throw error }
                inspection.damage.append(Damage(kind: .set, name: "\(position)", words: damage))
                history = nil
            }
        }
        inspection.damage += signatures.damage
        if let history, history != tenant.history {
            inspection.damage.append(Damage(kind: .set, name: "\(tenant.head)", words: "the log does not end where the tenant says"))
        }
    }

    /// Which sets bear their devices' signatures, by number.
    private struct Signatures {
        let replicas: [ReplicaID: ReplicaRow]
        var good: Set<ReplicaID> = []
        var bad: [ReplicaID: [Position]] = [:]

        mutating func note(_ isSigned: Bool, _ admitted: AdmittedSet) {
            let replica = admitted.set.writeID.replica
            if isSigned { good.insert(replica) } else { bad[replica, default: []].append(admitted.position) }
        }

        /// Where none of a device's sets fits its key it is the key that was changed.
        var damage: [Damage] {
            bad.sorted { $0.key < $1.key }.flatMap { replica, positions in
                positions.count > 1 && !good.contains(replica)
                    ? [Damage(kind: .replica, name: "\(replica)", words: "its key fits none of its change sets")]
                    : positions.map { Damage(kind: .set, name: "\($0)", words: "its signature is not its device's") }
            }
        }
    }

    private func replicas(_ transaction: any ServerTransaction, _ inspection: inout Inspection) throws -> [ReplicaID: ReplicaRow] {
        do {
            return Dictionary(try transaction.replicas().map { ($0.replica, $0) }, uniquingKeysWith: { first, _ in first })
        } catch let error as any DamageOfStore {
            guard let damage = error.damage else { throw error }
            inspection.damage.append(Damage(kind: .replica, name: "devices", words: "\(damage); no signature was checked"))
            return [:]
        }
    }

    /// Whether a set bears its device's signature; `nil` where it needs none. One that is kept aside may have come without, as long as
    /// nobody has released it; the server's own have none.
    private func isSigned(
        _ admitted: AdmittedSet, _ replicas: [ReplicaID: ReplicaRow], _ transaction: any ServerTransaction
    ) throws -> Bool? {
        guard let replica = replicas[admitted.set.writeID.replica], !replica.publicKey.isEmpty else { return nil }
        if admitted.outcome == .quarantined, try transaction.admitted(cause: Sequencer.releaseCause(admitted.set.writeID)) == nil { return nil }
        return security.isValid(
            admitted.set.signature, SetHash.signedBytes(body: admitted.set.body), admitted.set.algorithm, replica.publicKey)
    }

    /// Whether the answer kept with a device's set is about it, and this server's own word.
    private func isAnswered(_ admitted: AdmittedSet) -> Bool {
        guard let message = try? Wire.decode(PBReceipt.self, admitted.answer), let receipt = try? Receipt(message) else { return false }
        return receipt.writeID == admitted.set.writeID && receipt.setHash == admitted.hash && receipt.position == admitted.position && isOwn(receipt)
    }

    private func inspectRecords(_ transaction: any ServerTransaction, _ tenant: TenantState, _ inspection: inout Inspection) throws {
        var places = PlaceInspection(schema: schema, transaction: transaction, head: tenant.head)
        var digests: [Scope: ScopeDigest] = [:]
        // Of scopes in which an unreadable record may lie the sum is not known.
        var hasUnreadable = false
        var last: RecordKey?
        while true {
            let keys = try transaction.keys(after: last, limit: PartReader.stride)
            for key in keys {
                inspection.records += 1
                let name = "\(schema[key.type]?.name ?? "type \(key.type.rawValue)") \(key.id)"
                do {
                    guard let stored = try transaction.record(key) else { continue }
                    for words in try places.words(about: stored) { inspection.damage.append(Damage(kind: .record, name: name, words: words)) }
                    for scope in stored.scopes where !stored.isDeleted { digests[scope, default: ScopeDigest()].add(stored.hash) }
                } catch let error as any DamageOfStore {
                    guard let damage = error.damage else { throw error }
                    hasUnreadable = true
                    inspection.damage.append(Damage(kind: .record, name: name, words: damage))
                }
            }
            guard keys.count == PartReader.stride, let key = keys.last else { break }
            last = key
        }
        inspection.scopes = digests.count
        // A record that cannot be read may belong to any scope, and have any value.
        guard !hasUnreadable else { return }
        for (name, words) in try places.columnDamage() { inspection.damage.append(Damage(kind: .column, name: name, words: words)) }
        for (scope, digest) in digests.sorted(by: { $0.key < $1.key }) where try transaction.digest(of: scope) != digest {
            inspection.damage.append(Damage(kind: .scope, name: scope.name, words: "its digest is not the sum of its records"))
        }
    }
}
