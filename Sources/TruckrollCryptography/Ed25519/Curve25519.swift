#if !canImport(CryptoKit)
/// The curve of RFC 7748.
public enum Curve25519 {
    /// Ed25519 after RFC 8032.
    public enum Signing {}

    /// Bytes of a key, private or public.
    static let keyByteCount = 32
    /// Bytes of a signature.
    static let signatureByteCount = 64
}
#endif
