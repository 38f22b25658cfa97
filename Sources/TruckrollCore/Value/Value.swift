/// What a field can hold. Decimals, dates and times are text in the form their schema type says; references and hashes are
/// bytes.
public enum Value: Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    case list([Value])
}

/// Values are equal when their bytes are: "é" composed and decomposed are two values, although Swift's `String` calls them equal.
extension Value: Hashable, Comparable {
    public static func == (a: Value, b: Value) -> Bool { a.encoded == b.encoded }
    public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
    /// By encoded bytes, shorter encodings of the same type first. Only for putting sets in one order everywhere.
    public static func < (a: Value, b: Value) -> Bool { a.encoded.lexicographicallyPrecedes(b.encoded) }
}

extension Value {
    public static func reference(_ id: RecordID) -> Value { .bytes(id.bytes) }
    /// A text, or `null` where there is none or an empty one.
    public static func optional(_ text: String?) -> Value { text.flatMap { $0.isEmpty ? nil : .text($0) } ?? .null }
    /// A reference, or `null` where there is none.
    public static func optional(_ id: RecordID?) -> Value { id.map { .reference($0) } ?? .null }

    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    public var boolean: Bool? { if case .boolean(let boolean) = self { boolean } else { nil } }
    public var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    public var list: [Value]? { if case .list(let list) = self { list } else { nil } }
    public var reference: RecordID? { bytes.flatMap { RecordID(bytes: $0) } }
}
