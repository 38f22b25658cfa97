import Foundation
import Testing
import TruckrollCryptography

@Suite("HMAC with SHA-256")
struct HMACTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let number: Int
        let key: [UInt8]
        let message: [UInt8]
        let code: String

        var testDescription: String { "RFC 4231, case \(number)" }

        static let all = [
            Case(
                number: 1, key: [UInt8](repeating: 0x0B, count: 20), message: text("Hi There"),
                code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            Case(
                number: 2, key: text("Jefe"), message: text("what do ya want for nothing?"),
                code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            Case(
                number: 3, key: [UInt8](repeating: 0xAA, count: 20), message: [UInt8](repeating: 0xDD, count: 50),
                code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            Case(
                number: 4, key: Array(1...25), message: [UInt8](repeating: 0xCD, count: 50),
                code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            Case(
                number: 6, key: [UInt8](repeating: 0xAA, count: 131), message: text("Test Using Larger Than Block-Size Key - Hash Key First"),
                code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            Case(
                number: 7, key: [UInt8](repeating: 0xAA, count: 131),
                message: text(
                    "This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm."),
                code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
        ]
    }

    @Test("gives the published codes, and accepts them", arguments: Case.all)
    func published(_ example: Case) throws {
        let key = SymmetricKey(data: example.key)
        let expected = try bytes(example.code)
        #expect(Array(HMAC<SHA256>.authenticationCode(for: example.message, using: key)) == expected)
        #expect(HMAC<SHA256>.isValidAuthenticationCode(expected, authenticating: example.message, using: key))
    }

    @Test("begins with the truncated code of RFC 4231, case 5")
    func truncated() throws {
        let key = SymmetricKey(data: [UInt8](repeating: 0x0C, count: 20))
        let code = HMAC<SHA256>.authenticationCode(for: text("Test With Truncation"), using: key)
        #expect(Array(code.prefix(16)) == (try bytes("a3b6167473100ee06e0c796c2955552b")))
    }

    @Test("a key of one block stands for itself, one of a byte more for its hash")
    func blockLength() {
        let message = text("message")
        func code(_ key: [UInt8]) -> [UInt8] { Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))) }
        let block = [UInt8](repeating: 7, count: 64)
        #expect(code(block) != code(Array(SHA256.hash(data: block))))
        #expect(code(block + [7]) == code(Array(SHA256.hash(data: block + [7]))))
        #expect(code([]) == code([0]), "zeros fill a key up")
        #expect(code(block) != code(Array(block.dropLast())))
    }

    @Test("refuses a code that differs in any bit or in its length, another message and another key")
    func refusals() {
        let key = SymmetricKey(data: [UInt8](repeating: 5, count: 32))
        let message = text("message")
        let code = Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        func isValid(_ code: [UInt8]) -> Bool { HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: key) }
        #expect(isValid(code))
        for index in code.indices {
            for bit in 0..<8 { #expect(!isValid(code.flipped(at: index, bit: UInt8(bit))), "byte \(index), bit \(bit)") }
        }
        for wrong in [[], Array(code.dropLast()), code + [0], Array(code.dropFirst())] { #expect(!isValid(wrong), "\(wrong.count) bytes") }
        #expect(!HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: text("massage"), using: key))
        #expect(!HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: SymmetricKey(data: [UInt8](repeating: 5, count: 31))))
    }

    @Test("takes slices and data")
    func kinds() {
        let key = SymmetricKey(data: Data([1, 2, 3]))
        let message = text("-message-")
        let code = Array(HMAC<SHA256>.authenticationCode(for: message[1..<8], using: key))
        #expect(
            HMAC<SHA256>.isValidAuthenticationCode((code + [0])[..<32], authenticating: Data(text("message")), using: SymmetricKey(data: [1, 2, 3])))
        #expect(key.bitCount == 24)
    }
}
