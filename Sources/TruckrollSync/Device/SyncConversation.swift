import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What one sync did.
public struct SyncReport: Sendable {
    /// Own sets the server answered.
    public var answered = 0
    /// Of those, set aside or quarantined: they wait for a person.
    public var needAttention = 0
    public var recordsChanged = 0
    public var recordsGone = 0
    public var attachmentsSent = 0
    public var position = Position.start
    /// Scopes that had to be repaired.
    public var repaired = 0
    /// Records that were sent again because they alone differed.
    public var recordsFetched = 0
    /// Own sets given back to a server that was restored.
    public var givenBack = 0
    /// Set when the device got a new replica number because a copy of it was found.
    public var newReplica: ReplicaID?

    public init() {}

    mutating func add(_ summary: DeviceEngine.SyncSummary) {
        answered += summary.answered
        needAttention += summary.setAside
        recordsChanged += summary.recordsChanged
        recordsGone += summary.recordsGone
        givenBack += summary.givenBack
        position = summary.position
    }
}

/// What a full comparison with the server found.
public struct AuditReport: Sendable {
    public let scopes: Int
    public let records: UInt64
    public let position: Position
    /// Scopes that differed; repaired when the audit was asked to.
    public let differing: [Scope]
    /// Of what this device made itself, so much was not as it follows from records and outbox; made anew when the audit was asked to.
    public let derived: DerivedDamage
    /// What of that kind was wrong before the sync that goes before an audit, and was made anew by it.
    public internal(set) var madeAnew = DerivedDamage()

    /// Whether everything here is as it should be.
    public var isClean: Bool { differing.isEmpty && derived.isEmpty }

    /// The report with what a look before the sync had found.
    public func afterFinding(_ before: DerivedDamage) -> AuditReport {
        var report = self
        report.madeAnew = before.subtracting(derived)
        return report
    }
}

/// One visit of a device to its server as plain data: says which request comes next and applies what was answered. Whoever
/// drives it only carries messages; dropping it at any point loses nothing.
public struct SyncConversation {
    public enum Request {
        case sync(PBSyncRequest)
        case audit(PBAuditRequest)
        case repair(PBRepairRequest)
        case newReplica(PBReplicaRequest)
        case carry(PBCarryRequest)
        /// The bytes of a segment. Whoever fetches them may go on where an earlier attempt stopped.
        case segment(SegmentName)
    }

    public enum Reply {
        case sync(PBSyncReply)
        case audit(PBAuditReply)
        case repair(PBRepairReply)
        case newReplica(PBEnrolment)
        case carry(PBCarryReply)
        /// All bytes, unchecked; `nil` when the server does not keep the segment any more.
        case segment([UInt8]?)
    }

    /// What the visit is for.
    public enum Purpose: Sendable {
        /// Push and pull until nothing is left; scopes are compared only when there is a reason.
        case sync
        /// The same, but what this device has found unreadable is left to the audit that follows.
        case syncBeforeAudit
        /// Afterwards all scopes are compared; what differs is fetched again if `repairing`.
        case audit(repairing: Bool)
    }

    /// A number of this device under which another copy of it goes on, and the last sequence both share.
    public struct Fork: Hashable, Sendable {
        public let replica: ReplicaID
        public let lastCommon: UInt64

        public init(replica: ReplicaID, lastCommon: UInt64) {
            self.replica = replica
            self.lastCommon = lastCommon
        }
    }

    private enum Phase {
        case syncing
        case auditing(isRepairing: Bool)
        case comparing(AuditReport, PBAuditReply)
        case fetching(AuditReport, PBAuditReply, PBRepairReply, DeviceEngine.RepairPlan)
        case renewing(Fork, key: NewKey)
        case renewed
        case done
    }

    /// The key pair of a new replica.
    public struct NewKey: Sendable {
        /// The private key in the library's raw form.
        public let privateKey: [UInt8]
        /// 65 bytes, uncompressed.
        public let publicKey: [UInt8]

        public init(privateKey: [UInt8], publicKey: [UInt8]) {
            self.privateKey = privateKey
            self.publicKey = publicKey
        }
    }

    private let engine: DeviceEngine
    private let makeKey: () throws -> NewKey
    private let purpose: Purpose
    private var phase = Phase.syncing
    /// Sets of former numbers go before those of the present one, which may build on them.
    private var formerSets: FormerSets = .unasked

    private enum FormerSets {
        case unasked, done
        case asked([WriteID])
    }

    /// Whether work recorded here went first, before a visit goes on fetching segments.
    private var hasSynced = false
    /// Segments that arrived and were not what was named, and snapshots that were gone.
    private var damagedSegments = 0
    private var goneSnapshots = 0
    private var hasCarriedLate = false
    private var needsAudit = false
    private var hasLookedForDamage = false
    /// Bytes of sets one push may have, and what the last one had.
    private var pushBytes = Limits.pushBytes
    private var lastPush = (sets: 0, bytes: 0)
    private var requests = 0
    /// The second time everything that differs comes whole.
    private var repairs = 0
    public private(set) var report = SyncReport()
    public private(set) var audit: AuditReport?

    public init(
        _ engine: DeviceEngine, purpose: Purpose = .sync,
        makeKey: @escaping () throws -> NewKey = {
            let key = SigningKey()
            return NewKey(privateKey: key.rawRepresentation, publicKey: key.publicKey)
        }
    ) {
        self.engine = engine
        self.purpose = purpose
        self.makeKey = makeKey
    }

    /// The next request; `nil` when the visit is over. Asked twice without an answer between, it asks the same again.
    ///
    /// After a visit that brought a new replica number another one begins, signed in under that number.
    public mutating func next() throws -> Request? {
        requests += 1
        guard requests <= 10_000 else {
            throw DeviceProblem("sync-endless", "The sync did not come to an end.", next: "Try again; if it stays, run an audit.")
        }
        if case .syncing = phase, !hasLookedForDamage {
            hasLookedForDamage = true
            if case .sync = purpose, try engine.read({ try $0.state().isDamaged }) { needsAudit = true }
            if let fork = try engine.setAsideDamaged() { phase = .renewing(fork, key: try engine.renewalKey(makeKey)) }
        }
        switch phase {
        case .syncing:
            if hasSynced, let segment = try engine.nextSegment() { return .segment(segment) }
            if case .done = formerSets { return .sync(try noted(engine.nextRequest(pushBytes: pushBytes))) }
            let former = try engine.formerSets()
            formerSets =
                former.sets.isEmpty ? .done : .asked(former.sets.map { WriteID(replica: ReplicaID(rawValue: $0.replica), sequence: $0.sequence) })
            return former.sets.isEmpty ? .sync(try noted(engine.nextRequest(pushBytes: pushBytes))) : .carry(former)
        case .auditing:
            var request = PBAuditRequest()
            if let checkpoint = try engine.read({ try $0.state().checkpoint }) { request.checkpoint = PBCheckpoint(checkpoint) }
            return .audit(request)
        case .comparing(let found, _): return .repair(try engine.repairRequest(found.differing, whole: repairs > 1))
        case .fetching(_, _, _, let plan):
            var request = PBRepairRequest()
            request.keys = plan.missing.map { data($0.encoded) }
            return .repair(request)
        case .renewing(let fork, let key): return .newReplica(try engine.replicaRequest(lastCommon: fork.lastCommon, newKey: key))
        case .renewed: return nil
        case .done: return nil
        }
    }

    private mutating func noted(_ request: PBSyncRequest) -> PBSyncRequest {
        lastPush = (request.push.count, request.push.reduce(0) { $0 + $1.body.count + 128 })
        return request
    }

    /// The last push took longer than a body may take: the next one has half of its sets' bytes.
    ///
    /// - Returns: `false` when it was one set, so that less cannot be sent.
    public mutating func sendLess() -> Bool {
        guard case .syncing = phase, lastPush.sets > 1 else { return false }
        pushBytes = lastPush.bytes / 2
        return true
    }

    /// Applies an answer.
    ///
    /// - Parameters:
    ///   - sentAt: the device's own clock when the request left, Unix milliseconds.
    ///   - receivedAt: the same when the answer was there.
    ///   - clockReading: is kept with the offset of the clock that the answer tells.
    public mutating func receive(_ reply: Reply, sentAt: Int64, receivedAt: Int64, clockReading: [UInt8] = []) throws {
        switch (phase, reply) {
        case (.syncing, .carry(let reply)):
            if let fork = try forked(reply) {
                try engine.accept(reply.receipts)
                phase = .renewing(fork, key: try engine.renewalKey(makeKey))
            } else {
                // What the server cannot take now does not hold up the rest.
                formerSets = try engine.accept(reply.receipts) == 0 ? .done : .unasked
            }
        case (.syncing, .segment(let bytes)): try keep(segment: bytes)
        case (.syncing, .sync(let reply)):
            try receive(reply, try engine.apply(reply, sentAt: sentAt, receivedAt: receivedAt, clockReading: clockReading))
        case (.auditing(let isRepairing), .audit(let reply)): try compare(reply, isRepairing: isRepairing)
        case (.comparing(let found, let audit), .repair(let content)):
            let plan = try engine.plan(content)
            if plan.missing.count > Limits.keysInRepair {
                // So much differs that whole scopes are the shorter way.
                repairs += 1
            } else if plan.missing.isEmpty {
                try repair([content], found, audit, plan)
            } else {
                phase = .fetching(found, audit, content, plan)
            }
        case (.fetching(let found, let audit, let content, let plan), .repair(let records)):
            try repair([content, records], found, audit, plan)
        case (.renewing(let fork, let key), .newReplica(let enrolment)):
            report.newReplica = try engine.adopt(enrolment, key: key, fork)
            phase = .renewed
        default: throw DeviceProblem("reply-unfit", "The server answered another question.", next: "Sync again; if it stays, update the app.")
        }
    }

    /// A segment that is not what was named is fetched once more; then the classes come in parts. So they do when a second
    /// snapshot is gone before it arrived.
    private mutating func keep(segment bytes: [UInt8]?) throws {
        if let bytes {
            if try engine.keep(segment: bytes) { return damagedSegments = 0 }
            damagedSegments += 1
            if damagedSegments > 1 { try engine.fillAnew(isPlain: true) }
        } else {
            goneSnapshots += 1
            try engine.fillAnew(isPlain: goneSnapshots > 1)
        }
    }

    /// Where a former number of this device was found forked: another copy brought a set of it first, to a server that had lost this one.
    private func forked(_ reply: PBCarryReply) throws -> Fork? {
        guard case .asked(let sets) = formerSets, reply.hasPushProblem, reply.pushProblem.code == "replica-forked",
            sets.indices.contains(reply.receipts.count)
        else { return nil }
        let set = sets[reply.receipts.count]
        guard try engine.store.read({ try $0.own(set)?.standing }) == .waiting else { return nil }
        return Fork(replica: set.replica, lastCommon: set.sequence - 1)
    }

    private mutating func receive(_ reply: PBSyncReply, _ step: DeviceEngine.SyncStep) throws {
        hasSynced = true
        switch step {
        case .applied(let summary, let more):
            report.add(summary)
            if more, summary.answered > 0 || summary.givenBack > 0 || summary.isFilling || summary.offered > 0 { return }
            if more {
                throw DeviceProblem(
                    reply.hasPushProblem ? reply.pushProblem.code : "push-stuck",
                    reply.hasPushProblem ? reply.pushProblem.text : "The server answered none of the sets sent.",
                    next: "Nothing is lost. Sync again; if it stays, export the outbox and call the office.")
            }
            if !hasCarriedLate, try engine.hasWaitingFormerSets() {
                // What was made after the work that went first under the present number.
                hasCarriedLate = true
                formerSets = .unasked
                return
            }
            if try needsAudit || engine.read({ try $0.state().isRecovering }) {
                needsAudit = false
                phase = .auditing(isRepairing: true)
            } else if case .audit(let repairing) = purpose, audit == nil {
                phase = .auditing(isRepairing: repairing)
            } else {
                phase = .done
            }
        case .mismatch: phase = .auditing(isRepairing: true)
        case .historyChanged(let requeued):
            report.givenBack += requeued
            needsAudit = true
            formerSets = .unasked
        case .forked(let lastCommon):
            let replica = try engine.read { try $0.identity()?.replica } ?? ReplicaID(rawValue: 0)
            phase = .renewing(Fork(replica: replica, lastCommon: lastCommon), key: try engine.renewalKey(makeKey))
        }
    }

    private mutating func compare(_ reply: PBAuditReply, isRepairing: Bool) throws {
        let differing = Set(try engine.differences(reply)).union(try engine.localDamage()).sorted()
        let found = AuditReport(
            scopes: reply.scopes.count, records: reply.scopes.reduce(0) { $0 &+ $1.count }, position: Position(rawValue: reply.checkpoint.position),
            differing: differing, derived: try engine.derivedDamage())
        audit = found
        guard isRepairing else {
            phase = .done
            return
        }
        if differing.isEmpty {
            try repair([], found, reply, DeviceEngine.RepairPlan())
        } else {
            repairs += 1
            phase = .comparing(found, reply)
        }
    }

    private mutating func repair(_ replies: [PBRepairReply], _ found: AuditReport, _ audit: PBAuditReply, _ plan: DeviceEngine.RepairPlan) throws {
        let whole = try engine.repairRequest(found.differing, whole: repairs > 1).scopes.map { Scope($0) }
        try engine.repair(replies, whole: whole, plan: plan, audit: audit, isSound: found.differing.isEmpty && found.derived.isEmpty)
        report.repaired += found.differing.count
        report.recordsFetched += plan.missing.count
        phase = .syncing
    }
}
