import TruckrollProtocol

/// How large the next part of an upload is: what goes in about half a minute, so that little is lost when a slow line breaks.
struct UploadPartSize {
    /// Bytes.
    private(set) var bytes = 128 << 10
    private static let least = 16 << 10

    /// Notes how long a part took, in milliseconds.
    mutating func note(milliseconds: UInt64) {
        if milliseconds < 5000 {
            bytes = min(Limits.attachmentPartBytes, bytes * 2)
        } else if milliseconds > 60_000 {
            bytes = max(Self.least, bytes / 2)
        }
    }
}
