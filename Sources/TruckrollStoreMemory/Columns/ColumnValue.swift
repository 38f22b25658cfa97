import TruckrollCore
import TruckrollDomain

/// A value as its typed column holds it; equal when SQLite's `IS` says so.
enum ColumnValue: Hashable, Sendable {
    case null
    case text(ByteText)
    case integer(Int64)
    /// Sixteen bytes, which references are.
    case id(HashedID)
    case bytes([UInt8])

    init(bytes: [UInt8]) {
        guard bytes.count == 16 else {
            self = .bytes(bytes)
            return
        }
        self = bytes.withUnsafeBytes { raw in
            let high = UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self))
            return .id(HashedID(RecordID(high: high, low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))))
        }
    }
}

extension ColumnType {
    /// What a column says of the value that was put there; `null` where it is encoded.
    func value(of stored: ColumnValue) -> Value {
        switch (self, stored) {
        case (.text, .text(let text)): .text(text.text)
        case (.integer, .integer(let integer)): .integer(integer)
        case (.bytes, .id(let id)): .reference(id.id)
        case (.bytes, .bytes(let bytes)): .bytes(bytes)
        default: .null
        }
    }
}

/// How a field's shown value lies in its typed column; the same choice as of the SQLite stores.
enum ColumnType: Sendable {
    case text
    case integer
    /// Ids, hashes and other bytes as they are.
    case bytes
    /// Lists and values of any type, in their one encoding.
    case encoded

    init(_ field: Field) {
        self =
            switch field.type {
            case _ where field.isSet: .encoded
            case .text, .decimal, .time, .date, .enumeration: .text
            case .integer, .boolean: .integer
            case .reference, .hash, .bytes: .bytes
            case .place, .list, .any: .encoded
            }
    }

    /// `nil` for a value that is not of the column's type.
    func value(_ value: Value) throws -> ColumnValue? {
        switch (self, value) {
        case (_, .null): return .null
        case (.text, .text(let text)):
            try Storable.check(text)
            return .text(ByteText(text))
        case (.integer, .integer(let integer)): return .integer(integer)
        case (.integer, .boolean(let boolean)): return .integer(boolean ? 1 : 0)
        case (.bytes, .bytes(let bytes)): return ColumnValue(bytes: bytes)
        case (.encoded, _): return ColumnValue(bytes: value.encoded)
        default: return nil
        }
    }
}
