import TruckrollCore
import TruckrollProtocol
import TruckrollSync

/// Real signatures, or a keyed hash in their place where a run is about something else.
struct SimulatedSecurity: Sendable {
    let isReal: Bool
    let tenantKey: SigningKey

    init(isReal: Bool) {
        self.isReal = isReal
        tenantKey = Self.key(seed: 0xACCE)
    }

    /// A P-256 key that follows from a number.
    static func key(seed: UInt64) -> SigningKey {
        var random = SeededGenerator(seed: seed)
        while true {
            var bytes: [UInt8] = []
            for _ in 0..<4 { bytes.append(bigEndian: random.next()) }
            if let key = SigningKey(rawRepresentation: bytes) { return key }
        }
    }

    var server: ServerSecurity {
        let key = tenantKey
        guard !isReal else {
            return ServerSecurity(receiptKey: Array("receipts".utf8), tenantKey: key.publicKey, sign: { try key.signature(over: $0) })
        }
        let publicKey = key.publicKey
        return ServerSecurity(
            receiptKey: Array("receipts".utf8), tenantKey: publicKey, sign: { Self.keyedHash($0, publicKey) },
            isValid: { signature, message, _, publicKey in signature == Self.keyedHash(message, publicKey) })
    }

    /// Signs as a device does.
    func sign(_ message: [UInt8], privateKey: [UInt8], publicKey: [UInt8]) throws -> [UInt8] {
        guard isReal else { return Self.keyedHash(message, publicKey) }
        guard let key = SigningKey(rawRepresentation: privateKey) else { throw Violation("key", "a device's key cannot be read") }
        return try key.signature(over: message)
    }

    private static func keyedHash(_ message: [UInt8], _ key: [UInt8]) -> [UInt8] {
        let hash = ContentDigest.sha256(key + message)
        return hash + hash
    }
}
