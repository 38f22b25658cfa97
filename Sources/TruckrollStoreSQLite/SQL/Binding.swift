import Foundation
import GRDB
import TruckrollCore
import TruckrollDomain

// How the project's values are bound: numbers that count something as INTEGER, whatever is compared as bytes as BLOB, scopes
// and words as TEXT with BINARY collation.

extension [UInt8] {
    var bound: DatabaseValue { Data(self).databaseValue }
}

extension Int64 {
    var bound: DatabaseValue { databaseValue }
}

extension Bool {
    var bound: DatabaseValue { databaseValue }
}

extension String {
    /// - Throws: ``StoreProblem/unstorable(detail:)`` for a text with NUL, which would be cut short there.
    func bound() throws -> DatabaseValue {
        guard !utf8.contains(0) else { throw StoreProblem.unstorable(detail: "a text with the character NUL") }
        return databaseValue
    }
}

extension UInt64 {
    /// - Throws: ``StoreProblem/unstorable(detail:)`` above 2^63-1.
    func bound() throws -> DatabaseValue {
        guard let integer = Int64(exactly: self) else { throw StoreProblem.unstorable(detail: "the number \(self)") }
        return integer.databaseValue
    }

    /// For a lower limit: nothing stored lies above 2^63-1.
    var boundAsLimit: DatabaseValue { Int64(clamping: self).databaseValue }
    var isStorable: Bool { self <= UInt64(Int64.max) }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    var bigEndianBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: self)
        return bytes
    }

    init?(bigEndian bytes: [UInt8]) {
        guard bytes.count == Self.bitWidth / 8 else { return nil }
        self = bytes.reduce(0) { $0 << 8 | Self($1) }
    }
}

extension Identifier { var bound: DatabaseValue { bytes.bound } }
extension ReplicaID { var bound: DatabaseValue { Int64(rawValue).bound } }
extension Epoch { var bound: DatabaseValue { rawValue.bigEndianBytes.bound } }
extension Stamp { var bound: DatabaseValue { encoded.bound } }
extension SetHash { var bound: DatabaseValue { bytes.bound } }
extension HistoryHash { var bound: DatabaseValue { bytes.bound } }
extension RecordHash { var bound: DatabaseValue { bytes.bound } }
extension RecordKey { var bound: DatabaseValue { encoded.bound } }
extension Outcome { var bound: DatabaseValue { Int64(rawValue).bound } }
extension SignatureAlgorithm { var bound: DatabaseValue { Int64(rawValue).bound } }
extension Position { func bound() throws -> DatabaseValue { try rawValue.bound() } }
extension Scope { func bound() throws -> DatabaseValue { try name.bound() } }

extension WriteID {
    func bound() throws -> [DatabaseValue] { [replica.bound, try sequence.bound()] }
}

extension SignedSet {
    /// replica, sequence, body, algorithm, signature.
    func bound() throws -> [DatabaseValue] { try writeID.bound() + [body.bound, algorithm.bound, signature.bound] }
}

extension ScopeDigest {
    func bound() throws -> [DatabaseValue] { [try count.bound(), sum.bigEndianBytes.bound] }
}

extension DatabaseValue? {
    var orNull: DatabaseValue { self ?? .null }
}

/// At most so many rows; SQLite takes a negative limit for none.
func boundLimit(_ limit: Int) -> DatabaseValue { Int64(max(0, limit)).databaseValue }
