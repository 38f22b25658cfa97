/// One op of a change set: creates, patches or deletes one record.
public struct Op: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// Writes the record's first fields. Creating a record that exists is a patch with no base.
        case create = 1
        case patch = 2
        case delete = 3
    }

    public let kind: Kind
    public let key: RecordKey
    public let writes: [FieldWrite]
    /// For a deletion: the versions of the record its author had seen.
    public let seen: [Version]

    public init(kind: Kind, key: RecordKey, writes: [FieldWrite] = [], seen: [Version] = []) {
        self.kind = kind
        self.key = key
        self.writes = writes
        self.seen = seen
    }
}

/// A condition on the server's state at admission. When it fails, the set's decisions and claims are set aside together.
public struct Guard: Hashable, Sendable {
    public let key: RecordKey
    public let field: FieldID
    /// The versions of the field the author had seen; any other one there fails the guard.
    public let seen: [Version]

    public init(key: RecordKey, field: FieldID, seen: [Version]) {
        self.key = key
        self.field = field
        self.seen = seen
    }
}

/// Where a set came from when it was re-numbered under a new replica.
public struct Origin: Hashable, Sendable {
    public let writeID: WriteID
    public let hash: SetHash

    public init(writeID: WriteID, hash: SetHash) {
        self.writeID = writeID
        self.hash = hash
    }
}

/// What one user action changed, across any number of records; admitted as one.
public struct ChangeSet: Hashable, Sendable {
    public var protocolVersion: UInt32
    public var schemaVersion: UInt32
    public var tenant: TenantID
    public var device: DeviceID
    public var writeID: WriteID
    /// Hash of the replica's set before this one; 32 zero bytes for the first.
    public var previous: SetHash
    /// What the device had applied when the set was made.
    public var base: Checkpoint
    /// The server's MAC over the base, as it came with it; by it a restored server knows a base of a history it lost.
    public var baseMAC: [UInt8]
    /// The device's claim; the server fixes it.
    public var claimed: Stamp
    public var user: RecordID
    /// What the person did, in a word: `complete`, `use-part`. Shown in histories.
    public var intent: String
    public var guards: [Guard]
    public var ops: [Op]
    public var origin: Origin?

    public init(
        protocolVersion: UInt32, schemaVersion: UInt32, tenant: TenantID, device: DeviceID, writeID: WriteID, previous: SetHash,
        base: Checkpoint, baseMAC: [UInt8] = [], claimed: Stamp, user: RecordID, intent: String, guards: [Guard] = [], ops: [Op],
        origin: Origin? = nil
    ) {
        self.protocolVersion = protocolVersion
        self.schemaVersion = schemaVersion
        self.tenant = tenant
        self.device = device
        self.writeID = writeID
        self.previous = previous
        self.base = base
        self.baseMAC = baseMAC
        self.claimed = claimed
        self.user = user
        self.intent = intent
        self.guards = guards
        self.ops = ops
        self.origin = origin
    }
}

/// How a set is signed. The number goes on the wire.
public enum SignatureAlgorithm: UInt8, Hashable, Sendable, CaseIterable {
    /// ECDSA on P-256 with SHA-256; raw r then s, 64 bytes, s in the lower half.
    case p256 = 1
    /// Ed25519 (RFC 8032), 64 bytes.
    case ed25519 = 2
}

/// A change set as it travels: the bytes its device encoded once, and the signature over them. Nobody re-encodes them.
public struct SignedSet: Hashable, Sendable {
    /// Repeated outside the body so that a set whose body cannot be read still takes its place in the sequence.
    public let writeID: WriteID
    public let body: [UInt8]
    public let algorithm: SignatureAlgorithm
    public let signature: [UInt8]

    public init(writeID: WriteID, body: [UInt8], algorithm: SignatureAlgorithm, signature: [UInt8]) {
        self.writeID = writeID
        self.body = body
        self.algorithm = algorithm
        self.signature = signature
    }

    public var hash: SetHash { SetHash(body: body) }
}

/// What became of a set at the server.
public enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
    /// All of it took effect.
    case applied = 1
    /// It took effect, and something in it lost or stands beside another value; rulings say what.
    case merged = 2
    /// Its facts landed; its decisions and claims wait for a person.
    case setAside = 3
    /// Not understood or not trusted; kept whole.
    case quarantined = 4
    /// Has its position and takes effect later.
    case deferred = 5

    public var name: String {
        switch self {
        case .applied: "applied"
        case .merged: "merged"
        case .setAside: "set aside"
        case .quarantined: "quarantined"
        case .deferred: "deferred"
        }
    }
}
