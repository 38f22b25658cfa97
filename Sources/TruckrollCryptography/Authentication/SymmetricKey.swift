#if !canImport(CryptoKit)
/// A key that both sides hold; its bytes are overwritten when nobody holds it any more.
public struct SymmetricKey: Sendable {
    private let secret: SecretBytes

    /// Any number of bytes is a key.
    public init(data: some Collection<UInt8>) { secret = data.withBytes { SecretBytes(copying: $0) } }

    public var bitCount: Int { secret.bytes.count * 8 }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(secret) { try body(secret.bytes) }
    }
}
#endif
