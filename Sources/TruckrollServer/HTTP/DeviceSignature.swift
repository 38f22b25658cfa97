import Crypto
import TruckrollCore
import TruckrollDomain

/// Checks what a device signed with its own key.
enum DeviceSignature {
    /// Whether `publicKey` made `signature` over `message`. P-256 signatures with the upper s are refused.
    static func isValid(
        _ signature: [UInt8], over message: [UInt8], algorithm: SignatureAlgorithm, publicKey: [UInt8]
    ) -> Bool {
        switch algorithm {
        case .p256:
            guard publicKey.count == 65, let key = try? P256.Signing.PublicKey(x963Representation: publicKey) else { return false }
            return (try? LowS.verify(signature, over: message, by: key)) != nil
        case .ed25519:
            guard signature.count == 64, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
            return key.isValidSignature(signature, for: message)
        }
    }
}
