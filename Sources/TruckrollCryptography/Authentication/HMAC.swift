#if !canImport(CryptoKit)
internal import COpenSSL

/// Message authentication after RFC 2104, with SHA-256 as the hash.
public enum HMAC<H> {}

extension HMAC where H == SHA256 {
    public typealias MAC = HashedAuthenticationCode<SHA256>

    /// The code of `data` under `key`, 32 bytes.
    public static func authenticationCode(for data: some Collection<UInt8>, using key: SymmetricKey) -> MAC {
        data.withBytes { message in key.withUnsafeBytes { code(of: message, key: $0) } }
    }

    /// Whether `code` is that of `data` under `key`. How long it takes does not tell where they differ.
    public static func isValidAuthenticationCode(
        _ code: some Collection<UInt8>, authenticating data: some Collection<UInt8>, using key: SymmetricKey
    ) -> Bool {
        let expected = authenticationCode(for: data, using: key)
        return expected.bytes.withUnsafeBytes { expected in code.withBytes { Libcrypto.areEqual(expected, $0) } }
    }

    private static func code(of message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> MAC {
        // A key longer than a block stands for its hash; a shorter one is filled up with zeros.
        guard key.count <= SHA256.blockByteCount else {
            var hash = SHA256()
            defer { hash.wipe() }
            hash.update(bufferPointer: key)
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SHA256.byteCount) { short in
                defer { OPENSSL_cleanse(short.baseAddress, short.count) }
                hash.finish(into: short.baseAddress)
                return code(of: message, key: UnsafeRawBufferPointer(short))
            }
        }
        return withUnsafeTemporaryAllocation(byteCount: SHA256.blockByteCount, alignment: 1) { pad in
            defer { OPENSSL_cleanse(pad.baseAddress, pad.count) }
            pad.initializeMemory(as: UInt8.self, repeating: 0)
            pad.copyMemory(from: key)
            var (inner, outer) = (SHA256(), SHA256())
            // Either is enough to make codes.
            defer {
                inner.wipe()
                outer.wipe()
            }
            for index in pad.indices { pad[index] ^= 0x36 }
            inner.update(bufferPointer: UnsafeRawBufferPointer(pad))
            inner.update(bufferPointer: message)
            for index in pad.indices { pad[index] ^= 0x36 ^ 0x5C }
            outer.update(bufferPointer: UnsafeRawBufferPointer(pad))
            inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
            return MAC(digest: outer.finalize())
        }
    }
}
#endif
