import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Requests and what their replies make of the device (Protocol/07-sync.md).
extension DeviceEngine {
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
            let kept = outbox.first { $0.standing == .waiting && !sent.contains($0.set.writeID.sequence) }
            if let kept { request.report.oldestUnsent = try ChangeSet(decodingBody: kept.set.body).claimed.milliseconds }
            let files = try transaction.attachments(stored: false)
            if !files.isEmpty {
                request.report.files = UInt32(clamping: files.count)
                request.report.fileBytes = UInt64(files.reduce(0) { $0 + $1.size })
            }
            request.recovered = try recoveredToOffer(transaction)
            request.answered = try answersAhead(of: state, transaction)
            // Only a device that has just been told of another history, or offers what it still shows of it, has something to prove.
            if state.isCheckpointLost || !request.recovered.isEmpty { request.former = state.formerCheckpoints.map { PBShownCheckpoint($0) } }
            if state.isRecovering { request.leases = try Wire.decode(PBShownLeases.self, state.lostLeases).leases }
            return request
        }
    }

    /// Of each number of this device the newest answer that its checkpoint does not cover: a server that was put back to before
    /// it would not know otherwise that it had answered.
    private func answersAhead(of state: DeviceState, _ transaction: any DeviceTransaction) throws -> [PBReceipt] {
        var newest: [ReplicaID: Receipt] = [:]
        // What is kept aside has no effect that could arrive: it is found as the last of its number.
        var last: [OwnSet] = []
        while last.count < Limits.shownAnswers, let own = try transaction.newestAnswered(below: last.last?.set.writeID.replica) {
            last.append(own)
        }
        let aside = last.filter { $0.receipt.map { !state.covers($0) } ?? false }
        for own in try state.arriving.compactMap({ try transaction.own($0) }) + aside {
            guard own.standing == .answered, let receipt = own.receipt, !receipt.mac.isEmpty else { continue }
            if newest[receipt.writeID.replica].map({ $0.writeID < receipt.writeID }) ?? true { newest[receipt.writeID.replica] = receipt }
        }
        return newest.sorted { $0.key > $1.key }.prefix(Limits.shownAnswers).map { PBReceipt($0.value.bare) }
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
    ///
    /// - Parameter clockReading: is kept with the clock's offset, where the reply gives one.
    public func apply(_ reply: PBSyncReply, sentAt: Int64, receivedAt: Int64, clockReading: [UInt8] = []) throws -> SyncStep {
        if reply.hasHistoryChanged { return try requeue(reply.historyChanged) }
        if reply.hasPushProblem, reply.pushProblem.code == "replica-forked" {
            // What was answered before the fork came to light is answered; the view is audited under the new number.
            try accept(reply.receipts)
            return .forked(lastCommon: reply.pushProblem.expected)
        }
        var mismatches: [Scope] = []
        do {
            return try store.write { transaction in
                var application = PullApplication(self, transaction)
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
                // A part that is kept aside changes nothing of what is shown.
                if reply.hasCommit || !reply.receipts.isEmpty || application.summary.givenBack > 0 || !application.loose.isEmpty {
                    try application.rebase()
                }
                var state = try transaction.state()
                if reply.serverTime > 0, let serverTime = Int64(exactly: reply.serverTime), serverTime < Int64(Stamp.maximumMilliseconds) {
                    state.clockOffset = serverTime - (sentAt + (receivedAt - sentAt) / 2)
                    state.clockReading = clockReading
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
            var application = PullApplication(self, transaction)
            try application.answer(receipts)
            try application.purge(isPresent: false)
            try application.rebase()
            return application.summary.answered
        }
    }
}
