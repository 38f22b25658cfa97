import Foundation
import TruckrollCryptography

/// Checking and making the project's signatures.
public enum Signatures {
    /// Whether `signature` is one of `publicKey` over `message`. Never traps: a malformed key or signature is simply not valid.
    ///
    /// P-256 signatures with a high s are refused, so that nobody but the signer can make a second valid one.
    public static func isValid(_ signature: [UInt8], of message: [UInt8], algorithm: SignatureAlgorithm, publicKey: [UInt8]) -> Bool {
        guard signature.count == 64 else { return false }
        switch algorithm {
        case .p256:
            guard publicKey.count == 65, publicKey[0] == 4, let key = try? P256.Signing.PublicKey(x963Representation: publicKey) else { return false }
            return (try? LowS.verify(signature, over: message, by: key)) != nil
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
        try LowS.sign(message, with: key)
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
