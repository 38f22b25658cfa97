import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

struct StatementCase: VectorCase {
    static let file = "enrolment-statements"
    var name: String
    var bytes: Hex
    var tenant: String?
    var device: String?
    var user: String?
    var replica: UInt32?
    var publicKey: Hex?
    var issuedAt: UInt64?
    var tenantKey: Hex?
    var signature: Hex?
    /// What is wrong: `malformed`, `unknownKeyKind`, `keyMalformed` or `replicaZero`.
    var refused: String?

    static func refusal(_ bytes: [UInt8]) -> String? {
        do throws(EnrolmentProblem) {
            _ = try EnrolmentStatement(decoding: bytes)
            return nil
        } catch {
            switch error {
            case .malformed: return "malformed"
            case .unknownKeyKind: return "unknownKeyKind"
            case .keyMalformed: return "keyMalformed"
            case .replicaZero: return "replicaZero"
            }
        }
    }

    static func make() throws -> [StatementCase] {
        let key = try FixedKey.device.publicKey()
        let statement = try EnrolmentStatement(
            tenant: ChangeSetCase.tenant.bytes, device: ChangeSetCase.device.bytes, user: ChangeSetCase.user.bytes, replica: 7, publicKey: key,
            issuedAt: 1_760_000_000_000)
        let bytes = statement.encoded
        func refused(_ name: String, _ bytes: [UInt8]) -> StatementCase { StatementCase(name: name, bytes: Hex(bytes), refused: refusal(bytes)) }
        func with(_ offset: Int, _ replacement: [UInt8]) -> [UInt8] {
            Array(bytes.prefix(offset)) + replacement + Array(bytes.dropFirst(offset + replacement.count))
        }
        // label 22, tenant 16, device 16, user 16, replica 4, kind 1, length 2, key 65, issued at 8
        return [
            StatementCase(
                name: "a device of a user", bytes: Hex(bytes), tenant: "\(ChangeSetCase.tenant)", device: "\(ChangeSetCase.device)",
                user: "\(ChangeSetCase.user)",
                replica: 7, publicKey: Hex(key), issuedAt: 1_760_000_000_000, tenantKey: Hex(try FixedKey.tenant.publicKey()),
                signature: Hex(try SignatureBook.shared.signature(of: bytes, by: .tenant))),
            refused("empty", []), refused("a byte short", Array(bytes.dropLast())), refused("a byte long", bytes + [0]),
            refused("another label", with(20, text("2"))), refused("kind of key 2", with(74, [2])), refused("replica zero", with(70, [0, 0, 0, 0])),
            refused("a key that is no point", with(77 + 64, [bytes[77 + 64] ^ 1])), refused("64 bytes of key", with(75, [0, 64])),
        ]
    }
}

/// What a device signs on its way in: enrolment, sign-in, and a new replica.
struct ProofCase: VectorCase {
    static let file = "proofs"
    var name: String
    /// `enrol`, `sign-in` or `replica`.
    var kind: String
    var device: String
    var code: String?
    var nonce: Hex?
    var replica: UInt32?
    /// The key that enrols, or the new one of a new replica.
    var newPublicKey: Hex?
    var message: Hex
    var signingKey: Hex
    var signature: Hex

    func computed() throws -> [UInt8] {
        let device = try #require(DeviceID(device))
        switch kind {
        case "enrol": return EnrolmentProof.message(code: code ?? "", device: device, publicKey: newPublicKey?.bytes ?? [])
        case "sign-in": return SignInProof.bytes(nonce: nonce?.bytes ?? [], device: device, replica: ReplicaID(rawValue: replica ?? 0))
        default: return ReplicaProof.message(device: device, oldReplica: ReplicaID(rawValue: replica ?? 0), newKey: newPublicKey?.bytes ?? [])
        }
    }

    static func make() throws -> [ProofCase] {
        func proof(_ made: ProofCase) throws -> ProofCase {
            var made = made
            made.message = Hex(try made.computed())
            made.signingKey = Hex(try FixedKey.device.publicKey())
            made.signature = Hex(try SignatureBook.shared.signature(of: made.message.bytes, by: .device))
            return made
        }
        func empty(_ name: String, _ kind: String) -> ProofCase {
            ProofCase(name: name, kind: kind, device: ChangeSetCase.device.description, message: Hex([]), signingKey: Hex([]), signature: Hex([]))
        }
        var enrol = empty("enrolment", "enrol")
        enrol.code = "ABCD-EFGH-JKMN-PQRS-TVWX"
        enrol.newPublicKey = Hex(try FixedKey.device.publicKey())
        var signIn = empty("sign-in", "sign-in")
        signIn.nonce = Hex((0..<56).map { UInt8($0) })
        signIn.replica = 7
        var replica = empty("a new replica", "replica")
        replica.replica = 7
        replica.newPublicKey = Hex(try FixedKey.second.publicKey())
        return [try proof(enrol), try proof(signIn), try proof(replica)]
    }
}

struct RequestSignatureCase: VectorCase {
    static let file = "request-signatures"
    var name: String
    var method: String
    var pathAndQuery: String
    var body: Hex
    var created: UInt64
    var nonce: Hex
    var macKey: Hex
    var contentDigest: String
    var signatureInput: String
    /// The text under the MAC, lines separated by single line feeds, without one at the end.
    var base: String
    var signature: String

    var target: RequestTarget { RequestTarget(method: method, pathAndQuery: pathAndQuery) }
    var digest: BodyDigest { BodyDigest(of: body.bytes) }
    var made: RequestSignature { RequestSignature(created: created, nonce: nonce.bytes) }

    static func make() throws -> [RequestSignatureCase] {
        let tenant = ChangeSetCase.tenant
        return [
            ("a sync", "POST", "/v1/\(tenant)/sync", [0x18, 0x01] as [UInt8]), ("a stream with a query", "GET", "/v1/default/stream?after=41", []),
            ("an attachment", "PUT", "/v1/\(tenant)/attachments/\(BodyDigest(of: text("photo")).bytes.hexadecimal)", text("photo")),
            ("an empty query", "GET", "/v1/default/stream?", []),
        ].map { name, method, path, body in
            var made = RequestSignatureCase(
                name: name, method: method, pathAndQuery: path, body: Hex(body), created: 1_760_000_000, nonce: Hex((0xA0..<0xB0).map { UInt8($0) }),
                macKey: Hex((0..<32).map { UInt8($0) }), contentDigest: "", signatureInput: "", base: "", signature: "")
            made.contentDigest = made.digest.headerValue
            made.signatureInput = made.made.inputHeaderValue(for: made.target)
            made.base = made.made.base(target: made.target, digest: made.digest)
            made.signature = made.made.headerValue(target: made.target, digest: made.digest, key: made.macKey.bytes)
            return made
        }
    }
}

/// Spellings of `Signature-Input` for `GET /v1/default/stream` that a server refuses.
struct SignatureInputCase: VectorCase {
    static let file = "signature-inputs"
    var name: String
    var value: String
    var accepted: Bool

    var isAccepted: Bool {
        (try? RequestSignature(inputHeaderValue: value, target: RequestTarget(method: "GET", pathAndQuery: "/v1/default/stream"))) != nil
    }

    static func make() throws -> [SignatureInputCase] {
        let good = RequestSignature(created: 1_760_000_000, nonce: (0xA0..<0xB0).map { UInt8($0) })
            .inputHeaderValue(for: RequestTarget(method: "GET", pathAndQuery: "/v1/default/stream"))
        func with(_ old: String, _ new: String) -> String { good.replacing(old, with: new) }
        return [
            ("as it must be", good), ("another label", with("sig=", "sig1=")), ("a component more", with("\"@path\"", "\"@path\" \"@query\"")),
            ("a component less", with(" \"content-digest\"", "")),
            ("components in another order", with("\"@method\" \"@path\"", "\"@path\" \"@method\"")),
            ("a space behind the semicolon", with(";nonce", "; nonce")), ("another algorithm", with("hmac-sha256", "hmac-sha512")),
            ("no algorithm", with(";alg=\"hmac-sha256\"", "")), ("another key id", with("\"token\"", "\"key\"")),
            ("a leading zero", with("=1760000000", "=01760000000")),
            ("created signed", with("=1760000000", "=-1760000000")), ("a short nonce", with("oKGio6SlpqeoqaqrrK2urw", "oKGio6SlpqeoqaqrrK2u")),
            ("a padded nonce", with("oKGio6SlpqeoqaqrrK2urw", "oKGio6SlpqeoqaqrrK2urw==")), ("two signatures", good + ", " + good), ("empty", ""),
        ].map { name, value in
            var made = SignatureInputCase(name: name, value: value, accepted: false)
            made.accepted = made.isAccepted
            return made
        }
    }
}

@Suite("Vectors: enrolment and requests")
struct EnrolmentVectorTests {
    @Test("enrolment statements", arguments: try VectorFile.load(StatementCase.self))
    func statement(_ vector: StatementCase) throws {
        #expect(StatementCase.refusal(vector.bytes.bytes) == vector.refused)
        guard vector.refused == nil else { return }
        let statement = try EnrolmentStatement(decoding: vector.bytes.bytes)
        #expect(TenantID(bytes: statement.tenant)?.description == vector.tenant && DeviceID(bytes: statement.device)?.description == vector.device)
        #expect(RecordID(bytes: statement.user)?.description == vector.user && statement.replica == vector.replica)
        #expect(statement.publicKey == vector.publicKey?.bytes && statement.issuedAt == vector.issuedAt)
        #expect(statement.encoded == vector.bytes.bytes)
        #expect(Signatures.isValid(vector.signature?.bytes ?? [], of: vector.bytes.bytes, algorithm: .p256, publicKey: vector.tenantKey?.bytes ?? []))
    }

    @Test("proofs", arguments: try VectorFile.load(ProofCase.self))
    func proof(_ vector: ProofCase) throws {
        #expect(try vector.computed() == vector.message.bytes)
        #expect(Signatures.isValid(vector.signature.bytes, of: vector.message.bytes, algorithm: .p256, publicKey: vector.signingKey.bytes))
    }

    @Test("request signatures", arguments: try VectorFile.load(RequestSignatureCase.self))
    func request(_ vector: RequestSignatureCase) throws {
        #expect(vector.digest.headerValue == vector.contentDigest)
        #expect(vector.made.base(target: vector.target, digest: vector.digest) == vector.base)
        let read = try RequestSignature(inputHeaderValue: vector.signatureInput, target: vector.target)
        #expect(read == vector.made)
        try read.verify(headerValue: vector.signature, target: vector.target, digest: vector.digest, key: vector.macKey.bytes)
    }

    @Test("spellings of Signature-Input", arguments: try VectorFile.load(SignatureInputCase.self))
    func input(_ vector: SignatureInputCase) { #expect(vector.isAccepted == vector.accepted) }

    @Test("the files are as this code makes them")
    func made() throws {
        #expect(try StatementCase.make() == VectorFile.load(StatementCase.self))
        #expect(try ProofCase.make() == VectorFile.load(ProofCase.self))
        #expect(try RequestSignatureCase.make() == VectorFile.load(RequestSignatureCase.self))
        #expect(try SignatureInputCase.make() == VectorFile.load(SignatureInputCase.self))
    }
}
