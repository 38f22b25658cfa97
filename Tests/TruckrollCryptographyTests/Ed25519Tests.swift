import Foundation
import Testing
import TruckrollCryptography

@Suite("Ed25519")
struct Ed25519Tests {
    struct Case: Sendable, CustomTestStringConvertible {
        let number: Int
        let privateKey: String
        let publicKey: String
        let message: String
        let signature: String

        var testDescription: String { "RFC 8032, 7.1, test \(number)" }

        static let all = [
            Case(
                number: 1, privateKey: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
                signature:
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            Case(
                number: 2, privateKey: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
                signature:
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
            Case(
                number: 3, privateKey: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
                signature:
                    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            ),
        ]
    }

    @Test("accepts the published signatures, and none changed in any byte", arguments: Case.all)
    func published(_ example: Case) throws {
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: bytes(example.publicKey))
        let (message, signature) = (try bytes(example.message), try bytes(example.signature))
        #expect(key.isValidSignature(signature, for: message))
        #expect(key.isValidSignature(Data(signature), for: Data(message)))
        #expect(!key.isValidSignature(signature, for: message + [0]))
        for index in signature.indices { #expect(!key.isValidSignature(signature.flipped(at: index), for: message), "byte \(index)") }
        for wrong in [[], Array(signature.dropLast()), signature + [0]] { #expect(!key.isValidSignature(wrong, for: message)) }
    }

    @Test("a private key has the published public key, and what it signs is valid", arguments: Case.all)
    func signing(_ example: Case) throws {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes(example.privateKey))
        #expect(Array(key.rawRepresentation) == (try bytes(example.privateKey)))
        #expect(Array(key.publicKey.rawRepresentation) == (try bytes(example.publicKey)))
        let signature = Array(try key.signature(for: bytes(example.message)))
        #expect(key.publicKey.isValidSignature(signature, for: try bytes(example.message)))
        #if !canImport(CryptoKit)
        // CryptoKit mixes random bytes in.
        #expect(signature == (try bytes(example.signature)))
        #endif
    }

    @Test("refuses a signature with the group's order added to its scalar")
    func malleated() throws {
        let example = Case.all[2]
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: bytes(example.publicKey))
        // L = 2^252 + 27742317777372353535851937790883648493, little-endian.
        let order = try bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var (twin, carry) = (try bytes(example.signature), 0)
        for index in 0..<32 {
            let sum = Int(twin[32 + index]) + Int(order[index]) + carry
            (twin[32 + index], carry) = (UInt8(truncatingIfNeeded: sum), sum >> 8)
        }
        #expect(carry == 0)
        #expect(!key.isValidSignature(twin, for: try bytes(example.message)))
    }

    @Test("a key has 32 bytes", arguments: [0, 31, 33, 64])
    func length(count: Int) {
        let wrong = [UInt8](repeating: 1, count: count)
        #expect(throws: (any Error).self) { try Curve25519.Signing.PublicKey(rawRepresentation: wrong) }
        #expect(throws: (any Error).self) { try Curve25519.Signing.PrivateKey(rawRepresentation: wrong) }
    }

    @Test("bytes that are no point check nothing, and do no harm")
    func noPoint() throws {
        // y = 2 has no x on the curve.
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: [2] + [UInt8](repeating: 0, count: 31))
        #expect(!key.isValidSignature(try bytes(Case.all[0].signature), for: []))
        #expect(!key.isValidSignature([UInt8](repeating: 0, count: 64), for: []))
    }
}
