import Testing
import TruckrollCore
import TruckrollCryptography
import TruckrollDomain

struct StatementTests {
    private let key = P256.Signing.PrivateKey()

    private func statement() throws -> EnrolmentStatement {
        try EnrolmentStatement(
            tenant: Array(0..<16), device: Array(16..<32), user: Array(32..<48), replica: 0x0102_0304,
            publicKey: Array(key.publicKey.x963Representation), issuedAt: 1_760_000_000_000)
    }

    @Test("lays an enrolment out as written down, and reads it back")
    func layout() throws {
        let statement = try statement()
        let bytes = statement.encoded
        #expect(bytes.count == 22 + 48 + 4 + 1 + 2 + 65 + 8)
        #expect(Array(bytes[22..<70]) == Array(0..<48))
        #expect(Array(bytes[70..<77]) == [1, 2, 3, 4, 1, 0, 65])
        #expect(Array(bytes.suffix(8)) == [0, 0, 0x01, 0x99, 0xC8, 0x2C, 0xC0, 0])
        #expect(try EnrolmentStatement(decoding: bytes) == statement)
    }

    @Test("refuses an enrolment of any other length")
    func lengths() throws {
        let bytes = try statement().encoded
        for count in 0..<bytes.count {
            #expect(throws: EnrolmentProblem.self) { try EnrolmentStatement(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: EnrolmentProblem.malformed) { try EnrolmentStatement(decoding: bytes + [0]) }
    }

    @Test("refuses an enrolment with another label, kind of key, key or replica")
    func refusals() throws {
        let bytes = try statement().encoded
        func changed(_ index: Int, _ value: UInt8) -> [UInt8] {
            var copy = bytes
            copy[index] = value
            return copy
        }
        #expect(throws: EnrolmentProblem.malformed) { try EnrolmentStatement(decoding: changed(20, UInt8(ascii: "2"))) }
        #expect(throws: EnrolmentProblem.unknownKeyKind(2)) { try EnrolmentStatement(decoding: changed(74, 2)) }
        #expect(throws: EnrolmentProblem.keyMalformed) { try EnrolmentStatement(decoding: changed(77, 5)) }
        var zero = bytes
        zero.replaceSubrange(70..<74, with: [0, 0, 0, 0])
        #expect(throws: EnrolmentProblem.replicaZero) { try EnrolmentStatement(decoding: zero) }
    }

    @Test("every signature has the lower s, and its twin is refused")
    func lowS() throws {
        let message = Array("a certificate".utf8)
        for _ in 0..<20 {
            let signature = try LowS.sign(message, with: key)
            try LowS.verify(signature, over: message, by: key.publicKey)
            #expect(try LowS.normalized(signature) == signature)
            let twin = Array(signature[..<32]) + Self.negated(Array(signature[32...]))
            let parsed = try P256.Signing.ECDSASignature(rawRepresentation: twin)
            #expect(key.publicKey.isValidSignature(parsed, for: message), "the twin verifies without our rule")
            #expect(throws: SignatureProblem.highS) { try LowS.verify(twin, over: message, by: key.publicKey) }
            #expect(try LowS.normalized(twin) == signature)
        }
    }

    @Test("refuses signatures that are not one", arguments: [0, 63, 65, 64])
    func malformed(count: Int) {
        let zeros = [UInt8](repeating: 0, count: count)
        #expect(throws: count == 64 ? SignatureProblem.doesNotVerify : .wrongLength(count)) {
            try LowS.verify(zeros, over: [1], by: key.publicKey)
        }
    }

    /// n − s, written without the code under test.
    private static func negated(_ s: [UInt8]) -> [UInt8] {
        let order: [UInt64] = [
            0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0xBCE6_FAAD_A717_9E84, 0xF3B9_CAC2_FC63_2551,
        ]
        var (result, borrow) = ([UInt8](), false)
        for word in (0..<4).reversed() {
            let value = s[(word * 8)..<(word * 8 + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let (first, under) = order[word].subtractingReportingOverflow(value)
            let (difference, underAgain) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            borrow = under || underAgain
            result = (0..<8).map { UInt8(truncatingIfNeeded: difference >> (56 - 8 * $0)) } + result
        }
        return result
    }
}
