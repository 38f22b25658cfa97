/// What the processes that serve one tenant have in common, so that a device that signed in at one of them is known at all.
public protocol SharedSessions: Sendable {
    /// 32 bytes that only these processes know.
    var key: [UInt8] { get }
    /// Notes that the nonce of a sign-in was used.
    ///
    /// - Returns: whether it was used for the first time, at whichever process.
    func spend(_ nonce: [UInt8]) throws -> Bool
}
