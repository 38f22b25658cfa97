import TruckrollCore
import TruckrollDomain

extension RowReader {
    package mutating func identifier<Kind>(_: Kind.Type) throws -> Identifier<Kind> {
        let bytes = try bytes()
        return try present(Identifier(bytes: bytes), "an id")
    }

    package mutating func recordID() throws -> RecordID { try identifier(RecordKind.self) }
    package mutating func deviceID() throws -> DeviceID { try identifier(DeviceKind.self) }
    package mutating func tenantID() throws -> TenantID { try identifier(TenantKind.self) }

    package mutating func optionalDeviceID() throws -> DeviceID? {
        guard let bytes = try optionalBytes() else { return nil }
        return try present(DeviceID(bytes: bytes), "an id")
    }

    package mutating func replica() throws -> ReplicaID {
        let number = UInt32(exactly: try integer())
        return ReplicaID(rawValue: try present(number, "a replica"))
    }

    package mutating func writeID() throws -> WriteID { WriteID(replica: try replica(), sequence: try unsigned()) }

    package mutating func position() throws -> Position { Position(rawValue: try unsigned()) }

    package mutating func optionalPosition() throws -> Position? {
        guard let number = try optionalInteger() else { return nil }
        return Position(rawValue: try present(UInt64(exactly: number), "a position"))
    }

    package mutating func epoch() throws -> Epoch { Epoch(rawValue: try number(UInt64.self)) }

    /// Any number of them, 8 bytes each.
    package mutating func epochs() throws -> [Epoch] {
        let bytes = try bytes()
        return try stride(from: 0, to: bytes.count, by: 8).map { start in
            Epoch(rawValue: try present(UInt64(bigEndian: Array(bytes[start..<min(start + 8, bytes.count)])), "an epoch"))
        }
    }

    package mutating func optionalEpoch() throws -> Epoch? {
        guard let bytes = try optionalBytes() else { return nil }
        return Epoch(rawValue: try present(UInt64(bigEndian: bytes), "an epoch"))
    }

    package mutating func stamp() throws -> Stamp { try present(try optionalStamp()) }

    package mutating func optionalStamp() throws -> Stamp? {
        guard let bytes = try optionalBytes() else { return nil }
        return try decoding { () throws(DecodingProblem) in try Stamp(decoding: bytes) }
    }

    package mutating func setHash() throws -> SetHash { SetHash(bytes: try bytes()) }
    package mutating func historyHash() throws -> HistoryHash { HistoryHash(bytes: try bytes()) }
    package mutating func recordHash() throws -> RecordHash { RecordHash(rawValue: try number(UInt128.self)) }
    package mutating func digest() throws -> ScopeDigest { ScopeDigest(count: try unsigned(), sum: try number(UInt128.self)) }

    package mutating func recordKey() throws -> RecordKey {
        let bytes = try bytes()
        return try decoding { () throws(DecodingProblem) in try RecordKey(decoding: bytes) }
    }

    package mutating func record(_ key: RecordKey) throws -> Record {
        let bytes = try bytes()
        return try decoding { () throws(DecodingProblem) in try Record(key: key, decoding: bytes) }
    }

    package mutating func scope() throws -> Scope { Scope(try text()) }

    package mutating func scopeClass() throws -> ScopeClass {
        let number = UInt8(exactly: try integer())
        return try present(number.flatMap { ScopeClass(rawValue: $0) }, "a class of scopes")
    }

    package mutating func algorithm() throws -> SignatureAlgorithm {
        let number = UInt8(exactly: try integer())
        return try present(number.flatMap { SignatureAlgorithm(rawValue: $0) }, "a signature algorithm")
    }

    package mutating func outcome() throws -> Outcome {
        let number = UInt8(exactly: try integer())
        return try present(number.flatMap { Outcome(rawValue: $0) }, "an outcome")
    }

    /// The five columns replica, sequence, body, algorithm, signature.
    package mutating func signedSet() throws -> SignedSet {
        SignedSet(writeID: try writeID(), body: try bytes(), algorithm: try algorithm(), signature: try bytes())
    }
}
