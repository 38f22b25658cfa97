import TruckrollProtocol

/// What a sign-in gave, with the server's clock as seen then.
public struct Session: Hashable, Sendable {
    /// Opaque; goes into every request.
    public let token: String
    /// The key of the request signatures.
    public let macKey: [UInt8]
    /// Unix milliseconds by the server's clock.
    public let expiresAt: UInt64
    /// What to add to the device's clock to get the server's, in milliseconds.
    public let clockOffset: Int64
    /// What the server said of its versions.
    public let versions: SpokenVersions

    /// The server's time when the device's clock shows `local`.
    public func serverTime(at local: UInt64) -> UInt64 {
        let (sum, overflow) = Int64(clamping: local).addingReportingOverflow(clockOffset)
        return overflow || sum < 0 ? 0 : UInt64(sum)
    }

    /// Whether the token will still hold for a few seconds.
    public func isValid(at local: UInt64) -> Bool {
        let (soon, overflow) = serverTime(at: local).addingReportingOverflow(5000)
        return !overflow && soon < expiresAt
    }
}
