import TruckrollCore
import TruckrollDomain

/// How a field's shown value lies in its typed column.
package enum ColumnType: Sendable {
    case text
    case integer
    /// Ids, hashes and other bytes as they are.
    case bytes
    /// Lists and values of any type, in their one encoding.
    case encoded

    package init(_ field: Field) {
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
    package func bound(_ value: Value) throws -> SQLValue? {
        switch (self, value) {
        case (_, .null): .null
        case (.text, .text(let text)): try text.bound()
        case (.integer, .integer(let integer)): integer.bound
        case (.integer, .boolean(let boolean)): boolean.bound
        case (.bytes, .bytes(let bytes)): bytes.bound
        case (.encoded, _): value.encoded.bound
        default: nil
        }
    }

    /// What a column says of the value that was put there; `null` where it is encoded.
    func value(_ stored: SQLValue) -> Value {
        switch (self, stored) {
        case (.text, .text(let text)): .text(text)
        case (.integer, .integer(let integer)): .integer(integer)
        case (.bytes, .bytes(let bytes)): .bytes(bytes)
        default: .null
        }
    }
}
