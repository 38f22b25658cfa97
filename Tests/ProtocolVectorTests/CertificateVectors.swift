import Testing
import TruckrollCore
import TruckrollDomain

struct CertificateNumberCase: VectorCase {
    static let file = "certificate-numbers"
    var name: String
    var printed: String
    var number: String?
    var contentHash: Hex?
    var checkCharacters: String?
    /// Whether the printed text is refused.
    var refused: Bool?

    static func make() throws -> [CertificateNumberCase] {
        func printed(_ number: String, _ hash: [UInt8]) throws -> CertificateNumberCase {
            let hash = try #require(ContentHash(bytes: hash))
            return CertificateNumberCase(
                name: number, printed: try CertificateNumber(parsing: number).printed(for: hash), number: number, contentHash: Hex(hash.bytes),
                checkCharacters: hash.checkCharacters)
        }
        func refused(_ name: String, _ text: String) -> CertificateNumberCase {
            CertificateNumberCase(name: name, printed: text, refused: (try? CertificateNumber.split(printed: text)) == nil)
        }
        return [
            try printed("ACME-2026-D07-000123", ContentDigest.sha256([])), try printed("A-1", [UInt8](repeating: 0xFF, count: 32)),
            try printed("TRK-2026-D1000002-000001", [UInt8](repeating: 0, count: 32)), try printed("A-B-C-D-E-F-G-H", ContentDigest.sha256([1])),
            refused("lower case", "acme-2026-D07-000123-0000"), refused("a letter base 32 does not have", "ACME-2026-000123-00L0"),
            refused("three check characters", "ACME-2026-000123-000"), refused("one group", "ACME-0000"),
            refused("nine groups", "A-B-C-D-E-F-G-H-I-0000"),
            refused("an empty group", "ACME--2026-0000"), refused("a space", "ACME 2026-1-0000"), refused("empty", ""),
        ]
    }
}

/// The layers of a sealed document: hash, number, signature, registration, proof file.
///
/// The content is canonical JSON but not a whole certificate; nothing here looks inside.
struct SealCase: VectorCase {
    static let file = "seals"
    var name: String
    var content: Hex
    var contentHash: Hex
    var printedNumber: String
    var signedMessage: Hex
    var signature: Hex
    var device: Hex
    var devicePublicKey: Hex
    var statement: Hex
    var statementSignature: Hex
    var tenantPublicKey: Hex
    var pdf: Hex
    var registration: Hex
    var registrationSignature: Hex
    var proofFile: Hex

    static func make() throws -> [SealCase] {
        let content = text(#"{"format":"truckroll/certificate/1","number":"ACME-2026-D7-000001"}"#)
        let hash = ContentHash(of: content)
        let book = SignatureBook.shared
        let message = CertificateSignature.message(for: content)
        let statement = try EnrolmentStatement(
            tenant: ChangeSetCase.tenant.bytes, device: ChangeSetCase.device.bytes, user: ChangeSetCase.user.bytes, replica: 7,
            publicKey: try FixedKey.device.publicKey(), issuedAt: 1_760_000_000_000
        ).encoded
        let enrolment = ProofFile.Enrolment(statement: statement, signature: try book.signature(of: statement, by: .tenant))
        let pdf = text("%PDF-1.7 not a real one")
        let registration = PDFRegistration(content: hash, pdf: pdf)
        let proof = ProofFile(
            number: try CertificateNumber(parsing: "ACME-2026-D7-000001").printed(for: hash), content: content, device: ChangeSetCase.device.bytes,
            signature: try book.signature(of: message, by: .device), enrolment: enrolment,
            pdf: .init(
                sha256: registration.sha256, size: pdf.count, device: ChangeSetCase.device.bytes,
                signature: try book.signature(of: registration.encoded, by: .device), enrolment: enrolment))
        return [
            SealCase(
                name: "signed, exported and registered", content: Hex(content), contentHash: Hex(hash.bytes), printedNumber: proof.number,
                signedMessage: Hex(message),
                signature: Hex(proof.signature), device: Hex(proof.device), devicePublicKey: Hex(try FixedKey.device.publicKey()),
                statement: Hex(statement),
                statementSignature: Hex(enrolment.signature), tenantPublicKey: Hex(try FixedKey.tenant.publicKey()), pdf: Hex(pdf),
                registration: Hex(registration.encoded), registrationSignature: Hex(proof.pdf.signature), proofFile: Hex(proof.encoded))
        ]
    }
}

/// Canonical JSON: read and written back the same, or refused.
struct CanonicalJSONCase: VectorCase {
    static let file = "canonical-json"
    var name: String
    var bytes: Hex
    var accepted: Bool

    static func make() throws -> [CanonicalJSONCase] {
        [
            ("empty object", "{}"), ("members by UTF-16", #"{"A":1,"a":[true,false,null],"é":"ü"}"#), ("escapes", #"{"a":"\"\\\b\t\n\f\r\u001f"}"#),
            ("a slash is not escaped", #"{"a":"/"}"#), ("negative", #"{"a":-9007199254740991}"#), ("white space", #"{"a": 1}"#),
            ("keys out of order", #"{"b":1,"a":2}"#),
            ("a key twice", #"{"a":1,"a":1}"#), ("an escaped slash", #"{"a":"\/"}"#), ("upper-case escape", #"{"a":"\u001F"}"#),
            ("an escape that is not needed", #"{"a":"\u0041"}"#),
            ("a fraction", #"{"a":1.0}"#), ("an exponent", #"{"a":1e3}"#), ("a leading zero", #"{"a":01}"#), ("minus zero", #"{"a":-0}"#),
            ("2^53", #"{"a":9007199254740992}"#),
            ("something behind", "{} "), ("nothing", ""), ("NUL escaped", #"{"a":"\u0000"}"#),
        ].map { name, json in
            CanonicalJSONCase(
                name: name, bytes: Hex(text(json)), accepted: (try? CanonicalValue(canonical: text(json))).map { $0.encoded == text(json) } ?? false)
        }
    }
}

@Suite("Vectors: certificates")
struct CertificateVectorTests {
    @Test("numbers", arguments: try VectorFile.load(CertificateNumberCase.self))
    func number(_ vector: CertificateNumberCase) throws {
        if let refused = vector.refused {
            #expect(refused && (try? CertificateNumber.split(printed: vector.printed)) == nil)
            return
        }
        let (number, check) = try CertificateNumber.split(printed: vector.printed)
        #expect(number.text == vector.number && check == vector.checkCharacters)
        let hash = try #require(vector.contentHash.flatMap { ContentHash(bytes: $0.bytes) })
        #expect(number.printed(for: hash) == vector.printed)
    }

    @Test("seals", arguments: try VectorFile.load(SealCase.self))
    func seal(_ vector: SealCase) throws {
        #expect(ContentHash(of: vector.content.bytes).bytes == vector.contentHash.bytes)
        #expect(CertificateSignature.message(for: vector.content.bytes) == vector.signedMessage.bytes)
        let proof = try ProofFile(decoding: vector.proofFile.bytes)
        #expect(proof.encoded == vector.proofFile.bytes && proof.number == vector.printedNumber && proof.content == vector.content.bytes)
        for (signature, message, key) in [
            (vector.signature, vector.signedMessage, vector.devicePublicKey), (vector.statementSignature, vector.statement, vector.tenantPublicKey),
            (vector.registrationSignature, vector.registration, vector.devicePublicKey),
        ] {
            #expect(Signatures.isValid(signature.bytes, of: message.bytes, algorithm: .p256, publicKey: key.bytes))
        }
    }

    @Test("canonical JSON", arguments: try VectorFile.load(CanonicalJSONCase.self))
    func json(_ vector: CanonicalJSONCase) {
        #expect(((try? CanonicalValue(canonical: vector.bytes.bytes)).map { $0.encoded == vector.bytes.bytes } ?? false) == vector.accepted)
    }

    @Test("the files are as this code makes them")
    func made() throws {
        #expect(try CertificateNumberCase.make() == VectorFile.load(CertificateNumberCase.self))
        #expect(try SealCase.make() == VectorFile.load(SealCase.self))
        #expect(try CanonicalJSONCase.make() == VectorFile.load(CanonicalJSONCase.self))
    }
}
