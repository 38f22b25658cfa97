import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// A device whose number was found forked goes on under a new one (Protocol/08-enrolment.md, 8.18 on).
extension DeviceEngine {
    /// Asks for a new number; signed with the key of the old one.
    func replicaRequest(lastCommon: UInt64, newKey: SyncConversation.NewKey) throws -> PBReplicaRequest {
        let identity = try store.read { try requireIdentity($0) }
        var request = PBReplicaRequest()
        request.device = data(identity.device.bytes)
        request.oldReplica = identity.replica.rawValue
        request.lastCommon = lastCommon
        request.newPublicKey = data(newKey.publicKey)
        request.algorithm = UInt32(SignatureAlgorithm.p256.rawValue)
        let message = ReplicaProof.message(device: identity.device, oldReplica: identity.replica, newKey: newKey.publicKey)
        request.signature = data(try sign(message, identity))
        return request
    }

    /// The key pair for a new number, stored before it is asked for: an answer that was lost costs no further number.
    func renewalKey(_ makeKey: () throws -> SyncConversation.NewKey) throws -> SyncConversation.NewKey {
        try store.write { transaction in
            var state = try transaction.state()
            if !state.renewalPrivateKey.isEmpty {
                return SyncConversation.NewKey(privateKey: state.renewalPrivateKey, publicKey: state.renewalPublicKey)
            }
            let key = try makeKey()
            state.renewalPrivateKey = key.privateKey
            state.renewalPublicKey = key.publicKey
            try transaction.save(state)
            return key
        }
    }

    /// Takes the new number and renumbers what was not sent under the forked one.
    func adopt(_ enrolment: PBEnrolment, key: SyncConversation.NewKey, _ fork: SyncConversation.Fork) throws -> ReplicaID {
        var identity = try store.read { try requireIdentity($0) }
        identity.replica = ReplicaID(rawValue: enrolment.replica)
        identity.privateKey = key.privateKey
        identity.series = enrolment.series
        identity.enrolment = try Wire.encode(enrolment)
        try renumber(as: identity, fork)
        return identity.replica
    }

    /// Sets of a former number that both copies share may still wait for their answer; they prove themselves by their signature.
    /// Numbers rise: what was made after the oldest work under the present one comes when that is answered.
    func formerSets() throws -> PBCarryRequest {
        try store.read { transaction in
            let replica = try requireIdentity(transaction).replica
            var request = PBCarryRequest()
            let outbox = try transaction.outbox()
            let oldest = outbox.first { $0.standing == .waiting && $0.set.writeID.replica == replica }
                .flatMap { decoded.content(of: $0) }.map { $0.origin?.writeID.replica ?? replica }
            let former = outbox.filter { own in own.set.writeID.replica != replica && oldest.map { own.set.writeID.replica <= $0 } ?? true }
            let deferred = former.filter { $0.standing == .deferred }.prefix(Limits.deferredSetsInPush)
            var bytes = 0
            var numbers: Set<ReplicaID> = []
            // Whole sets within the bytes of one push, of as many numbers as enrolments are looked at; the first goes however large it is.
            let waiting = (deferred + former.filter { $0.standing == .waiting }.prefix(Limits.setsInPush - deferred.count)).prefix { own in
                defer { bytes += own.set.body.count + 256 }
                numbers.insert(own.set.writeID.replica)
                return bytes == 0 || bytes + own.set.body.count + 256 <= Limits.pushBytes && numbers.count <= Limits.shownEnrolments
            }
            request.sets = waiting.map { PBSignedSet($0.set) }
            request.shown = waiting.compactMap { $0.receipt.map { PBReceipt($0) } }
            request.enrolments = try Self.enrolments(transaction).filter { enrolment in request.sets.contains { $0.replica == enrolment.replica } }
            return request
        }
    }

    /// The enrolments under all numbers of this device, the present one last.
    static func enrolments(_ transaction: any DeviceTransaction) throws -> [PBEnrolment] {
        let former = try Wire.decode(PBEnrolments.self, transaction.state().formerEnrolments).enrolments
        let present = try transaction.identity().map { try Wire.decode(PBEnrolment.self, $0.enrolment) }
        return former + [present].compactMap { $0 }.filter { !$0.statement.isEmpty }
    }

    func hasWaitingFormerSets() throws -> Bool {
        try store.read { transaction in
            let replica = try requireIdentity(transaction).replica
            return try transaction.outbox().contains { $0.standing == .waiting && $0.set.writeID.replica != replica }
        }
    }

    /// Takes a new replica: unsent sets of the forked one above the last common sequence are numbered from 1 under it, with their
    /// origin, and signed anew.
    public func renumber(as identity: DeviceIdentity, _ fork: SyncConversation.Fork) throws {
        try store.write { transaction in
            var state = try transaction.state()
            let waiting = try transaction.outbox().filter {
                // What the disk has changed is not signed anew.
                $0.standing == .waiting && $0.set.writeID.replica == fork.replica && $0.set.writeID.sequence > fork.lastCommon
                    && $0.set.hash == $0.hash
            }
            var former = PBEnrolments()
            former.enrolments = try Self.enrolments(transaction)
            state.formerEnrolments = try Wire.encode(former)
            try transaction.save(identity)
            var previous = SetHash.none
            var sequence: UInt64 = 0
            var moved: [WriteID: WriteID] = [:]
            var typed = TypedCharacters(schema: schema, from: fork.replica, to: identity.replica)
            for var own in waiting {
                guard var set = try? ChangeSet(decodingBody: own.set.body) else { continue }
                sequence += 1
                let formerID = set.writeID
                set.origin = set.origin ?? Origin(writeID: formerID, hash: own.hash)
                set.writeID = WriteID(replica: identity.replica, sequence: sequence)
                set.previous = previous
                set.claimed = Stamp(milliseconds: set.claimed.milliseconds, counter: set.claimed.counter, replica: identity.replica)
                set.ops = typed.renamed(set.ops).map { $0.renamed(moved) }
                set.guards = set.guards.map { Guard(key: $0.key, field: $0.field, seen: $0.seen.map { $0.renamed(moved) }) }
                moved[formerID] = set.writeID
                let sealed = try seal(set, identity, madeAt: own.madeAt)
                previous = sealed.hash
                own.standing = .renumbered
                own.isResolved = true
                try transaction.update(own)
                try transaction.append(sealed)
            }
            state.lastSequence = sequence
            state.lastHash = previous
            state.renewalPrivateKey = []
            state.renewalPublicKey = []
            try transaction.save(state)
            var application = PullApplication(self, transaction)
            try application.rebase()
        }
    }
}

extension Version {
    /// The version under its set's new write id, if that was renumbered.
    func renamed(_ moved: [WriteID: WriteID]) -> Version {
        guard let id = moved[writeID] else { return self }
        return Version(stamp: Stamp(milliseconds: stamp.milliseconds, counter: stamp.counter, replica: id.replica), sequence: id.sequence)
    }
}

extension Op {
    /// The op with base versions of renumbered sets under their new write ids.
    func renamed(_ moved: [WriteID: WriteID]) -> Op {
        let rename = { (version: Version) in version.renamed(moved) }
        return Op(
            kind: kind, key: key,
            writes: writes.map { FieldWrite(field: $0.field, op: $0.op, value: $0.value, bases: $0.bases.map(rename)) }, seen: seen.map(rename))
    }
}
