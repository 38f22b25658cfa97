import TruckrollCryptography

/// The first 16 bytes of a SHA-256, as a number that digests add up.
public struct RecordHash: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt128

    public init(rawValue: UInt128) { self.rawValue = rawValue }

    /// SHA-256("truckroll/record/1" 0x00, type u16, id, facet u8, then the entries as ``Record/encodedEntries`` writes them).
    public init(_ record: Record) {
        self.init(key: record.key, encodedEntries: record.encodedEntries)
    }

    public init(key: RecordKey, encodedEntries: [UInt8]) {
        var hash = SHA256()
        hash.update(data: Self.context)
        hash.update(data: key.encoded)
        hash.update(data: encodedEntries)
        rawValue = hash.finalize().withUnsafeBytes { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
    }

    /// 16 bytes, big-endian.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: rawValue)
        return bytes
    }

    private static let context = Array("truckroll/record/1".utf8) + [0]

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: rawValue)
        return bytes
    }

    public var description: String { bytes.hexadecimal }
}

/// What a scope holds, as a count and a sum: equal on two ends when their live records are.
///
/// Adding and removing a record cost the same whatever the scope holds. It finds accidents; against attackers stand
/// signatures.
public struct ScopeDigest: Hashable, Sendable, CustomStringConvertible {
    public private(set) var count: UInt64
    /// Sum of the record hashes modulo 2^128.
    public private(set) var sum: UInt128

    public init(count: UInt64 = 0, sum: UInt128 = 0) {
        self.count = count
        self.sum = sum
    }

    public mutating func add(_ hash: RecordHash) {
        count &+= 1
        sum &+= hash.rawValue
    }

    public mutating func remove(_ hash: RecordHash) {
        count &-= 1
        sum &-= hash.rawValue
    }

    /// 24 bytes, big-endian: count 8, sum 16.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: count)
        bytes.append(bigEndian: sum)
        return bytes
    }

    public init(decoding bytes: some Collection<UInt8>) throws(DecodingProblem) {
        var reader = ByteReader(bytes)
        let count = try reader.integer(UInt64.self)
        let sum = try reader.integer(UInt128.self)
        try reader.end()
        self.init(count: count, sum: sum)
    }

    public var description: String { "\(count) records, \(encoded.suffix(16).map { $0 }.hexadecimal)" }
}

/// The running hash of a tenant's admitted sets.
public struct HistoryHash: Hashable, Sendable {
    /// 32 bytes; all zero before the first set.
    public let bytes: [UInt8]

    public static let start = HistoryHash(bytes: [UInt8](repeating: 0, count: 32))

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// H(p) = SHA-256(H(p-1), set hash 32, stamp 12, outcome 1).
    public func advanced(setHash: SetHash, stamp: Stamp, outcome: UInt8) -> HistoryHash {
        HistoryHash(bytes: Array(SHA256.hash(data: bytes + setHash.bytes + stamp.encoded + [outcome])))
    }

    /// The first 8 bytes, which a checkpoint carries.
    public var prefix: [UInt8] { Array(bytes.prefix(8)) }
}

/// The hash of a change set's signed bytes.
public struct SetHash: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// What the first set of a replica names as the one before it.
    public static let none = SetHash(bytes: [UInt8](repeating: 0, count: 32))

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// SHA-256("truckroll/change-set/1" 0x00 body).
    public init(body: [UInt8]) {
        bytes = Array(SHA256.hash(data: SetHash.signedBytes(body: body)))
    }

    /// What is hashed and signed: the body behind its context.
    public static func signedBytes(body: [UInt8]) -> [UInt8] { Array("truckroll/change-set/1".utf8) + [0] + body }

    public var description: String { bytes.hexadecimal }
}

/// How far a device has applied its server's history.
public struct Checkpoint: Hashable, Sendable {
    public let epoch: Epoch
    public let position: Position
    /// First 8 bytes of the history hash at the position.
    public let historyPrefix: [UInt8]
    /// Rises whenever the set of scopes in the device's view changed.
    public let viewVersion: UInt64

    public init(epoch: Epoch, position: Position, historyPrefix: [UInt8], viewVersion: UInt64) {
        self.epoch = epoch
        self.position = position
        self.historyPrefix = historyPrefix
        self.viewVersion = viewVersion
    }

    /// Before the first set of a history.
    public init(startOf epoch: Epoch) {
        self.init(epoch: epoch, position: .start, historyPrefix: HistoryHash.start.prefix, viewVersion: 0)
    }

    /// What the server's MAC covers: "truckroll/checkpoint/2" 0x00, device 16, epoch u64, position u64, history 8, view
    /// version u64; big-endian.
    ///
    /// - Parameter device: to whom it is given; a device keeps its checkpoint when it gets a new replica number.
    public func authenticated(for device: DeviceID) -> [UInt8] {
        var bytes = Array("truckroll/checkpoint/2".utf8) + [0]
        bytes += device.bytes
        bytes.append(bigEndian: epoch.rawValue)
        bytes.append(bigEndian: position.rawValue)
        bytes += historyPrefix
        bytes.append(bigEndian: viewVersion)
        return bytes
    }
}
