import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Finding out which records differ from the server's, and getting those alone (Protocol/07-sync.md).
extension DeviceEngine {
    /// The scopes whose digests differ from the server's, those only one side holds included. Empty when the whole agrees.
    public func differences(_ reply: PBAuditReply) throws -> [Scope] {
        try store.read { transaction in
            var differing: Set<Scope> = Set(try transaction.scopes())
            for state in reply.scopes {
                let scope = Scope(state.scope)
                let theirs = try ScopeDigest(state)
                if try transaction.digest(of: scope) == theirs { differing.remove(scope) } else { differing.insert(scope) }
            }
            return differing.sorted()
        }
    }

    /// Damage this device finds by itself: records whose bytes no longer have their hash or cannot be read, scopes whose sums are off.
    public func localDamage() throws -> [Scope] {
        try store.read { transaction in
            var damaged: Set<Scope> = []
            // A record lies in several scopes, and is hashed once.
            var seen: [RecordKey: (hash: RecordHash, isSound: Bool)?] = [:]
            for scope in try transaction.scopes() {
                var digest = ScopeDigest()
                for key in try transaction.keys(in: scope) {
                    if seen[key] == nil {
                        seen[key] = .some(
                            try transaction.confirmed(key).map {
                                let hash = RecordHash($0.record)
                                return (hash, hash == $0.hash)
                            })
                    }
                    guard case .some(.some(let record)) = seen[key] else {
                        damaged.insert(scope)
                        continue
                    }
                    if !record.isSound { damaged.insert(scope) }
                    digest.add(record.hash)
                }
                if try transaction.digest(of: scope) != digest { damaged.insert(scope) }
            }
            return damaged.sorted()
        }
    }

    /// What is asked about scopes that differ: those the device holds are compared range by range, the others come whole. What is
    /// beyond one request still differs afterwards, and is asked for by the next sync.
    ///
    /// - Parameter whole: no comparing, everything comes again.
    func repairRequest(_ scopes: [Scope], whole isWhole: Bool) throws -> PBRepairRequest {
        try store.read { transaction in
            let held = Set(try transaction.scopes())
            var request = PBRepairRequest()
            for scope in scopes.prefix(Limits.scopesOfView) {
                guard !isWhole, held.contains(scope), request.probes.count < Limits.probesInRepair else {
                    request.scopes.append(scope.name)
                    continue
                }
                var ranges = [ScopeDigest](repeating: ScopeDigest(), count: RecordRange.count)
                for key in try transaction.keys(in: scope) {
                    guard let confirmed = try transaction.confirmed(key) else { continue }
                    // From the bytes themselves: what is kept beside them may be what is damaged.
                    ranges[RecordRange.of(key)].add(RecordHash(confirmed.record))
                }
                var probe = PBScopeProbe()
                probe.scope = scope.name
                probe.digests = ranges.map { data($0.encoded) }
                request.probes.append(probe)
            }
            return request
        }
    }

    /// What differs, record by record.
    struct RepairPlan {
        /// Records to be sent again.
        var missing: [RecordKey] = []
        /// Records that do not lie in the scope.
        var surplus: [Scope: [RecordKey]] = [:]
    }

    func plan(_ reply: PBRepairReply) throws -> RepairPlan {
        try store.read { transaction in
            var plan = RepairPlan()
            var missing: Set<RecordKey> = []
            for listing in reply.listings {
                let scope = Scope(listing.scope)
                guard listing.keys.count == listing.hashes.count, listing.range < UInt32(RecordRange.count) else {
                    throw DecodingProblem("malformed", "a listing has a hash for each key, of one of \(RecordRange.count) ranges")
                }
                var listed: Set<RecordKey> = []
                for (bytes, hash) in zip(listing.keys, listing.hashes) {
                    let key = try RecordKey(decoding: bytes)
                    listed.insert(key)
                    let confirmed = try transaction.confirmed(key)
                    let isHere = confirmed.map { $0.scopes.contains(scope) && RecordHash($0.record).encoded.elementsEqual(hash) } ?? false
                    if !isHere { missing.insert(key) }
                }
                let held = try transaction.keys(in: scope).filter { RecordRange.of($0) == Int(listing.range) }
                plan.surplus[scope, default: []] += held.filter { !listed.contains($0) }
            }
            plan.missing = missing.sorted()
            return plan
        }
    }

    /// Puts the server's content of whole scopes in the place of the device's.
    public func repair(_ reply: PBRepairReply, scopes: [Scope], audit: PBAuditReply) throws {
        try repair([reply], whole: scopes, plan: RepairPlan(), audit: audit)
    }

    /// Puts the server's content in the place of what differs, drops what cannot be read and scopes the server does not list, and makes
    /// anew what follows from records and own sets.
    ///
    /// - Parameters:
    ///   - replies: what came whole, and the records that were asked for.
    ///   - whole: the scopes that came whole.
    ///   - audit: the reply that named the view's scopes; its checkpoint becomes the device's.
    ///   - isSound: whether nothing was found that differs, or does not follow from what it should: then nothing is made anew.
    func repair(_ replies: [PBRepairReply], whole: [Scope], plan: RepairPlan, audit: PBAuditReply, isSound: Bool = false) throws {
        try store.write { transaction in
            var application = PullApplication(self, transaction)
            let held = Set(audit.scopes.map { Scope($0.scope) })
            try transaction.deleteUnreadable()
            try application.empty(whole.filter { held.contains($0) })
            for (scope, keys) in plan.surplus.sorted(by: { $0.key < $1.key }) { try application.remove(keys, from: scope) }
            for reply in replies { for chunk in reply.chunks { try application.apply(chunk) } }
            try application.drop(try transaction.scopes().filter { !held.contains($0) })
            if !isSound { try application.makeSumsAnew() }
            var state = try transaction.state()
            state.checkpoint = Checkpoint(audit.checkpoint)
            state.checkpointMAC = Array(audit.checkpointMac)
            let wasRecovering = state.isRecovering
            state.isCheckpointLost = false
            state.isRecovering = false
            state.lostLeases = []
            state.visible = .third
            state.isDamaged = false
            state.filling = []
            try transaction.deleteParts()
            try transaction.save(state)
            try application.loosenWhatLiesNowhere()
            try application.purge(isPresent: true)
            if !isSound { try application.makeDerivedAnew() }
            try takeOnForgottenAttachments(transaction)
            if wasRecovering { try findUnstoredAttachments(transaction) }
        }
    }
}
