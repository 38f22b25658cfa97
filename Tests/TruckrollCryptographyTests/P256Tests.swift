import Foundation
import Testing
import TruckrollCryptography

/// The order of the group, n.
private let order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"
/// The base point, and what n - 1 times it has for y.
private let base = (
    x: "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296", y: "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    negatedY: "B01CBD1C01E58065711814B583F061E9D431CCA994CEA1313449BF97C840AE0A"
)

/// y of the point with x = 0.
private let zeroPointY = "66485C780E2F83D72433BD5D84A06BB6541C2AF31DAE871728BF856A174F93F4"

@Suite("P-256")
struct P256Tests {
    /// The key of RFC 6979, A.2.5.
    private static let scalar = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
    private static let point =
        "04 60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6 7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"

    /// Signatures by that key: two of RFC 6979, A.2.5, and two made after its rules of which r or s begins with a zero byte.
    private static let signatures = [
        (
            "sample",
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716 F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        ),
        (
            "test",
            "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367 019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"
        ),
        (
            "message 3",
            "0016A4D9251F63F2A54F9390AF8F679D4A08BA3D389670ACF5671094B9D4D4FB 42A5B6BE86AF275CAFC5E888E48C600B097B2C4389E045CBAEC5CE88D5E79540"
        ),
        (
            "message 46",
            "7931B2EB971118C6F56D1031786AE9C86299743CCDAD35730AC4139C2A08CC0C 006862A34F7A75CAD52B199F09789FAB3FDB45B2E7DC7C1452008E46B1BCBE9E"
        ),
    ]

    private func isValid(_ signature: [UInt8], of message: String, by key: P256.Signing.PublicKey) throws -> Bool {
        key.isValidSignature(try P256.Signing.ECDSASignature(rawRepresentation: signature), for: text(message))
    }

    @Test("accepts published signatures, and none changed in any byte", arguments: signatures)
    func published(message: String, signature: String) throws {
        let key = try P256.Signing.PublicKey(x963Representation: bytes(Self.point))
        let signature = try bytes(signature)
        #expect(try isValid(signature, of: message, by: key))
        #expect(try !isValid(signature, of: message + " ", by: key))
        #expect(try !isValid(signature, of: message, by: P256.Signing.PrivateKey().publicKey))
        for index in signature.indices { #expect(try !isValid(signature.flipped(at: index), of: message, by: key), "byte \(index)") }
    }

    @Test("refuses r or s that is zero or not below n")
    func ranges() throws {
        let key = try P256.Signing.PublicKey(x963Representation: bytes(Self.point))
        let signature = try bytes(Self.signatures[0].1)
        let (r, s) = (Array(signature.prefix(32)), Array(signature.suffix(32)))
        let n = try bytes(order)
        let wrongs = [[UInt8](repeating: 0, count: 32), n, n.flipped(at: 31, bit: 1), [UInt8](repeating: 0xFF, count: 32)]
        for wrong in wrongs {
            #expect(try !isValid(wrong + s, of: "sample", by: key))
            #expect(try !isValid(r + wrong, of: "sample", by: key))
            #expect(try !isValid(wrong + wrong, of: "sample", by: key))
        }
    }

    @Test("a signature has 64 bytes", arguments: [0, 32, 63, 65, 72, 128])
    func signatureLength(count: Int) {
        #expect(throws: (any Error).self) { try P256.Signing.ECDSASignature(rawRepresentation: [UInt8](repeating: 1, count: count)) }
    }

    @Test("a private key has the published point")
    func publishedPoint() throws {
        let key = try P256.Signing.PrivateKey(rawRepresentation: bytes(Self.scalar))
        #expect(Array(key.publicKey.x963Representation) == (try bytes(Self.point)))
        #expect(Array(key.rawRepresentation) == (try bytes(Self.scalar)))
    }

    @Test("the scalars 1 and n - 1 are keys; leading zeros stay")
    func outermostScalars() throws {
        let one = [UInt8](repeating: 0, count: 31) + [1]
        let first = try P256.Signing.PrivateKey(rawRepresentation: one)
        #expect(Array(first.rawRepresentation) == one)
        #expect(Array(first.publicKey.x963Representation) == (try bytes("04" + base.x + base.y)))
        let last = try P256.Signing.PrivateKey(rawRepresentation: bytes(order).flipped(at: 31))
        #expect(Array(last.publicKey.x963Representation) == (try bytes("04" + base.x + base.negatedY)))
        for key in [first, last] {
            #expect(key.publicKey.isValidSignature(try key.signature(for: text("message")), for: text("message")))
        }
    }

    @Test("refuses scalars that are none")
    func wrongScalars() throws {
        let n = try bytes(order)
        let short: [[UInt8]] = [[], [1], [UInt8](repeating: 1, count: 31), [UInt8](repeating: 1, count: 33)]
        let outside: [[UInt8]] = [[UInt8](repeating: 0, count: 32), n, n.flipped(at: 31, bit: 1), [UInt8](repeating: 0xFF, count: 32)]
        for scalar in short + outside {
            #expect(throws: (any Error).self, "\(scalar)") { try P256.Signing.PrivateKey(rawRepresentation: scalar) }
        }
    }

    @Test("refuses points that are not on the curve or not written in full")
    func wrongPoints() throws {
        let good = try bytes(Self.point)
        let filled: [[UInt8]] = [0, 4, 0xFF].map { [4] + [UInt8](repeating: $0, count: 64) }
        let lengths: [[UInt8]] = [[], [0], [4], Array(good.dropLast()), good + [0]]
        let compressed: [[UInt8]] = [2, 3].map { [$0] + good[1...32] }
        let otherForms: [[UInt8]] = [0, 2, 3, 5, 6, 7].map { [$0] + good[1...] }
        // The point with x = 0, written with x = p.
        let unreduced = try bytes("04 FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF" + zeroPointY)
        for point in filled + lengths + compressed + otherForms + [unreduced] {
            #expect(throws: (any Error).self, "\(point)") { try P256.Signing.PublicKey(x963Representation: point) }
        }
        for index in 1..<65 {
            #expect(throws: (any Error).self, "byte \(index)") { try P256.Signing.PublicKey(x963Representation: good.flipped(at: index)) }
        }
    }

    @Test("a point with a zero for x is on the curve")
    func zeroCoordinate() throws {
        let point = try bytes("04" + String(repeating: "00", count: 32) + zeroPointY)
        #expect(Array(try P256.Signing.PublicKey(x963Representation: point).x963Representation) == point)
    }

    @Test("a new key goes through its bytes and signs as before")
    func roundTrip() throws {
        let made = P256.Signing.PrivateKey()
        let read = try P256.Signing.PrivateKey(rawRepresentation: made.rawRepresentation)
        let point = Array(made.publicKey.x963Representation)
        #expect(Array(read.publicKey.x963Representation) == point)
        #expect(Array(P256.Signing.PrivateKey().rawRepresentation) != Array(made.rawRepresentation))
        let other = try P256.Signing.PublicKey(x963Representation: Data(point))
        for message in [[], text("message"), [UInt8](repeating: 0, count: 10_000)] {
            let signature = try read.signature(for: message)
            #expect(other.isValidSignature(signature, for: message))
            #expect(!other.isValidSignature(signature, for: message + [0]))
        }
    }

    @Test("what it signs has 64 bytes also when r or s begins with a zero")
    func leadingZeros() throws {
        let key = P256.Signing.PrivateKey()
        let message = text("message")
        var found = [false, false]
        // One in 256 signatures has it; that none of so many does will not be seen.
        for _ in 0..<20_000 where found.contains(false) {
            let signature = try key.signature(for: message)
            let bytes = Array(signature.rawRepresentation)
            try #require(bytes.count == 64)
            guard bytes[0] == 0 || bytes[32] == 0 else { continue }
            found = [found[0] || bytes[0] == 0, found[1] || bytes[32] == 0]
            #expect(try isValid(bytes, of: "message", by: key.publicKey))
        }
        #expect(found == [true, true])
    }

    @Test("one key serves many tasks at once")
    func concurrent() async throws {
        let key = P256.Signing.PrivateKey()
        let good = await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<50).count { turn in
                        let message = text("\(task) \(turn)")
                        guard let signature = try? key.signature(for: message) else { return false }
                        return key.publicKey.isValidSignature(signature, for: message)
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(good == 8 * 50)
    }
}
