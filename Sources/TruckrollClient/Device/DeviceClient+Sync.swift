import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What one sync did.
public struct SyncReport: Sendable {
    /// Own sets the server answered.
    public var answered = 0
    /// Of those, set aside or quarantined: they wait for a person.
    public var needAttention = 0
    public var recordsChanged = 0
    public var recordsGone = 0
    public var attachmentsSent = 0
    public var position = Position.start
    /// Scopes that had to be repaired.
    public var repaired = 0
    /// Own sets given back to a server that was restored.
    public var givenBack = 0
    /// Set when the device got a new replica number because a copy of it was found.
    public var newReplica: ReplicaID?

    public init() {}
}

/// What a full comparison with the server found.
public struct AuditReport: Sendable {
    public let scopes: Int
    public let records: UInt64
    public let position: Position
    /// Scopes that differed; repaired when the audit was asked to.
    public let differing: [Scope]
}

extension DeviceClient {
    /// Sends what is in the outbox, brings in what changed, and uploads attachments, until nothing is left to do.
    ///
    /// - Throws: ``TransportProblem`` when there is no way to the server; then nothing is lost and nothing is half applied.
    @discardableResult
    public func sync() async throws -> SyncReport {
        let report = try await syncOnce()
        guard report.newReplica != nil else { return report }
        // The work goes on under the new number, with a sign-in of its own.
        var whole = try await syncOnce()
        whole.newReplica = report.newReplica
        return whole
    }

    private func syncOnce() async throws -> SyncReport {
        try await withTransport { transport, _ in
            var report = SyncReport()
            var needsAudit = false
            for _ in 0..<1000 {
                let request = try engine.nextRequest()
                let sentAt = environment.now()
                let reply = try await transport.sync(request)
                switch try engine.apply(reply, sentAt: sentAt, receivedAt: environment.now()) {
                case .applied(let summary, let more):
                    report.add(summary)
                    if more, summary.answered > 0 { continue }
                    if more {
                        throw DeviceProblem(
                            reply.hasPushProblem ? reply.pushProblem.code : "push-stuck",
                            reply.hasPushProblem ? reply.pushProblem.text : "The server answered none of the sets sent.",
                            next: "Nothing is lost. Sync again; if it stays, export the outbox and call the office.")
                    }
                    if try read({ try $0.state().isRecovering }) || needsAudit {
                        report.repaired += try await auditAndRepair(transport).differing.count
                        needsAudit = false
                        continue
                    }
                    report.attachmentsSent += try await sendAttachments(transport)
                    return report
                case .mismatch:
                    report.repaired += try await auditAndRepair(transport).differing.count
                case .historyChanged(let requeued):
                    report.givenBack += requeued
                    needsAudit = true
                case .forked(let lastCommon):
                    report.newReplica = try await takeNewReplica(lastCommon: lastCommon, transport)
                    return report
                }
            }
            throw DeviceProblem("sync-endless", "The sync did not come to an end.", next: "Try again; if it stays, run an audit.")
        }
    }

    /// Compares every scope with the server's digests, after a sync has brought both to one position.
    ///
    /// - Parameter repairing: whether to fetch again what differs.
    public func audit(repairing: Bool) async throws -> AuditReport {
        try await sync()
        return try await withTransport { transport, _ in
            repairing ? try await auditAndRepair(transport) : try await compare(transport).report
        }
    }

    private func compare(_ transport: any SyncTransport) async throws -> (report: AuditReport, reply: PBAuditReply) {
        var request = PBAuditRequest()
        if let checkpoint = try read({ try $0.state().checkpoint }) { request.checkpoint = PBCheckpoint(checkpoint) }
        let reply = try await transport.audit(request)
        let damaged = try engine.localDamage()
        let differing = Set(try engine.differences(reply)).union(damaged).sorted()
        let report = AuditReport(
            scopes: reply.scopes.count, records: reply.scopes.reduce(0) { $0 &+ $1.count }, position: Position(rawValue: reply.checkpoint.position),
            differing: differing)
        return (report, reply)
    }

    @discardableResult
    private func auditAndRepair(_ transport: any SyncTransport) async throws -> AuditReport {
        let (report, reply) = try await compare(transport)
        var request = PBRepairRequest()
        request.scopes = report.differing.map(\.name)
        let content = report.differing.isEmpty ? PBRepairReply() : try await transport.repair(request)
        try engine.repair(content, scopes: report.differing, audit: reply)
        return report
    }

    private func takeNewReplica(lastCommon: UInt64, _ transport: any SyncTransport) async throws -> ReplicaID {
        guard var identity = try read({ try $0.identity() }), let oldKey = SigningKey(rawRepresentation: identity.privateKey) else {
            throw DeviceProblem("not-enrolled", "This device is not enrolled.", next: "Enrol it with a code from the office.")
        }
        let newKey = SigningKey()
        var request = PBReplicaRequest()
        request.device = data(identity.device.bytes)
        request.oldReplica = identity.replica.rawValue
        request.lastCommon = lastCommon
        request.newPublicKey = data(newKey.publicKey)
        request.algorithm = UInt32(SignatureAlgorithm.p256.rawValue)
        request.signature = data(
            try oldKey.signature(over: ReplicaProof.message(device: identity.device, oldReplica: identity.replica, newKey: newKey.publicKey)))
        let enrolment = try await transport.newReplica(request)
        identity.replica = ReplicaID(rawValue: enrolment.replica)
        identity.privateKey = newKey.rawRepresentation
        identity.series = enrolment.series
        identity.enrolment = try Wire.encode(enrolment)
        try engine.renumber(as: identity, lastCommon: lastCommon)
        try await carryFormer(identity.replica, transport)
        return identity.replica
    }

    /// Sets of a former number that both copies share may still wait for their answer; they prove themselves by their signature.
    private func carryFormer(_ replica: ReplicaID, _ transport: any SyncTransport) async throws {
        var request = PBCarryRequest()
        request.sets = try read { try $0.outbox() }.filter { $0.set.writeID.replica != replica }.prefix(Limits.setsInPush).map { PBSignedSet($0.set) }
        guard !request.sets.isEmpty else { return }
        try engine.accept(try await transport.carry(request).receipts)
    }

    /// What the server does not want now is offered again at the next sync, and holds up nothing behind it.
    private func sendAttachments(_ transport: any SyncTransport) async throws -> Int {
        var sent = 0
        for var attachment in try read({ try $0.attachments(stored: false) }) {
            guard FileManager.default.fileExists(atPath: attachments.url(attachment.sha256).path) else { continue }
            do {
                try await transport.putAttachment(sha256: attachment.sha256, content: .file(path: attachments.url(attachment.sha256).path))
            } catch TransportProblem.problem { continue }
            attachment.isStored = true
            let stored = attachment
            try engine.store.write { try $0.save(stored) }
            sent += 1
        }
        return sent
    }
}

extension SyncReport {
    mutating func add(_ summary: DeviceEngine.SyncSummary) {
        answered += summary.answered
        needAttention += summary.setAside
        recordsChanged += summary.recordsChanged
        recordsGone += summary.recordsGone
        position = summary.position
    }
}
