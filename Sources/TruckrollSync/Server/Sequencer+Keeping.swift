import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// How a set goes into the log, whatever becomes of it, and what keeps one aside (Protocol/06-outcomes.md).
extension Sequencer {
    /// Keeps a set whole without effect, and says why; one that is deferred will have it later.
    func quarantine(
        _ signed: SignedSet, _ hash: SetHash, _ replica: ReplicaRow, _ wire: WireProblem, _ set: ChangeSet?, outcome: Outcome = .quarantined,
        former: Position? = nil
    ) throws -> PBReceipt {
        guard let tenant = try transaction.tenant() else { throw DecodingProblem("no-tenant", "the store was not initialised") }
        let now = UInt64(max(0, moment.milliseconds))
        let claimed = set?.claimed ?? Stamp(milliseconds: now, counter: 0, replica: replica.replica)
        // A set that will take effect later stands above what it has seen, like any other.
        let stamp =
            try outcome == .deferred
            ? set.map { try fixedStamp($0, replica, nil) } ?? claimed
            : StampRule.fixed(claimed: claimed, last: replica.lastStamp, bases: [], nowMilliseconds: now)
        let remark = Remark(code: wire.code, op: wire.op, text: wire.detail, remedies: ["the set is kept whole; an operator can look at it"])
        let receipt = try record(
            signed, hash, stamp: stamp, claimed: claimed, outcome: outcome, user: replica.user, intent: set?.intent ?? "unreadable", cause: nil,
            origin: outcome == .deferred ? set?.origin : nil, remarks: [remark], position: tenant.head.next, former: former)
        if wire.code != "origin-known" {
            try transaction.save(
                WaitingSet(
                    writeID: signed.writeID, position: tenant.head.next, isDeferred: outcome == .deferred, creates: set.map(Self.created) ?? []))
        }
        var row = try transaction.replica(replica.replica) ?? replica
        row.lastSequence = signed.writeID.sequence
        row.lastHash = hash
        row.lastStamp = stamp
        try transaction.save(row)
        return receipt
    }

    /// Where a set took effect in a history that was lost; one that was kept aside there was promised nothing.
    static func formerPosition(_ shown: Receipt?) -> Position? {
        shown.flatMap { $0.outcome == .applied || $0.outcome == .merged ? $0.position : nil }
    }

    func remember(_ set: ChangeSet, stamp: Stamp, hash: SetHash, replica: ReplicaID) throws {
        guard var row = try transaction.replica(replica) else { return }
        row.lastSequence = set.writeID.sequence
        row.lastHash = hash
        row.lastStamp = stamp
        if let tenant = try transaction.tenant() {
            try BaseJudge(transaction: transaction, tenant: tenant, receiptKey: security.receiptKey).remember(set, in: &row)
        }
        try transaction.save(row)
    }

    /// Gives the set its position and keeps it with its answer.
    ///
    /// - Parameters:
    ///   - former: where the set stood in a history that was lost.
    ///   - about: the set that is answered, when it is another one than takes the position.
    @discardableResult
    func record(
        _ signed: SignedSet, _ hash: SetHash, stamp: Stamp, claimed: Stamp, outcome: Outcome, user: RecordID, intent: String, cause: String?,
        origin: Origin?, remarks: [Remark], position: Position, former: Position? = nil,
        about: (set: AdmittedSet, outcome: Outcome)? = nil
    ) throws -> PBReceipt {
        guard var tenant = try transaction.tenant() else { throw DecodingProblem("no-tenant", "the store was not initialised") }
        var receipt = Receipt(
            writeID: about?.set.set.writeID ?? signed.writeID, setHash: about?.set.hash ?? hash, epoch: tenant.epoch, position: position,
            stamp: about?.set.stamp ?? stamp, outcome: about?.outcome ?? outcome, remarks: remarks)
        receipt.mac = MessageAuthentication.code(for: receipt.authenticated, key: security.receiptKey)
        tenant.head = position
        tenant.history = tenant.history.advanced(setHash: hash, stamp: stamp, outcome: outcome.rawValue)
        var message = PBReceipt(receipt)
        message.formerPosition = former?.rawValue ?? 0
        try transaction.insert(
            AdmittedSet(
                position: position, set: signed, hash: hash, stamp: stamp, claimed: claimed, outcome: outcome, user: user, intent: intent,
                cause: cause, origin: origin, answer: try Wire.encode(message), history: tenant.history, admittedAt: moment.milliseconds))
        try transaction.save(tenant)
        return message
    }
}
