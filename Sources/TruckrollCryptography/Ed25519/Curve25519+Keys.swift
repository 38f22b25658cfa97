#if !canImport(CryptoKit)
extension Curve25519.Signing {
    /// Whose signatures one can check.
    public struct PublicKey: Sendable {
        /// 32 bytes.
        public let rawRepresentation: [UInt8]

        /// - Throws: ``CryptoKitError/incorrectKeySize`` unless there are 32 bytes. Whether they are a point shows when they are used.
        public init(rawRepresentation: some Collection<UInt8>) throws {
            guard rawRepresentation.count == Curve25519.keyByteCount else { throw CryptoKitError.incorrectKeySize }
            self.rawRepresentation = Array(rawRepresentation)
        }

        /// Whether this key made `signature` over `data`.
        public func isValidSignature(_ signature: some Collection<UInt8>, for data: some Collection<UInt8>) -> Bool {
            rawRepresentation.withBytes { bytes in
                guard let key = try? EdwardsKey(publicKey: bytes) else { return false }
                return signature.withBytes { signature in data.withBytes { key.isValid(signature, of: $0) } }
            }
        }
    }

    /// Makes signatures; the same each time.
    public struct PrivateKey: Sendable {
        private let secret: SecretBytes
        public let publicKey: PublicKey

        /// Reads the 32 bytes that RFC 8032 calls the private key.
        ///
        /// - Throws: ``CryptoKitError/incorrectKeySize`` for another length.
        public init(rawRepresentation: some Collection<UInt8>) throws {
            secret = rawRepresentation.withBytes { SecretBytes(copying: $0) }
            let key = try EdwardsKey(privateKey: secret.bytes)
            publicKey = try PublicKey(rawRepresentation: key.publicKey())
        }

        /// 32 bytes.
        public var rawRepresentation: [UInt8] { withExtendedLifetime(secret) { Array(secret.bytes) } }

        public func signature(for data: some Collection<UInt8>) throws -> [UInt8] {
            try withExtendedLifetime(secret) {
                let key = try EdwardsKey(privateKey: secret.bytes)
                return try data.withBytes { try key.signature(of: $0) }
            }
        }
    }
}
#endif
