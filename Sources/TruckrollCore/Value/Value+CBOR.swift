/// Values are written in CBOR with the core deterministic encoding (RFC 8949 section 4.2.1), limited to null, booleans,
/// 64-bit integers, byte strings, text strings and arrays. A reader refuses every other spelling, so one value has one
/// encoding and hashes of records agree.
extension Value {
    /// How deep lists may lie within lists.
    public static let maximumDepth = 8

    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(0xF6)
        case .boolean(let value): bytes.append(value ? 0xF5 : 0xF4)
        case .integer(let value):
            if value >= 0 {
                Self.appendHead(0, UInt64(value), to: &bytes)
            } else {
                Self.appendHead(1, UInt64(bitPattern: ~value), to: &bytes)
            }
        case .bytes(let value):
            Self.appendHead(2, UInt64(value.count), to: &bytes)
            bytes += value
        case .text(let value):
            Self.appendHead(3, UInt64(value.utf8.count), to: &bytes)
            bytes += value.utf8
        case .list(let values):
            Self.appendHead(4, UInt64(values.count), to: &bytes)
            for value in values { value.append(to: &bytes) }
        }
    }

    private static func appendHead(_ major: UInt8, _ argument: UInt64, to bytes: inout [UInt8]) {
        let type = major << 5
        switch argument {
        case 0..<24: bytes.append(type | UInt8(argument))
        case 24..<0x100:
            bytes.append(type | 24)
            bytes.append(UInt8(argument))
        case 0x100..<0x1_0000:
            bytes.append(type | 25)
            bytes.append(bigEndian: UInt16(argument))
        case 0x1_0000..<0x1_0000_0000:
            bytes.append(type | 26)
            bytes.append(bigEndian: UInt32(argument))
        default:
            bytes.append(type | 27)
            bytes.append(bigEndian: argument)
        }
    }

    /// Reads one value that takes up all of `bytes`.
    ///
    /// - Throws: `truncated`, `trailing-bytes`, `value-not-canonical`, `value-type`, `value-depth`, `value-text`.
    public init(decoding bytes: some Collection<UInt8>) throws(DecodingProblem) {
        var reader = ByteReader(bytes)
        self = try Self.read(&reader, depth: 0)
        try reader.end()
    }

    private static func read(_ reader: inout ByteReader, depth: Int) throws(DecodingProblem) -> Value {
        guard depth <= maximumDepth else { throw DecodingProblem("value-depth", "lists lie deeper than \(maximumDepth)") }
        let head = try reader.byte()
        switch head {
        case 0xF4: return .boolean(false)
        case 0xF5: return .boolean(true)
        case 0xF6: return .null
        default: break
        }
        let argument = try readArgument(head & 31, &reader)
        switch head >> 5 {
        case 0:
            guard let value = Int64(exactly: argument) else { throw DecodingProblem("value-range", "integer above 2^63-1") }
            return .integer(value)
        case 1:
            guard let value = Int64(exactly: argument) else { throw DecodingProblem("value-range", "integer below -2^63") }
            return .integer(~value)
        case 2: return .bytes(try reader.take(try count(argument, reader)))
        case 3:
            let utf8 = try reader.take(try count(argument, reader))
            guard let text = String(validating: utf8, as: UTF8.self) else { throw DecodingProblem("value-text", "text is not UTF-8") }
            guard !utf8.contains(0) else { throw DecodingProblem("value-text", "text holds the character NUL") }
            return .text(text)
        case 4:
            let count = try count(argument, reader)
            var values: [Value] = []
            values.reserveCapacity(count)
            for _ in 0..<count { values.append(try read(&reader, depth: depth + 1)) }
            return .list(values)
        default:
            throw DecodingProblem("value-type", "byte \(head) starts no value of this protocol")
        }
    }

    /// Every element takes at least one byte, so a count above what is left is a lie, refused before anything is allocated.
    private static func count(_ argument: UInt64, _ reader: ByteReader) throws(DecodingProblem) -> Int {
        guard argument <= UInt64(reader.remaining) else { throw DecodingProblem("truncated", "a length runs past the end") }
        return Int(argument)
    }

    private static func readArgument(_ info: UInt8, _ reader: inout ByteReader) throws(DecodingProblem) -> UInt64 {
        let value: UInt64
        let smallest: UInt64
        switch info {
        case 0..<24: return UInt64(info)
        case 24: (value, smallest) = (UInt64(try reader.byte()), 24)
        case 25: (value, smallest) = (UInt64(try reader.integer(UInt16.self)), 0x100)
        case 26: (value, smallest) = (UInt64(try reader.integer(UInt32.self)), 0x1_0000)
        case 27: (value, smallest) = (try reader.integer(UInt64.self), 0x1_0000_0000)
        default: throw DecodingProblem("value-not-canonical", "lengths are written out")
        }
        guard value >= smallest else { throw DecodingProblem("value-not-canonical", "a number is written longer than it needs") }
        return value
    }
}
