#if !canImport(CryptoKit)
/// The curve P-256 of FIPS 186-5.
public enum P256 {
    /// ECDSA with SHA-256 over the message.
    public enum Signing {}

    /// Bytes of a coordinate and of a scalar.
    static let coordinateByteCount = 32
    /// Bytes of a point that is not compressed.
    static let pointByteCount = 65
    /// Bytes of r ‖ s.
    static let signatureByteCount = 64
}

extension P256.Signing {
    /// r ‖ s, 32 bytes each, big-endian; whether they are in range shows when they are verified.
    public struct ECDSASignature: Hashable, Sendable {
        /// 64 bytes.
        public let rawRepresentation: [UInt8]

        /// - Throws: ``CryptoKitError/incorrectParameterSize`` unless there are 64 bytes.
        public init(rawRepresentation: some Collection<UInt8>) throws {
            guard rawRepresentation.count == P256.signatureByteCount else { throw CryptoKitError.incorrectParameterSize }
            self.rawRepresentation = Array(rawRepresentation)
        }
    }
}
#endif
