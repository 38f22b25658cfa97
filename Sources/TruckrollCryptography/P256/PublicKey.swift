#if !canImport(CryptoKit)
extension P256.Signing {
    /// Whose signatures one can check.
    public struct PublicKey: Sendable {
        let key: CurveKey

        init(key: CurveKey) { self.key = key }

        /// Reads 0x04 ‖ x ‖ y.
        ///
        /// - Throws: ``CryptoKitError`` for another form, another length, and a point that does not lie on the curve.
        public init(x963Representation: some Collection<UInt8>) throws {
            key = try x963Representation.withBytes { try CurveKey(point: $0) }
        }

        /// 0x04 ‖ x ‖ y, 65 bytes.
        public var x963Representation: [UInt8] { key.point }

        /// Whether this key made `signature` over the SHA-256 of `data`.
        public func isValidSignature(_ signature: ECDSASignature, for data: some Collection<UInt8>) -> Bool {
            key.isValid(signature.rawRepresentation, of: SHA256.hash(data: data))
        }
    }
}
#endif
