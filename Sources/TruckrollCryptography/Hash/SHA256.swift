#if !canImport(CryptoKit)
internal import COpenSSL

/// SHA-256 after FIPS 180-4, all at once or piece by piece. A copy goes on for itself.
public struct SHA256: Sendable {
    /// Bytes of a hash.
    public static let byteCount = 32
    /// Bytes it takes in at a time.
    public static let blockByteCount = 64

    // On the stack: neither an allocation nor a look-up a hash. With 32 bytes asked for none of the three calls can fail.
    private var context = SHA256_CTX()

    public init() { SHA256_Init(&context) }

    /// The hash of all of `data`.
    @inlinable
    public static func hash(data: some Collection<UInt8>) -> SHA256Digest {
        var hash = SHA256()
        hash.update(data: data)
        return hash.finalize()
    }

    @inlinable
    public mutating func update(data: some Collection<UInt8>) { data.withBytes { update(bufferPointer: $0) } }

    public mutating func update(bufferPointer: UnsafeRawBufferPointer) {
        SHA256_Update(&context, bufferPointer.baseAddress, bufferPointer.count)
    }

    /// The hash of what came so far; more may follow.
    public func finalize() -> SHA256Digest {
        SHA256Digest(
            bytes: [UInt8](unsafeUninitializedCapacity: Self.byteCount) { bytes, count in
                finish(into: bytes.baseAddress)
                count = Self.byteCount
            })
    }

    /// - Parameter bytes: room for 32.
    func finish(into bytes: UnsafeMutablePointer<UInt8>?) {
        var rest = self
        defer { rest.wipe() }
        SHA256_Final(bytes, &rest.context)
    }

    /// Overwrites what is known of a secret that went in.
    mutating func wipe() { withUnsafeMutableBytes(of: &context) { OPENSSL_cleanse($0.baseAddress, $0.count) } }
}
#endif
