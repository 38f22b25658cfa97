import Testing
import TruckrollCore

@Suite("Identifiers, digests, signatures")
struct IdentityTests {
    @Test(
        "ids have one spelling",
        arguments: [
            "0199C82C-C000-7000-8000-000000000001", "{0199c82c-c000-7000-8000-000000000001}", "0199c82cc00070008000000000000001",
            " 0199c82c-c000-7000-8000-000000000001", "", "0199c82c-c000-7000-8000-00000000000g",
        ])
    func refused(text: String) { #expect(RecordID(text) == nil) }

    @Test("an id reads back from its text and bytes")
    func roundTrip() throws {
        let text = "0199c82c-c000-7000-8000-0000000000ff"
        let id = try #require(RecordID(text))
        #expect(id.description == text)
        #expect(RecordID(bytes: id.bytes) == id)
        #expect(RecordID(bytes: id.bytes.dropLast()) == nil)
    }

    @Test("derived ids depend on type, parts and where the parts are cut")
    func derived() {
        let type = EntityType(rawValue: 18)
        let id = RecordID.derived(type: type, key: [[1, 2], [3]])
        #expect(id == RecordID.derived(type: type, key: [[1, 2], [3]]))
        #expect(id != RecordID.derived(type: type, key: [[1], [2, 3]]))
        #expect(id != RecordID.derived(type: EntityType(rawValue: 19), key: [[1, 2], [3]]))
        #expect(id.bytes[6] >> 4 == 8)
        #expect(id.bytes[8] >> 6 == 2)
    }

    @Test("a digest does not depend on the order, and removing undoes adding")
    func digest() {
        let hashes = (1...5).map { RecordHash(rawValue: UInt128.max / UInt128($0)) }
        var one = ScopeDigest()
        var other = ScopeDigest()
        for hash in hashes { one.add(hash) }
        for hash in hashes.reversed() { other.add(hash) }
        #expect(one == other)
        for hash in hashes { other.remove(hash) }
        #expect(other == ScopeDigest())
    }

    @Test("a signature is valid for its message, key and lower s alone")
    func signature() throws {
        let key = SigningKey()
        let message: [UInt8] = [1, 2, 3]
        for _ in 0..<20 {
            let signature = try key.signature(over: message)
            #expect(Signatures.isValid(signature, of: message, algorithm: .p256, publicKey: key.publicKey))
            #expect(!Signatures.isValid(signature, of: [1, 2], algorithm: .p256, publicKey: key.publicKey))
            #expect(!Signatures.isValid(signature, of: message, algorithm: .p256, publicKey: SigningKey().publicKey))
            #expect(!Signatures.isValid(signature.dropLast() + [signature[63] ^ 1], of: message, algorithm: .p256, publicKey: key.publicKey))
        }
        #expect(!Signatures.isValid([], of: message, algorithm: .p256, publicKey: key.publicKey))
        #expect(!Signatures.isValid([UInt8](repeating: 0, count: 64), of: message, algorithm: .p256, publicKey: []))
    }
}
