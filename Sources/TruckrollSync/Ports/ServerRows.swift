import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// The running state of a tenant.
public struct TenantState: Hashable, Sendable {
    public var tenant: TenantID
    public var epoch: Epoch
    /// Position of the newest admitted set; 0 before the first.
    public var head: Position
    public var history: HistoryHash
    /// The replica under which the server makes sets of its own in this epoch.
    public var serverReplica: ReplicaID
    public var serverSequence: UInt64
    public var serverHash: SetHash
    public var serverStamp: Stamp?
    /// The number the next enrolment gets.
    public var nextReplica: UInt32
    /// Name of the database's home outside the database; a difference means that the database was copied or restored.
    public var instance: [UInt8]
    public var durable: Position
    /// Up to here the scope log no longer knows what left a scope: a checkpoint below it is reconciled, not pulled from.
    public var collected: Position
    /// After a restore, until when at most nothing scarce is promised anew, Unix milliseconds; `nil` otherwise.
    public var settlingUntil: Int64?

    public init(
        tenant: TenantID, epoch: Epoch, head: Position, history: HistoryHash, serverReplica: ReplicaID, serverSequence: UInt64,
        serverHash: SetHash, serverStamp: Stamp?, nextReplica: UInt32, instance: [UInt8], durable: Position,
        collected: Position = .start, settlingUntil: Int64? = nil
    ) {
        self.tenant = tenant
        self.epoch = epoch
        self.head = head
        self.history = history
        self.serverReplica = serverReplica
        self.serverSequence = serverSequence
        self.serverHash = serverHash
        self.serverStamp = serverStamp
        self.nextReplica = nextReplica
        self.instance = instance
        self.durable = durable
        self.collected = collected
        self.settlingUntil = settlingUntil
    }
}

/// One epoch of the tenant's history, for recovery reports.
public struct EpochRow: Hashable, Sendable {
    public let epoch: Epoch
    public let start: Position
    public let history: HistoryHash
    public let parent: Epoch?
    public let reason: String
    /// Epochs unknown here that a device had been in, and for which this one began. For them no other one has to begin.
    public let lost: [Epoch]

    public init(epoch: Epoch, start: Position, history: HistoryHash, parent: Epoch?, reason: String, lost: [Epoch] = []) {
        self.epoch = epoch
        self.start = start
        self.history = history
        self.parent = parent
        self.reason = reason
        self.lost = lost
    }
}

/// How a device stood when it asked last. For people: nothing is decided by it.
public struct DeviceReportRow: Hashable, Sendable {
    /// Whose it is.
    public let replica: ReplicaID
    /// When it asked last, Unix milliseconds.
    public var heardAt: Int64
    /// The history it had then.
    public var epoch: Epoch
    /// Up to which position it had everything then.
    public var position: Position
    /// Up to which it has everything, if the answer has reached it.
    public var offered: Position
    /// How many of its own sets it still held after the answer.
    public var unsent: UInt32
    /// Since when it has always held some, by the server's clock; `nil` when it holds none.
    public var heldSince: Int64?
    /// When the oldest of them was made, by its own clock; `nil` when it did not say.
    public var oldestUnsent: Int64?
    /// How many attachments it held whose bytes had not arrived.
    public var files: UInt32
    /// Of how many bytes they are.
    public var fileBytes: UInt64
    /// By how many milliseconds its clock was ahead; 0 when it did not say.
    public var skew: Int64
    /// What it runs, as it says itself.
    public var software: String

    public init(
        replica: ReplicaID, heardAt: Int64, epoch: Epoch, position: Position, offered: Position, unsent: UInt32, heldSince: Int64?,
        oldestUnsent: Int64?, files: UInt32,
        fileBytes: UInt64, skew: Int64, software: String
    ) {
        (self.replica, self.heardAt, self.epoch, self.position, self.offered) = (replica, heardAt, epoch, position, offered)
        self.unsent = unsent
        (self.heldSince, self.oldestUnsent, self.files, self.fileBytes) = (heldSince, oldestUnsent, files, fileBytes)
        (self.skew, self.software) = (skew, software)
    }
}

/// One enrolment of one device.
public struct ReplicaRow: Hashable, Sendable {
    public var replica: ReplicaID
    public var device: DeviceID
    public var user: RecordID
    public var role: Role
    public var algorithm: SignatureAlgorithm
    /// P-256: 65 bytes, uncompressed. Empty for the server's own replicas.
    public var publicKey: [UInt8]
    public var name: String
    /// Document series leased to the replica, such as `ACME-2026-D07`.
    public var series: String
    public var enrolledAt: Int64
    public var revokedAt: Int64?
    public var lastSequence: UInt64
    public var lastHash: SetHash
    public var lastStamp: Stamp?
    /// Highest base position a set of this replica named, in ``lastBaseEpoch``.
    public var lastBase: Position
    public var lastBaseEpoch: Epoch
    /// Unix milliseconds of the last contact, of which a device's enrolment is the first; 0 for never.
    public var lastSeen: Int64
    /// Rises whenever the scopes of its view change.
    public var viewVersion: UInt64

    public init(
        replica: ReplicaID, device: DeviceID, user: RecordID, role: Role, algorithm: SignatureAlgorithm, publicKey: [UInt8], name: String,
        series: String, enrolledAt: Int64, revokedAt: Int64? = nil, lastSequence: UInt64 = 0, lastHash: SetHash = .none,
        lastStamp: Stamp? = nil, lastBase: Position = .start, lastBaseEpoch: Epoch = Epoch(rawValue: 0), lastSeen: Int64 = 0,
        viewVersion: UInt64 = 0
    ) {
        self.replica = replica
        self.device = device
        self.user = user
        self.role = role
        self.algorithm = algorithm
        self.publicKey = publicKey
        self.name = name
        self.series = series
        self.enrolledAt = enrolledAt
        self.revokedAt = revokedAt
        self.lastSequence = lastSequence
        self.lastHash = lastHash
        self.lastStamp = lastStamp
        self.lastBase = lastBase
        self.lastBaseEpoch = lastBaseEpoch
        self.lastSeen = lastSeen
        self.viewVersion = viewVersion
    }
}

/// A code that enrols one device. Only its hash is kept.
public struct EnrolmentCodeRow: Hashable, Sendable {
    public var codeHash: [UInt8]
    public var user: RecordID
    public var expiresAt: Int64
    public var usedBy: DeviceID?

    public init(codeHash: [UInt8], user: RecordID, expiresAt: Int64, usedBy: DeviceID? = nil) {
        self.codeHash = codeHash
        self.user = user
        self.expiresAt = expiresAt
        self.usedBy = usedBy
    }
}

/// A change set with its place in the tenant's order. Kept for ever.
public struct AdmittedSet: Hashable, Sendable {
    public var position: Position
    public var set: SignedSet
    public var hash: SetHash
    public var stamp: Stamp
    public var claimed: Stamp
    public var outcome: Outcome
    public var user: RecordID
    public var intent: String
    /// Why the server made it: `write:<replica>/<sequence>` for effects, `timer:<kind>:<key>:<instant>` for timers. Unique.
    public var cause: String?
    public var origin: Origin?
    /// The answer that was given, remarks included, as an encoded PBReceipt.
    public var answer: [UInt8]
    /// The history hash after this set.
    public var history: HistoryHash
    /// Unix milliseconds of the server's clock.
    public var admittedAt: Int64

    public init(
        position: Position, set: SignedSet, hash: SetHash, stamp: Stamp, claimed: Stamp, outcome: Outcome, user: RecordID, intent: String,
        cause: String?, origin: Origin?, answer: [UInt8], history: HistoryHash, admittedAt: Int64
    ) {
        self.position = position
        self.set = set
        self.hash = hash
        self.stamp = stamp
        self.claimed = claimed
        self.outcome = outcome
        self.user = user
        self.intent = intent
        self.cause = cause
        self.origin = origin
        self.answer = answer
        self.history = history
        self.admittedAt = admittedAt
    }
}

/// A set that is admitted and has not taken effect: sets of the same replica that build on its records wait with it.
public struct WaitingSet: Hashable, Sendable {
    public var writeID: WriteID
    public var position: Position
    /// Whether it takes effect by itself once what it lacks is there; else a person has to release it.
    public var isDeferred: Bool
    /// The records it creates, ascending, each once.
    public var creates: [RecordKey]

    public init(writeID: WriteID, position: Position, isDeferred: Bool, creates: [RecordKey]) {
        self.writeID = writeID
        self.position = position
        self.isDeferred = isDeferred
        self.creates = creates
    }
}

/// A record with what the server keeps beside it.
public struct StoredRecord: Hashable, Sendable {
    public var record: Record
    /// For each entry, in the same order, the position that last changed it.
    public var positions: [Position]
    /// The scopes it lies in, sorted; empty when deleted.
    public var scopes: [Scope]
    public var edges: [Edge]
    public var hash: RecordHash
    public var isDeleted: Bool

    public init(record: Record, positions: [Position], scopes: [Scope], edges: [Edge], hash: RecordHash, isDeleted: Bool) {
        self.record = record
        self.positions = positions
        self.scopes = scopes
        self.edges = edges
        self.hash = hash
        self.isDeleted = isDeleted
    }
}

/// The newest row of the scope log for one record in one scope.
public struct ScopeLogRow: Hashable, Sendable {
    public var scope: Scope
    public var key: RecordKey
    /// Position of the last change of the record in the scope, or of its leaving.
    public var position: Position
    /// Position at which the record last entered the scope.
    public var entered: Position
    public var isLive: Bool

    public init(scope: Scope, key: RecordKey, position: Position, entered: Position, isLive: Bool) {
        self.scope = scope
        self.key = key
        self.position = position
        self.entered = entered
        self.isLive = isLive
    }
}

/// An edge as stored: it counts in views while it is active.
public struct EdgeRow: Hashable, Sendable {
    public var edge: Edge
    public var source: RecordKey
    /// Unix milliseconds: active from (inclusive) until (exclusive); `nil` on a side without limit.
    public var from: Int64?
    public var until: Int64?
    public var isActive: Bool

    public init(edge: Edge, source: RecordKey, from: Int64?, until: Int64?, isActive: Bool) {
        self.edge = edge
        self.source = source
        self.from = from
        self.until = until
        self.isActive = isActive
    }
}

/// One scope of one view, held since a position, or dropped at one.
public struct ViewScopeRow: Hashable, Sendable {
    public var replica: ReplicaID
    public var scope: Scope
    /// Number of active edges that put it there; 0 when dropped.
    public var weight: Int
    public var added: Position
    /// `nil` while held.
    public var dropped: Position?
    /// When its records come while a device fills its view.
    public var scopeClass: ScopeClass
    /// Position since which it has that class.
    public var classed: Position

    public init(
        replica: ReplicaID, scope: Scope, weight: Int, added: Position, dropped: Position?, scopeClass: ScopeClass = .first, classed: Position? = nil
    ) {
        self.replica = replica
        self.scope = scope
        self.weight = weight
        self.added = added
        self.dropped = dropped
        self.scopeClass = scopeClass
        self.classed = classed ?? added
    }

    /// Position since which the scope belongs to what a device holds that has all classes up to `visible`; for one that holds
    /// the whole view its class does not matter.
    public func since(visible: ScopeClass?) -> Position { visible == .third ? added : max(added, classed) }
}
