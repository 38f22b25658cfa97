import TruckrollCore
import TruckrollDomain

// How the project's values are bound: numbers that count something as INTEGER, whatever is compared as bytes as BLOB, scopes
// and words as TEXT with BINARY collation.

extension [UInt8] {
    package var bound: SQLValue { .bytes(self) }
}

extension Int64 {
    package var bound: SQLValue { .integer(self) }
}

extension Bool {
    package var bound: SQLValue { .integer(self ? 1 : 0) }
}

extension String {
    /// - Throws: ``StoreProblem/unstorable(detail:)`` for a text with NUL, which would be cut short there.
    package func bound() throws -> SQLValue {
        guard !utf8.contains(0) else { throw StoreProblem.unstorable(detail: "a text with the character NUL") }
        return .text(self)
    }
}

extension UInt64 {
    /// - Throws: ``StoreProblem/unstorable(detail:)`` above 2^63-1.
    package func bound() throws -> SQLValue {
        guard let integer = Int64(exactly: self) else { throw StoreProblem.unstorable(detail: "the number \(self)") }
        return .integer(integer)
    }

    /// For a lower limit: nothing stored lies above 2^63-1.
    package var boundAsLimit: SQLValue { Int64(clamping: self).bound }
    package var isStorable: Bool { self <= UInt64(Int64.max) }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    package var bigEndianBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: self)
        return bytes
    }

    package init?(bigEndian bytes: [UInt8]) {
        guard bytes.count == Self.bitWidth / 8 else { return nil }
        self = bytes.reduce(0) { $0 << 8 | Self($1) }
    }
}

extension Identifier { package var bound: SQLValue { bytes.bound } }
extension ReplicaID { package var bound: SQLValue { Int64(rawValue).bound } }
extension Epoch { package var bound: SQLValue { rawValue.bigEndianBytes.bound } }
extension Stamp { package var bound: SQLValue { encoded.bound } }
extension SetHash { package var bound: SQLValue { bytes.bound } }
extension HistoryHash { package var bound: SQLValue { bytes.bound } }
extension RecordHash { package var bound: SQLValue { bytes.bound } }
extension RecordKey { package var bound: SQLValue { encoded.bound } }
extension Outcome { package var bound: SQLValue { Int64(rawValue).bound } }
extension SignatureAlgorithm { package var bound: SQLValue { Int64(rawValue).bound } }
extension Position { package func bound() throws -> SQLValue { try rawValue.bound() } }
extension Scope { package func bound() throws -> SQLValue { try name.bound() } }

extension WriteID {
    package func bound() throws -> [SQLValue] { [replica.bound, try sequence.bound()] }
}

extension SignedSet {
    /// replica, sequence, body, algorithm, signature.
    package func bound() throws -> [SQLValue] { try writeID.bound() + [body.bound, algorithm.bound, signature.bound] }
}

extension ScopeDigest {
    package func bound() throws -> [SQLValue] { [try count.bound(), sum.bigEndianBytes.bound] }
}

extension SQLValue? {
    package var orNull: SQLValue { self ?? .null }
}

/// At most so many rows.
package func boundLimit(_ limit: Int) -> SQLValue { Int64(max(0, limit)).bound }
