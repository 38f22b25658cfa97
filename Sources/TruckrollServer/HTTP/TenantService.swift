import TruckrollCore
import TruckrollProtocol

/// One tenant's engine as the HTTP edge sees it.
///
/// The calls block until their transaction is durable and may come from several threads at once. They throw
/// ``ServiceProblem``; anything else is answered as a fault of the server and logged.
public protocol TenantService: Sendable {
    /// The tenant it serves.
    var tenant: TenantID { get }
    /// Poked by the engine after each commit; the open streams listen to it.
    var heads: HeadBroadcaster { get }
    /// The folder that holds the tenant's attachments, each in a file named by its SHA-256.
    var attachmentsFolder: String { get }
    /// The folder that holds the segments of its snapshots, likewise.
    var snapshotsFolder: String { get }
    /// The schema it knows.
    var schemaVersion: UInt32 { get }
    /// What it shares with the other processes that serve the tenant; `nil` where there are none.
    var sharing: (any SharedSessions)? { get }

    /// Takes a device on against a one-time code.
    func enrol(_ request: PBEnrolRequest) throws -> PBEnrolment
    /// The key whose signature lets a device sign in. Throws when the device is unknown or revoked. Changes nothing, as the
    /// caller has proved nothing yet.
    func signingKey(
        of device: DeviceID, replica: ReplicaID, enrolment: PBEnrolment?
    ) throws -> (algorithm: SignatureAlgorithm, publicKey: [UInt8])
    /// Signs a device in that has proved itself; what it shows may register it again. Throws when it is unknown or revoked.
    func signIn(_ device: ProvenDevice) throws
    /// Throws when the replica's device is revoked. Asked on every request and every two seconds of a stream.
    func checkActive(_ replica: ReplicaID) throws
    /// Admits change sets and answers with what is new.
    func sync(_ request: PBSyncRequest, replica: ReplicaID) throws -> PBSyncReply
    /// The digests of the replica's view.
    func audit(_ request: PBAuditRequest, replica: ReplicaID) throws -> PBAuditReply
    /// The content of scopes whose digest differed.
    func repair(_ request: PBRepairRequest, replica: ReplicaID) throws -> PBRepairReply
    /// What can be promised of a part, place by place, of the places in the replica's view.
    func availability(_ request: PBAvailabilityRequest, replica: ReplicaID) throws -> PBAvailabilityReply
    /// How all devices stand, for the office.
    func devices(for replica: ReplicaID) throws -> PBDevicesReply
    /// Admits sets that another device brought along.
    func carry(_ request: PBCarryRequest) throws -> PBCarryReply
    /// Gives a device whose number was found forked a new one. The request proves itself by the old key's signature.
    func newReplica(_ request: PBReplicaRequest) throws -> PBEnrolment
    /// The head, and whether the replica's view moved after `position`.
    func head(for replica: ReplicaID, after position: UInt64) throws -> (epoch: UInt64, position: UInt64, moved: Bool)

    /// Whether an admitted record names this attachment and the replica may bring it.
    func attachmentWanted(_ sha256: [UInt8], replica: ReplicaID) throws -> Bool
    /// Notes that the attachment lies durably in its file. May be called again for the same one.
    func attachmentStored(_ sha256: [UInt8], size: Int, replica: ReplicaID) throws
    /// Whether the replica's view holds a record that names this attachment.
    func attachmentReadable(_ sha256: [UInt8], replica: ReplicaID) throws -> Bool

    /// Whether the replica's view holds a scope that has a snapshot with the segment.
    func segmentReadable(_ sha256: [UInt8], replica: ReplicaID) throws -> Bool

    /// Does what the operator asked, and answers with JSON text.
    func admin(_ command: AdminCommand) throws -> String
}

extension TenantService {
    public var sharing: (any SharedSessions)? { nil }
}

/// A device that has proved to hold its key, with what it says of itself.
public struct ProvenDevice: Sendable {
    public let device: DeviceID
    public let replica: ReplicaID
    /// The enrolment it shows; only what the tenant key signed of it can be believed.
    public let enrolment: PBEnrolment?
    /// The newest protocol it speaks.
    public let protocolVersion: UInt32
    /// The schema it knows; 0 when it says nothing.
    public let schemaVersion: UInt32
}
