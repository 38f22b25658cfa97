#if !canImport(CryptoKit)
/// The code of a message, compared in constant time.
public struct HashedAuthenticationCode<H>: Hashable, Sendable, Sequence {
    @usableFromInline let digest: SHA256Digest

    init(digest: SHA256Digest) { self.digest = digest }

    var bytes: [UInt8] { digest.bytes }

    @inlinable
    public func makeIterator() -> Array<UInt8>.Iterator { digest.makeIterator() }

    @inlinable
    public var underestimatedCount: Int { digest.underestimatedCount }
}
#endif
