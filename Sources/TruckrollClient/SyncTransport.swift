import TruckrollCore
import TruckrollProtocol

/// The way to the server. Every call throws ``TransportProblem`` or `CancellationError`, and may be made again after any of them.
///
/// ``challenge(_:)`` and ``signIn(_:)`` are the bare exchanges; the calls that need a session sign in by themselves.
public protocol SyncTransport: Sendable {
    /// Takes this device on against a one-time code.
    func enrol(_ request: PBEnrolRequest) async throws -> PBEnrolment
    /// Asks for a nonce to sign.
    func challenge(_ request: PBChallengeRequest) async throws -> PBChallenge
    /// Shows the signed nonce and gets a token.
    func signIn(_ request: PBSignInRequest) async throws -> PBSignIn
    /// Makes sure that the server is there and knows this device, before anything is handed over. What throws here has sent nothing.
    func open() async throws
    /// Sends change sets and gets what is new.
    func sync(_ request: PBSyncRequest) async throws -> PBSyncReply
    /// Asks for the digests of the view.
    func audit(_ request: PBAuditRequest) async throws -> PBAuditReply
    /// Asks for the content of scopes whose digest differed.
    func repair(_ request: PBRepairRequest) async throws -> PBRepairReply
    /// Asks what can be promised of a part, by the server's head.
    func availability(_ request: PBAvailabilityRequest) async throws -> PBAvailabilityReply
    /// Asks how all devices stand; for the office.
    func devices(_ request: PBDevicesRequest) async throws -> PBDevicesReply
    /// Hands in sets that another device made.
    func carry(_ request: PBCarryRequest) async throws -> PBCarryReply
    /// Asks for a new number after a fork. The request carries its own proof.
    func newReplica(_ request: PBReplicaRequest) async throws -> PBEnrolment
    /// Sends an attachment, a large one in parts, from where an earlier attempt stopped. Sending one that the server has already
    /// is no error.
    ///
    /// - Parameter onProgress: is told how many bytes are at the server, from zero or where it goes on to all of them.
    func putAttachment(sha256: [UInt8], content: AttachmentContent, onProgress: (@Sendable (_ sent: Int) -> Void)?) async throws
    /// Whether the server has the attachment and lets this device read it.
    func hasAttachment(sha256: [UInt8]) async throws -> Bool
    /// The bytes of an attachment, checked against their hash.
    func getAttachment(sha256: [UInt8]) async throws -> [UInt8]
    /// Brings an attachment into a file, from where an earlier attempt stopped. The file has its name only once its bytes have
    /// their hash; until then they lie beside it, in `path` with `.fetch` behind.
    func fetchAttachment(sha256: [UInt8], into path: String) async throws
    /// The bytes of a segment of a snapshot, unchecked. What arrives lies in `path` until all of it is there; an attempt that
    /// broke off is gone on with from there.
    ///
    /// - Throws: ``TransportProblem/problem(_:)`` `snapshot-gone` when the server does not keep it any more.
    func fetchSegment(sha256: [UInt8], through path: String) async throws -> [UInt8]
    /// What the server said of its versions at the last sign-in; `nil` before the first.
    func versions() async -> SpokenVersions?
    /// Wake-ups, until the server or the caller ends the stream. Losing it loses nothing: sync is asked for anyway, only later.
    func stream(after position: Position) -> AsyncThrowingStream<HeadEvent, any Error>
}

extension SyncTransport {
    /// ``putAttachment(sha256:content:onProgress:)`` without telling how far it is.
    public func putAttachment(sha256: [UInt8], content: AttachmentContent) async throws {
        try await putAttachment(sha256: sha256, content: content, onProgress: nil)
    }
}

/// Where an attachment's bytes are.
public enum AttachmentContent: Hashable, Sendable {
    case bytes([UInt8])
    /// A file of at most ``Limits/attachmentBytes``, read piece by piece.
    case file(path: String)
}

/// The view of this device moved.
public struct HeadEvent: Hashable, Sendable {
    public let epoch: Epoch
    public let position: Position

    public init(epoch: Epoch, position: Position) {
        self.epoch = epoch
        self.position = position
    }
}
