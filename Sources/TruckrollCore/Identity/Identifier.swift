/// A 128-bit identifier, made without asking anybody.
///
/// The phantom type keeps a device's id from being passed for a record's. Ids compare and sort by their bytes and
/// are written as 32 hexadecimal digits in the 8-4-4-4-12 form of RFC 9562, in lower case only.
public struct Identifier<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 16 bytes; `nil` for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        let halves = bytes.withContiguousStorageIfAvailable { Self.halves(UnsafeRawBufferPointer($0)) } ?? Array(bytes).withUnsafeBytes(Self.halves)
        self.init(high: halves.0, low: halves.1)
    }

    private static func halves(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
        (UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)), UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// Reads the canonical text form; `nil` for upper case, braces, missing hyphens or white space, so that one id has
    /// one spelling.
    public init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard characters.count == 36 else { return nil }
        var digits: [UInt8] = []
        for (index, character) in characters.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard character == 0x2D else { return nil }
            } else {
                guard (0x30...0x39).contains(character) || (0x61...0x66).contains(character) else { return nil }
                digits.append(character)
            }
        }
        guard let bytes = [UInt8](hexadecimal: String(decoding: digits, as: UTF8.self)) else { return nil }
        self.init(bytes: bytes)
    }

    /// A UUID version 7 (RFC 9562): Unix milliseconds, then 74 random bits.
    public static func version7(milliseconds: UInt64, using random: inout some RandomNumberGenerator) -> Self {
        let high = (milliseconds & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | (random.next() & 0x0FFF)
        let low = (random.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        return Self(high: high, low: low)
    }

    public var bytes: [UInt8] { [UInt8](size: 16, write: write) }

    func write(to writer: inout ByteWriter) {
        writer.write(high)
        writer.write(low)
    }

    public var description: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    text[place] = 0x2D
                    place += 1
                }
                (text[place], text[place + 1]) = byte.hexadecimalDigits
                place += 2
            }
            return place
        }
    }

    /// The last eight digits, enough to tell records apart on a screen.
    public var short: String { String(description.suffix(8)) }

    public static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

public enum RecordKind: Sendable {}
public enum TenantKind: Sendable {}
public enum DeviceKind: Sendable {}

/// The id of an entity instance; all its facets share it.
public typealias RecordID = Identifier<RecordKind>
/// The id of a service company on the server.
public typealias TenantID = Identifier<TenantKind>
/// The id of the thing that holds a key pair.
public typealias DeviceID = Identifier<DeviceKind>

/// The number of one enrolment of one device. Zero is reserved.
public struct ReplicaID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public var description: String { "\(rawValue)" }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The id of a change set: which replica made it, and the how manieth of that replica it is, from 1.
public struct WriteID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let replica: ReplicaID
    public let sequence: UInt64

    public init(replica: ReplicaID, sequence: UInt64) {
        self.replica = replica
        self.sequence = sequence
    }

    /// Reads ``description``; `nil` when the text is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let replica = UInt32(parts[0]), let sequence = UInt64(parts[1]), sequence > 0 else { return nil }
        self.init(replica: ReplicaID(rawValue: replica), sequence: sequence)
    }

    public var description: String { "\(replica.rawValue)/\(sequence)" }
    public static func < (a: Self, b: Self) -> Bool { (a.replica, a.sequence) < (b.replica, b.sequence) }
}

/// The random name of one unbroken history of a tenant.
public struct Epoch: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public var description: String {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: rawValue)
        return bytes.hexadecimal
    }
}

/// The place of an admitted change set in its tenant's order: dense from 1 within an epoch, never compared across epochs.
public struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static let start = Position(rawValue: 0)
    public var next: Position { Position(rawValue: rawValue + 1) }
    public var description: String { "\(rawValue)" }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
