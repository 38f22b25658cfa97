#if !canImport(CryptoKit)
/// The 32 bytes of a SHA-256, compared in constant time.
public struct SHA256Digest: Hashable, Sendable, Sequence, CustomStringConvertible {
    public static let byteCount = SHA256.byteCount

    @usableFromInline let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    @inlinable
    public func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }

    @inlinable
    public var underestimatedCount: Int { bytes.count }

    @inlinable
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }

    public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        left.bytes.withUnsafeBytes { left in right.bytes.withUnsafeBytes { Libcrypto.areEqual(left, $0) } }
    }

    public func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }

    public var description: String {
        "SHA256 digest: " + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
#endif
