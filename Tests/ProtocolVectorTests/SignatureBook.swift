import Synchronization
import Testing
import TruckrollCore

/// A key pair whose private half is published: worth nothing but for vectors.
struct FixedKey: Hashable, Sendable {
    let name: String
    let privateKey: [UInt8]

    static let tenant = FixedKey(name: "tenant", first: 0x01)
    static let device = FixedKey(name: "device", first: 0x21)
    static let second = FixedKey(name: "second", first: 0x41)
    static let third = FixedKey(name: "third", first: 0x61)
    static let all = [tenant, device, second, third]

    private init(name: String, first: UInt8) {
        self.name = name
        privateKey = (0..<32).map { first + $0 }
    }

    func key() throws -> SigningKey { try #require(SigningKey(rawRepresentation: privateKey)) }
    func publicKey() throws -> [UInt8] { try key().publicKey }
}

/// A signature of a vector. ECDSA takes a random number, so signatures are made once and kept.
struct SignatureCase: VectorCase {
    static let file = "signatures"
    var name: String
    var key: String
    var privateKey: Hex
    var publicKey: Hex
    var message: Hex
    var signature: Hex

    static func make() throws -> [SignatureCase] { SignatureBook.shared.cases }
}

/// The signatures kept in `signatures.json`; makes those that are missing when vectors are written.
final class SignatureBook: Sendable {
    static let shared = SignatureBook()
    private let kept: Mutex<[SignatureCase]>

    private init() { kept = Mutex((try? VectorFile.read(SignatureCase.file)) ?? []) }

    var cases: [SignatureCase] { kept.withLock { $0 } }

    func signature(of message: [UInt8], by key: FixedKey) throws -> [UInt8] {
        try kept.withLock { cases in
            if let known = cases.first(where: { $0.key == key.name && $0.message.bytes == message }) { return known.signature.bytes }
            guard VectorFile.isWriting else { throw MissingSignature(key: key.name, message: message.hexadecimal) }
            let signature = try key.key().signature(over: message)
            cases.append(
                SignatureCase(
                    name: "\(key.name) over \(ContentDigest.sha256(message).prefix(6).map { $0 }.hexadecimal)", key: key.name,
                    privateKey: Hex(key.privateKey), publicKey: Hex(try key.publicKey()), message: Hex(message), signature: Hex(signature)))
            cases.sort { $0.name < $1.name }
            try VectorFile.write(cases, to: SignatureCase.file)
            return signature
        }
    }
}

/// A vector's signature is not in `signatures.json`: write the vectors anew.
struct MissingSignature: Error {
    let key: String
    let message: String
}
