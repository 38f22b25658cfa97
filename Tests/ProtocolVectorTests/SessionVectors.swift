import Foundation
import PostgresCluster
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQLite
import TruckrollSync

/// One request and its reply in the recorded life of a device, in order.
struct SessionStep: VectorCase {
    static let file = "session"

    /// The header fields of a signed request.
    struct Headers: Codable, Hashable, Sendable {
        var authorization: String
        var contentDigest: String
        var signatureInput: String
        var signature: String
    }

    /// What a client could not know, so that every byte can be checked.
    struct Keys: Codable, Hashable, Sendable {
        var enrolmentCode: String
        var devicePrivateKey: Hex
        var devicePublicKey: Hex
        var tenantPublicKey: Hex
        var receiptKey: Hex
    }

    /// What the device's set became.
    struct Answer: Codable, Hashable, Sendable {
        var sequence: UInt64
        var outcome: String
        var remarks: [String]
    }

    var name: String
    var path: String
    /// The messages' names in `truckroll.proto`.
    var requestMessage: String
    var replyMessage: String
    var request: Hex
    var reply: Hex
    var headers: Headers?
    var keys: Keys?
    var answers: [Answer]?

    static func make() throws -> [SessionStep] {
        try make { schema, folder in try SQLiteServerStore(path: folder.appendingPathComponent("server.sqlite").path, schema: schema) }
    }

    /// - Parameter store: the server's; it may use the folder.
    static func make(_ store: (Schema, URL) throws -> any ServerStore) throws -> [SessionStep] {
        let session = try RecordedSession(store)
        defer { session.close() }
        return try session.record()
    }
}

/// A company of three with the real engines, every clock and every random number fixed.
private final class RecordedSession {
    private static let receiptKey = (0x80..<0xA0).map { UInt8($0) }
    private static let code = "ABCD-EFGH-JKMN-PQRS-TVWX"
    private static let macKey = (0x00..<0x20).map { UInt8($0) }
    private static let token = Base64Text.encodeURL((0xC0..<0xE0).map { UInt8($0) })
    private static let nonce = (0..<56).map { UInt8($0) }

    private let folder: URL
    private let schema: Schema
    private let server: ServerEngine
    private let calendar = TenantCalendar(timeZone: "Europe/Berlin")
    private let tenant = ChangeSetCase.tenant
    private var milliseconds: Int64 = 1_795_420_800_000
    private var lastID: UInt64 = 0x1000
    private var steps: [SessionStep] = []

    private struct Device {
        let engine: DeviceEngine
        let store: SQLiteDeviceStore
        let replica: ReplicaID
    }

    init(_ makeStore: (Schema, URL) throws -> any ServerStore) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-session-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        schema = try Schema.load()
        server = ServerEngine(
            schema: schema, store: try makeStore(schema, folder),
            security: ServerSecurity(
                receiptKey: Self.receiptKey, tenantKey: try FixedKey.tenant.publicKey(),
                sign: { try SignatureBook.shared.signature(of: $0, by: .tenant) }),
            // Small enough for the first pull to come in parts.
            partSize: PartSize(records: 8))
        try server.found(
            .init(
                tenant: tenant, code: "ACME", name: "Acme Service", timeZone: "Europe/Berlin", epoch: Epoch(rawValue: 0x1122_3344_5566_7788),
                instance: [1]),
            at: moment)
    }

    func close() { try? FileManager.default.removeItem(at: folder) }

    private var moment: ServerMoment { ServerMoment(milliseconds: milliseconds, calendar: calendar) }

    private func newID() -> RecordID {
        lastID += 1
        return RecordID(high: UInt64(milliseconds) << 16 | 0x7000, low: 0x8000_0000_0000_0000 | lastID)
    }

    // MARK: Devices

    private func device(_ key: FixedKey, id: DeviceID, _ enrolment: PBEnrolment) throws -> Device {
        let store = try SQLiteDeviceStore(path: folder.appendingPathComponent("\(key.name).sqlite").path, schema: schema)
        let engine = DeviceEngine(schema: schema, store: store, sign: { message, _ in try SignatureBook.shared.signature(of: message, by: key) })
        let replica = ReplicaID(rawValue: enrolment.replica)
        let user = try #require(RecordID(bytes: enrolment.user))
        try store.write {
            try $0.save(
                DeviceIdentity(
                    tenant: tenant, tenantName: enrolment.tenantName, tenantKey: Array(enrolment.tenantKey), device: id, user: user, replica: replica,
                    algorithm: .p256, privateKey: key.privateKey, series: enrolment.series, enrolment: try Wire.encode(enrolment), serverURL: ""))
        }
        return Device(engine: engine, store: store, replica: replica)
    }

    private func officeDevice(_ key: FixedKey, user: RecordID, _ last: UInt64) throws -> Device {
        let id = DeviceID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_0000 | last)
        let row = try server.enrolLocally(device: id, user: user, publicKey: try key.publicKey(), name: key.name, at: moment)
        return try device(key, id: id, try server.enrolment(of: row, at: moment))
    }

    private func commit(_ device: Device, _ intent: String, _ body: (LocalEditor) throws -> Void) throws {
        milliseconds += 1000
        try device.engine.commit(intent: intent, at: DeviceMoment(milliseconds: milliseconds, offsetMinutes: 60), newID: { self.newID() }, body)
    }

    /// Syncs without recording.
    private func sync(_ device: Device) throws {
        milliseconds += 1000
        let reply = try server.sync(try device.engine.nextRequest(), replica: device.replica, at: moment)
        guard case .applied = try device.engine.apply(reply, sentAt: milliseconds, receivedAt: milliseconds) else { throw SessionProblem() }
    }

    // MARK: Recording

    private func add(
        _ name: String, _ path: String, _ request: some WireMessage, _ reply: some WireMessage, _ messages: (String, String), isSigned: Bool
    ) throws {
        let bytes = try request.wire(.protobuf)
        let path = "/v1/\(tenant)/\(path)"
        var headers: SessionStep.Headers?
        if isSigned {
            let target = RequestTarget(method: "POST", pathAndQuery: path)
            let signature = RequestSignature(created: UInt64(milliseconds) / 1000, nonce: [UInt8](repeating: UInt8(steps.count), count: 16))
            let digest = BodyDigest(of: bytes)
            headers = .init(
                authorization: "Bearer \(Self.token)", contentDigest: digest.headerValue, signatureInput: signature.inputHeaderValue(for: target),
                signature: signature.headerValue(target: target, digest: digest, key: Self.macKey))
        }
        steps.append(
            SessionStep(
                name: name, path: path, requestMessage: messages.0, replyMessage: messages.1, request: Hex(bytes),
                reply: Hex(try reply.wire(.protobuf)),
                headers: headers))
    }

    private func recordedSync(_ name: String, _ device: Device) throws {
        milliseconds += 1000
        let request = try device.engine.nextRequest()
        let reply = try server.sync(request, replica: device.replica, at: moment)
        try add(name, "sync", request, reply, ("SyncRequest", "SyncReply"), isSigned: true)
        guard case .applied = try device.engine.apply(reply, sentAt: milliseconds, receivedAt: milliseconds) else { throw SessionProblem() }
        let answers = try reply.receipts.map { message in
            let receipt = try Receipt(message)
            return SessionStep.Answer(sequence: receipt.writeID.sequence, outcome: receipt.outcome.name, remarks: receipt.remarks.map(\.code))
        }
        steps[steps.count - 1].answers = answers.isEmpty ? nil : answers
    }

    func record() throws -> [SessionStep] {
        // The office before the device: people, a site, an order.
        let importer = try officeDevice(.second, user: try ServerEngine.importerID(of: tenant, schema), 0xB2)
        let (anna, dora, customer, site, order, task) = (newID(), newID(), newID(), newID(), newID(), newID())
        try commit(importer, "import") { editor in
            try editor.create("user", id: anna, ["number": .text("T1"), "name": .text("Anna Adler"), "role": .text("technician")])
            try editor.create("user", id: dora, ["number": .text("D1"), "name": .text("Dora Dorn"), "role": .text("dispatcher")])
            try editor.create("customer", id: customer, ["number": .text("C1"), "name": .text("Plant AG")])
            try editor.create("site", id: site, ["customer": .reference(customer), "name": .text("Works 1")])
        }
        try sync(importer)
        let office = try officeDevice(.third, user: dora, 0xB3)
        try sync(office)
        try commit(office, "create") { editor in
            try editor.create(
                "service_order", id: order,
                [
                    "number": .text("SO-1"), "channel": .text("office"), "customer": .reference(customer), "site": .reference(site),
                    "kind": .text("repair"),
                    "title": .text("Detector fails its bump test"), "requested_at": .text(editor.now.description), "priority": .text("normal"),
                ])
            try editor.create(
                "task", id: task, ["order": .reference(order), "title": .text("Check"), "mandatory": .text("yes"), "state": .text("open")])
            try editor.event(.create, order: order)
            try editor.event(.submit, order: order)
        }
        try commit(office, "assign") { editor in
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(order), "action": .text("assign"), "technician": .reference(anna), "starts_at": .text(editor.now.description),
                    "ends_at": .text(DeviceTime(milliseconds: editor.now.milliseconds + 7_200_000, offsetMinutes: 60).description),
                ])
        }
        try sync(office)

        let device = try enrolAndSignIn(anna)
        try recordedSync("first pull", device)
        var part = 1
        while try device.engine.read({ try $0.state().visible }) != .third {
            part += 1
            try recordedSync("first pull, part \(part)", device)
        }

        // Offline: an hour of labour, a title the office changes meanwhile, a site that only the office may rename, with a note.
        try commit(device, "labour") { editor in
            try editor.create(
                "labour_entry",
                [
                    "order": .reference(order), "person": .reference(anna), "kind": .text("work"), "seconds": .integer(3600),
                    "started_at": .text(editor.now.description),
                ])
        }
        try commit(device, "retitle") { try $0.patch("task", task, ["title": .text("Check sensor and filter")]) }
        try commit(device, "rename") { editor in
            try editor.patch("site", site, ["name": .text("Works One")])
            try editor.create(
                "note", ["order": .reference(order), "text": .text("Gate 2 is closed."), "at": .text(editor.now.description), "by": .reference(anna)])
        }
        try commit(office, "retitle") { try $0.patch("task", task, ["title": .text("Check the sensor")]) }
        try sync(office)
        try recordedSync("push of three sets: applied, merged, set aside", device)

        try commit(office, "edit") { try $0.patch("service_order", order, ["po_reference": .text("PO-77"), "tags": .text("gate 3")]) }
        try sync(office)
        try recordedSync("next pull", device)
        try recordedSync("nothing new", device)
        try audit(device)
        return steps
    }

    private func enrolAndSignIn(_ user: RecordID) throws -> Device {
        let id = ChangeSetCase.device
        let key = FixedKey.device
        try server.addEnrolmentCode(Self.code, user: user, expiresAt: milliseconds + 60_000)
        var request = PBEnrolRequest()
        request.code = Self.code
        request.device = data(id.bytes)
        request.algorithm = UInt32(SignatureAlgorithm.p256.rawValue)
        request.publicKey = data(try key.publicKey())
        request.deviceName = "Tablet of Anna"
        request.proof = data(
            try SignatureBook.shared.signature(of: EnrolmentProof.message(code: Self.code, device: id, publicKey: try key.publicKey()), by: key))
        request.protocolVersion = Limits.protocolVersion
        let enrolment = try server.enrolment(of: try server.enrol(request, at: moment), at: moment)
        try add("enrol", "enrol", request, enrolment, ("EnrolRequest", "Enrolment"), isSigned: false)
        steps[0].keys = .init(
            enrolmentCode: Self.code, devicePrivateKey: Hex(key.privateKey), devicePublicKey: Hex(try key.publicKey()),
            tenantPublicKey: Hex(try FixedKey.tenant.publicKey()), receiptKey: Hex(Self.receiptKey))

        // Nonce, token and MAC key are the server's random numbers; here they are fixed.
        var question = PBChallengeRequest()
        question.device = request.device
        var challenge = PBChallenge()
        challenge.nonce = data(Self.nonce)
        challenge.serverTime = UInt64(milliseconds)
        try add("challenge", "session/challenge", question, challenge, ("ChallengeRequest", "Challenge"), isSigned: false)
        var proof = PBSignInRequest()
        proof.device = request.device
        proof.replica = enrolment.replica
        proof.nonce = challenge.nonce
        let message = SignInProof.bytes(nonce: Self.nonce, device: id, replica: ReplicaID(rawValue: enrolment.replica))
        proof.signature = data(try SignatureBook.shared.signature(of: message, by: key))
        var answer = PBSignIn()
        answer.token = Self.token
        answer.macKey = data(Self.macKey)
        answer.expiresAt = UInt64(milliseconds) + UInt64(Limits.tokenSeconds) * 1000
        answer.serverTime = UInt64(milliseconds)
        try add("sign-in", "session", proof, answer, ("SignInRequest", "SignIn"), isSigned: false)
        return try self.device(key, id: id, enrolment)
    }

    private func audit(_ device: Device) throws {
        milliseconds += 1000
        var request = PBAuditRequest()
        if let checkpoint = try device.engine.read({ try $0.state().checkpoint }) { request.checkpoint = PBCheckpoint(checkpoint) }
        let audit = try server.audit(request, replica: device.replica)
        try add("audit", "audit", request, audit, ("AuditRequest", "AuditReply"), isSigned: true)
        guard try device.engine.differences(audit).isEmpty else { throw SessionProblem() }
        var repair = PBRepairRequest()
        repair.scopes = audit.scopes.map(\.scope).filter { $0.hasPrefix("order:") }
        let content = try server.repair(repair, replica: device.replica)
        try add("repair of one scope", "repair", repair, content, ("RepairRequest", "RepairReply"), isSigned: true)
        try device.engine.repair(content, scopes: repair.scopes.map { Scope($0) }, audit: audit)
    }
}

/// The session did not go as it is written down.
private struct SessionProblem: Error {}

@Suite("Vectors: a recorded session")
struct SessionVectorTests {
    @Test("the engines give the same bytes again")
    func replay() throws {
        let recorded = try VectorFile.load(SessionStep.self)
        let made = try SessionStep.make()
        #expect(made.map(\.name) == recorded.map(\.name))
        for (now, then) in zip(made, recorded) { #expect(now == then, "\(now.name)") }
    }

    @Test(
        "the engines give the same bytes on PostgreSQL", .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"))
    func replayOnPostgres() throws {
        let recorded = try VectorFile.load(SessionStep.self)
        let made = try SessionStep.make { schema, _ in try PostgresCluster.store("session", schema) }
        #expect(made.map(\.name) == recorded.map(\.name))
        for (now, then) in zip(made, recorded) { #expect(now == then, "\(now.name)") }
    }

    @Test("one set of each outcome was pushed")
    func outcomes() throws {
        let answers = try VectorFile.load(SessionStep.self).compactMap(\.answers).first
        #expect(answers?.map(\.outcome) == ["applied", "merged", "set aside"])
        #expect(answers?.map(\.remarks) == [[], ["merged"], ["not-allowed"]])
    }

    @Test("nothing new costs no more than 120 bytes")
    func nothingNew() throws {
        let step = try #require(try VectorFile.load(SessionStep.self).first { $0.name == "nothing new" })
        #expect(step.reply.bytes.count <= 120)
    }
}
