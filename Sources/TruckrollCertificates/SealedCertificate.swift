import TruckrollCore
import TruckrollDomain

/// Why parts do not make a sealed certificate. They come from a faulty peer or a damaged store: fetch them again.
public enum SealProblem: Error, Hashable, Sendable {
    /// The bytes are not a certificate's content.
    case content(ContentProblem)
    /// A device id has 16 bytes.
    case deviceMalformed
    /// A signature has 64 bytes.
    case signatureMalformed
}

extension SealProblem: CustomStringConvertible {
    /// For a person: what is wrong, as the rest of a sentence.
    public var description: String {
        switch self {
        case .content(let problem): problem.description
        case .deviceMalformed: "it names no device"
        case .signatureMalformed: "its signature is none"
        }
    }
}

/// A frozen content with the signature of the device that froze it.
public struct SealedCertificate: Sendable {
    /// Canonical bytes of the content: what is hashed and signed.
    public let contentBytes: [UInt8]
    /// The content they spell.
    public let content: CertificateContent
    /// SHA-256 of ``contentBytes``.
    public let contentHash: ContentHash
    /// The device that signed, 16 bytes.
    public let device: [UInt8]
    /// r ‖ s over ``CertificateSignature``'s message, or `nil` before signing.
    public let signature: [UInt8]?

    /// The number with the check characters of this content, such as `ACME-2026-D07-000123-K7QX`.
    public var printedNumber: String { content.number.printed(for: contentHash) }

    /// Takes a certificate as recorded. Whether the signature verifies is for ``CertificateVerifier`` to say.
    public init(contentBytes: [UInt8], device: [UInt8], signature: [UInt8]?) throws(SealProblem) {
        do { content = try CertificateContent(canonicalBytes: contentBytes) } catch { throw .content(error) }
        guard device.count == 16 else { throw .deviceMalformed }
        guard signature.map({ $0.count == LowS.signatureLength }) ?? true else { throw .signatureMalformed }
        self.contentBytes = contentBytes
        contentHash = ContentHash(of: contentBytes)
        self.device = device
        self.signature = signature
    }

    /// Seals `content` for `device`.
    ///
    /// - Parameter sign: signs the SHA-256 of a message with the device's key, as r ‖ s with the lower s.
    public init(
        sealing content: CertificateContent, device: [UInt8], sign: (_ message: [UInt8]) throws -> [UInt8]
    ) throws {
        let bytes = content.canonicalBytes
        let signature = try sign(CertificateSignature.message(for: bytes))
        try self.init(contentBytes: bytes, device: device, signature: signature)
    }
}
