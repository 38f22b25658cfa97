#if !canImport(CryptoKit)
extension P256.Signing {
    /// Makes signatures.
    public struct PrivateKey: Sendable {
        private let key: CurveKey

        /// A new key from libcrypto's random numbers, which the system seeds. Without random numbers there is no key and no
        /// going on: the process ends.
        public init() {
            do {
                key = try CurveKey.generated()
            } catch {
                fatalError("no key can be made: the system gives no random numbers or no memory (\(error))")
            }
        }

        /// Reads 32 bytes, big-endian.
        ///
        /// - Throws: ``CryptoKitError`` for another length and for a scalar outside 1 ... n - 1.
        public init(rawRepresentation: some Collection<UInt8>) throws {
            key = try rawRepresentation.withBytes { try CurveKey(scalar: $0) }
        }

        /// 32 bytes, big-endian.
        public var rawRepresentation: [UInt8] { key.scalar }

        /// It shares this key's owner and reads the point alone.
        public var publicKey: PublicKey { PublicKey(key: key) }

        /// Signs the SHA-256 of `data`; each time another signature.
        ///
        /// - Throws: ``CryptoKitError/underlyingCoreCryptoError(error:)`` when the system is short of random numbers or memory.
        public func signature(for data: some Collection<UInt8>) throws -> ECDSASignature {
            try ECDSASignature(rawRepresentation: key.signature(of: SHA256.hash(data: data)))
        }
    }
}
#endif
