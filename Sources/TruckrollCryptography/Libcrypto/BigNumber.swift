#if !canImport(CryptoKit)
internal import COpenSSL

/// A number of libcrypto's, overwritten when it is given back.
struct BigNumber: ~Copyable {
    let pointer: OpaquePointer

    /// Reads a big-endian number.
    init(_ bytes: UnsafeRawBufferPointer) throws(CryptoKitError) {
        let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        guard let pointer = BN_bin2bn(start, Int32(bytes.count), nil) else { throw Libcrypto.problem() }
        self.pointer = pointer
    }

    deinit { BN_clear_free(pointer) }

    /// Hands the number to a structure that frees it.
    consuming func handedOver() -> OpaquePointer {
        let pointer = pointer
        discard self
        return pointer
    }
}
#endif
