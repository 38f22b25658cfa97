import TruckrollCryptography

/// Why bytes are not an enrolment statement. Whoever sent them is faulty or hostile: refuse them.
public enum EnrolmentProblem: Error, Hashable, Sendable {
    /// Not the bytes of the layout: its name, its length or what follows its end.
    case malformed
    /// A kind of key this version does not know.
    case unknownKeyKind(UInt8)
    /// The key is not a point of the curve in the form of 65 bytes.
    case keyMalformed
    /// Replica zero is reserved.
    case replicaZero
}

/// The tenant's word that a key belongs to a device, a replica and a user.
///
/// Layout, integers big-endian: `truckroll/enrolment/1` 0x00 · tenant 16 · device 16 · user 16 · replica u32 ·
/// kind of key u8 (1 = P-256, X9.63 uncompressed) · length of key u16 · key · issued at u64, Unix milliseconds.
/// The tenant key signs these bytes (``LowS``).
public struct EnrolmentStatement: Hashable, Sendable {
    /// Where the layout says what it is.
    public static let label = Array("truckroll/enrolment/1".utf8) + [0]
    /// Bytes of an X9.63 uncompressed P-256 key.
    public static let keyLength = 65

    /// The tenant.
    public let tenant: [UInt8]
    /// The device.
    public let device: [UInt8]
    /// Whose device it is.
    public let user: [UInt8]
    /// The replica number given with this enrolment.
    public let replica: UInt32
    /// The device's public key, X9.63 uncompressed.
    public let publicKey: [UInt8]
    /// When the tenant issued it, Unix time in milliseconds.
    public let issuedAt: UInt64

    /// A statement of these parts.
    public init(
        tenant: [UInt8], device: [UInt8], user: [UInt8], replica: UInt32, publicKey: [UInt8], issuedAt: UInt64
    ) throws(EnrolmentProblem) {
        guard tenant.count == 16, device.count == 16, user.count == 16 else { throw .malformed }
        guard replica != 0 else { throw .replicaZero }
        guard publicKey.count == Self.keyLength, (try? P256.Signing.PublicKey(x963Representation: publicKey)) != nil
        else { throw .keyMalformed }
        self.tenant = tenant
        self.device = device
        self.user = user
        self.replica = replica
        self.publicKey = publicKey
        self.issuedAt = issuedAt
    }

    /// Reads the bytes that ``encoded`` writes, and no others.
    public init(decoding bytes: [UInt8]) throws(EnrolmentProblem) {
        var rest = bytes[...]
        func take(_ count: Int) throws(EnrolmentProblem) -> [UInt8] {
            guard rest.count >= count else { throw .malformed }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        guard try take(Self.label.count) == Self.label else { throw .malformed }
        let (tenant, device, user) = (try take(16), try take(16), try take(16))
        let replica = UInt32(truncatingIfNeeded: BigEndian.integer(try take(4)))
        let kind = try take(1)
        guard kind == [1] else { throw .unknownKeyKind(kind[0]) }
        let length = Int(truncatingIfNeeded: BigEndian.integer(try take(2)))
        let key = try take(length)
        let issuedAt = BigEndian.integer(try take(8))
        guard rest.isEmpty else { throw .malformed }
        try self.init(
            tenant: tenant, device: device, user: user, replica: replica, publicKey: key, issuedAt: issuedAt)
    }

    /// The bytes the tenant key signs.
    public var encoded: [UInt8] {
        Self.label + tenant + device + user + BigEndian.bytes(replica) + [1]
            + BigEndian.bytes(UInt16(truncatingIfNeeded: publicKey.count)) + publicKey + BigEndian.bytes(issuedAt)
    }
}

/// Integers as bytes, the greatest first.
enum BigEndian {
    static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// At most 8 bytes.
    static func integer(_ bytes: [UInt8]) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
