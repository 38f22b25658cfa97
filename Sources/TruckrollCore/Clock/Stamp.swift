/// A hybrid logical clock value (Kulkarni et al. 2014): when a change set was made, in an order all replicas agree on.
///
/// Invariant: stamps compare by (`milliseconds`, `counter`, `replica`), which is also the order of their bytes.
public struct Stamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Unix time in milliseconds as the writing device believed it; fits in 48 bits.
    public let milliseconds: UInt64
    /// Orders the stamps of one replica within the same millisecond.
    public let counter: UInt16
    /// The replica that made the stamp, and the last tie-breaker between two.
    public let replica: ReplicaID

    /// The greatest time a stamp can carry, in the year 10889.
    public static let maximumMilliseconds: UInt64 = 0xFFFF_FFFF_FFFF

    public init(milliseconds: UInt64, counter: UInt16, replica: ReplicaID) {
        self.milliseconds = min(milliseconds, Self.maximumMilliseconds)
        self.counter = counter
        self.replica = replica
    }

    /// The smallest stamp of `replica` above `other`: the next counter, or the next millisecond when the counter is full.
    public static func justAbove(_ other: Stamp, replica: ReplicaID) -> Stamp {
        let (counter, overflow) = other.counter.addingReportingOverflow(1)
        return overflow
            ? Stamp(milliseconds: other.milliseconds + 1, counter: 0, replica: replica)
            : Stamp(milliseconds: other.milliseconds, counter: counter, replica: replica)
    }

    /// The next stamp of this replica: greater than `self` even when the wall clock went back.
    public func next(wallMilliseconds: UInt64) -> Stamp {
        wallMilliseconds > milliseconds
            ? Stamp(milliseconds: wallMilliseconds, counter: 0, replica: replica)
            : Stamp.justAbove(self, replica: replica)
    }

    /// 12 bytes, big-endian: milliseconds 6, counter 2, replica 4.
    public var encoded: [UInt8] { [UInt8](size: Self.byteCount, write: write) }

    static let byteCount = 12

    func write(to writer: inout ByteWriter) {
        writer.write(UInt16(truncatingIfNeeded: milliseconds >> 32))
        writer.write(UInt32(truncatingIfNeeded: milliseconds))
        writer.write(counter)
        writer.write(replica.rawValue)
    }

    /// Reads the 12 bytes that ``encoded`` writes.
    ///
    /// - Throws: `stamp-replica-zero` for the reserved replica, `truncated` or `trailing-bytes` for a wrong length.
    public init(decoding bytes: some Collection<UInt8>) throws(DecodingProblem) {
        var reader = ByteReader(bytes)
        try self.init(reading: &reader)
        try reader.end()
    }

    init(reading reader: inout ByteReader) throws(DecodingProblem) {
        let high = try reader.integer(UInt16.self)
        let low = try reader.integer(UInt32.self)
        let counter = try reader.integer(UInt16.self)
        let replica = try reader.integer(UInt32.self)
        guard replica != 0 else { throw DecodingProblem("stamp-replica-zero", "replica 0 is reserved") }
        self.init(milliseconds: UInt64(high) << 32 | UInt64(low), counter: counter, replica: ReplicaID(rawValue: replica))
    }

    public var description: String { "\(milliseconds).\(counter)@\(replica)" }

    public static func < (a: Stamp, b: Stamp) -> Bool {
        (a.milliseconds, a.counter, a.replica) < (b.milliseconds, b.counter, b.replica)
    }
}

/// When and by whom a field's value was written: the stamp of its change set and that set's sequence.
///
/// Versions order as their 20 bytes do, and hold no position, so they outlive a restore of the server.
public struct Version: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let stamp: Stamp
    public let sequence: UInt64

    public init(stamp: Stamp, sequence: UInt64) {
        self.stamp = stamp
        self.sequence = sequence
    }

    public var writeID: WriteID { WriteID(replica: stamp.replica, sequence: sequence) }

    /// 20 bytes, big-endian: milliseconds 6, counter 2, replica 4, sequence 8.
    public var encoded: [UInt8] { [UInt8](size: Self.byteCount, write: write) }

    static let byteCount = 20

    func write(to writer: inout ByteWriter) {
        stamp.write(to: &writer)
        writer.write(sequence)
    }

    /// Reads the 20 bytes that ``encoded`` writes.
    public init(decoding bytes: some Collection<UInt8>) throws(DecodingProblem) {
        guard bytes.count == Self.byteCount else { throw DecodingProblem("version-length", "a version has 20 bytes, not \(bytes.count)") }
        var reader = ByteReader(bytes)
        try self.init(reading: &reader)
    }

    init(reading reader: inout ByteReader) throws(DecodingProblem) {
        let stamp = try Stamp(reading: &reader)
        let sequence = try reader.integer(UInt64.self)
        guard sequence != 0 else { throw DecodingProblem("version-sequence-zero", "sequences start at 1") }
        self.init(stamp: stamp, sequence: sequence)
    }

    public var description: String { "\(stamp)#\(sequence)" }
    public static func < (a: Version, b: Version) -> Bool { (a.stamp, a.sequence) < (b.stamp, b.sequence) }
}
