import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQLite
import TruckrollSync

/// A company with its server in this process. Devices enrol, sync and send files as over a network, and a test holds the line.
final class Office: Sendable {
    /// The way between devices and server.
    struct Line {
        /// Whether any use of it is a failure of the test.
        var isForbidden = false
        /// How many messages still get through; any number where it is `nil`.
        var messagesLeft: Int?
        /// Whether files do not get through.
        var refusesFiles = false
    }

    let server: ServerEngine
    let world = World()
    fileprivate let line = Mutex(Line())
    let directory: URL
    private let clock = Mutex<Int64>(Bench.morning)
    private let numbers = Mutex(SplitMix(state: 11))
    private let files = Mutex<[[UInt8]: [UInt8]]>([:])

    private static let calendar = TenantCalendar(timeZone: "Europe/Berlin")
    /// What is brought in as it is; the server makes the rest itself.
    private static let imported: Set = [
        "user", "qualification", "customer", "site", "hazardous_area", "asset_model", "asset", "sensor_channel", "stock_location", "part",
        "reference_gas",
    ]

    /// The company of ``World`` without its orders; five filters lie in the van, four in the depot.
    init(partSize: PartSize = PartSize()) async throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-office-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let (schema, key) = (try Schema.load(), SigningKey())
        server = ServerEngine(
            schema: schema, store: try SQLiteServerStore(path: directory.appendingPathComponent("server.sqlite").path, schema: schema),
            security: ServerSecurity(receiptKey: [1, 2, 3], tenantKey: key.publicKey, sign: { try key.signature(over: $0) }), partSize: partSize)
        let tenant = TenantID(high: 1, low: 1)
        try server.found(
            .init(tenant: tenant, code: "ACME", name: "Gas Service AG", timeZone: "Europe/Berlin", epoch: Epoch(rawValue: 9), instance: [1]),
            at: moment)
        let importer = try await device("importer", of: try ServerEngine.importerID(of: tenant, schema))
        try await importer.sync()
        let records = world.drafts(state: .dispatched).filter { Self.imported.contains($0.entity) }
        try importer.commit("import") { editor in
            for draft in records { try editor.create(draft.entity, id: draft.id, draft.fields) }
        }
        try importer.commit("import") { editor in
            for (place, quantity) in [(world.van, "5"), (world.depot, "4")] {
                try editor.create(
                    "stock_entry",
                    [
                        "part": .reference(world.part), "to": .reference(place), "quantity": .text(quantity), "reason": .text("receipt"),
                        "at": .text(editor.now.description),
                    ])
            }
        }
        try await importer.sync()
        try importer.close()
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    // MARK: Devices

    /// A new device of a user, which has not synced yet.
    func device(_ name: String, of user: RecordID) async throws -> DeviceClient {
        let device = try open(name)
        try server.addEnrolmentCode(name, user: user, expiresAt: .max)
        _ = try await device.enrol(server: "https://truckroll.example", code: name, deviceName: name)
        return device
    }

    /// Starts the app of a device, as after its end.
    func open(_ name: String) throws -> DeviceClient {
        try DeviceClient(
            directory: directory.appendingPathComponent(name),
            environment: DeviceEnvironment(
                now: { self.now() }, offsetMinutes: { _ in 60 },
                random: { count in self.numbers.withLock { generator in (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) } } }),
            connect: { _, identity in OfficeTransport(office: self, replica: identity?.replica) })
    }

    /// One clock for all; it goes on by a second each time that somebody looks at it.
    private func now() -> Int64 {
        clock.withLock { clock in
            clock += 1000
            return clock
        }
    }

    /// Lets time go by.
    func pass(milliseconds: Int64) { clock.withLock { $0 += milliseconds } }

    var moment: ServerMoment { ServerMoment(milliseconds: now(), calendar: Self.calendar) }

    // MARK: The line

    func setLine(_ change: (inout Line) -> Void) {
        line.withLock { line in
            var changed = line
            change(&changed)
            line = changed
        }
    }

    /// One message or file that is to get through.
    func carry(_ what: String) throws {
        let isThrough = line.withLock { line in
            if line.isForbidden { Issue.record("the network was used: \(what)") }
            if line.isForbidden || line.messagesLeft == 0 { return false }
            line.messagesLeft = line.messagesLeft.map { $0 - 1 }
            return true
        }
        if !isThrough { throw TransportProblem.offline("the line broke") }
    }

    func keep(_ bytes: [UInt8], as sha256: [UInt8], from replica: ReplicaID) throws {
        #expect(ContentDigest.sha256(bytes) == sha256)
        guard try server.isAttachmentWanted(sha256, from: replica) else {
            throw TransportProblem.problem(
                ProblemDocument(status: 403, code: "attachment-unknown", detail: "No record names it.", next: "Sync first."))
        }
        files.withLock { $0[sha256] = bytes }
        try server.attachmentStored(sha256, by: replica, at: moment)
    }

    /// The bytes of a file that has arrived.
    func file(_ sha256: [UInt8]) -> [UInt8]? { files.withLock { $0[sha256] } }

    // MARK: Orders

    /// Calibrations of one detector each, of Ana's today, every three quarters of an hour from half past eight on.
    ///
    /// - Returns: the orders in that order.
    func dispatch(_ count: Int, documents: [String] = ["calibration_certificate", "customer_signature"]) async throws -> [RecordID] {
        let desk = try await device("desk of \(count)", of: world.ben)
        try await desk.sync()
        let orders = (0..<count).map { World.id(UInt64(400 + $0)) }
        for (place, order) in orders.enumerated() {
            let (asset, starts) = (Self.asset(place), Bench.morning + Int64(30 + place * 45) * 60_000)
            try desk.commit("create") { editor in
                try editor.create(
                    "asset", id: asset,
                    [
                        "model": .reference(world.model), "serial": .text("DAY-\(place)"), "tag": .text("GD-2\(place)"),
                        "site": .reference(world.site),
                        "fitness": .text("in_service"),
                    ])
                try editor.create("sensor_channel", id: Self.channel(place), channel(of: asset))
                try editor.create(
                    "service_order", id: order,
                    [
                        "number": .text("2026-01\(place < 10 ? "0" : "")\(place)"), "channel": .text("office"),
                        "customer": .reference(world.customer),
                        "site": .reference(world.site), "kind": .text("calibration"), "title": .text("Calibration \(place)"),
                        "priority": .text("normal"), "assets": .list([.reference(asset)]), "requested_at": .text(editor.now.description),
                        "required_documents": .list(documents.map { .text($0) }),
                    ])
                for (rank, title) in ["Sign in", "Calibrate"].enumerated() {
                    try editor.create(
                        "task",
                        [
                            "order": .reference(order), "title": .text(title), "rank": .integer(Int64(rank)), "mandatory": .text("yes"),
                            "state": .text("open"),
                        ])
                }
                try editor.event(.create, order: order)
                try editor.event(.submit, order: order)
            }
            try desk.commit("assign") { editor in
                try editor.create(
                    "assignment_request",
                    [
                        "order": .reference(order), "action": .text("assign"), "technician": .reference(world.ana),
                        "starts_at": .text(DeviceTime(milliseconds: starts, offsetMinutes: 60).description),
                        "ends_at": .text(DeviceTime(milliseconds: starts + 15 * 60_000, offsetMinutes: 60).description),
                    ])
            }
        }
        try await desk.sync()
        try desk.close()
        for order in orders { #expect(try state(of: order) == "dispatched") }
        return orders
    }

    static func asset(_ place: Int) -> RecordID { World.id(UInt64(200 + place)) }
    static func channel(_ place: Int) -> RecordID { World.id(UInt64(300 + place)) }

    private func channel(of asset: RecordID) -> [String: Value] {
        [
            "asset": .reference(asset), "number": .integer(1), "cas": .text("74-82-8"), "gas_name": .text("Methane"), "unit": .text("%LEL"),
            "lfl_percent": .text("4.4"), "lfl_source": .text("IEC 60079-20-1:2010"), "range_low": .text("0"), "range_high": .text("100"),
            "resolution": .text("1"), "technology": .text("infrared"), "tolerance_percent": .text("10"), "tolerance_minimum": .text("3"),
        ]
    }

    // MARK: What the server has

    func records(_ entity: String) throws -> [RecordView] {
        let entity = try server.schema.entity(entity)
        return try server.store.read { transaction in
            try transaction.ids(entity).compactMap { try transaction.record(RecordKey(type: entity.type, id: $0)) }.map {
                RecordView($0.record, entity)
            }
        }
    }

    func record(_ entity: String, _ id: RecordID) throws -> RecordView? {
        let entity = try server.schema.entity(entity)
        return try server.store.read { try $0.record(RecordKey(type: entity.type, id: id)).map { RecordView($0.record, entity) } }
    }

    func state(of order: RecordID) throws -> String? { try record("service_order", order)?.text("state") }
}

/// The way to the server of an ``Office``, for the device of a number.
private struct OfficeTransport: SyncTransport {
    let office: Office
    let replica: ReplicaID?

    private struct Unasked: Error {}

    private func own(_ what: String) throws -> ReplicaID {
        try office.carry(what)
        return try #require(replica)
    }

    func enrol(_ request: PBEnrolRequest) async throws -> PBEnrolment {
        try office.carry("enrol")
        let moment = office.moment
        return try office.server.enrolment(of: try office.server.enrol(request, at: moment), at: moment)
    }

    func open() async throws { try office.carry("open") }
    func versions() async -> SpokenVersions? { nil }

    func sync(_ request: PBSyncRequest) async throws -> PBSyncReply {
        try office.server.sync(request, replica: try own("sync"), at: office.moment)
    }

    func audit(_ request: PBAuditRequest) async throws -> PBAuditReply { try office.server.audit(request, replica: try own("audit")) }
    func repair(_ request: PBRepairRequest) async throws -> PBRepairReply { try office.server.repair(request, replica: try own("repair")) }

    func carry(_ request: PBCarryRequest) async throws -> PBCarryReply {
        try office.carry("carry")
        return try office.server.carry(request, revoked: [], at: office.moment)
    }

    func putAttachment(sha256: [UInt8], content: AttachmentContent, onProgress: (@Sendable (Int) -> Void)?) async throws {
        let replica = try own("file")
        guard !office.line.withLock({ $0.refusesFiles }) else { throw TransportProblem.offline("the line broke") }
        switch content {
        case .bytes(let bytes): try office.keep(bytes, as: sha256, from: replica)
        case .file(let path): try office.keep(Array(try Data(contentsOf: URL(filePath: path))), as: sha256, from: replica)
        }
    }

    func challenge(_ request: PBChallengeRequest) async throws -> PBChallenge { throw Unasked() }
    func signIn(_ request: PBSignInRequest) async throws -> PBSignIn { throw Unasked() }
    func availability(_ request: PBAvailabilityRequest) async throws -> PBAvailabilityReply { throw Unasked() }
    func devices(_ request: PBDevicesRequest) async throws -> PBDevicesReply { throw Unasked() }
    func newReplica(_ request: PBReplicaRequest) async throws -> PBEnrolment { throw Unasked() }
    func hasAttachment(sha256: [UInt8]) async throws -> Bool { throw Unasked() }
    func getAttachment(sha256: [UInt8]) async throws -> [UInt8] { throw Unasked() }
    func fetchAttachment(sha256: [UInt8], into path: String) async throws { throw Unasked() }
    func fetchSegment(sha256: [UInt8], through path: String) async throws -> [UInt8] { throw Unasked() }
    func stream(after position: Position) -> AsyncThrowingStream<HeadEvent, any Error> { AsyncThrowingStream { $0.finish() } }
}
