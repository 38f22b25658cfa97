#if !canImport(CryptoKit)
/// Why bytes are no key or no signature, or why libcrypto did not do its work.
public enum CryptoKitError: Error, Hashable, Sendable {
    /// A key has another number of bytes than its kind has. Ask who sent it for the key again.
    case incorrectKeySize
    /// A signature or a point has another number of bytes, or another first byte, than its form has. Refuse what it came with.
    case incorrectParameterSize
    /// libcrypto refused: a point off the curve, a scalar out of its range, no memory or no random numbers. What was given is no
    /// key; when it was made here, the system is short of something. `error` is the code that `openssl errstr` explains, or 0.
    case underlyingCoreCryptoError(error: Int32)
}
#endif
