import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// A visit of a device to the server, message by message, with what the network does to them.
extension Simulation {
    /// The connection broke, or the server said why it does not serve.
    private struct VisitEnded: Error {
        var problem: EngineProblem?
    }

    /// - Parameter end: the visit breaks off when the device shows the classes up to this one and no other.
    func visit(
        _ device: SimulatedDevice, _ purpose: SyncConversation.Purpose, _ disturbance: Disturbance?, breaksOffAt end: ScopeClass? = nil
    ) throws {
        met.visits += 1
        guard try signIn(device) else { return met.visitsCutShort += 1 }
        if try !device.store.read({ try $0.state().filling.isEmpty }) { met.fillingsResumed += 1 }
        // What the disk may have changed proves nothing.
        let leases = try device.isDiskAtFault ? [] : PromiseCheck.leases(of: device, at: milliseconds)
        let pins = try PinCheck(device)
        // What a lost history had put here is compared, and may differ.
        var isHistoryChanged = try device.store.read { try $0.state().isRecovering }
        do {
            let ended: Void? = try device.run {
                var conversation = device.conversation(purpose)
                var number = 0
                var isFetching = false
                while let request = try conversation.next() {
                    let isSegment = if case .segment = request { true } else { false }
                    if isFetching, !isSegment { self.met.snapshotsTaken += 1 }
                    let sentAt = self.milliseconds + device.clockError
                    let replica = try device.identity().replica
                    let disturbance = disturbance.flatMap { $0.message == number ? $0 : nil }
                    let reply = try self.carry(request, replica, device, disturbance)
                    self.milliseconds += 50
                    if case .sync(let message) = reply, message.hasHistoryChanged { isHistoryChanged = true }
                    let checked = try PullCheck(self, device, replica).check(reply)
                    let shown = try SessionCheck(device).shown(answeredBy: reply, self.newerSchema)
                    try conversation.receive(reply, sentAt: sentAt, receivedAt: self.milliseconds + device.clockError)
                    if case .segment(nil) = reply { self.met.snapshotsGone += 1 }
                    isFetching = if case .segment(.some) = reply { true } else { false }
                    if checked { try SessionCheck(device).monotonic() }
                    try SessionCheck(device).stillShows(shown)
                    if checked, !device.isDiskAtFault, try ClosureCheck(self, device, replica).check() { met.viewsShownInPart += 1 }
                    if let end, try device.store.read({ try $0.state().visible }) == end { throw VisitEnded() }
                    number += 1
                }
                if let audit = conversation.audit {
                    if !isHistoryChanged, !device.isDiskAtFault, !device.isViewUncompared, let differing = audit.differing.first {
                        throw Violation("C9", "\(device.name) came to have another \(differing) than the server")
                    }
                    // A forged set lies in the outbox without ever having been shown.
                    let isForger = try self.ledger.forgers.contains(device.identity().device)
                    if !device.isDiskAtFault, !isForger, !audit.derived.isEmpty {
                        throw Violation("C5", "\(device.name) showed other than it holds: \(audit.derived)")
                    }
                    device.isViewUncompared = false
                }
                try self.note(conversation.report, device)
            }
            if ended == nil {
                met.deviceEnds += 1
            } else if let epoch = try device.store.read({ try $0.state() }).checkpoint?.epoch {
                for lease in leases { ledger.leases[lease] = epoch }
            }
        } catch let end as VisitEnded {
            met.visitsCutShort += 1
            if let problem = end.problem, !["device-revoked", "device-unknown", "replica-unknown"].contains(problem.code) {
                throw Violation("refusal", "\(device.name): \(problem)")
            }
        } catch let problem as DeviceProblem {
            throw Violation("stuck", "\(device.name): \(problem.code): \(problem)")
        }
        try pins.check()
        try deliverLate()
    }

    /// A device proves itself before each visit; one enrolled after the server's backup shows its enrolment.
    private func signIn(_ device: SimulatedDevice) throws -> Bool {
        let identity = try device.identity()
        let enrolment = try Wire.decode(PBEnrolment.self, identity.enrolment)
        do {
            try server.answer { engine in
                _ = try engine.signIn(
                    device: identity.device, replica: identity.replica, enrolment: enrolment, revoked: self.server.revoked, at: self.moment)
            }
            return true
        } catch is ProcessEnded {
            met.serverEnds += 1
            try server.start(at: moment)
            return false
        } catch let problem as EngineProblem where ["device-revoked", "device-unknown"].contains(problem.code) {
            guard device.isRevoked else { throw Violation("C2", "\(device.name) is not let in: \(problem)") }
            return false
        }
    }

    private func carry(
        _ request: SyncConversation.Request, _ replica: ReplicaID, _ device: SimulatedDevice, _ disturbance: Disturbance?
    ) throws -> SyncConversation.Reply {
        if case .sync(let message) = request, !message.leases.isEmpty {
            met.leasesShown += 1
            ledger.shownLeases.formUnion(message.leases.compactMap { RecordID(bytes: $0.lease) })
        }
        if case .segment(let name) = request { return try fetch(name, replica, device, disturbance) }
        let call = try ServerCall(request, replica)
        switch disturbance?.kind {
        case .requestLost: throw VisitEnded()
        case .requestCut:
            // A body shorter than announced never reaches the engine; its decoder must stand it all the same.
            _ = try? call.cut(to: disturbance?.cut ?? 0)
            throw VisitEnded()
        case .late:
            late.append { [unowned self] in _ = try? self.serve(call) }
            throw VisitEnded()
        case .doubled: _ = try serve(call)
        case .replyLost, .replyCut, nil: break
        }
        let bytes = try serve(call)
        switch disturbance?.kind {
        case .replyLost: throw VisitEnded()
        case .replyCut:
            let end = bytes.count * (disturbance?.cut ?? 0) / 1000
            _ = try? call.reply(Array(bytes.prefix(end)))
            throw VisitEnded()
        default: return try call.reply(bytes)
        }
    }

    private func serve(_ call: ServerCall) throws -> [UInt8] {
        do { return try server.answer { try call.serve($0, revoked: self.server.revoked, at: self.moment) } } catch is ProcessEnded {
            met.serverEnds += 1
            try server.start(at: moment)
            throw VisitEnded()
        } catch let problem as EngineProblem { throw VisitEnded(problem: problem) }
    }

    /// A segment goes on at the byte where an earlier attempt broke off. What arrived before that may have been damaged.
    private func fetch(
        _ name: SegmentName, _ replica: ReplicaID, _ device: SimulatedDevice, _ disturbance: Disturbance?
    ) throws -> SyncConversation.Reply {
        if let kind = disturbance?.kind, [.requestLost, .requestCut, .late].contains(kind) { throw VisitEnded() }
        let held = device.arrived.flatMap { $0.sha256 == name.sha256 ? $0.bytes : nil } ?? []
        if !held.isEmpty { met.segmentsResumed += 1 }
        device.arrived = nil
        let rest: [UInt8]
        do { rest = try server.answer { try $0.segment(name.sha256, from: held.count, replica: replica) } } catch let problem as EngineProblem {
            guard problem == .snapshotGone else { throw VisitEnded(problem: problem) }
            return .segment(nil)
        }
        guard let disturbance, [.replyLost, .replyCut].contains(disturbance.kind) else { return .segment(held + rest) }
        var kept = held + rest.prefix(rest.count * disturbance.cut / 1000)
        if disturbance.cut % 4 == 0, let last = kept.indices.last { kept[last] ^= 1 }
        device.arrived = (name.sha256, kept)
        throw VisitEnded()
    }

    private func deliverLate() throws {
        guard !late.isEmpty, random.once(in: 2) else { return }
        let arrived = late
        late = []
        for request in arrived { try request() }
    }

    /// Whether the device keeps a record that has left its view, because a set it has not seen answered names it.
    private func hasPinned(_ device: SimulatedDevice) throws -> Bool {
        try device.store.read { transaction in
            guard try !transaction.outbox().isEmpty else { return false }
            return try transaction.confirmedKeys(after: nil, limit: .max).contains { try transaction.confirmed($0)?.scopes.isEmpty ?? false }
        }
    }

    private func note(_ report: SyncReport, _ device: SimulatedDevice) throws {
        met.setsAnswered += report.answered
        met.repairs += report.repaired
        if report.newReplica != nil {
            met.forksFound += 1
            device.isViewUncompared = true
            device.wasRenumbered = true
        }
        if try hasPinned(device) { met.dropsWithPinnedRecords += 1 }
        if report.givenBack > 0 { met.restoresWithDevicesAhead += 1 }
    }
}

/// A request as bytes on their way to the server.
struct ServerCall {
    private let request: SyncConversation.Request
    private let bytes: [UInt8]
    private let replica: ReplicaID

    init(_ request: SyncConversation.Request, _ replica: ReplicaID) throws {
        self.request = request
        self.replica = replica
        switch request {
        case .sync(let message): bytes = try message.wire(.protobuf)
        case .audit(let message): bytes = try message.wire(.protobuf)
        case .repair(let message): bytes = try message.wire(.protobuf)
        case .newReplica(let message): bytes = try message.wire(.protobuf)
        case .carry(let message): bytes = try message.wire(.protobuf)
        case .segment(let name): bytes = name.sha256
        }
    }

    func serve(_ engine: ServerEngine, revoked: Set<DeviceID>, at moment: ServerMoment) throws -> [UInt8] {
        switch request {
        case .sync: try engine.sync(PBSyncRequest(wire: bytes, form: .protobuf), replica: replica, at: moment).wire(.protobuf)
        case .audit: try engine.audit(PBAuditRequest(wire: bytes, form: .protobuf), replica: replica).wire(.protobuf)
        case .repair: try engine.repair(PBRepairRequest(wire: bytes, form: .protobuf), replica: replica).wire(.protobuf)
        case .newReplica: try engine.newReplica(PBReplicaRequest(wire: bytes, form: .protobuf), at: moment).wire(.protobuf)
        case .carry: try engine.carry(PBCarryRequest(wire: bytes, form: .protobuf), revoked: revoked, at: moment).wire(.protobuf)
        case .segment: try engine.segment(bytes, from: 0, replica: replica)
        }
    }

    func reply(_ bytes: [UInt8]) throws -> SyncConversation.Reply {
        switch request {
        case .sync: .sync(try PBSyncReply(wire: bytes, form: .protobuf))
        case .audit: .audit(try PBAuditReply(wire: bytes, form: .protobuf))
        case .repair: .repair(try PBRepairReply(wire: bytes, form: .protobuf))
        case .newReplica: .newReplica(try PBEnrolment(wire: bytes, form: .protobuf))
        case .carry: .carry(try PBCarryReply(wire: bytes, form: .protobuf))
        case .segment: .segment(bytes)
        }
    }

    /// Reads what arrives when the connection breaks after so many thousandths of the bytes.
    func cut(to thousandths: Int) throws {
        let part = Array(bytes.prefix(bytes.count * thousandths / 1000))
        switch request {
        case .sync: _ = try PBSyncRequest(wire: part, form: .protobuf)
        case .audit: _ = try PBAuditRequest(wire: part, form: .protobuf)
        case .repair: _ = try PBRepairRequest(wire: part, form: .protobuf)
        case .newReplica: _ = try PBReplicaRequest(wire: part, form: .protobuf)
        case .carry: _ = try PBCarryRequest(wire: part, form: .protobuf)
        case .segment: break
        }
    }
}
