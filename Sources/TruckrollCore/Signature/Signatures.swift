import Crypto
import Foundation

/// Checking and making the project's signatures.
public enum Signatures {
    /// Whether `signature` is one of `publicKey` over `message`. Never traps: a malformed key or signature is simply not valid.
    ///
    /// P-256 signatures with a high s are refused, so that nobody but the signer can make a second valid one.
    public static func isValid(_ signature: [UInt8], of message: [UInt8], algorithm: SignatureAlgorithm, publicKey: [UInt8]) -> Bool {
        guard signature.count == 64 else { return false }
        switch algorithm {
        case .p256:
            guard LowS.holds(signature), publicKey.count == 65, publicKey[0] == 4,
                let key = try? P256.Signing.PublicKey(x963Representation: publicKey),
                let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(parsed, for: Data(message))
        case .ed25519:
            guard publicKey.count == 32, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
            return key.isValidSignature(Data(signature), for: Data(message))
        }
    }
}

/// A P-256 key pair of a device or a tenant.
public struct SigningKey: Sendable {
    private let key: P256.Signing.PrivateKey

    /// A new key from the system's random source.
    public init() { key = P256.Signing.PrivateKey() }

    /// Reads the 32 bytes of ``rawRepresentation``; `nil` when they are no key.
    public init?(rawRepresentation: [UInt8]) {
        guard let key = try? P256.Signing.PrivateKey(rawRepresentation: rawRepresentation) else { return nil }
        self.key = key
    }

    public var rawRepresentation: [UInt8] { Array(key.rawRepresentation) }
    /// The uncompressed point, 65 bytes.
    public var publicKey: [UInt8] { Array(key.publicKey.x963Representation) }

    /// Raw r and s, 64 bytes, with s in the lower half.
    public func signature(over message: [UInt8]) throws -> [UInt8] {
        LowS.normalised(Array(try key.signature(for: Data(message)).rawRepresentation))
    }
}

/// ECDSA signatures (r, s) and (r, n − s) are both valid; the project takes only the smaller s.
enum LowS {
    private static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]
    private static let half: [UInt8] = [
        0x7F, 0xFF, 0xFF, 0xFF, 0x80, 0x00, 0x00, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xDE, 0x73, 0x7D, 0x56, 0xD3, 0x8B, 0xCF, 0x42, 0x79, 0xDC, 0xE5, 0x61, 0x7E, 0x31, 0x92, 0xA8,
    ]

    static func holds(_ signature: [UInt8]) -> Bool {
        !half.lexicographicallyPrecedes(signature.suffix(32))
    }

    static func normalised(_ signature: [UInt8]) -> [UInt8] {
        guard signature.count == 64, !holds(signature) else { return signature }
        var result = signature
        var borrow = 0
        for index in stride(from: 31, through: 0, by: -1) {
            let difference = Int(order[index]) - Int(signature[32 + index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[32 + index] = UInt8(truncatingIfNeeded: difference + (borrow == 1 ? 256 : 0))
        }
        return result
    }
}

/// Message authentication under a key the server alone holds.
public enum MessageAuthentication {
    /// HMAC-SHA-256, 32 bytes.
    public static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }

    /// Compares in constant time.
    public static func isValid(_ code: [UInt8], for message: [UInt8], key: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: SymmetricKey(data: key))
    }
}
