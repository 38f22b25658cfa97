import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Why a request as a whole cannot be served. Nothing was changed.
public struct EngineProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable; listed in Protocol/11-errors.md.
    public let code: String
    public let detail: String
    /// What the reader does next.
    public let next: String
    /// Seconds to wait before asking again, where that is what helps.
    public let retryAfterSeconds: Int?

    public init(_ code: String, _ detail: String, next: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.detail = detail
        self.next = next
        self.retryAfterSeconds = retryAfterSeconds
    }

    public var description: String { "\(code): \(detail) \(next)" }
}

/// The sync server of one tenant as plain functions over a store: no network, no clock, no randomness of its own.
public struct ServerEngine: Sendable {
    public let schema: Schema
    public let store: any ServerStore
    public let security: ServerSecurity
    let numbers: any ReplicaNumbers
    /// How much comes at a time of a view that is being filled.
    let partSize: PartSize
    /// How snapshots of shared scopes are kept; `nil` when none are.
    let snapshots: SnapshotKeeping?
    /// How devices stood when they asked last, as far as that is not in the store yet.
    let reports: DeviceReports

    public init(
        schema: Schema, store: any ServerStore, security: ServerSecurity, partSize: PartSize = PartSize(), snapshots: SnapshotKeeping? = nil,
        numbers: any ReplicaNumbers = UnkeptReplicaNumbers()
    ) {
        self.init(schema, store, security, partSize, snapshots, numbers, DeviceReports())
    }

    private init(
        _ schema: Schema, _ store: any ServerStore, _ security: ServerSecurity, _ partSize: PartSize, _ snapshots: SnapshotKeeping?,
        _ numbers: any ReplicaNumbers, _ reports: DeviceReports
    ) {
        self.schema = schema
        self.store = store
        self.security = security
        self.numbers = numbers
        self.partSize = partSize
        self.snapshots = snapshots
        self.reports = reports
    }

    /// The same engine over another store of the tenant.
    public func over(_ store: any ServerStore) -> ServerEngine {
        ServerEngine(schema, store, security, partSize, snapshots, numbers, reports)
    }

    // MARK: Beginning

    /// What a new tenant starts with.
    public struct Founding: Sendable {
        public let tenant: TenantID
        public let code: String
        public let name: String
        public let timeZone: String
        public let epoch: Epoch
        public let instance: [UInt8]

        public init(tenant: TenantID, code: String, name: String, timeZone: String, epoch: Epoch, instance: [UInt8]) {
            self.tenant = tenant
            self.code = code
            self.name = name
            self.timeZone = timeZone
            self.epoch = epoch
            self.instance = instance
        }
    }

    /// The id of the user under which an operator's imports run.
    public static func importerID(of tenant: TenantID, _ schema: Schema) throws -> RecordID {
        RecordID.derived(type: try schema.entity("user").type, key: [tenant.bytes, Array("importer".utf8)])
    }

    /// Makes the tenant's record and its importer. Does nothing when the store has a tenant.
    public func found(_ founding: Founding, at moment: ServerMoment) throws {
        try store.write { transaction in
            guard try transaction.tenant() == nil else { return }
            try transaction.save(
                TenantState(
                    tenant: founding.tenant, epoch: founding.epoch, head: .start, history: .start, serverReplica: ReplicaID(rawValue: 1),
                    serverSequence: 0, serverHash: .none, serverStamp: nil, nextReplica: 2, instance: founding.instance, durable: .start))
            try transaction.insert(EpochRow(epoch: founding.epoch, start: .start, history: .start, parent: nil, reason: "founded"))
            try sequencer(transaction, moment).serverSet(cause: "founding", intent: "found") { builder in
                try builder.create(
                    "tenant", id: RecordID(high: founding.tenant.high, low: founding.tenant.low),
                    ["name": .text(founding.name), "time_zone": .text(founding.timeZone), "code": .text(founding.code)])
                try builder.create(
                    "user", id: try Self.importerID(of: founding.tenant, schema),
                    ["number": .text("IMPORT"), "name": .text("Importer"), "role": .text(Role.importer.rawValue)])
            }
        }
    }

    /// The tenant's calendar; UTC before the tenant was founded.
    public func calendar() throws -> TenantCalendar {
        try store.read { transaction in
            let entity = try schema.entity("tenant")
            guard let tenant = try transaction.tenant(),
                let stored = try transaction.record(
                    RecordKey(type: entity.type, id: RecordID(high: tenant.tenant.high, low: tenant.tenant.low)))
            else { return TenantCalendar(timeZone: "UTC") }
            return TenantCalendar(timeZone: RecordView(stored.record, entity).text("time_zone") ?? "UTC")
        }
    }

    // MARK: Sync

    /// Push and pull in one: answers every set pushed, then brings the view to the head.
    public func sync(_ request: PBSyncRequest, replica id: ReplicaID, at moment: ServerMoment) throws -> PBSyncReply {
        let reply = try answer(request, replica: id, at: moment)
        // It is for people, and keeps no device from its answer.
        if !reply.hasHistoryChanged { try? note(request, reply, of: id, at: moment) }
        return reply
    }

    private func answer(_ request: PBSyncRequest, replica id: ReplicaID, at moment: ServerMoment) throws -> PBSyncReply {
        guard request.push.count <= Limits.setsInPush else {
            throw EngineProblem("push-too-large", "A push holds at most \(Limits.setsInPush) sets.", next: "Send fewer at a time.")
        }
        let signed = try request.push.map { message in try readSigned(message) }
        guard signed.allSatisfy({ $0.writeID.replica == id }) else {
            throw EngineProblem(
                "replica-foreign", "A push holds sets of the signed-in replica only.", next: "Carry others' sets by the outbox route.")
        }
        var reply = PBSyncReply()
        reply.serverTime = UInt64(max(0, moment.milliseconds))
        let standing = try standing(of: request, id, at: moment)
        if !standing.isInStep, let changed = try historyChange(request, id, at: moment) {
            reply.historyChanged = changed
            return reply
        }
        let shown = Shown(receipts: receipts(request.shown), leases: try leases(request.leases, of: id))
        try push(signed, shown, from: id, hasReported: standing.hasReported, isDue: standing.isTickDue, at: moment, into: &reply)
        if !request.recovered.isEmpty { reply.recovered = try keepRecovered(request, of: id, at: moment) }
        guard request.pull else { return reply }
        var offer = request.snapshots && !request.filling.plain ? snapshots.map { SnapshotOffer(keeping: $0, shared: schema.sharedScopes) } : nil
        var tried: Set<Scope> = []
        while true {
            do { return try pull(request, id, offer, after: reply) } catch let missing as SnapshotOffer.Missing {
                let isMade = try tried.insert(missing.scope).inserted && makeSnapshot(of: missing.scope, at: moment)
                if !isMade { offer?.refused.insert(missing.scope) }
            }
        }
    }

    /// How a request stands to the tenant's history.
    private struct Standing {
        /// Whether it shows nothing that the history lacks.
        let isInStep: Bool
        /// Whether its device has told all it has, and a settling server waits for it.
        let hasReported: Bool
        let isTickDue: Bool
    }

    /// All of it is read from one state, in one transaction.
    private func standing(of request: PBSyncRequest, _ id: ReplicaID, at moment: ServerMoment) throws -> Standing {
        try store.read { transaction in
            let engine = over(OneTransaction(BatchTransaction(over: transaction)))
            return Standing(
                isInStep: try engine.isInStep(request, id), hasReported: try engine.isAwaited(id) && engine.hasToldAll(request),
                isTickDue: try request.push.isEmpty && engine.isTickDue(at: moment))
        }
    }

    /// - Throws: ``SnapshotOffer/Missing`` when a snapshot has to be made first; nothing was read then.
    private func pull(_ request: PBSyncRequest, _ id: ReplicaID, _ offer: SnapshotOffer?, after answered: PBSyncReply) throws -> PBSyncReply {
        try store.read { transaction in
            var reply = answered
            guard let tenant = try transaction.tenant(), let row = try transaction.replica(id) else { return reply }
            try pull(request, row, Puller(schema: schema, transaction: transaction, tenant: tenant, offer: offer), into: &reply)
            reply.durablePosition = tenant.durable.rawValue
            return reply
        }
    }

    /// The pull of a sync: what changed in what the device holds, and the next part of what it does not hold yet.
    private func pull(_ request: PBSyncRequest, _ row: ReplicaRow, _ puller: Puller, into reply: inout PBSyncReply) throws {
        let after = request.hasCheckpoint ? Position(rawValue: request.checkpoint.position) : .start
        let visible = request.visibleClass
        var delta: (chunks: [PBChunk], commit: PBCommit)?
        if !request.hasFilling {
            // Somebody who takes no parts gets all of what it begins with.
            delta = try puller.pull(row, after: after, visible: visible ?? .third, through: visible ?? .third)
        } else if visible == .third {
            delta = try puller.pull(row, after: after)
        } else {
            let head = PBCheckpoint(puller.head(of: row))
            let part = try puller.part(row, visible: visible, request.filling, size: partSize, checkpoint: (head, mac(head, for: row.device)))
            reply.part = part.chunks
            if let filling = part.filling {
                reply.filling = filling
                if let visible { delta = try puller.pull(row, after: after, visible: visible, through: visible) }
            } else {
                let since = visible == nil ? part.since : min(part.since, after)
                delta = try puller.pull(row, after: since, shownAt: visible == nil ? nil : after, visible: visible, through: part.through)
            }
        }
        guard let delta else { return }
        reply.chunks = delta.chunks
        reply.commit = delta.commit
        reply.commit.checkpointMac = data(mac(delta.commit.checkpoint, for: row.device))
    }

    /// Admits sets that arrived by another road. Each is checked by its own signature.
    ///
    /// - Parameter revoked: the devices on the list kept outside the database.
    public func carry(_ request: PBCarryRequest, revoked: @autoclosure () throws -> Set<DeviceID>, at moment: ServerMoment) throws -> PBCarryReply {
        guard request.sets.count <= Limits.setsInPush else {
            throw EngineProblem("push-too-large", "At most \(Limits.setsInPush) sets at a time.", next: "Send fewer at a time.")
        }
        var reply = PBSyncReply()
        let sets = try request.sets.map { message in try readSigned(message) }
        if !request.enrolments.isEmpty { try readmit(request.enrolments, for: sets, revoked: try revoked(), at: moment) }
        let isDue = try sets.isEmpty && isTickDue(at: moment)
        try push(sets, Shown(receipts: receipts(request.shown)), from: nil, hasReported: false, isDue: isDue, at: moment, into: &reply)
        var carried = PBCarryReply()
        carried.receipts = reply.receipts
        if reply.hasPushProblem { carried.pushProblem = reply.pushProblem }
        return carried
    }

    private func readSigned(_ message: PBSignedSet) throws -> SignedSet {
        do { return try SignedSet(message) } catch {
            throw EngineProblem("malformed", error.detail, next: "Update the app.")
        }
    }

    /// Answers this server gave in a history it lost: those that carry its own MAC, by what they are about.
    private func receipts(_ shown: [PBReceipt]) -> [SetHash: Receipt] {
        var receipts: [SetHash: Receipt] = [:]
        for message in shown {
            guard let receipt = try? Receipt(message), isOwn(receipt) else { continue }
            receipts[receipt.setHash] = receipt
        }
        return receipts
    }

    /// Words of this server's own, from a history it lost, by what they are about.
    private struct Shown {
        var receipts: [SetHash: Receipt]
        var leases: [RecordID: LeaseProof] = [:]
    }

    /// - Parameters:
    ///   - owner: the replica that itself sent its sets; `nil` when somebody else brings them.
    ///   - hasReported: whether it has told all it has, and a settling server waits for it.
    ///   - isDue: whether something is to be done by the clock, though there are no sets.
    private func push(
        _ sets: [SignedSet], _ shown: Shown, from owner: ReplicaID?, hasReported: Bool, isDue: Bool, at moment: ServerMoment,
        into reply: inout PBSyncReply
    ) throws {
        var receipts: [PBReceipt] = []
        var problem: PBPushProblem?
        guard !sets.isEmpty || isDue || hasReported || !shown.leases.isEmpty else { return }
        // One that cannot be read is not judged; why, is found out in its turn.
        let contents = sets.map { try? ChangeSet(decodingBody: $0.body) }
        try store.write(reading: { rowKeys(of: zip(sets, contents)) }) { transaction in
            receipts = []
            problem = nil
            var sequencer = sequencer(transaction, moment)
            sequencer.shownLeases = shown.leases
            _ = try sequencer.tick()
            try sequencer.grantShownLeases()
            for (set, content) in zip(sets, contents) {
                switch try sequencer.admit(set, content, shown: shown.receipts[set.hash], isOwners: owner != nil) {
                case .receipt(let receipt): receipts.append(receipt)
                case .problem(let found): problem = found
                }
                if problem != nil { break }
            }
            if let owner, hasReported, problem == nil { try sequencer.stopWaiting(for: owner) }
        }
        reply.receipts = receipts
        if let problem { reply.pushProblem = problem }
    }

    /// What the sets are likely to be judged by.
    private func rowKeys(of sets: some Sequence<(SignedSet, ChangeSet?)>) -> ServerRowKeys {
        var keys = ServerRowKeys()
        keys.users = schema["user"]?.type
        for case (let signed, let set?) in sets {
            keys.replicas.insert(signed.writeID.replica)
            keys.origins.formUnion([Origin(writeID: signed.writeID, hash: signed.hash)] + [set.origin].compactMap { $0 })
            keys.causes.insert(Sequencer.effectsCause(signed.writeID))
            for op in set.ops {
                var records: Set = [op.key]
                for write in op.writes {
                    guard let type = schema[op.key.type]?[write.field]?.references.flatMap({ schema[$0]?.type }) else { continue }
                    if let id = write.value.reference { records.insert(RecordKey(type: type, id: id)) }
                }
                keys.records.formUnion(records)
                keys.recordsOf[signed.writeID.replica, default: []].formUnion(records)
                for base in op.seen + op.writes.flatMap(\.bases) {
                    keys.replicas.insert(base.writeID.replica)
                    keys.sets.insert(base.writeID)
                }
            }
        }
        return keys
    }

    private func isTickDue(at moment: ServerMoment) throws -> Bool {
        try store.read { transaction in
            if let tenant = try transaction.tenant(), let end = tenant.settlingUntil, end <= moment.milliseconds { return true }
            return try !transaction.edgesDue(at: moment.milliseconds, limit: 1).isEmpty
        }
    }

    // MARK: Clock

    /// Timers that are due. Called at least once a minute.
    public func tick(at moment: ServerMoment) throws -> Bool {
        defer { try? saveReports() }
        return try store.write { try sequencer($0, moment).tick(isMinute: true) }
    }

    /// Epoch and head, and whether the view of the replica moved since a position.
    public func head(for id: ReplicaID, after position: Position) throws -> (epoch: Epoch, head: Position, moved: Bool) {
        try store.read { transaction in
            guard let tenant = try transaction.tenant() else { return (Epoch(rawValue: 0), .start, false) }
            return (tenant.epoch, tenant.head, try transaction.hasChanges(in: id, after: position))
        }
    }

    func sequencer(_ transaction: any ServerTransaction, _ moment: ServerMoment) -> Sequencer {
        Sequencer(schema: schema, security: security, transaction: transaction, moment: moment)
    }
}
