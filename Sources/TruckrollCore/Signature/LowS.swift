import Foundation
import TruckrollCryptography

/// Why a signature was not accepted. The signer is faulty or somebody changed it: refuse what it signs.
public enum SignatureProblem: Error, Hashable, Sendable {
    /// Not the 64 bytes r ‖ s.
    case wrongLength(Int)
    /// s is in the upper half of its range, where each signature has a second form that verifies as well.
    case highS
    /// It was not made by this key over these bytes.
    case doesNotVerify
}

/// P-256 signatures as r ‖ s of 32 bytes each with s in the lower half of its range.
///
/// For every valid (r, s) also (r, n − s) verifies. Only one of the two is accepted, so a signature cannot be
/// changed by somebody without the key, and equal documents have equal bytes.
public enum LowS {
    /// Bytes of a signature.
    public static let signatureLength = 64

    /// The order n of the group.
    private static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]

    /// Half of n, rounded down: the greatest s accepted.
    private static let half: [UInt8] = [
        0x7F, 0xFF, 0xFF, 0xFF, 0x80, 0x00, 0x00, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xDE, 0x73, 0x7D, 0x56, 0xD3, 0x8B, 0xCF, 0x42, 0x79, 0xDC, 0xE5, 0x61, 0x7E, 0x31, 0x92, 0xA8,
    ]

    /// Signs the SHA-256 of `message`.
    public static func sign(_ message: [UInt8], with key: P256.Signing.PrivateKey) throws -> [UInt8] {
        try normalized(Array(key.signature(for: message).rawRepresentation))
    }

    /// The form of `signature` with the lower s; call it on what the crypto library returns.
    public static func normalized(_ signature: [UInt8]) throws(SignatureProblem) -> [UInt8] {
        guard signature.count == signatureLength else { throw .wrongLength(signature.count) }
        guard half.lexicographicallyPrecedes(signature[32...]) else { return signature }
        var (result, borrow) = (signature, 0)
        for index in (0..<32).reversed() {
            let difference = Int(order[index]) - Int(signature[32 + index]) - borrow
            borrow = difference < 0 ? 1 : 0
            // An s above n wraps around here; it verifies neither before nor after.
            result[32 + index] = UInt8(truncatingIfNeeded: difference)
        }
        return result
    }

    /// Refuses `signature` unless `key` made it over the SHA-256 of `message`, with the lower s.
    public static func verify(
        _ signature: [UInt8], over message: [UInt8], by key: P256.Signing.PublicKey
    ) throws(SignatureProblem) {
        guard signature.count == signatureLength else { throw .wrongLength(signature.count) }
        guard !half.lexicographicallyPrecedes(signature[32...]) else { throw .highS }
        guard let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature),
            key.isValidSignature(parsed, for: message)
        else { throw .doesNotVerify }
    }
}
