import TruckrollProtocol

/// The bounds of the HTTP edge that are no part of the protocol, each with its reason.
enum HTTPLimits {
    /// How long an attachment's body may take: the largest one at 75 kB a second.
    static let attachmentTime: Duration = .seconds(900)
    /// Bytes of a small body: enrolment, sign-in, operator's commands.
    static let smallBodyBytes = 64 << 10
    /// Bytes of each body that count against no budget: what a device sends on an ordinary day.
    static let freeBodyBytes = 4 << 10
    /// Seconds a sign-in nonce is valid.
    static let challengeSeconds: UInt64 = 60
    /// Sign-in nonces spent within their life. Each cost a device a valid signature.
    static let spentChallenges = 100_000
    /// Tokens alive at once, over all tenants: about 300 bytes each.
    static let tokens = 100_000
    /// Tokens alive at once for one replica; the oldest goes.
    static let tokensOfReplica = 8
    /// Nonces one session may use within the window: 400 requests a second.
    static let noncesOfSession = 50_000
    /// A header list beyond this is no client of ours.
    static let headerBytes = 16 << 10
    static let headerFields = 64
    /// Seconds an idle connection stays open.
    static let idleSeconds: Int64 = 60
    /// Seconds a connection whose body was refused may go on sending.
    static let lingerSeconds: Int64 = 5
    /// Bytes read from or written to a file at a time.
    static let fileChunkBytes = 64 << 10
    /// Milliseconds after which an attachment's bytes are compared with their hash again before they are sent: a day.
    static let verifiedMilliseconds: UInt64 = 86_400_000
    /// Attachments whose comparison is remembered: about 200 bytes each.
    static let verifiedFiles = 20_000
    /// Characters an operator's token needs at least.
    static let adminTokenCharacters = 32
    /// How long a graceful end may take.
    static let shutdownTime: Duration = .seconds(10)
    /// How long of that open requests are waited for; the rest is for what comes after them.
    static let drainTime: Duration = .seconds(8)
}
