#if !canImport(CryptoKit)
internal import COpenSSL

/// An Ed25519 key in libcrypto's form, for one use.
struct EdwardsKey: ~Copyable {
    private let key: OpaquePointer

    init(publicKey bytes: UnsafeRawBufferPointer) throws(CryptoKitError) { try self.init(bytes, EVP_PKEY_new_raw_public_key) }

    init(privateKey bytes: UnsafeRawBufferPointer) throws(CryptoKitError) { try self.init(bytes, EVP_PKEY_new_raw_private_key) }

    private init(
        _ bytes: UnsafeRawBufferPointer, _ read: (Int32, OpaquePointer?, UnsafePointer<UInt8>?, Int) -> OpaquePointer?
    ) throws(CryptoKitError) {
        guard bytes.count == Curve25519.keyByteCount else { throw .incorrectKeySize }
        guard Libcrypto.isReady, let key = read(NID_ED25519, nil, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count) else {
            throw Libcrypto.problem()
        }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// The public half.
    func publicKey() throws(CryptoKitError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Curve25519.keyByteCount)
        var count = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == bytes.count else { throw Libcrypto.problem() }
        return bytes
    }

    func signature(of message: UnsafeRawBufferPointer) throws(CryptoKitError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw Libcrypto.problem() }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: Curve25519.signatureByteCount)
        var count = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &count, message.assumingMemoryBound(to: UInt8.self).baseAddress, message.count) == 1,
            count == signature.count
        else { throw Libcrypto.problem() }
        return signature
    }

    func isValid(_ signature: UnsafeRawBufferPointer, of message: UnsafeRawBufferPointer) -> Bool {
        guard signature.count == Curve25519.signatureByteCount, let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        let (start, text) = (signature.assumingMemoryBound(to: UInt8.self), message.assumingMemoryBound(to: UInt8.self))
        if EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1,
            EVP_DigestVerify(context, start.baseAddress, start.count, text.baseAddress, text.count) == 1
        {
            return true
        }
        ERR_clear_error()
        return false
    }
}
#endif
