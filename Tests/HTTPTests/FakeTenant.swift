import Foundation
import Synchronization
import TruckrollCore
import TruckrollCryptography
import TruckrollDomain
import TruckrollProtocol
import TruckrollServer

/// A tenant with one enrolled device, whose engine does what the test says.
final class FakeTenant: TenantService {
    struct State {
        var revoked = false
        var position: UInt64 = 0
        var syncs: [PBSyncRequest] = []
        var wanted: Set<[UInt8]> = []
        var readable: Set<[UInt8]> = []
        var segments: Set<[UInt8]> = []
        var stored: [[UInt8]: Int] = [:]
        var commands: [AdminCommand] = []
        var signedIn: [ReplicaID] = []
        var fault: (any Error)?
    }

    let tenant: TenantID
    let heads = HeadBroadcaster()
    let attachmentsFolder: String
    var snapshotsFolder: String { attachmentsFolder + "/snapshots" }
    let device = DeviceID(high: 7, low: 7)
    let replica = ReplicaID(rawValue: 5)
    let deviceKey = P256.Signing.PrivateKey()
    let state = Mutex(State())

    init(tenant: TenantID = TenantID(high: 1, low: 1)) {
        self.tenant = tenant
        attachmentsFolder = NSTemporaryDirectory() + "truckroll-http-\(UInt64.random(in: 0...UInt64.max))"
    }

    deinit { try? FileManager.default.removeItem(atPath: attachmentsFolder) }

    func revoke() {
        state.withLock { $0.revoked = true }
        heads.moved()
    }

    func commit() {
        state.withLock { $0.position += 1 }
        heads.moved()
    }

    let schemaVersion: UInt32 = 1

    func enrol(_ request: PBEnrolRequest) throws -> PBEnrolment {
        guard request.code == "let-me-in" else {
            throw ServiceProblem(status: 403, code: "code-refused", detail: "The code does not hold.", next: "Ask for a new one.")
        }
        return enrolment
    }

    func signingKey(
        of device: DeviceID, replica: ReplicaID, enrolment: PBEnrolment?
    ) throws -> (algorithm: SignatureAlgorithm, publicKey: [UInt8]) {
        guard device == self.device, replica == self.replica else {
            throw ServiceProblem(status: 403, code: "device-unknown", detail: "No such device.", next: "Enrol.")
        }
        return (.p256, Array(deviceKey.publicKey.x963Representation))
    }

    func signIn(_ proven: ProvenDevice) throws {
        try checkActive(proven.replica)
        state.withLock { $0.signedIn.append(proven.replica) }
    }

    func checkActive(_ replica: ReplicaID) throws {
        if state.withLock({ $0.revoked }) {
            throw ServiceProblem(status: 403, code: "device-revoked", detail: "The device was revoked.", next: "Ask the office.")
        }
    }

    func sync(_ request: PBSyncRequest, replica: ReplicaID) throws -> PBSyncReply {
        try state.withLock { state in
            if let fault = state.fault { throw fault }
            state.syncs.append(request)
            var reply = PBSyncReply()
            reply.durablePosition = UInt64(replica.rawValue)
            return reply
        }
    }

    func availability(_ request: PBAvailabilityRequest, replica: ReplicaID) throws -> PBAvailabilityReply {
        var reply = PBAvailabilityReply()
        reply.day = request.day
        return reply
    }

    func devices(for replica: ReplicaID) throws -> PBDevicesReply {
        var reply = PBDevicesReply()
        reply.position = UInt64(replica.rawValue)
        return reply
    }

    func audit(_ request: PBAuditRequest, replica: ReplicaID) throws -> PBAuditReply {
        var reply = PBAuditReply()
        reply.checkpoint = request.checkpoint
        return reply
    }

    func repair(_ request: PBRepairRequest, replica: ReplicaID) throws -> PBRepairReply {
        var reply = PBRepairReply()
        reply.commit.dropped = request.scopes
        return reply
    }

    func carry(_ request: PBCarryRequest) throws -> PBCarryReply {
        var reply = PBCarryReply()
        reply.pushProblem.expected = UInt64(request.sets.count)
        return reply
    }

    func newReplica(_ request: PBReplicaRequest) throws -> PBEnrolment { enrolment }

    func head(for replica: ReplicaID, after position: UInt64) throws -> (epoch: UInt64, position: UInt64, moved: Bool) {
        let head = state.withLock { $0.position }
        return (0xAB, head, head > position)
    }

    func attachmentWanted(_ sha256: [UInt8], replica: ReplicaID) throws -> Bool { state.withLock { $0.wanted.contains(sha256) } }
    func attachmentStored(_ sha256: [UInt8], size: Int, replica: ReplicaID) throws { state.withLock { $0.stored[sha256] = size } }
    func attachmentReadable(_ sha256: [UInt8], replica: ReplicaID) throws -> Bool { state.withLock { $0.readable.contains(sha256) } }

    func segmentReadable(_ sha256: [UInt8], replica: ReplicaID) throws -> Bool { state.withLock { $0.segments.contains(sha256) } }

    func admin(_ command: AdminCommand) throws -> String {
        state.withLock { $0.commands.append(command) }
        return "{\"done\":true}"
    }

    private var enrolment: PBEnrolment {
        var enrolment = PBEnrolment()
        enrolment.tenant = data(tenant.bytes)
        enrolment.replica = replica.rawValue
        return enrolment
    }
}

struct FakeDirectory: TenantDirectory {
    let tenants: [FakeTenant]

    func service(of tenant: TenantID) -> (any TenantService)? { tenants.first { $0.tenant == tenant } }
    var defaultTenant: (any TenantService)? { tenants.count == 1 ? tenants.first : nil }
}
