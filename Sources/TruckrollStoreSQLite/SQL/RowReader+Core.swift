import TruckrollCore
import TruckrollDomain

extension RowReader {
    mutating func identifier<Kind>(_: Kind.Type) throws -> Identifier<Kind> {
        let bytes = try bytes()
        return try present(Identifier(bytes: bytes), "an id")
    }

    mutating func recordID() throws -> RecordID { try identifier(RecordKind.self) }
    mutating func deviceID() throws -> DeviceID { try identifier(DeviceKind.self) }
    mutating func tenantID() throws -> TenantID { try identifier(TenantKind.self) }

    mutating func optionalDeviceID() throws -> DeviceID? {
        guard let bytes = try optionalBytes() else { return nil }
        return try present(DeviceID(bytes: bytes), "an id")
    }

    mutating func replica() throws -> ReplicaID {
        let number = UInt32(exactly: try integer())
        return ReplicaID(rawValue: try present(number, "a replica"))
    }

    mutating func writeID() throws -> WriteID { WriteID(replica: try replica(), sequence: try unsigned()) }

    mutating func position() throws -> Position { Position(rawValue: try unsigned()) }

    mutating func optionalPosition() throws -> Position? {
        guard let number = try optionalInteger() else { return nil }
        return Position(rawValue: try present(UInt64(exactly: number), "a position"))
    }

    mutating func epoch() throws -> Epoch { Epoch(rawValue: try number(UInt64.self)) }

    /// Any number of them, 8 bytes each.
    mutating func epochs() throws -> [Epoch] {
        let bytes = try bytes()
        return try stride(from: 0, to: bytes.count, by: 8).map { start in
            Epoch(rawValue: try present(UInt64(bigEndian: Array(bytes[start..<min(start + 8, bytes.count)])), "an epoch"))
        }
    }

    mutating func optionalEpoch() throws -> Epoch? {
        guard let bytes = try optionalBytes() else { return nil }
        return Epoch(rawValue: try present(UInt64(bigEndian: bytes), "an epoch"))
    }

    mutating func stamp() throws -> Stamp { try present(try optionalStamp()) }

    mutating func optionalStamp() throws -> Stamp? {
        guard let bytes = try optionalBytes() else { return nil }
        return try decoding { () throws(DecodingProblem) in try Stamp(decoding: bytes) }
    }

    mutating func setHash() throws -> SetHash { SetHash(bytes: try bytes()) }
    mutating func historyHash() throws -> HistoryHash { HistoryHash(bytes: try bytes()) }
    mutating func recordHash() throws -> RecordHash { RecordHash(rawValue: try number(UInt128.self)) }
    mutating func digest() throws -> ScopeDigest { ScopeDigest(count: try unsigned(), sum: try number(UInt128.self)) }

    mutating func recordKey() throws -> RecordKey {
        let bytes = try bytes()
        return try decoding { () throws(DecodingProblem) in try RecordKey(decoding: bytes) }
    }

    mutating func record(_ key: RecordKey) throws -> Record {
        let bytes = try bytes()
        return try decoding { () throws(DecodingProblem) in try Record(key: key, decoding: bytes) }
    }

    mutating func scope() throws -> Scope { Scope(try text()) }

    mutating func scopeClass() throws -> ScopeClass {
        let number = UInt8(exactly: try integer())
        return try present(number.flatMap { ScopeClass(rawValue: $0) }, "a class of scopes")
    }

    mutating func algorithm() throws -> SignatureAlgorithm {
        let number = UInt8(exactly: try integer())
        return try present(number.flatMap { SignatureAlgorithm(rawValue: $0) }, "a signature algorithm")
    }

    mutating func outcome() throws -> Outcome {
        let number = UInt8(exactly: try integer())
        return try present(number.flatMap { Outcome(rawValue: $0) }, "an outcome")
    }

    /// The five columns replica, sequence, body, algorithm, signature.
    mutating func signedSet() throws -> SignedSet {
        SignedSet(writeID: try writeID(), body: try bytes(), algorithm: try algorithm(), signature: try bytes())
    }
}
