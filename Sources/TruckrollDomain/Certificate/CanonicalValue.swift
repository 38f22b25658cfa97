import TruckrollCore

/// A JSON value that has exactly one spelling in bytes: RFC 8785, without fractional numbers.
///
/// What is signed must be the same bytes everywhere, so there is nothing here that two libraries could
/// write differently: no floating point, no white space, no choice of escapes. Decimals travel as strings.
///
/// Invariant: the members of an object are sorted by the UTF-16 code units of their keys, without duplicates.
/// Strings compare by their bytes, because Swift's own comparison calls different spellings of "é" equal.
public indirect enum CanonicalValue: Sendable {
    /// `null`: looked for and not there, for example "not measured".
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number, at most 2^53 − 1 in either direction, as RFC 8785 demands.
    case integer(Int)
    /// Text, without U+0000.
    case string(String)
    /// Values in an order that has a meaning.
    case array([CanonicalValue])
    /// Named values, in the order of ``CanonicalObject``.
    case object(CanonicalObject)

    /// The greatest whole number that every JSON library keeps exactly.
    public static let greatestInteger = 9_007_199_254_740_991

    /// Text, or `null` where there is none.
    public static func optional(_ text: String?) -> CanonicalValue { text.map { .string($0) } ?? .null }

    /// A list of texts.
    public static func strings(_ texts: [String]) -> CanonicalValue { .array(texts.map { .string($0) }) }

    /// The one spelling of this value.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value):
            precondition(value.magnitude <= UInt(Self.greatestInteger), "a number that JSON cannot carry exactly")
            bytes.append(contentsOf: String(value).utf8)
        case .string(let text): Self.append(text, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.append(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x20...: bytes.append(byte)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            default:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Hexadecimal.digit(byte >> 4))
                bytes.append(Hexadecimal.digit(byte & 0x0F))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// The members of a JSON object, sorted as RFC 8785 sorts them.
public struct CanonicalObject: Sendable {
    /// One named value.
    public struct Member: Sendable {
        /// The name.
        public let key: String
        /// The value.
        public let value: CanonicalValue
    }

    /// Sorted by the UTF-16 code units of the key, each key once.
    public private(set) var members: [Member]

    /// An object of `members`, given in any order. Naming a key twice is a mistake of the program.
    public init(_ members: KeyValuePairs<String, CanonicalValue>) {
        self.members = members.map { Member(key: $0.key, value: $0.value) }
            .sorted { Self.precedes($0.key, $1.key) }
        for (earlier, later) in zip(self.members, self.members.dropFirst()) {
            precondition(Self.precedes(earlier.key, later.key), "the key \(later.key) is named twice")
        }
    }

    /// Takes members that the reader has found to be in order.
    init(sorted members: [Member]) { self.members = members }

    /// Whether `left` stands before `right`.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf16.lexicographicallyPrecedes(right.utf16)
    }

    /// Whether the two keys are the same bytes.
    static func same(_ left: String, _ right: String) -> Bool { left.hasBytes(of: right) }
}
