/// Why bytes could not be read. The peer that sent them is faulty; nothing of them is used.
public struct DecodingProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable name, as listed in Protocol/11-errors.md.
    public let code: String
    /// What is wrong, for a person.
    public let detail: String

    public init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public var description: String { "\(code): \(detail)" }
}

/// Reads big-endian integers and byte runs, and never past the end.
public struct ByteReader: Sendable {
    private let bytes: [UInt8]
    /// Index of the next byte.
    public private(set) var offset = 0

    public init(_ bytes: some Collection<UInt8>) { self.bytes = Array(bytes) }

    public var isAtEnd: Bool { offset == bytes.count }
    public var remaining: Int { bytes.count - offset }

    public mutating func byte() throws(DecodingProblem) -> UInt8 {
        guard offset < bytes.count else { throw DecodingProblem("truncated", "the bytes end at \(offset)") }
        defer { offset += 1 }
        return bytes[offset]
    }

    public mutating func take(_ count: Int) throws(DecodingProblem) -> [UInt8] {
        guard count >= 0, count <= remaining else {
            throw DecodingProblem("truncated", "\(count) bytes wanted at \(offset), \(remaining) left")
        }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    public mutating func integer<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws(DecodingProblem) -> T {
        guard remaining >= MemoryLayout<T>.size else {
            throw DecodingProblem("truncated", "an integer of \(MemoryLayout<T>.size) bytes wanted at \(offset)")
        }
        defer { offset += MemoryLayout<T>.size }
        return bytes.withUnsafeBytes { T(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
    }

    /// Throws unless everything was read.
    public func end() throws(DecodingProblem) {
        guard isAtEnd else { throw DecodingProblem("trailing-bytes", "\(remaining) bytes after the end") }
    }
}

extension Array where Element == UInt8 {
    /// Appends `value` in big-endian order.
    public mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Lower-case hexadecimal digits, two a byte.
    public var hexadecimal: String {
        String(unsafeUninitializedCapacity: count * 2) { text in
            for (index, byte) in enumerated() { (text[index * 2], text[index * 2 + 1]) = byte.hexadecimalDigits }
            return count * 2
        }
    }

    /// Reads an even number of hexadecimal digits; `nil` for anything else.
    public init?(hexadecimal text: some StringProtocol) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case 0x30...0x39: digit = character - 0x30
            case 0x61...0x66: digit = character - 0x61 + 10
            case 0x41...0x46: digit = character - 0x41 + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { return nil }
        self = bytes
    }
}

extension UInt8 {
    /// The two lower-case ASCII digits of the byte.
    var hexadecimalDigits: (UInt8, UInt8) {
        let digit = { (half: UInt8) in half < 10 ? 0x30 + half : 0x57 + half }
        return (digit(self >> 4), digit(self & 15))
    }
}
