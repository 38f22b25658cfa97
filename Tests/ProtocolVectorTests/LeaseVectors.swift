import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

struct LeaseCase: VectorCase {
    static let file = "leases"
    var name: String
    var lease: Hex
    var replica: UInt32
    var part: Hex
    var location: Hex
    var granted: Int64
    var softExpiry: Int64
    var hardExpiry: Int64
    var receiptKey: Hex
    var authenticated: Hex
    var mac: Hex

    func proof() throws -> LeaseProof {
        LeaseProof(
            lease: try #require(RecordID(bytes: lease.bytes)), replica: ReplicaID(rawValue: replica),
            part: try #require(RecordID(bytes: part.bytes)), location: try #require(RecordID(bytes: location.bytes)),
            granted: Quantity(millionths: granted), softExpiry: softExpiry, hardExpiry: hardExpiry)
    }

    static func make() throws -> [LeaseCase] {
        let amounts: [(String, Int64)] = [("one unit", 1_000_000), ("two and a half metres", 2_500_000)]
        return try amounts.map { name, granted in
            var made = LeaseCase(
                name: name, lease: Hex(RecordID(high: 1, low: 2).bytes), replica: 7, part: Hex(RecordID(high: 3, low: 4).bytes),
                location: Hex(RecordID(high: 5, low: 6).bytes), granted: granted, softExpiry: 1_760_000_129_000, hardExpiry: 1_760_000_259_000,
                receiptKey: Hex((0x80..<0xA0).map { UInt8($0) }), authenticated: Hex([]), mac: Hex([]))
            made.authenticated = Hex(try made.proof().authenticated)
            made.mac = Hex(MessageAuthentication.code(for: made.authenticated.bytes, key: made.receiptKey.bytes))
            return made
        }
    }
}

@Suite("Vectors: leases")
struct LeaseVectorTests {
    @Test("bytes under the MAC", arguments: try VectorFile.load(LeaseCase.self))
    func lease(_ vector: LeaseCase) throws {
        var proof = try vector.proof()
        #expect(proof.authenticated == vector.authenticated.bytes)
        #expect(MessageAuthentication.code(for: proof.authenticated, key: vector.receiptKey.bytes) == vector.mac.bytes)
        proof.mac = vector.mac.bytes
        #expect(LeaseProof(PBShownLease(proof)) == proof)
    }

    @Test("the file is what the code makes") func upToDate() throws { #expect(try LeaseCase.make() == VectorFile.load(LeaseCase.self)) }
}
