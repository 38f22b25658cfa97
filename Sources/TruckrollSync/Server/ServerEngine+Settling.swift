import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// A server that was restored waits for those who may hold promises it has forgotten (Protocol/09-epochs.md, 9.16 on).
extension ServerEngine {
    /// How far a tenant has settled after a restore.
    public struct Settling: Hashable, Sendable {
        /// When the waiting ends in any case, Unix milliseconds.
        public let until: Int64
        /// Who is waited for, ascending. A number the database does not know was given after the copy was made.
        public let awaited: [ReplicaID]
        /// Reservations and stock leases that wait with it.
        public let waitingRequests: Int
    }

    /// `nil` when nothing is waited for.
    public func settling() throws -> Settling? {
        try store.read { transaction in
            guard let until = try transaction.tenant()?.settlingUntil else { return nil }
            var waiting = 0
            for name in ["reservation", "lease"] {
                let entity = try schema.entity(name)
                for id in try transaction.ids(entity) {
                    guard let stored = try transaction.soundRecord(RecordKey(type: entity.type, id: id)) else { continue }
                    if RecordView(stored.record, entity).text("state") == nil { waiting += 1 }
                }
            }
            return Settling(until: until, awaited: try transaction.awaited(), waitingRequests: waiting)
        }
    }

    /// The operator's word that nobody else is to be waited for: the requests that wait are answered.
    ///
    /// - Returns: whether anything was waited for.
    @discardableResult
    public func settle(at moment: ServerMoment) throws -> Bool {
        try store.write { transaction in
            guard try transaction.tenant()?.settlingUntil != nil else { return false }
            try sequencer(transaction, moment).settle()
            return true
        }
    }

    /// From where on a device's entries are of lost sets, as far as its own view tells: of each replica that something in the view
    /// is of, the highest sequence there, which is no more than the server has. Of a replica that is not listed all is lost, or
    /// the server finds out itself. Its own, which it makes anew, end above all sequences.
    func known(in view: ReplicaRow, _ transaction: any ServerTransaction, _ tenant: TenantState) throws -> [PBKnownReplica] {
        var last: [ReplicaID: UInt64] = [:]
        for row in try transaction.viewScopes(view.replica) {
            var after: RecordKey?
            while true {
                let rows = try transaction.liveRows(in: row.scope, after: after, limit: PartReader.stride)
                for live in rows {
                    for entry in try transaction.record(live.key)?.record.entries ?? [] {
                        let id = entry.version.writeID
                        last[id.replica] = max(last[id.replica] ?? 0, id.sequence)
                    }
                }
                guard rows.count == PartReader.stride else { break }
                after = rows.last?.key
            }
        }
        let former = try numbers.given(from: 1).filter { $0.holder == .server }.map { ReplicaID(rawValue: $0.number) }
        for own in former + [ReplicaID(rawValue: 1), tenant.serverReplica] { last[own] = .max }
        return last.sorted { $0.key < $1.key }.map { replica, sequence in
            var message = PBKnownReplica()
            message.replica = replica.rawValue
            message.lastSequence = sequence
            return message
        }
    }

    /// Numbers that were given to devices and operators and that the database does not know, or not yet again.
    private func forgottenNumbers(_ transaction: any ServerTransaction) throws -> [ReplicaID] {
        let known = Set(try transaction.replicas().map(\.replica))
        return try numbers.given(from: 1).filter { $0.holder != .server }.map { ReplicaID(rawValue: $0.number) }.filter { !known.contains($0) }
    }

    /// Takes what a device shows of others' lost sets, if it was there when they were lost: it shows a checkpoint of that history.
    ///
    /// - Returns: how many entries it need not offer again.
    func keepRecovered(_ request: PBSyncRequest, of id: ReplicaID, at moment: ServerMoment) throws -> UInt32 {
        if let device = try replica(id)?.device, try !lostCheckpoints(request, of: device).isEmpty {
            try store.write { transaction in
                try sequencer(transaction, moment).keepRecovered(
                    request.recovered, of: device, forgotten: Set(try forgottenNumbers(transaction)))
            }
        }
        return UInt32(clamping: request.recovered.count)
    }

    func isAwaited(_ replica: ReplicaID) throws -> Bool {
        try store.read { try $0.tenant()?.settlingUntil != nil && $0.awaited().contains(replica) }
    }

    /// Whether with this request the device has told all it has: it knows the present epoch, and keeps no set back.
    func hasToldAll(_ request: PBSyncRequest) throws -> Bool {
        guard request.unsent == 0, request.hasCheckpoint else { return false }
        return try store.read { try $0.tenant()?.epoch.rawValue } == request.checkpoint.epoch
    }

    /// The leases shown that this server granted to the device, by their records.
    func leases(_ shown: [PBShownLease], of id: ReplicaID) throws -> [RecordID: LeaseProof] {
        guard !shown.isEmpty else { return [:] }
        let replicas = try store.read { transaction in
            try transaction.replica(id).map { try transaction.replicas(of: $0.device).map(\.replica) } ?? []
        }
        var leases: [RecordID: LeaseProof] = [:]
        for message in shown.prefix(Limits.shownLeases) {
            guard let proof = LeaseProof(message), replicas.contains(proof.replica),
                MessageAuthentication.isValid(proof.mac, for: proof.authenticated, key: security.receiptKey)
            else { continue }
            leases[proof.lease] = proof
        }
        return leases
    }
}
