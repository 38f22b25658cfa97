import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Sets that are admitted and wait: for a newer schema, for a set they build on, or for a person (Protocol/06-outcomes.md).
extension Sequencer {
    static func takeUpCause(_ id: WriteID) -> String { "take-up:\(id)" }
    static func releaseCause(_ id: WriteID) -> String { "release:\(id)" }

    /// The records a set creates.
    static func created(by set: ChangeSet) -> [RecordKey] { Set(set.ops.filter { $0.kind == .create }.map(\.key)).sorted() }

    /// The answer that holds: a set that waited may have taken effect since.
    func finalAnswer(of known: AdmittedSet) throws -> [UInt8] {
        guard known.outcome == .deferred || known.outcome == .quarantined else { return known.answer }
        let id = known.set.writeID
        let settled = try transaction.admitted(cause: Self.releaseCause(id)) ?? transaction.admitted(cause: Self.takeUpCause(id))
        return settled?.answer ?? known.answer
    }

    /// What a set cannot take effect without; `nil` when nothing is missing.
    func reasonToWait(_ set: ChangeSet) throws -> WireProblem? {
        if set.schemaVersion > schema.version {
            return WireProblem("schema-too-new", op: -1, "made with schema \(set.schemaVersion), this server knows \(schema.version)")
        }
        for (index, op) in set.ops.enumerated() {
            guard let entity = schema[op.key.type] else { continue }
            var keys = [op.key]
            for write in op.writes {
                guard let type = entity[write.field]?.references.flatMap({ schema[$0]?.type }), let id = write.value.reference else { continue }
                keys.append(RecordKey(type: type, id: id))
            }
            for key in keys {
                // A record that is there lacks nothing, whatever else a waiting set wants of it.
                guard let parent = try transaction.waiting(of: set.writeID.replica, creating: key), parent.writeID != set.writeID,
                    try transaction.record(key).flatMap({ stored in schema[key.type].map { $0.isMade(stored.record) } }) != true
                else { continue }
                return WireProblem("parent-waiting", op: index, "set \(parent.writeID), on whose record it builds, waits itself")
            }
        }
        return nil
    }

    /// Lets deferred sets take effect that lack nothing any more, in the order of their positions.
    ///
    /// - Returns: the position of the last one looked at; `nil` when there is none after `position`.
    func takeUp(after position: Position) throws -> Position? {
        let waiting = try transaction.deferred(after: position, limit: 64)
        for set in waiting { _ = try settle(set, cause: Self.takeUpCause(set.writeID)) }
        return waiting.last?.position
    }

    /// Lets one waiting set take effect by a server set that names it; `nil` while it lacks something.
    ///
    /// - Throws: ``WireProblem`` when a person wanted it released and it cannot take effect; what the store throws when that
    ///   failed and the set is not to blame. A deferred set that cannot take effect is kept aside and stops nobody.
    func settle(_ waiting: WaitingSet, cause: String) throws -> PBReceipt? {
        guard let admitted = try transaction.admitted(waiting.writeID), var replica = try transaction.replica(waiting.writeID.replica) else {
            return nil
        }
        // What the disk has changed is not the set's own fault: it waits until its device, which asks about it, brings it whole.
        if waiting.isDeferred, try !isProven(admitted.set, of: replica) { return nil }
        replica.role = try presentRole(of: replica)
        do {
            return try transaction.savepoint { try takeUp(waiting, admitted, replica, cause) }
        } catch let error as any DamageOfStore where error.damage != nil && waiting.isDeferred {
            // It needs a record that the disk has changed, and waits until that is mended.
            return nil
        } catch let fault as any FaultOfSet where !fault.isFaultOfSet {
            // The store failed, not the set.
            throw fault
        } catch {
            return try keepAside(admitted, waiting, Self.reason(error), cause)
        }
    }

    private func takeUp(_ waiting: WaitingSet, _ admitted: AdmittedSet, _ present: ReplicaRow, _ cause: String) throws -> PBReceipt? {
        guard let tenant = try transaction.tenant() else { return nil }
        var replica = present
        // Whoever releases a set lifts what held it up, not what proves it.
        let set = try read(admitted.set, replica)
        guard try reasonToWait(set) == nil else { return nil }
        let work = set.origin ?? Origin(writeID: waiting.writeID, hash: admitted.hash)
        guard try !hasTakenEffect(work, besides: waiting.writeID) else {
            throw WireProblem("origin-known", op: -1, "this work has been admitted under another number")
        }
        // Its facts are judged at its own base, whatever its author has seen since.
        replica.lastBase = .start
        replica.lastBaseEpoch = Epoch(rawValue: 0)
        try transaction.deleteWaiting(waiting.writeID)
        let effect = try takeEffect(set, of: replica, at: tenant.head.next, tenant) { admitted.stamp }
        // A deferred set is found by its own number or origin; a quarantined one counts from now on.
        let isKept = waiting.isDeferred || admitted.origin != nil
        // A deferred set came before its device was shut out, and nobody has to let it.
        let isLet = !waiting.isDeferred && replica.revokedAt != nil
        let shutOut = Remark(code: "device-revoked", text: "Its device is shut out; it took effect because an operator let it.")
        let receipt = try recordOwn(
            [], stamp: try nextServerStamp(tenant), intent: "take-up", cause: cause, at: tenant.head.next, about: (admitted, effect.outcome),
            remarks: effect.remarks + (isLet ? [shutOut] : []), origin: isKept ? nil : work)
        try react(to: effect.applied, outsideView: effect.outsideView, set, replica)
        return receipt
    }

    /// Whether the same work is there under another number: it took effect, or waits by itself and will.
    private func hasTakenEffect(_ work: Origin, besides id: WriteID) throws -> Bool {
        if let twin = try transaction.admitted(origin: work), twin.set.writeID != id { return true }
        guard work.writeID != id, let first = try transaction.admitted(work.writeID), first.hash == work.hash else { return false }
        return try transaction.waiting(work.writeID) == nil
    }

    private static func reason(_ error: any Error) -> WireProblem {
        switch error {
        case let wire as WireProblem: wire
        case let decoding as DecodingProblem: WireProblem(decoding.code, op: -1, decoding.detail)
        case let schema as SchemaProblem: WireProblem("value-unfit", op: -1, "\(schema)")
        case let problem as EngineProblem: WireProblem("unstorable", op: -1, problem.detail)
        default: WireProblem("unstorable", op: -1, "\(error)")
        }
    }

    /// A deferred set that proves malformed is quarantined after all; one that a person tried to release stays as it was.
    private func keepAside(_ admitted: AdmittedSet, _ waiting: WaitingSet, _ wire: WireProblem, _ cause: String) throws -> PBReceipt? {
        guard waiting.isDeferred, let tenant = try transaction.tenant() else { throw wire }
        if wire.code == "origin-known" {
            try transaction.deleteWaiting(waiting.writeID)
        } else {
            var aside = waiting
            aside.isDeferred = false
            try transaction.save(aside)
        }
        let remark = Remark(code: wire.code, op: wire.op, text: wire.detail, remedies: ["the set is kept whole; an operator can look at it"])
        return try recordOwn(
            [], stamp: try nextServerStamp(tenant), intent: "take-up", cause: cause, at: tenant.head.next, about: (admitted, .quarantined),
            remarks: [remark])
    }
}
