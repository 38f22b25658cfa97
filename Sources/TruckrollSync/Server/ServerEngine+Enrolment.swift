import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

extension ServerEngine {
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
        let proof = EnrolmentProof.message(code: request.code, device: device, publicKey: key)
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
            // A device has one user: nobody enrols under the id of somebody else's.
            guard try transaction.replicas(of: device).allSatisfy({ $0.user == code.user }) else { throw refused }
            code.usedBy = device
            try transaction.save(code)
            return try addReplica(
                transaction, device: device, user: code.user, algorithm: algorithm, publicKey: key,
                name: String(request.deviceName.unicodeScalars.filter { $0.value >= 0x20 }.prefix(100).map(Character.init)), moment,
                holder: .device)
        }
    }

    /// Enrols without a code: for the operator's own importer.
    public func enrolLocally(device: DeviceID, user: RecordID, publicKey: [UInt8], name: String, at moment: ServerMoment) throws -> ReplicaRow {
        try store.write { transaction in
            if let row = try transaction.replicas(of: device).last, row.publicKey == publicKey { return row }
            return try addReplica(
                transaction, device: device, user: user, algorithm: .p256, publicKey: publicKey, name: name, moment, holder: .operator)
        }
    }

    private func addReplica(
        _ transaction: any ServerTransaction, device: DeviceID, user: RecordID, algorithm: SignatureAlgorithm, publicKey: [UInt8], name: String,
        _ moment: ServerMoment, holder: NumberHolder
    ) throws -> ReplicaRow {
        let entity = try schema.entity("user")
        guard var tenant = try transaction.tenant(), let stored = try transaction.record(RecordKey(type: entity.type, id: user)), !stored.isDeleted
        else { throw EngineProblem("user-unknown", "There is no such user.", next: "Ask the office.") }
        let view = RecordView(stored.record, entity)
        let role = view.text("role").flatMap { Role(rawValue: $0) } ?? .technician
        let replica = ReplicaID(rawValue: try numbers.next(atLeast: tenant.nextReplica, for: holder))
        tenant.nextReplica = replica.rawValue + 1
        try transaction.save(tenant)
        let row = ReplicaRow(
            replica: replica, device: device, user: user, role: role, algorithm: algorithm, publicKey: publicKey, name: name,
            series: try series(of: replica, enrolledAt: moment.milliseconds, transaction, tenant, moment), enrolledAt: moment.milliseconds,
            lastSeen: holder == .device ? moment.milliseconds : 0)
        try transaction.save(row)
        let statement = try statement(row, tenant)
        let signature = try security.sign(statement)
        try announce(row, statement, signature, transaction, moment)
        return try transaction.replica(replica) ?? row
    }

    /// Writes what belongs to a replica: its device's record, its series of certificate numbers, and the lease of its user's van.
    /// Then its view begins.
    private func announce(
        _ row: ReplicaRow, _ statement: [UInt8], _ signature: [UInt8], _ transaction: any ServerTransaction, _ moment: ServerMoment
    ) throws {
        let number = Int64(row.replica.rawValue)
        try sequencer(transaction, moment).serverSet(cause: "enrolment:\(row.replica)", intent: "enrol") { builder in
            try builder.create(
                "device", id: try Self.deviceRecordID(row.replica, schema),
                [
                    "device": .bytes(row.device.bytes), "user": .reference(row.user), "name": .text(row.name), "replica": .integer(number),
                    "statement": .bytes(statement), "signature": .bytes(signature), "enrolled_at": builder.now,
                ])
            try builder.create(
                "lease", id: try builder.id("lease", "series:\(row.replica)"),
                ["kind": .text("series"), "user": .reference(row.user)])
            try builder.patch(
                "lease", id: try builder.id("lease", "series:\(row.replica)"),
                ["state": .text("held"), "series": .text(row.series), "replica": .integer(number)])
            let location = try schema.entity("stock_location")
            for van in try builder.writer.views(location, where: "holder", equals: .reference(row.user)) where van.text("kind") == "van" {
                // Of a user's devices the youngest holds the van, in whatever order they come back after a restore.
                guard van.integer("leased_to").map({ $0 < number }) ?? true else { continue }
                try builder.patch("stock_location", id: van.id, ["leased_to": .integer(number)])
            }
        }
        guard let head = try transaction.tenant()?.head else { return }
        try ViewKeeper(transaction: transaction, schema: schema, position: head, moment: moment).addRoot(Scope("user", row.user), to: row.replica)
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

    /// The prefix of a replica's document numbers. It holds the replica's own number, so no other replica can have it.
    private func series(
        of replica: ReplicaID, enrolledAt: Int64, _ transaction: any ServerTransaction, _ tenant: TenantState, _ moment: ServerMoment
    ) throws -> String {
        let entity = try schema.entity("tenant")
        let id = RecordID(high: tenant.tenant.high, low: tenant.tenant.low)
        let code = try transaction.record(RecordKey(type: entity.type, id: id)).flatMap { RecordView($0.record, entity).text("code") } ?? "TRK"
        return "\(code)-\(moment.calendar.local(enrolledAt).date.year)-D\(replica.rawValue)"
    }

    // MARK: Signing in

    private var unknownDevice: EngineProblem {
        EngineProblem("device-unknown", "This device is not enrolled here.", next: "Enrol it again; its outbox stays.")
    }

    private var revokedDevice: EngineProblem {
        EngineProblem("device-revoked", "This device was shut out.", next: "Nothing on it is lost. Export the outbox and hand it to the office.")
    }

    /// A device as it may sign in: enrolled here, or forgotten by a restored server and with the tenant's word for its enrolment.
    private enum Applicant {
        case enrolled(ReplicaRow)
        case forgotten(EnrolmentStatement, PBEnrolment, user: RecordID)
    }

    /// - Throws: ``EngineProblem`` `device-unknown` or `device-revoked`.
    private func applicant(
        _ device: DeviceID, _ replica: ReplicaID, _ enrolment: PBEnrolment?, revoked: Set<DeviceID>
    ) throws -> Applicant {
        if let row = try self.replica(replica) {
            guard row.device == device, !row.publicKey.isEmpty else { throw unknownDevice }
            guard row.revokedAt == nil else { throw revokedDevice }
            return .enrolled(row)
        }
        guard let enrolment, !revoked.contains(device), let statement = try proven(enrolment), statement.device == device.bytes,
            statement.replica == replica.rawValue, let user = RecordID(bytes: statement.user)
        else { throw unknownDevice }
        return .forgotten(statement, enrolment, user: user)
    }

    /// What an enrolment that somebody shows says, where this tenant has signed it.
    private func proven(_ enrolment: PBEnrolment) throws -> EnrolmentStatement? {
        let bytes = Array(enrolment.statement)
        guard security.isValid(Array(enrolment.signature), bytes, .p256, security.tenantKey),
            let statement = try? EnrolmentStatement(decoding: bytes), try store.read({ try $0.tenant()?.tenant.bytes }) == statement.tenant
        else { return nil }
        return statement
    }

    /// Takes back numbers that a restored server lost, where sets that were made under them come by another road: their devices may
    /// go on under others, or be gone. What a device that was shut out had made waits for a person as ever.
    ///
    /// - Parameter revoked: the devices on the list kept outside the database.
    func readmit(_ enrolments: [PBEnrolment], for sets: [SignedSet], revoked: Set<DeviceID>, at moment: ServerMoment) throws {
        for enrolment in enrolments.prefix(Limits.shownEnrolments) {
            guard let statement = try proven(enrolment), let device = DeviceID(bytes: statement.device),
                let user = RecordID(bytes: statement.user), case let replica = ReplicaID(rawValue: statement.replica),
                try self.replica(replica) == nil,
                sets.contains(where: { set in
                    set.writeID.replica == replica
                        && security.isValid(set.signature, SetHash.signedBytes(body: set.body), .p256, statement.publicKey)
                })
            else { continue }
            _ = try readmit(statement, enrolment, device, user, lastSeen: 0, isShutOut: revoked.contains(device), at: moment)
        }
    }

    /// The key whose signature lets a device sign in. Changes nothing: whoever asks has proved nothing yet, and the tenant's word
    /// for an enrolment is no secret, as it lies beside each certificate.
    ///
    /// - Parameter revoked: the devices on the list kept outside the database.
    /// - Throws: ``EngineProblem`` `device-unknown` or `device-revoked`.
    public func signingKey(
        of device: DeviceID, replica: ReplicaID, enrolment: PBEnrolment?, revoked: Set<DeviceID>
    ) throws -> (algorithm: SignatureAlgorithm, publicKey: [UInt8]) {
        switch try applicant(device, replica, enrolment, revoked: revoked) {
        case .enrolled(let row): (row.algorithm, row.publicKey)
        case .forgotten(let statement, _, _): (.p256, statement.publicKey)
        }
    }

    /// Signs a device in that has proved to hold the key of ``signingKey(of:replica:enrolment:revoked:)``. One that was enrolled
    /// after the backup this server stands on is let in again with its number: it shows its enrolment, which the tenant key had
    /// signed.
    ///
    /// - Parameter revoked: the devices on the list kept outside the database.
    /// - Throws: ``EngineProblem`` `device-unknown` or `device-revoked`.
    @discardableResult
    public func signIn(
        device: DeviceID, replica: ReplicaID, enrolment: PBEnrolment?, revoked: Set<DeviceID>, at moment: ServerMoment
    ) throws -> ReplicaRow {
        switch try applicant(device, replica, enrolment, revoked: revoked) {
        case .enrolled(let row):
            try see(row, at: moment)
            return row
        case .forgotten(let statement, let enrolment, let user):
            return try readmit(statement, enrolment, device, user, lastSeen: moment.milliseconds, isShutOut: false, at: moment)
        }
    }

    /// Keeps when a replica was last in contact, to the hour: after a restore, who was is waited for.
    private func see(_ row: ReplicaRow, at moment: ServerMoment) throws {
        guard abs(moment.milliseconds - row.lastSeen) >= Int64(Limits.seenSeconds) * 1000 else { return }
        try store.write { transaction in
            guard var row = try transaction.replica(row.replica) else { return }
            row.lastSeen = moment.milliseconds
            try transaction.save(row)
        }
    }

    /// What its enrolment wrote is written again, under the same ids and at a position of its own: should that history be lost as
    /// well, the device's next base shows it. Only what the tenant signed is taken from what is shown; its series follows from that.
    private func readmit(
        _ statement: EnrolmentStatement, _ enrolment: PBEnrolment, _ device: DeviceID, _ user: RecordID, lastSeen: Int64, isShutOut: Bool,
        at moment: ServerMoment
    ) throws -> ReplicaRow {
        try store.write { transaction in
            let replica = ReplicaID(rawValue: statement.replica)
            if let row = try transaction.replica(replica) { return row }
            guard var tenant = try transaction.tenant() else { throw unknownDevice }
            let entity = try schema.entity("user")
            let person = try transaction.record(RecordKey(type: entity.type, id: user)).map { RecordView($0.record, entity) }
            let enrolledAt = Int64(clamping: statement.issuedAt)
            var row = ReplicaRow(
                replica: replica, device: device, user: user, role: person?.text("role").flatMap { Role(rawValue: $0) } ?? .technician,
                algorithm: .p256, publicKey: statement.publicKey, name: "readmitted",
                series: try series(of: replica, enrolledAt: enrolledAt, transaction, tenant, moment), enrolledAt: enrolledAt,
                lastSeen: lastSeen)
            if try isShutOut || transaction.replicas(of: device).contains(where: { $0.revokedAt != nil }) { row.revokedAt = moment.milliseconds }
            try transaction.save(row)
            if tenant.nextReplica <= row.replica.rawValue { tenant.nextReplica = row.replica.rawValue + 1 }
            try transaction.save(tenant)
            try announce(row, Array(enrolment.statement), Array(enrolment.signature), transaction, moment)
            return try transaction.replica(replica) ?? row
        }
    }

    /// A new number for a device whose old one was found forked, asked for with the old one's key.
    ///
    /// - Throws: ``EngineProblem`` `device-unknown`, `device-revoked`, or `too-many-replicas` with the time to wait (``ReplicaBudget``).
    public func newReplica(_ request: PBReplicaRequest, at moment: ServerMoment) throws -> PBEnrolment {
        guard let device = DeviceID(bytes: request.device),
            let algorithm = UInt8(exactly: request.algorithm).flatMap({ SignatureAlgorithm(rawValue: $0) }),
            let old = try replica(ReplicaID(rawValue: request.oldReplica)), old.device == device, !old.publicKey.isEmpty
        else { throw unknownDevice }
        guard old.revokedAt == nil else { throw revokedDevice }
        let newKey = Array(request.newPublicKey)
        let message = ReplicaProof.message(device: device, oldReplica: old.replica, newKey: newKey)
        guard security.isValid(Array(request.signature), message, old.algorithm, old.publicKey) else { throw unknownDevice }
        let row = try store.write { transaction in
            // A reply may have been lost: the same key gets the same number.
            let all = try transaction.replicas(of: old.device)
            if let row = all.last(where: { $0.publicKey == newKey }) { return row }
            if let wait = ReplicaBudget.wait(given: all.map(\.enrolledAt), at: moment.milliseconds) {
                throw EngineProblem(
                    "too-many-replicas", "This device asked for more numbers than copies of it can need.",
                    next: "Nothing is lost; try again in \(wait) s. If it stays, tell the office: somebody else may hold the device's key.",
                    retryAfterSeconds: wait)
            }
            let row = try addReplica(
                transaction, device: old.device, user: old.user, algorithm: algorithm, publicKey: newKey, name: old.name, moment, holder: .device)
            // What the old number is waited for comes under the new one.
            if try transaction.awaited().contains(old.replica) {
                try transaction.setAwaited(row.replica, true)
                try sequencer(transaction, moment).stopWaiting(for: old.replica)
            }
            return row
        }
        return try enrolment(of: row, at: moment)
    }

    /// Shuts a device out. What it still holds stays on it.
    public func revoke(_ device: DeviceID, at moment: ServerMoment) throws {
        try store.write { transaction in
            for var row in try transaction.replicas(of: device) where row.revokedAt == nil {
                row.revokedAt = moment.milliseconds
                try transaction.save(row)
                try sequencer(transaction, moment).stopWaiting(for: row.replica)
            }
        }
    }

    /// Whether the device was ever enrolled, as far as this database knows.
    public func isKnown(_ device: DeviceID) throws -> Bool { try store.read { try !$0.replicas(of: device).isEmpty } }

    public func replica(_ id: ReplicaID) throws -> ReplicaRow? { try store.read { try $0.replica(id) } }
}
