import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What the device's engine needs from its local database. One file, one enrolment (or the several replicas of one device).
public protocol DeviceStore: Sendable {
    /// Runs `body` in a writing transaction and commits it durably before returning.
    func write<T>(_ body: (any DeviceTransaction) throws -> T) throws -> T
    func read<T>(_ body: (any DeviceTransaction) throws -> T) throws -> T
}

/// Who this device is. Written at enrolment.
public struct DeviceIdentity: Hashable, Sendable {
    public var tenant: TenantID
    public var tenantName: String
    public var tenantKey: [UInt8]
    public var device: DeviceID
    public var user: RecordID
    public var replica: ReplicaID
    public var algorithm: SignatureAlgorithm
    /// The device's private key in the library's raw form. Kept in the store's file for want of a keystore.
    public var privateKey: [UInt8]
    public var series: String
    /// The enrolment as the server sent it, an encoded PBEnrolment: shown to a restored server, and to strangers in proofs.
    public var enrolment: [UInt8]
    public var serverURL: String

    public init(
        tenant: TenantID, tenantName: String, tenantKey: [UInt8], device: DeviceID, user: RecordID, replica: ReplicaID,
        algorithm: SignatureAlgorithm, privateKey: [UInt8], series: String, enrolment: [UInt8], serverURL: String
    ) {
        self.tenant = tenant
        self.tenantName = tenantName
        self.tenantKey = tenantKey
        self.device = device
        self.user = user
        self.replica = replica
        self.algorithm = algorithm
        self.privateKey = privateKey
        self.series = series
        self.enrolment = enrolment
        self.serverURL = serverURL
    }
}

/// A checkpoint with the server's MAC over it.
public struct ShownCheckpoint: Hashable, Sendable {
    public var checkpoint: Checkpoint
    public var mac: [UInt8]

    public init(checkpoint: Checkpoint, mac: [UInt8]) {
        self.checkpoint = checkpoint
        self.mac = mac
    }
}

/// What changes with every local commit and every pull.
public struct DeviceState: Hashable, Sendable {
    public var lastSequence: UInt64 = 0
    public var lastHash: SetHash = .none
    public var lastStamp: Stamp?
    /// `nil` before the first pull.
    public var checkpoint: Checkpoint?
    /// The server's MAC over the checkpoint: by it a server that was put back without telling finds out.
    public var checkpointMAC: [UInt8] = []
    /// The checkpoint is of a history the server lost: it stays the base of what is recorded, and the next pull brings the whole view.
    public var isCheckpointLost = false
    /// The epoch the server was in when it said so.
    public var recoveringEpoch = Epoch(rawValue: 0)
    /// The last checkpoint of each epoch the device has left, newest last: a server that falls back into one of them finds out.
    public var formerCheckpoints: [ShownCheckpoint] = []
    /// Server's clock minus the device's, in milliseconds, as last measured.
    public var clockOffset: Int64 = 0
    /// What whoever runs the engine noted about the clock when that was measured; empty when nothing.
    public var clockReading: [UInt8] = []
    /// Counter of the certificate series; the next document gets the number above.
    public var lastDocument: UInt64 = 0
    public var lastSync: Int64?
    public var durable: Position = .start
    /// Set while a server of another epoch is being given back what it lost.
    public var isRecovering = false
    /// Stock leases that a lost history had granted to this device, an encoded PBShownLeases; they are shown while it recovers.
    public var lostLeases: [UInt8] = []
    /// The key pair with which a new replica number was asked for and not given yet: asked again with the same pair, the server
    /// gives the same number. Raw private key, then the public key; both empty when none was asked for.
    public var renewalPrivateKey: [UInt8] = []
    public var renewalPublicKey: [UInt8] = []
    /// The enrolments under the device's former numbers, an encoded PBEnrolments: a server that has lost one of them gets it back.
    public var formerEnrolments: [UInt8] = []
    /// Up to which class of scopes the view is here, at the checkpoint; `nil` before the first pull.
    public var visible: ScopeClass?
    /// Own sets that were answered while no records came along, in the order of their answers: they are shown like unanswered ones
    /// until a commit brings what became of them.
    public var arriving: [WriteID] = []
    /// How far the parts reach that are kept aside of a view being filled, an encoded PBFilling; empty when there are none.
    public var filling: [UInt8] = []
    /// Something here could not be read, and no repair has been since: the next sync ends with one.
    public var isDamaged = false

    public init() {}

    /// Whether the checkpoint speaks for the answer: it lies at or above it, or in another epoch. A set of another epoch that
    /// was answered before its checkpoint is one that the server said it has; one answered after it waits in ``arriving``.
    func covers(_ receipt: Receipt) -> Bool {
        guard let checkpoint, !isCheckpointLost else { return false }
        return checkpoint.epoch != receipt.epoch || receipt.position <= checkpoint.position
    }
}

/// Where a device's own set stands.
public enum OwnStanding: UInt8, Hashable, Sendable, CaseIterable {
    /// In the outbox.
    case waiting = 0
    /// Finally answered, in the journal.
    case answered = 1
    /// The server keeps it and cannot decide yet; it still shows here, and is asked about again.
    case deferred = 2
    /// It went on under another number, after the device's old one was found forked.
    case renumbered = 3

    /// Whether its effect is shown over what the server confirmed.
    public var isPending: Bool { self == .waiting || self == .deferred }
}

/// A change set of this device: in the outbox until answered, then in the journal.
public struct OwnSet: Hashable, Sendable {
    public var set: SignedSet
    public var hash: SetHash
    public var intent: String
    /// Unix milliseconds of the corrected local clock.
    public var madeAt: Int64
    /// Whether it was ever handed to a transport.
    public var isSent: Bool
    public var standing: OwnStanding
    /// The newest answer. A set that went back to the outbox after a restore keeps the one it had.
    public var receipt: Receipt?
    /// A person has dealt with its remarks.
    public var isResolved: Bool

    public init(
        set: SignedSet, hash: SetHash, intent: String, madeAt: Int64, isSent: Bool = false, standing: OwnStanding = .waiting, receipt: Receipt? = nil,
        isResolved: Bool = false
    ) {
        self.set = set
        self.hash = hash
        self.intent = intent
        self.madeAt = madeAt
        self.isSent = isSent
        self.standing = standing
        self.receipt = receipt
        self.isResolved = isResolved
    }
}

/// A record as the server last confirmed it.
public struct ConfirmedRecord: Hashable, Sendable {
    public var record: Record
    public var hash: RecordHash
    /// Scopes of the view that hold it; empty for a pinned record.
    public var scopes: [Scope]

    public init(record: Record, hash: RecordHash, scopes: [Scope]) {
        self.record = record
        self.hash = hash
        self.scopes = scopes
    }
}

/// An attachment known to this device.
public struct LocalAttachment: Hashable, Sendable {
    /// 32 bytes.
    public var sha256: [UInt8]
    public var mediaType: String
    public var size: Int
    /// Whether the server has confirmed the bytes.
    public var isStored: Bool

    public init(sha256: [UInt8], mediaType: String, size: Int, isStored: Bool) {
        self.sha256 = sha256
        self.mediaType = mediaType
        self.size = size
        self.isStored = isStored
    }
}

/// One device's rows, within a transaction.
///
/// What the disk has changed so that it cannot be read at all is as if it were not there: no call fails on it, lists leave it
/// out, and ``unreadable`` names it. Identity, state, own sets and what else came from nowhere else are not left out: there a call
/// fails.
public protocol DeviceTransaction: AnyObject {
    /// What this transaction met and could not read.
    var unreadable: Set<UnreadableRow> { get }

    // `nil` before enrolment.
    func identity() throws -> DeviceIdentity?
    func save(_ identity: DeviceIdentity) throws
    func state() throws -> DeviceState
    func save(_ state: DeviceState) throws

    // Own sets, in order of (replica, sequence).
    func append(_ own: OwnSet) throws
    func own(_ id: WriteID) throws -> OwnSet?
    /// Replaces by write id.
    func update(_ own: OwnSet) throws
    /// Waiting and deferred sets, ascending.
    func outbox() throws -> [OwnSet]
    /// The newest answered and renumbered sets, newest first.
    func journal(limit: Int) throws -> [OwnSet]
    /// The set with an answer of a server's, proven by its MAC, that has the highest sequence of the highest replica below this one
    /// that has any; of all where none is given.
    func newestAnswered(below replica: ReplicaID?) throws -> OwnSet?
    /// Answered and deferred sets of a replica above a sequence, ascending.
    func journal(_ replica: ReplicaID, above sequence: UInt64) throws -> [OwnSet]
    /// Answered and deferred sets of all replicas but one, ascending.
    func journal(besides replica: ReplicaID) throws -> [OwnSet]
    /// Answered sets that were set aside or quarantined and are not resolved, ascending.
    func unresolved() throws -> [OwnSet]

    // Confirmed records and the scopes that hold them
    func confirmed(_ key: RecordKey) throws -> ConfirmedRecord?
    /// A record as it is shown: its overlay, or what is confirmed of it, without asking which scopes hold it.
    func shown(_ key: RecordKey) throws -> Record?
    /// Inserts or replaces, scopes included.
    func save(_ record: ConfirmedRecord) throws
    func deleteConfirmed(_ key: RecordKey) throws
    /// Keys held by a scope, ascending.
    func keys(in scope: Scope) throws -> [RecordKey]
    /// The scopes of the view, sorted.
    func scopes() throws -> [Scope]
    /// Adds a scope with an empty digest, or saves its digest.
    func save(_ digest: ScopeDigest, of scope: Scope) throws
    func digest(of scope: Scope) throws -> ScopeDigest?
    func deleteScope(_ scope: Scope) throws
    /// Every confirmed key, ascending, after `key`.
    func confirmedKeys(after key: RecordKey?, limit: Int) throws -> [RecordKey]
    /// Takes away the confirmed records, places in scopes and attachments that cannot be read, and scopes whose name cannot be. The digests of the
    /// others stay as they are.
    func deleteUnreadable() throws

    // Parts of a view that is being filled: kept aside, in the order in which they came
    func append(part bytes: [UInt8]) throws
    /// The part after the one of that number, with its own number; `nil` when there is none. Numbers start above 0.
    func part(after number: Int) throws -> (number: Int, bytes: [UInt8])?
    func deleteParts() throws

    // Entries of others' lost sets, to be offered to a server that was restored: encoded, in the order in which they were found
    func append(recovered bytes: [UInt8]) throws
    /// The first so many.
    func recovered(limit: Int) throws -> [[UInt8]]
    /// Forgets the first so many.
    func deleteRecovered(first count: Int) throws

    // Overlays: records as they look with the pending sets applied. Only those that differ.
    func overlay(_ key: RecordKey) throws -> Record?
    func save(overlay record: Record) throws
    func deleteOverlay(_ key: RecordKey) throws
    func overlayKeys() throws -> [RecordKey]

    // Typed columns of what is visible: the overlay where there is one, else the confirmed record.
    /// `columns` is `nil` when the record is not visible any more.
    ///
    /// - Returns: whether the row was another one before.
    @discardableResult
    func saveColumns(_ key: RecordKey, entity: Entity, columns: ColumnValues?) throws -> Bool
    /// Ids of visible records, ascending.
    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID]
    func ids(_ entity: Entity) throws -> [RecordID]
    /// The typed columns of every visible record, in the order in which they are named; ids ascend. Reads no record.
    func rows(_ entity: Entity, columns: [String]) throws -> [(id: RecordID, values: [Value])]

    // Words of what is visible, by which it is found
    /// `words` is `nil` when nothing of the record is to be found any more.
    ///
    /// - Returns: whether they were others before.
    @discardableResult
    func save(_ words: RecordWords?, of key: RecordKey) throws -> Bool
    /// Visible records whose words fit, as ``WordSearch/fits(_:_:)`` says; of more than `limit` the ones that were written last.
    ///
    /// - Parameter types: those to look among; all where there are none.
    func keys(_ search: WordSearch, _ reach: WordSearch.Reach, of types: Set<EntityType>, limit: Int) throws -> [RecordKey]
    /// Every record that has words.
    func keysWithWords() throws -> [RecordKey]
    /// Records of the common facet, confirmed or shown, whose id ends with these characters, four at least; ascending.
    func keys(idEndingWith text: String) throws -> [RecordKey]

    /// Takes away every overlay, every typed row and all words, readable or not: they are made anew from records and own sets.
    func deleteDerived() throws

    // Attachments
    func attachment(_ sha256: [UInt8]) throws -> LocalAttachment?
    func save(_ attachment: LocalAttachment) throws
    func attachments(stored: Bool) throws -> [LocalAttachment]
}
