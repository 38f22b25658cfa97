import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Gives change sets their positions: one at a time, in one order per tenant, each wholly or not at all.
///
/// Lives within one writing transaction.
struct Sequencer {
    let schema: Schema
    let security: ServerSecurity
    let transaction: any ServerTransaction
    let moment: ServerMoment
    /// Leases that the device in front of it holds from a history that was lost.
    var shownLeases: [RecordID: LeaseProof] = [:]

    enum Answer {
        case receipt(PBReceipt)
        case problem(PBPushProblem)
    }

    // MARK: Devices' sets

    /// Admits a set of an enrolled replica, or repeats the answer it got before.
    ///
    /// - Parameters:
    ///   - content: what its body says, where that has been read already.
    ///   - shown: the answer it had in a history that was lost; it gives the set its old stamp.
    ///   - isOwners: whether the replica itself sent it. A set that somebody else brings must prove that its device gave
    ///     it this number before it takes it or learns anything; what its device signed is kept, whatever else is wrong with it.
    ///     One that is here already, or that this server's own word says was kept aside, needs no more proof.
    func admit(_ signed: SignedSet, _ content: ChangeSet? = nil, shown: Receipt? = nil, isOwners: Bool = true) throws -> Answer {
        guard var replica = try transaction.replica(signed.writeID.replica), !replica.publicKey.isEmpty else {
            return problem("replica-unknown", 0, "This server has not enrolled replica \(signed.writeID.replica).")
        }
        replica.role = try presentRole(of: replica)
        let hash = signed.hash
        if !isOwners, try !isProven(signed, of: replica), try transaction.admitted(signed.writeID)?.hash != hash,
            shown?.outcome != .quarantined || shown?.writeID != signed.writeID
        {
            return problem("signature-invalid", 0, "A set of replica \(signed.writeID.replica) is damaged or not signed by its device.")
        }
        if signed.writeID.sequence <= replica.lastSequence {
            guard let known = try transaction.admitted(signed.writeID), known.hash == hash else {
                return problem("replica-forked", signed.writeID.sequence - 1, "Another set has this number: the device was copied or restored.")
            }
            if known.set != signed, try !isProven(known.set, of: replica), try isProven(signed, of: replica) {
                // What came with a damaged signature, or what the disk has changed since, is whole again: it can be released, and goes on
                // when that alone held it up.
                try transaction.replace(signed)
                if let waiting = try transaction.waiting(signed.writeID), waiting.isDeferred {
                    _ = try settle(waiting, cause: Self.takeUpCause(signed.writeID))
                    // What builds on it waited with it.
                    var last: Position? = .start
                    while let position = last { last = try takeUp(after: position) }
                }
            }
            var receipt = try Wire.decode(PBReceipt.self, finalAnswer(of: known))
            receipt.duplicate = true
            return .receipt(receipt)
        }
        guard signed.writeID.sequence == replica.lastSequence + 1 else {
            return problem(
                "sequence-gap", replica.lastSequence + 1, "Sets before \(signed.writeID.sequence) are missing; send from \(replica.lastSequence + 1)."
            )
        }
        return try admitNext(signed, content, hash, replica, shown)
    }

    /// Rights are those of the moment of admission, not of the enrolment.
    func presentRole(of replica: ReplicaRow) throws -> Role {
        let entity = try schema.entity("user")
        guard let user = try transaction.record(RecordKey(type: entity.type, id: replica.user)) else { return replica.role }
        return RecordView(user.record, entity).text("role").flatMap { Role(rawValue: $0) } ?? replica.role
    }

    private func problem(_ code: String, _ expected: UInt64, _ text: String) -> Answer {
        var problem = PBPushProblem()
        problem.code = code
        problem.expected = expected
        problem.text = text
        return .problem(problem)
    }

    private func admitNext(
        _ signed: SignedSet, _ content: ChangeSet?, _ hash: SetHash, _ replica: ReplicaRow, _ shown: Receipt?
    ) throws -> Answer {
        let set: ChangeSet
        do {
            set = try read(signed, replica, content)
        } catch let wire as WireProblem {
            return .receipt(try quarantine(signed, hash, replica, wire, nil))
        }
        // What this server itself had admitted, before it was put back, was not held up then.
        if replica.revokedAt != nil, ![.applied, .merged, .setAside].contains(shown?.outcome) {
            return .receipt(
                try quarantine(signed, hash, replica, WireProblem("device-revoked", op: -1, "its device was shut out; a person can look at it"), set))
        }
        if set.previous != replica.lastHash {
            return problem(
                "replica-forked", signed.writeID.sequence - 1,
                "The set follows another one than this server knows: the device was copied or restored.")
        }
        if let origin = set.origin, try !isOfSameDevice(origin, replica) {
            return .receipt(try quarantine(signed, hash, replica, WireProblem("malformed", op: -1, "the origin is another device's"), set))
        }
        // A copy of the device may have brought the same work under a new number, before this history began.
        let goneOn = try transaction.admitted(origin: Origin(writeID: signed.writeID, hash: hash)) != nil
        if try goneOn || set.origin.map({ try isAdmitted($0) }) ?? false {
            return .receipt(
                try quarantine(signed, hash, replica, WireProblem("origin-known", op: -1, "this work has been admitted under another number"), set))
        }
        do {
            // A set that waits is stored with more of its own words than one that is kept aside; they may be unstorable like any.
            if let reason = try reasonToWait(set) {
                return .receipt(
                    try transaction.savepoint {
                        try quarantine(signed, hash, replica, reason, set, outcome: .deferred, former: Self.formerPosition(shown))
                    })
            }
            return .receipt(try transaction.savepoint { try apply(set, signed, hash, replica, shown) })
        } catch let wire as WireProblem {
            return .receipt(try quarantine(signed, hash, replica, wire, set))
        } catch let decoding as DecodingProblem {
            return .receipt(try quarantine(signed, hash, replica, WireProblem(decoding.code, op: -1, decoding.detail), set))
        } catch let fault as any FaultOfSet where fault.isFaultOfSet {
            return .receipt(try quarantine(signed, hash, replica, WireProblem("unstorable", op: -1, "\(fault)"), set))
        } catch let schemaProblem as SchemaProblem {
            return .receipt(try quarantine(signed, hash, replica, WireProblem("value-unfit", op: -1, "\(schemaProblem)"), set))
        }
    }

    /// Whether this very work is there: under its first number, or under another one with the same origin.
    private func isAdmitted(_ origin: Origin) throws -> Bool {
        if try transaction.admitted(origin.writeID)?.hash == origin.hash { return true }
        return try transaction.admitted(origin: origin) != nil
    }

    private func isOfSameDevice(_ origin: Origin, _ replica: ReplicaRow) throws -> Bool {
        try transaction.replica(origin.writeID.replica)?.device == replica.device
    }

    func read(_ signed: SignedSet, _ replica: ReplicaRow, _ content: ChangeSet? = nil) throws -> ChangeSet {
        guard isSigned(signed, by: replica) else {
            throw WireProblem("signature-invalid", op: -1, "the set is not signed by its device's key")
        }
        let set = try content ?? ChangeSet(decodingBody: signed.body)
        guard set.writeID == signed.writeID, set.device == replica.device, set.user == replica.user else {
            throw WireProblem("malformed", op: -1, "the body names another replica, device or user than its envelope")
        }
        guard let tenant = try transaction.tenant(), tenant.tenant == set.tenant else {
            throw WireProblem("tenant-foreign", op: -1, "the set belongs to another tenant")
        }
        guard (1...Limits.protocolVersion).contains(set.protocolVersion) else {
            throw WireProblem("protocol-too-new", op: -1, "protocol \(set.protocolVersion)")
        }
        guard set.base.position.rawValue <= UInt64(Int64.max), set.base.epoch != tenant.epoch || set.base.position <= tenant.head else {
            throw WireProblem("malformed", op: -1, "the base lies ahead of the server")
        }
        return set
    }

    /// Whether the replica itself made the set under this number. The envelope is not signed: the body must say the same.
    func isProven(_ signed: SignedSet, of replica: ReplicaRow) throws -> Bool {
        guard isSigned(signed, by: replica), let set = try? ChangeSet(decodingBody: signed.body) else { return false }
        return try set.writeID == signed.writeID && set.device == replica.device && set.tenant == transaction.tenant()?.tenant
    }

    private func isSigned(_ signed: SignedSet, by replica: ReplicaRow) -> Bool {
        let message = SetHash.signedBytes(body: signed.body)
        return signed.algorithm == replica.algorithm && security.isValid(signed.signature, message, replica.algorithm, replica.publicKey)
    }

    private func apply(
        _ set: ChangeSet, _ signed: SignedSet, _ hash: SetHash, _ replica: ReplicaRow, _ shown: Receipt?
    ) throws -> PBReceipt {
        guard let tenant = try transaction.tenant() else { throw DecodingProblem("no-tenant", "the store was not initialised") }
        let position = tenant.head.next
        let effect = try takeEffect(set, of: replica, at: position, tenant) { try fixedStamp(set, replica, shown) }
        let receipt = try record(
            signed, hash, stamp: effect.stamp, claimed: set.claimed, outcome: effect.outcome, user: set.user, intent: set.intent, cause: nil,
            origin: set.origin, remarks: effect.remarks, position: position, former: Self.formerPosition(shown))
        try remember(set, stamp: effect.stamp, hash: hash, replica: replica.replica)
        try react(to: effect.applied, outsideView: effect.outsideView, set, replica)
        return receipt
    }

    /// What a set did when it took effect.
    struct Effect {
        let stamp: Stamp
        let applied: [AppliedOp]
        let outcome: Outcome
        let remarks: [Remark]
        let outsideView: [Int]
    }

    /// Judges a set and writes what of it takes effect.
    ///
    /// - Throws: ``WireProblem`` when the set is malformed as a whole.
    func takeEffect(
        _ set: ChangeSet, of replica: ReplicaRow, at position: Position, _ tenant: TenantState, stamp fixing: () throws -> Stamp
    ) throws -> Effect {
        let writer = PositionWriter(transaction: transaction, schema: schema, position: position, clock: moment)
        let base = try BaseJudge(transaction: transaction, tenant: tenant, receiptKey: security.receiptKey).standing(of: set, replica)
        let judge = SetJudge(
            schema: schema, writer: writer, replica: replica, base: base, collected: tenant.collected)
        try judge.checkForm(set)
        try checkBases(set, mayHaveSeenMore: base.mayHaveSeenMore)
        let stamp = try fixing()
        let verdict = try judge.judge(set)
        let version = Version(stamp: stamp, sequence: set.writeID.sequence)
        let admitted = AdmittedIDs(transaction, besides: set.writeID)
        let applier = SetApplier(
            schema: schema, access: writer, version: version, role: replica.role, isKnown: admitted.isKnown)
        var applied: [AppliedOp] = []
        for (index, op) in set.ops.enumerated() where verdict.effective.contains(index) {
            do { applied.append(try applier.apply(op, index: index)) } catch let problem as DecodingProblem {
                try admitted.check()
                throw WireProblem(problem.code, op: index, problem.detail)
            }
        }
        try admitted.check()
        let isMerged = applied.contains { !$0.losses.isEmpty || $0.hasSiblings || $0.survivedDeletion || $0.isDecidedByPair }
        try writer.finish()
        return Effect(
            stamp: stamp, applied: applied, outcome: !verdict.remarks.isEmpty ? .setAside : isMerged ? .merged : .applied,
            remarks: verdict.remarks + applied.flatMap { self.remarks($0, writer) }, outsideView: verdict.outsideView)
    }

    private func remarks(_ applied: AppliedOp, _ writer: PositionWriter) -> [Remark] {
        var remarks: [Remark] = applied.losses.map { item in
            Remark(
                code: "merged", op: applied.index, field: item.field.id.rawValue,
                text: "“\(item.field.name)” was also written by somebody else; see why.", serverValue: item.loss.winnerValue,
                remedies: ["look with `why`", "write your value again to restore it"])
        }
        if applied.hasSiblings {
            remarks.append(
                Remark(
                    code: "siblings", op: applied.index, field: applied.siblingField?.rawValue ?? 0,
                    text: "Several values stand side by side until a person picks one.", remedies: ["pick one"]))
        }
        if applied.survivedDeletion {
            remarks.append(Remark(code: "revived", op: applied.index, text: "Somebody had deleted the record; your content keeps it."))
        }
        switch applied.eventRuling {
        case .notEffective(let rule, let text):
            remarks.append(Remark(code: rule, op: applied.index, text: text, remedies: ["the dispatcher sees it too"]))
        case .doubleAssignment:
            remarks.append(
                Remark(
                    code: "double-assignment", op: applied.index,
                    text: "The order was given to somebody else meanwhile; both are assigned until the dispatcher decides."))
        case .reassignmentVoid:
            remarks.append(
                Remark(
                    code: "reassignment-void", op: applied.index,
                    text: "The order was given to somebody else meanwhile; as it was completed, that is void."))
        case .cancellationAsked:
            remarks.append(
                Remark(
                    code: "cancel-requested", op: applied.index,
                    text: "The order was cancelled meanwhile; as it was started, the dispatcher has to decide."))
        case .effective, nil: break
        }
        return remarks
    }

    /// Within an epoch a device can only have seen what was admitted. After a restore it may have seen more.
    private func checkBases(_ set: ChangeSet, mayHaveSeenMore: Bool) throws {
        let admitted = AdmittedIDs(transaction, besides: set.writeID)
        for (index, op) in set.ops.enumerated() {
            for base in op.seen + op.writes.flatMap(\.bases) where try !admitted.holds(base.writeID) {
                guard mayHaveSeenMore, base.writeID.replica != set.writeID.replica || base.sequence < set.writeID.sequence else {
                    throw WireProblem("base-unknown", op: index, "version \(base) was never admitted")
                }
            }
        }
    }

    /// At most five minutes ahead of the server, above the replica's last stamp and above every version the set had seen.
    func fixedStamp(_ set: ChangeSet, _ replica: ReplicaRow, _ shown: Receipt?) throws -> Stamp {
        let now = UInt64(max(0, moment.milliseconds))
        var bases: [Stamp] = []
        var seen: Set<Version> = []
        for op in set.ops {
            for base in op.seen + op.writes.flatMap(\.bases) where seen.insert(base).inserted {
                if let admitted = try transaction.admitted(base.writeID) {
                    bases.append(admitted.stamp)
                } else {
                    bases.append(StampRule.clampedBase(base.stamp, nowMilliseconds: now))
                }
            }
        }
        // A stamp this server has fixed before holds again, unless what stands below it has moved.
        let claimed = shown?.stamp ?? set.claimed
        return StampRule.fixed(claimed: claimed, last: replica.lastStamp, bases: bases, nowMilliseconds: max(now, shown?.stamp.milliseconds ?? 0))
    }
}

extension AppliedOp {
    /// An event that moved nothing, or moved its order past somebody else's decision.
    var isDecidedByPair: Bool {
        switch eventRuling {
        case .effective, nil: false
        default: true
        }
    }
}
