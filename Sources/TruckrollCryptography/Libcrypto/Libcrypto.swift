#if !canImport(CryptoKit)
internal import COpenSSL

/// The library as a whole.
enum Libcrypto {
    /// Whether the library can be used; asked before anything but hashes, which need no preparation.
    ///
    /// It is not taken down at the end of the process, when other threads may still sign. And no configuration file is read: what
    /// a signature is must not depend on the machine.
    static let isReady = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG), nil) == 1

    /// What libcrypto last complained of on this thread; its list is emptied.
    static func problem() -> CryptoKitError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return .underlyingCoreCryptoError(error: Int32(truncatingIfNeeded: code))
    }

    /// Compares in a time that depends on the number of bytes alone.
    static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let leftBytes = left.baseAddress, let rightBytes = right.baseAddress else { return true }
        return CRYPTO_memcmp(leftBytes, rightBytes, left.count) == 0
    }
}
#endif
