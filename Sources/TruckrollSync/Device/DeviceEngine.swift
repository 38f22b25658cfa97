import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Why the device cannot do what it was asked. Nothing was changed.
public struct DeviceProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let code: String
    public let detail: String
    public let next: String

    public init(_ code: String, _ detail: String, next: String) {
        self.code = code
        self.detail = detail
        self.next = next
    }

    public var description: String { "\(detail) \(next)" }
}

/// What the device needs from outside at one call.
public struct DeviceMoment: Sendable {
    /// Unix time by the device's own clock.
    public let milliseconds: Int64
    /// Offset of the user's time zone, for the times people read.
    public let offsetMinutes: Int

    public init(milliseconds: Int64, offsetMinutes: Int) {
        self.milliseconds = milliseconds
        self.offsetMinutes = offsetMinutes
    }
}

/// The sync client as plain functions over a store: no network, no clock, no randomness of its own.
public struct DeviceEngine: Sendable {
    public let schema: Schema
    public let store: any DeviceStore
    /// Signs a set's bytes with the device's private key.
    let sign: @Sendable (_ message: [UInt8], _ identity: DeviceIdentity) throws -> [UInt8]
    /// Opens segments of snapshots; `nil` on a device that takes everything in parts.
    let compression: (any Compression)?

    public init(
        schema: Schema, store: any DeviceStore, compression: (any Compression)? = nil,
        sign: @escaping @Sendable ([UInt8], DeviceIdentity) throws -> [UInt8] = { message, identity in
            guard let key = SigningKey(rawRepresentation: identity.privateKey) else {
                throw DeviceProblem("key-unreadable", "The device's key cannot be read.", next: "Enrol again; the outbox stays.")
            }
            return try key.signature(over: message)
        }
    ) {
        self.schema = schema
        self.store = store
        self.compression = compression
        self.sign = sign
    }

    // MARK: Local commit

    /// Records one user action: encodes, signs and stores its change set and shows its effect, in one transaction.
    ///
    /// - Parameters:
    ///   - intent: what the person did, in a word.
    ///   - newID: gives a new record id at each call.
    ///   - body: makes the ops. A throw undoes all of it.
    /// - Returns: what `body` returned, and the set; `nil` when it made no ops.
    @discardableResult
    public func commit<T>(
        intent: String, at moment: DeviceMoment, newID: @escaping () -> RecordID, _ body: (LocalEditor) throws -> T
    ) throws -> (result: T, set: OwnSet?) {
        do { return try commitOnce(intent, moment, newID, knowsDamage: false, body) } catch is DamageMet {
            // Noted in any case, also where the action itself comes to nothing.
            noteDamage()
            return try commitOnce(intent, moment, newID, knowsDamage: true, body)
        }
    }

    /// What a user action was about to build on cannot be read, and nobody had noticed.
    private struct DamageMet: Error {}

    /// - Parameter knowsDamage: whether an earlier try met what cannot be read.
    private func commitOnce<T>(
        _ intent: String, _ moment: DeviceMoment, _ newID: @escaping () -> RecordID, knowsDamage: Bool, _ body: (LocalEditor) throws -> T
    ) throws -> (result: T, set: OwnSet?) {
        try store.write { transaction in
            let identity = try requireIdentity(transaction)
            var state = try transaction.state()
            if knowsDamage { state.isDamaged = true }
            if state.isDamaged {
                // What is shown of the pending sets may be what cannot be read, and this one builds on it.
                var application = PullApplication(schema: schema, transaction: transaction)
                try application.rebase()
            }
            let corrected = moment.milliseconds + state.clockOffset
            let stamp = nextStamp(state, identity.replica, corrected)
            let writeID = WriteID(replica: identity.replica, sequence: state.lastSequence + 1)
            let records = VisibleRecords(transaction: transaction, schema: schema)
            let editor = LocalEditor(
                schema: schema, user: identity.user, now: DeviceTime(milliseconds: corrected, offsetMinutes: moment.offsetMinutes),
                series: identity.series, documentNumber: state.lastDocument, records: records,
                version: Version(stamp: stamp, sequence: writeID.sequence), role: try records.role(of: identity.user), randomID: newID)
            let result: T
            do { result = try body(editor) } catch {
                throw !state.isDamaged && !transaction.unreadable.isEmpty ? DamageMet() : error
            }
            guard state.isDamaged || transaction.unreadable.isEmpty else { throw DamageMet() }
            guard !editor.ops.isEmpty else { return (result, nil) }
            guard editor.ops.count <= Limits.opsInSet else {
                throw DeviceProblem("too-many-ops", "One action changes at most \(Limits.opsInSet) records.", next: "Do it in smaller steps.")
            }
            let set = ChangeSet(
                protocolVersion: Limits.protocolVersion, schemaVersion: schema.versionNeeded(by: editor.ops), tenant: identity.tenant,
                device: identity.device,
                writeID: writeID, previous: state.lastHash, base: state.checkpoint ?? Self.noCheckpoint, baseMAC: state.checkpointMAC, claimed: stamp,
                user: identity.user,
                intent: intent, guards: editor.guards, ops: editor.ops)
            let own = try seal(set, identity, madeAt: corrected)
            try transaction.append(own)
            state.lastSequence = writeID.sequence
            state.lastHash = own.hash
            state.lastStamp = stamp
            state.lastDocument = editor.documentNumber
            try transaction.save(state)
            return (result, own)
        }
    }

    func seal(_ set: ChangeSet, _ identity: DeviceIdentity, madeAt: Int64) throws -> OwnSet {
        let body = try set.encodedBody()
        guard body.count <= Limits.setBytes else {
            throw DeviceProblem(
                "set-too-large", "One action may take \(Limits.setBytes) bytes, this one has \(body.count).", next: "Attach large content as a file.")
        }
        let signature = try sign(SetHash.signedBytes(body: body), identity)
        let signed = SignedSet(writeID: set.writeID, body: body, algorithm: identity.algorithm, signature: signature)
        return OwnSet(set: signed, hash: signed.hash, intent: set.intent, madeAt: madeAt)
    }

    private static let noCheckpoint = Checkpoint(startOf: Epoch(rawValue: 0))

    /// Above the last stamp of this replica and every stamp it has received.
    private func nextStamp(_ state: DeviceState, _ replica: ReplicaID, _ corrected: Int64) -> Stamp {
        let wall = UInt64(max(0, corrected))
        guard let last = state.lastStamp else { return Stamp(milliseconds: wall, counter: 0, replica: replica) }
        return Stamp(milliseconds: last.milliseconds, counter: last.counter, replica: replica).next(wallMilliseconds: wall)
    }

    func requireIdentity(_ transaction: any DeviceTransaction) throws -> DeviceIdentity {
        guard let identity = try transaction.identity() else {
            throw DeviceProblem("not-enrolled", "This device is not enrolled.", next: "Enrol it with a code from the office.")
        }
        return identity
    }

    // MARK: Reading

    /// Reads what the user sees, from one state of the store. What cannot be read is left out, and noted for the next sync.
    public func read<T>(_ body: (LocalReader) throws -> T) throws -> T {
        var isNews = false
        defer { if isNews { noteDamage() } }
        return try store.read { transaction in
            defer { isNews = !transaction.unreadable.isEmpty }
            return try body(LocalReader(schema: schema, transaction: transaction))
        }
    }

    // MARK: Sync

    /// The next request: the outbox from its oldest set, within the limits, and the checkpoint.
    ///
    /// - Parameter pushBytes: of the sets in it; the oldest goes however large it is.
    public func nextRequest(pushBytes: Int = Limits.pushBytes) throws -> PBSyncRequest {
        try store.write { transaction in
            let identity = try requireIdentity(transaction)
            let state = try transaction.state()
            var request = PBSyncRequest()
            if let checkpoint = state.checkpoint {
                // From the start of the history the server named; so it tells again should that one be lost meanwhile.
                request.checkpoint = PBCheckpoint(state.isCheckpointLost ? Checkpoint(startOf: state.recoveringEpoch) : checkpoint)
            }
            request.pull = true
            if let visible = state.visible, !state.isCheckpointLost { request.visible = UInt32(visible.rawValue) }
            if let filling = try nextPart(state) {
                if filling.snapshot.segments.isEmpty {
                    request.filling = filling
                    request.snapshots = compression != nil && !filling.plain
                } else if state.checkpoint == nil || state.isCheckpointLost {
                    // The next part follows the segments, and without a place in the filling the whole view would come.
                    request.pull = false
                }
            }
            var bytes = 0
            if !state.isCheckpointLost { request.checkpointMac = data(state.checkpointMAC) }
            let outbox = try transaction.outbox().filter { $0.set.writeID.replica == identity.replica }
            let asked = Self.deferredToAsk(of: outbox, at: state)
            for var own in outbox {
                // They leave room for what the server has not seen at all.
                if own.standing == .deferred, !asked.contains(own.set.writeID) || bytes + own.set.body.count > pushBytes / 2 { continue }
                bytes += own.set.body.count + 128
                if request.push.count >= Limits.setsInPush || (bytes > pushBytes && !request.push.isEmpty) { break }
                request.push.append(PBSignedSet(own.set))
                if own.standing == .waiting, let receipt = own.receipt { request.shown.append(PBReceipt(receipt)) }
                if !own.isSent {
                    own.isSent = true
                    try transaction.update(own)
                }
            }
            let sent = Set(request.push.map(\.sequence))
            request.unsent = UInt32(clamping: outbox.count { $0.standing == .waiting && !sent.contains($0.set.writeID.sequence) })
            request.recovered = try recoveredToOffer(transaction)
            // Only a device that has just been told of another history, or offers what it still shows of it, has something to prove.
            if state.isCheckpointLost || !request.recovered.isEmpty { request.former = state.formerCheckpoints.map { PBShownCheckpoint($0) } }
            if state.isRecovering { request.leases = try Wire.decode(PBShownLeases.self, state.lostLeases).leases }
            return request
        }
    }

    /// The deferred sets one push asks about again: at each visit others, where there are many.
    private static func deferredToAsk(of outbox: [OwnSet], at state: DeviceState) -> Set<WriteID> {
        let deferred = outbox.filter { $0.standing == .deferred }.map(\.set.writeID)
        guard deferred.count > Limits.deferredSetsInPush else { return Set(deferred) }
        let start = Int((state.lastSync ?? 0).magnitude / 1000 % UInt64(deferred.count))
        return Set((0..<Limits.deferredSetsInPush).map { deferred[(start + $0) % deferred.count] })
    }

    /// What a reply made of the device, or what has to happen next.
    public enum SyncStep: Hashable, Sendable {
        /// Applied. `more` when the outbox still holds sets that were not in the request.
        case applied(SyncSummary, more: Bool)
        /// The digests of these scopes do not match: nothing of the reply was applied; audit and repair.
        case mismatch([Scope])
        /// The server tells another history; own sets it lacks are back in the outbox. Push them, then audit.
        case historyChanged(requeued: Int)
        /// The replica number was found forked; ask for a new one. The last sequence both copies share.
        case forked(lastCommon: UInt64)
    }

    public struct SyncSummary: Hashable, Sendable {
        public var answered = 0
        public var recordsChanged = 0
        public var recordsGone = 0
        public var setAside = 0
        /// Own sets the server turned out to lack.
        public var givenBack = 0
        public var position: Position = .start
        /// Entries of others' lost sets that the server took.
        public var offered = 0
        /// Whether a part of the view came, a class of it became visible, or segments of a snapshot are awaited.
        public var isFilling = false

        public init() {}
    }

    /// Applies a reply in one transaction: answers, records, scopes and checkpoint together, or nothing.
    public func apply(_ reply: PBSyncReply, sentAt: Int64, receivedAt: Int64) throws -> SyncStep {
        if reply.hasHistoryChanged { return try requeue(reply.historyChanged) }
        if reply.hasPushProblem, reply.pushProblem.code == "replica-forked" {
            // What was answered before the fork came to light is answered; the view is audited under the new number.
            try accept(reply.receipts)
            return .forked(lastCommon: reply.pushProblem.expected)
        }
        var mismatches: [Scope] = []
        do {
            return try store.write { transaction in
                var application = PullApplication(schema: schema, transaction: transaction)
                try application.answer(reply.receipts)
                var missing: UInt64?
                if reply.hasPushProblem, reply.pushProblem.code == "sequence-gap" {
                    let (expected, replica) = (reply.pushProblem.expected, try requireIdentity(transaction).replica)
                    application.summary.givenBack += try application.requeueGap(from: expected, replica: replica)
                    // A set that this device lost itself never comes: what follows it goes on under another number.
                    let wanted = try transaction.own(WriteID(replica: replica, sequence: expected))
                    if expected > 0, wanted?.standing != .waiting { missing = expected }
                }
                try application.keepAside(reply)
                if reply.hasCommit {
                    try application.bringIn(reply)
                    mismatches = try application.finish(reply.commit)
                    guard mismatches.isEmpty else { throw Mismatch() }
                }
                if !reply.hasCommit { try application.purge(isPresent: false) }
                try application.rebase()
                var state = try transaction.state()
                if reply.serverTime > 0, let serverTime = Int64(exactly: reply.serverTime), serverTime < Int64(Stamp.maximumMilliseconds) {
                    state.clockOffset = serverTime - (sentAt + (receivedAt - sentAt) / 2)
                }
                state.lastStamp = application.newestStamp(after: state.lastStamp)
                state.lastSync = receivedAt + state.clockOffset
                state.durable = Position(rawValue: reply.durablePosition)
                if !transaction.unreadable.isEmpty { state.isDamaged = true }
                try transaction.save(state)
                try transaction.deleteRecovered(first: Int(reply.recovered))
                application.summary.offered = Int(reply.recovered)
                if try nextPart(state)?.snapshot.segments.isEmpty == false { application.summary.isFilling = true }
                application.summary.position = state.checkpoint?.position ?? .start
                let replica = try requireIdentity(transaction).replica
                let isWaiting = try transaction.outbox().contains { $0.set.writeID.replica == replica && $0.standing == .waiting }
                if let missing { return .forked(lastCommon: missing - 1) }
                let more = try isWaiting || nextPart(state) != nil || !transaction.recovered(limit: 1).isEmpty
                return .applied(application.summary, more: more)
            }
        } catch is Mismatch {
            return .mismatch(mismatches)
        } catch is DamagedParts {
            return try fillAfterDamage()
        }
    }

    private struct Mismatch: Error {}

    /// Files answers that came by another road than a sync.
    ///
    /// - Returns: how many of them were news.
    @discardableResult
    public func accept(_ receipts: [PBReceipt]) throws -> Int {
        try store.write { transaction in
            var application = PullApplication(schema: schema, transaction: transaction)
            try application.answer(receipts)
            try application.purge(isPresent: false)
            try application.rebase()
            return application.summary.answered
        }
    }

    /// Own sets the server lacks go back to the outbox, bytes unchanged; the checkpoint of the lost history is forgotten, the
    /// records are not.
    private func requeue(_ changed: PBHistoryChanged) throws -> SyncStep {
        try store.write { transaction in
            let identity = try requireIdentity(transaction)
            var requeued = 0
            // Where the server's last set of this number is another one than ours, a copy of this device spoke first: then all are
            // offered, and the first that differs brings the fork to light.
            let last = WriteID(replica: identity.replica, sequence: changed.lastSequence)
            let isShared = try changed.lastSequence == 0 || transaction.own(last)?.hash.bytes == Array(changed.lastHash)
            let lacking = try transaction.journal(identity.replica, above: isShared ? changed.lastSequence : 0)
            // Of former numbers the server does not say how far it knows them; what it has it answers as before.
            for var own in try lacking + transaction.journal(besides: identity.replica) {
                own.standing = .waiting
                try transaction.update(own)
                requeued += 1
            }
            var state = try transaction.state()
            if let checkpoint = state.checkpoint, !state.isCheckpointLost, state.checkpointMAC.count == 32 {
                state.formerCheckpoints.removeAll { $0.checkpoint.epoch == checkpoint.epoch }
                state.formerCheckpoints.append(ShownCheckpoint(checkpoint: checkpoint, mac: state.checkpointMAC))
                state.formerCheckpoints.removeFirst(max(0, state.formerCheckpoints.count - Limits.formerCheckpoints))
            }
            try findRecovered(known: changed.known, wasLost: state.isCheckpointLost, transaction)
            state.lostLeases = try Wire.encode(try lostLeases(state, transaction))
            state.isCheckpointLost = true
            state.recoveringEpoch = Epoch(rawValue: changed.epoch)
            state.isRecovering = true
            state.filling = []
            try transaction.deleteParts()
            try transaction.save(state)
            return .historyChanged(requeued: requeued)
        }
    }

    /// The stock leases this device holds, with those it is showing already.
    private func lostLeases(_ state: DeviceState, _ transaction: any DeviceTransaction) throws -> PBShownLeases {
        var leases: [RecordID: LeaseProof] = [:]
        for message in try Wire.decode(PBShownLeases.self, state.lostLeases).leases {
            if let proof = LeaseProof(message) { leases[proof.lease] = proof }
        }
        let reader = LocalReader(schema: schema, transaction: transaction)
        for view in try reader.views("lease") {
            if let proof = LeaseProof(view) { leases[proof.lease] = proof }
        }
        var shown = PBShownLeases()
        shown.leases = leases.values.sorted { $0.lease < $1.lease }.prefix(Limits.shownLeases).map { PBShownLease($0) }
        return shown
    }
}
