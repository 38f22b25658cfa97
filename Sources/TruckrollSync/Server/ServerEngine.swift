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

    public init(_ code: String, _ detail: String, next: String) {
        self.code = code
        self.detail = detail
        self.next = next
    }

    public var description: String { "\(code): \(detail) \(next)" }
}

/// The sync server of one tenant as plain functions over a store: no network, no clock, no randomness of its own.
public struct ServerEngine: Sendable {
    public let schema: Schema
    public let store: any ServerStore
    public let security: ServerSecurity

    public init(schema: Schema, store: any ServerStore, security: ServerSecurity) {
        self.schema = schema
        self.store = store
        self.security = security
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

    // MARK: Epochs

    /// Starts a new epoch when the database does not stand where it was left: after a restore or a copy (Protocol/09-epochs.md).
    ///
    /// - Parameters:
    ///   - instance: name of this server's home, kept outside the database and its backups.
    ///   - epoch: a random id for the new epoch, should one be needed.
    /// - Returns: whether a new epoch began.
    @discardableResult
    public func checkInstance(_ instance: [UInt8], newEpoch epoch: Epoch, force: Bool = false, reason: String = "instance differs") throws -> Bool {
        try store.write { transaction in
            guard var tenant = try transaction.tenant(), force || tenant.instance != instance else { return false }
            try transaction.insert(EpochRow(epoch: epoch, start: tenant.head, history: tenant.history, parent: tenant.epoch, reason: reason))
            tenant.epoch = epoch
            tenant.instance = instance
            // Numbers given after the backup was made are jumped over: a replica number is never given twice.
            tenant.nextReplica = tenant.nextReplica &+ 1_000_000
            tenant.serverReplica = ReplicaID(rawValue: tenant.nextReplica)
            tenant.nextReplica += 1
            tenant.serverSequence = 0
            tenant.serverHash = .none
            try transaction.save(tenant)
            return true
        }
    }

    // MARK: Enrolment

    /// Keeps the hash of a code that enrols one device for a user.
    public func addEnrolmentCode(_ code: String, user: RecordID, expiresAt: Int64) throws {
        try store.write { transaction in
            guard let stored = try transaction.record(RecordKey(type: try schema.entity("user").type, id: user)), !stored.isDeleted else {
                throw EngineProblem("user-unknown", "There is no such user.", next: "List the users and try again.")
            }
            try transaction.save(EnrolmentCodeRow(codeHash: Self.codeHash(code), user: user, expiresAt: expiresAt))
        }
    }

    static func codeHash(_ code: String) -> [UInt8] {
        ContentDigest.sha256(Array("truckroll/enrolment-code/1".utf8) + [0] + Array(code.uppercased().filter { $0 != "-" && $0 != " " }.utf8))
    }

    /// What the device proves when it enrols: that it holds the private key.
    public static func enrolmentProof(code: String, device: DeviceID, publicKey: [UInt8]) -> [UInt8] {
        Array("truckroll/enrol/1".utf8) + [0] + Array(code.utf8) + device.bytes + publicKey
    }

    /// Gives a device its replica.
    ///
    /// - Throws: ``EngineProblem`` `enrolment-refused`, the same for a wrong, used or expired code.
    public func enrol(_ request: PBEnrolRequest, at moment: ServerMoment) throws -> ReplicaRow {
        guard let device = DeviceID(bytes: request.device),
            let algorithm = UInt8(exactly: request.algorithm).flatMap({ SignatureAlgorithm(rawValue: $0) })
        else {
            throw EngineProblem("malformed", "The request names no device or an unknown algorithm.", next: "Update the app.")
        }
        let key = Array(request.publicKey)
        let proof = Self.enrolmentProof(code: request.code, device: device, publicKey: key)
        guard security.isValid(Array(request.proof), proof, algorithm, key) else {
            throw EngineProblem(
                "signature-invalid", "The request is not signed by the key it brings.", next: "Try again; if it stays, reinstall the app's key.")
        }
        return try store.write { transaction in
            let refused = EngineProblem("enrolment-refused", "The code is not valid.", next: "Ask the office for a new code.")
            guard var code = try transaction.enrolmentCode(hash: Self.codeHash(request.code)), code.expiresAt > moment.milliseconds else {
                throw refused
            }
            if let user = code.usedBy {
                // A reply may have been lost: the same device with the same key gets the same answer.
                guard user == device, let row = try transaction.replicas(of: device).last, row.publicKey == key else { throw refused }
                return row
            }
            code.usedBy = device
            try transaction.save(code)
            return try addReplica(
                transaction, device: device, user: code.user, algorithm: algorithm, publicKey: key,
                name: String(request.deviceName.unicodeScalars.filter { $0.value >= 0x20 }.prefix(100).map(Character.init)), moment)
        }
    }

    /// Enrols without a code: for the operator's own importer.
    public func enrolLocally(device: DeviceID, user: RecordID, publicKey: [UInt8], name: String, at moment: ServerMoment) throws -> ReplicaRow {
        try store.write { transaction in
            if let row = try transaction.replicas(of: device).last, row.publicKey == publicKey { return row }
            return try addReplica(transaction, device: device, user: user, algorithm: .p256, publicKey: publicKey, name: name, moment)
        }
    }

    private func addReplica(
        _ transaction: any ServerTransaction, device: DeviceID, user: RecordID, algorithm: SignatureAlgorithm, publicKey: [UInt8], name: String,
        _ moment: ServerMoment
    ) throws -> ReplicaRow {
        let entity = try schema.entity("user")
        guard var tenant = try transaction.tenant(), let stored = try transaction.record(RecordKey(type: entity.type, id: user)), !stored.isDeleted
        else { throw EngineProblem("user-unknown", "There is no such user.", next: "Ask the office.") }
        let view = RecordView(stored.record, entity)
        let role = view.text("role").flatMap { Role(rawValue: $0) } ?? .technician
        let replica = ReplicaID(rawValue: tenant.nextReplica)
        tenant.nextReplica += 1
        try transaction.save(tenant)
        let code = try tenantCode(transaction, tenant)
        let row = ReplicaRow(
            replica: replica, device: device, user: user, role: role, algorithm: algorithm, publicKey: publicKey, name: name,
            series: "\(code)-\(moment.calendar.local(moment.milliseconds).date.year)-D\(replica.rawValue)", enrolledAt: moment.milliseconds)
        try transaction.save(row)
        let statement = try statement(row, tenant)
        let signature = try security.sign(statement)
        let sequencer = sequencer(transaction, moment)
        try sequencer.serverSet(cause: "enrolment:\(replica)", intent: "enrol") { builder in
            try builder.create(
                "device", id: try Self.deviceRecordID(replica, schema),
                [
                    "device": .bytes(device.bytes), "user": .reference(user), "name": .text(name), "replica": .integer(Int64(replica.rawValue)),
                    "statement": .bytes(statement), "signature": .bytes(signature), "enrolled_at": builder.now,
                ])
            try builder.create(
                "lease", id: try builder.id("lease", "series:\(replica)"),
                ["kind": .text("series"), "user": .reference(user)])
            try builder.patch(
                "lease", id: try builder.id("lease", "series:\(replica)"),
                ["state": .text("held"), "series": .text(row.series), "replica": .integer(Int64(replica.rawValue))])
            let location = try schema.entity("stock_location")
            for van in try builder.writer.views(location, where: "holder", equals: .reference(user)) where van.text("kind") == "van" {
                try builder.patch("stock_location", id: van.id, ["leased_to": .integer(Int64(replica.rawValue))])
            }
        }
        guard let head = try transaction.tenant()?.head else { return row }
        try ViewKeeper(transaction: transaction, schema: schema, position: head, moment: moment).addRoot(Scope("user", user), to: replica)
        return try transaction.replica(replica) ?? row
    }

    static func deviceRecordID(_ replica: ReplicaID, _ schema: Schema) throws -> RecordID {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: replica.rawValue)
        return RecordID.derived(type: try schema.entity("device").type, key: [bytes])
    }

    /// The company's word that a key belongs to a device, for strangers to check.
    private func statement(_ row: ReplicaRow, _ tenant: TenantState) throws -> [UInt8] {
        guard row.algorithm == .p256 else { return [] }
        do {
            return try EnrolmentStatement(
                tenant: tenant.tenant.bytes, device: row.device.bytes, user: row.user.bytes, replica: row.replica.rawValue, publicKey: row.publicKey,
                issuedAt: UInt64(max(0, row.enrolledAt))
            ).encoded
        } catch {
            throw EngineProblem("key-unfit", "The device's key is no P-256 key.", next: "Update the app.")
        }
    }

    /// What a device keeps of its enrolment.
    public func enrolment(of row: ReplicaRow, at moment: ServerMoment) throws -> PBEnrolment {
        try store.read { transaction in
            guard let tenant = try transaction.tenant() else {
                throw EngineProblem("no-tenant", "The store was not initialised.", next: "Run `init`.")
            }
            let entity = try schema.entity("device")
            let record = try transaction.record(RecordKey(type: entity.type, id: try Self.deviceRecordID(row.replica, schema)))
            let view = record.map { RecordView($0.record, entity) }
            let tenantEntity = try schema.entity("tenant")
            let company = try transaction.record(
                RecordKey(type: tenantEntity.type, id: RecordID(high: tenant.tenant.high, low: tenant.tenant.low)))
            var enrolment = PBEnrolment()
            enrolment.tenant = data(tenant.tenant.bytes)
            enrolment.device = data(row.device.bytes)
            enrolment.user = data(row.user.bytes)
            enrolment.replica = row.replica.rawValue
            enrolment.statement = data(view?["statement"].bytes ?? [])
            enrolment.signature = data(view?["signature"].bytes ?? [])
            enrolment.tenantKey = data(security.tenantKey)
            enrolment.series = row.series
            enrolment.serverTime = UInt64(max(0, moment.milliseconds))
            enrolment.tenantName = company.flatMap { RecordView($0.record, tenantEntity).text("name") } ?? ""
            return enrolment
        }
    }

    private func tenantCode(_ transaction: any ServerTransaction, _ tenant: TenantState) throws -> String {
        let entity = try schema.entity("tenant")
        let id = RecordID(high: tenant.tenant.high, low: tenant.tenant.low)
        return try transaction.record(RecordKey(type: entity.type, id: id)).flatMap { RecordView($0.record, entity).text("code") } ?? "TRK"
    }

    /// Lets a device that was enrolled after the backup this server stands on in again, with its number.
    public func readmit(_ row: ReplicaRow, at moment: ServerMoment) throws {
        try store.write { transaction in
            guard try transaction.replica(row.replica) == nil, var tenant = try transaction.tenant() else { return }
            try transaction.save(row)
            if tenant.nextReplica <= row.replica.rawValue { tenant.nextReplica = row.replica.rawValue + 1 }
            try transaction.save(tenant)
            try ViewKeeper(transaction: transaction, schema: schema, position: tenant.head, moment: moment)
                .addRoot(Scope("user", row.user), to: row.replica)
        }
    }

    /// A new number for a device whose old one was found forked. The caller has checked the old key's signature.
    public func refork(_ old: ReplicaRow, newKey: [UInt8], algorithm: SignatureAlgorithm, at moment: ServerMoment) throws -> ReplicaRow {
        try store.write { transaction in
            // A reply may have been lost: the same key gets the same number.
            if let row = try transaction.replicas(of: old.device).last(where: { $0.publicKey == newKey }) { return row }
            return try addReplica(
                transaction, device: old.device, user: old.user, algorithm: algorithm, publicKey: newKey, name: old.name, moment)
        }
    }

    /// Shuts a device out. What it still holds stays on it.
    public func revoke(_ device: DeviceID, at moment: ServerMoment) throws {
        try store.write { transaction in
            for var row in try transaction.replicas(of: device) where row.revokedAt == nil {
                row.revokedAt = moment.milliseconds
                try transaction.save(row)
            }
        }
    }

    public func replica(_ id: ReplicaID) throws -> ReplicaRow? { try store.read { try $0.replica(id) } }

    // MARK: Sync

    /// Push and pull in one: answers every set pushed, then brings the view to the head.
    public func sync(_ request: PBSyncRequest, replica id: ReplicaID, at moment: ServerMoment) throws -> PBSyncReply {
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
        if let changed = try historyChange(request, id) {
            reply.historyChanged = changed
            return reply
        }
        try push(signed, isOwners: true, at: moment, into: &reply)
        guard request.pull else { return reply }
        try store.read { transaction in
            guard let tenant = try transaction.tenant(), let row = try transaction.replica(id) else { return }
            let after = request.hasCheckpoint ? Position(rawValue: request.checkpoint.position) : .start
            let (chunks, commit) = try Puller(schema: schema, transaction: transaction, tenant: tenant).pull(row, after: after)
            reply.chunks = chunks
            reply.commit = commit
            reply.durablePosition = tenant.durable.rawValue
        }
        return reply
    }

    /// Admits sets that arrived by another road. Each is checked by its own signature.
    public func carry(_ request: PBCarryRequest, at moment: ServerMoment) throws -> PBCarryReply {
        guard request.sets.count <= Limits.setsInPush else {
            throw EngineProblem("push-too-large", "At most \(Limits.setsInPush) sets at a time.", next: "Send fewer at a time.")
        }
        var reply = PBSyncReply()
        try push(try request.sets.map { message in try readSigned(message) }, isOwners: false, at: moment, into: &reply)
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

    private func push(_ sets: [SignedSet], isOwners: Bool, at moment: ServerMoment, into reply: inout PBSyncReply) throws {
        var receipts: [PBReceipt] = []
        var problem: PBPushProblem?
        let isDue = try sets.isEmpty && isTickDue(at: moment)
        guard !sets.isEmpty || isDue else { return }
        try store.write { transaction in
            receipts = []
            problem = nil
            let sequencer = sequencer(transaction, moment)
            _ = try sequencer.tick()
            for set in sets {
                switch try sequencer.admit(set, isOwners: isOwners) {
                case .receipt(let receipt): receipts.append(receipt)
                case .problem(let found): problem = found
                }
                if problem != nil { break }
            }
        }
        reply.receipts = receipts
        if let problem { reply.pushProblem = problem }
    }

    private func isTickDue(at moment: ServerMoment) throws -> Bool {
        try store.read { try !$0.edgesDue(at: moment.milliseconds, limit: 1).isEmpty }
    }

    /// A checkpoint of another history: its positions mean nothing here.
    private func historyChange(_ request: PBSyncRequest, _ id: ReplicaID) throws -> PBHistoryChanged? {
        guard request.hasCheckpoint else { return nil }
        return try store.read { transaction in
            guard let tenant = try transaction.tenant(), let row = try transaction.replica(id) else { return nil }
            let checkpoint = Checkpoint(request.checkpoint)
            if checkpoint.epoch == tenant.epoch, try history(at: checkpoint.position, transaction, tenant) == checkpoint.historyPrefix { return nil }
            var changed = PBHistoryChanged()
            changed.epoch = tenant.epoch.rawValue
            changed.lastSequence = row.lastSequence
            changed.lastHash = data(row.lastHash.bytes)
            changed.reason = checkpoint.epoch == tenant.epoch ? "checkpoint-unknown" : "epoch-changed"
            return changed
        }
    }

    private func history(at position: Position, _ transaction: any ServerTransaction, _ tenant: TenantState) throws -> [UInt8]? {
        if position == tenant.head { return tenant.history.prefix }
        if position == .start { return HistoryHash.start.prefix }
        return try transaction.admitted(at: position)?.history.prefix
    }

    // MARK: Audit and repair

    /// The digests of all scopes of the view, at the head.
    public func audit(_ request: PBAuditRequest, replica id: ReplicaID) throws -> PBAuditReply {
        try store.read { transaction in
            guard let tenant = try transaction.tenant(), let row = try transaction.replica(id) else {
                throw EngineProblem("replica-unknown", "This server has not enrolled the replica.", next: "Enrol again; the outbox stays.")
            }
            var reply = PBAuditReply()
            reply.checkpoint = PBCheckpoint(
                Checkpoint(epoch: tenant.epoch, position: tenant.head, historyPrefix: tenant.history.prefix, viewVersion: row.viewVersion))
            reply.scopes = try transaction.viewScopes(id).map { PBScopeState($0.scope, try transaction.digest(of: $0.scope)) }
            return reply
        }
    }

    /// Whole scopes again, for a device whose digests differ.
    public func repair(_ request: PBRepairRequest, replica id: ReplicaID) throws -> PBRepairReply {
        guard request.scopes.count <= Limits.scopesOfView else {
            throw EngineProblem("malformed", "More scopes than a view can hold.", next: "Ask for fewer at a time.")
        }
        return try store.read { transaction in
            guard let tenant = try transaction.tenant(), let row = try transaction.replica(id) else {
                throw EngineProblem("replica-unknown", "This server has not enrolled the replica.", next: "Enrol again; the outbox stays.")
            }
            let (chunks, commit) = try Puller(schema: schema, transaction: transaction, tenant: tenant)
                .whole(row, scopes: request.scopes.map { Scope($0) })
            var reply = PBRepairReply()
            reply.chunks = chunks
            reply.commit = commit
            return reply
        }
    }

    // MARK: Clock and bytes

    /// Timers that are due. Called at least once a minute.
    public func tick(at moment: ServerMoment) throws -> Bool {
        try store.write { try sequencer($0, moment).tick() }
    }

    /// Epoch and head, and whether the view of the replica moved since a position.
    public func head(for id: ReplicaID, after position: Position) throws -> (epoch: Epoch, head: Position, moved: Bool) {
        try store.read { transaction in
            guard let tenant = try transaction.tenant() else { return (Epoch(rawValue: 0), .start, false) }
            return (tenant.epoch, tenant.head, try transaction.hasChanges(in: id, after: position))
        }
    }

    /// The bytes of an attachment have arrived: its records say so, and orders that waited for it may close.
    ///
    /// - Parameter replica: who brought them; the records of others wait for their own authors.
    public func attachmentStored(_ sha256: [UInt8], by replica: ReplicaID, at moment: ServerMoment) throws {
        try store.write { transaction in
            let entity = try schema.entity("attachment")
            let sequencer = sequencer(transaction, moment)
            for id in try transaction.ids(entity, where: "sha256", equals: .bytes(sha256)) {
                guard try isWritten(id, by: replica, transaction) else { continue }
                try sequencer.serverSet(cause: "attachment:\(id)", intent: "attachment-stored") { builder in
                    try builder.patch("attachment", id: id, ["stored": .boolean(true)])
                    if let view = try builder.writer.view(entity, id), let order = view.reference("order"), let author = view.reference("by") {
                        try OrderEffects(builder: builder).closeIfComplete(order, by: author)
                    }
                }
            }
        }
    }

    /// Whether the replica may bring the bytes: a record in its view names them, or one it wrote itself, wherever that is now.
    public func isAttachmentWanted(_ sha256: [UInt8], from id: ReplicaID) throws -> Bool {
        if try isAttachmentVisible(sha256, to: id) { return true }
        return try store.read { transaction in
            let entity = try schema.entity("attachment")
            return try transaction.ids(entity, where: "sha256", equals: .bytes(sha256)).contains { record in
                try isWritten(record, by: id, transaction)
            }
        }
    }

    private func isWritten(_ attachment: RecordID, by replica: ReplicaID, _ transaction: any ServerTransaction) throws -> Bool {
        let entity = try schema.entity("attachment")
        guard let hash = entity["sha256"], let stored = try transaction.record(RecordKey(type: entity.type, id: attachment)) else { return false }
        return stored.record[hash.id]?.version.stamp.replica == replica
    }

    /// Whether a record in the replica's view names the attachment.
    ///
    /// - Parameter stored: only records whose bytes somebody has brought count; so naming a hash shows nobody its bytes.
    public func isAttachmentVisible(_ sha256: [UInt8], to id: ReplicaID, stored isStored: Bool = false) throws -> Bool {
        try store.read { transaction in
            let entity = try schema.entity("attachment")
            for record in try transaction.ids(entity, where: "sha256", equals: .bytes(sha256)) {
                guard let stored = try transaction.record(RecordKey(type: entity.type, id: record)) else { continue }
                if isStored, !RecordView(stored.record, entity).boolean("stored") { continue }
                for scope in stored.scopes where try transaction.viewScope(id, scope)?.weight ?? 0 > 0 { return true }
            }
            return false
        }
    }

    func sequencer(_ transaction: any ServerTransaction, _ moment: ServerMoment) -> Sequencer {
        Sequencer(schema: schema, security: security, transaction: transaction, moment: moment)
    }
}
