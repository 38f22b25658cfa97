#if !canImport(CryptoKit)
extension Collection<UInt8> {
    /// Shows the bytes in one piece; only what does not lie in one piece is copied.
    @inlinable
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        if let result = try withContiguousStorageIfAvailable({ try body(UnsafeRawBufferPointer($0)) }) { return result }
        return try Array(self).withUnsafeBytes(body)
    }
}
#endif
