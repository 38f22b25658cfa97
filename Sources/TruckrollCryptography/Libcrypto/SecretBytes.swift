#if !canImport(CryptoKit)
internal import COpenSSL

/// Bytes of a secret, overwritten when they are given back.
///
/// `@unchecked Sendable`: they are written by the initializer alone.
final class SecretBytes: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer

    init(copying bytes: UnsafeRawBufferPointer) {
        memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        memory.copyMemory(from: bytes)
    }

    deinit {
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
    }

    /// Only as long as the owner lives.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }
}
#endif
