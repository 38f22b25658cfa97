import Foundation
import Synchronization
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

extension Tenant: TenantService {
    public var tenant: TenantID { home.tenant }
    public var attachmentsFolder: String { home.attachments }
    public var snapshotsFolder: String { home.snapshots }
    public var schemaVersion: UInt32 { engine.schema.version }
    public var sharing: (any SharedSessions)? { store.sharing.map { AnsweringSessions(tenant: self, sessions: $0) } }

    public func enrol(_ request: PBEnrolRequest) throws -> PBEnrolment {
        try converting {
            let moment = try moment()
            let row = try engine.enrol(request, at: moment)
            moved()
            return try engine.enrolment(of: row, at: moment)
        }
    }

    public func signingKey(
        of device: DeviceID, replica: ReplicaID, enrolment: PBEnrolment?
    ) throws -> (algorithm: SignatureAlgorithm, publicKey: [UInt8]) {
        try converting {
            try engine.signingKey(of: device, replica: replica, enrolment: enrolment, revoked: Set(try home.revokedDevices()))
        }
    }

    public func signIn(_ proven: ProvenDevice) throws {
        try converting {
            _ = try engine.signIn(
                device: proven.device, replica: proven.replica, enrolment: proven.enrolment, revoked: Set(try home.revokedDevices()),
                at: try moment())
        }
        deviceVersions.withLock {
            $0[proven.replica] = DeviceVersions(protocolVersion: proven.protocolVersion, schemaVersion: proven.schemaVersion)
        }
    }

    private var unknownDevice: ServiceProblem {
        ServiceProblem(status: 401, code: "device-unknown", detail: "This device is not enrolled here.", next: "Enrol it again; its outbox stays.")
    }

    private var revokedDevice: ServiceProblem {
        ServiceProblem(
            status: 403, code: "device-revoked", detail: "This device was shut out.",
            next: "Nothing on it is lost. Export the outbox and hand it to the office.")
    }

    public func checkActive(_ replica: ReplicaID) throws {
        try converting {
            guard let row = try engine.replica(replica) else { throw unknownDevice }
            guard row.revokedAt == nil else { throw revokedDevice }
        }
    }

    public func sync(_ request: PBSyncRequest, replica: ReplicaID) throws -> PBSyncReply {
        try converting {
            let reply = try engine.sync(request, replica: replica, at: try moment())
            if !reply.receipts.isEmpty { moved() }
            return reply
        }
    }

    public func availability(_ request: PBAvailabilityRequest, replica: ReplicaID) throws -> PBAvailabilityReply {
        try converting { try engine.availability(request, replica: replica, at: try moment()) }
    }

    public func devices(for replica: ReplicaID) throws -> PBDevicesReply {
        try converting { try engine.devices(for: replica, at: try moment()) }
    }

    public func audit(_ request: PBAuditRequest, replica: ReplicaID) throws -> PBAuditReply {
        try converting { try engine.audit(request, replica: replica) }
    }

    public func repair(_ request: PBRepairRequest, replica: ReplicaID) throws -> PBRepairReply {
        try converting { try engine.repair(request, replica: replica) }
    }

    public func carry(_ request: PBCarryRequest) throws -> PBCarryReply {
        try converting {
            let reply = try engine.carry(request, revoked: Set(try home.revokedDevices()), at: try moment())
            if !reply.receipts.isEmpty { moved() }
            return reply
        }
    }

    public func newReplica(_ request: PBReplicaRequest) throws -> PBEnrolment {
        try converting { try engine.newReplica(request, at: try moment()) }
    }

    public func head(for replica: ReplicaID, after position: UInt64) throws -> (epoch: UInt64, position: UInt64, moved: Bool) {
        try converting {
            let head = try engine.head(for: replica, after: Position(rawValue: position))
            return (head.epoch.rawValue, head.head.rawValue, head.moved)
        }
    }

    public func attachmentWanted(_ sha256: [UInt8], replica: ReplicaID) throws -> Bool {
        try converting { try engine.isAttachmentWanted(sha256, from: replica) }
    }

    public func attachmentStored(_ sha256: [UInt8], size: Int, replica: ReplicaID) throws {
        try converting {
            try engine.attachmentStored(sha256, by: replica, at: try moment())
            moved()
        }
    }

    public func attachmentReadable(_ sha256: [UInt8], replica: ReplicaID) throws -> Bool {
        try converting { try engine.isAttachmentVisible(sha256, to: replica, stored: true) }
    }

    public func segmentReadable(_ sha256: [UInt8], replica: ReplicaID) throws -> Bool {
        try converting { try engine.isSegmentReadable(sha256, by: replica) }
    }

    public func admin(_ command: AdminCommand) throws -> String {
        try converting {
            switch command {
            case .enrolmentCode(let user):
                let made = try makeEnrolmentCode(user: user)
                return try json(["code": made.code, "user": made.user.text("name") ?? "", "number": made.user.text("number") ?? ""])
            case .revoke(let device, let evenIfUnknown):
                guard let id = DeviceID(device) else {
                    throw EngineProblem("malformed", "“\(device)” is no device id.", next: "See `truckroll-server devices`.")
                }
                guard try evenIfUnknown || engine.isKnown(id) else {
                    throw ServiceProblem(
                        status: 404, code: "device-unknown", detail: "No device \(device) is enrolled here; nobody was shut out.",
                        next:
                            "See `truckroll-server devices`. After a restore the database may not know it yet: then repeat with --even-if-unknown.")
                }
                try revoke(id)
                return try json(["revoked": device])
            case .release(let set):
                guard let id = WriteID(set) else {
                    throw EngineProblem("set-unknown", "“\(set)” is no set.", next: "Use REPLICA/SEQUENCE, as `truckroll-server attention` lists it.")
                }
                let receipt = try engine.release(id, at: try moment())
                moved()
                let shutOut = receipt.remarks.first { $0.code == "device-revoked" }?.text
                return try json(
                    ["set": set, "outcome": receipt.outcome.name, "position": "\(receipt.position)"].merging(
                        shutOut.map { ["note": $0] } ?? [:]
                    ) { first, _ in first })
            case .settle:
                let isEnded = try engine.settle(at: try moment())
                if isEnded { moved() }
                return try json(["settled": isEnded])
            case .status: return try json(try TenantReport(engine).status())
            case .devices: return try json(try TenantReport(engine).devices(versions: deviceVersions.withLock { $0 }))
            case .attention: return try json(try TenantReport(engine).attention())
            case .check: return try json(try TenantReport(engine).check())
            }
        }
    }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// Failures of the store are told as those of any request.
private struct AnsweringSessions: SharedSessions {
    let tenant: Tenant
    let sessions: any SharedSessions
    var key: [UInt8] { sessions.key }

    /// Where nobody knows whether it was noted, a repetition finds it used: the device asks for another one then.
    func spend(_ nonce: [UInt8]) throws -> Bool { try tenant.converting { try sessions.spend(nonce) } }
}
