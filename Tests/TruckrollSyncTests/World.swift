import Foundation
import PostgresCluster
import Testing
import TruckrollCompression
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollStoreSQLite
import TruckrollSync

/// A server and its devices in one process, with a clock that the test moves and a network that is a function call.
final class World {
    let schema: Schema
    let server: ServerEngine
    var milliseconds: Int64 = 1_795_420_800_000  // 2026-11-23T08:00:00Z
    let tenant = TenantID(high: 1, low: 2)
    var random = SeededGenerator(seed: 7)
    let importer: Device
    let directory: URL
    /// Whether devices made from now on take snapshots.
    var takesSnapshots = true
    /// What happens to a segment on its way; `nil` for one the server does not give.
    var onSegment: ((SegmentName, [UInt8]) throws -> [UInt8]?)?
    var segmentsFetched = 0

    struct Device {
        let name: String
        let engine: DeviceEngine
        let world: Clock
        let replica: ReplicaID
        let user: RecordID
        final class Clock { var offset: Int64 = 0 }
    }

    /// What the server's transactions go to in batches.
    let store: any ServerStore
    /// Whether servers keep their records in PostgreSQL instead of SQLite, in every test that does not ask for a store of its own:
    /// `TRUCKROLL_TEST_STORE=postgres`.
    static let isOnPostgres = ProcessInfo.processInfo.environment["TRUCKROLL_TEST_STORE"] == "postgres"
    /// Whether devices keep their records in files. In memory the suite takes half the time; where the server is on PostgreSQL all of them
    /// are in files, so that the whole suite is run with both.
    private let devicesInFiles: Bool

    /// - Parameter makeStore: the server's store; SQLite when left out.
    ///   - snapshots: how the server keeps snapshots; not at all when left out.
    ///   - devicesInFiles: whether the test looks into the devices' files.
    init(
        store makeStore: ((Schema) -> any ServerStore)? = nil, partSize: PartSize = PartSize(), snapshots: SnapshotKeeping? = nil,
        devicesInFiles: Bool = false
    ) throws {
        self.devicesInFiles = devicesInFiles || World.isOnPostgres
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-world-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        schema = try Schema.load()
        let key = SigningKey()
        store =
            try makeStore?(schema)
            ?? (World.isOnPostgres
                ? PostgresCluster.store("engine", schema) as any ServerStore
                : SQLiteServerStore(path: directory.appendingPathComponent("server.sqlite").path, schema: schema))
        let server = ServerEngine(
            schema: schema, store: BatchStore(over: store),
            security: ServerSecurity(receiptKey: [1, 2, 3], tenantKey: key.publicKey, sign: { try key.signature(over: $0) }), partSize: partSize,
            snapshots: snapshots)
        self.server = server
        try server.found(
            .init(tenant: tenant, code: "ACME", name: "Acme Service", timeZone: "Europe/Berlin", epoch: Epoch(rawValue: 11), instance: [1]),
            at: ServerMoment(milliseconds: milliseconds, calendar: TenantCalendar(timeZone: "Europe/Berlin")))
        let user = try ServerEngine.importerID(of: tenant, schema)
        importer = try World.makeDevice(
            "importer", user: user, server: server, directory: self.devicesInFiles ? directory : nil, milliseconds: milliseconds, tenant: tenant,
            compression: nil,
            random: &random)
        try sync(importer)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    var moment: ServerMoment { ServerMoment(milliseconds: milliseconds, calendar: TenantCalendar(timeZone: "Europe/Berlin")) }

    func device(_ name: String, user: RecordID) throws -> Device {
        let device = try fresh(name, user: user)
        try sync(device)
        return device
    }

    /// A device that is enrolled and has never synced.
    func fresh(_ name: String, user: RecordID) throws -> Device {
        try World.makeDevice(
            name, user: user, server: server, directory: devicesInFiles ? directory : nil, milliseconds: milliseconds, tenant: tenant,
            compression: takesSnapshots ? Zstd() : nil, random: &random)
    }

    /// One request and its answer, applied; a visit that breaks off after it.
    func exchange(_ device: Device) throws -> PBSyncReply {
        let reply: PBSyncReply = try bytes(try server.sync(try bytes(try device.engine.nextRequest()), replica: device.replica, at: moment))
        _ = try device.engine.apply(reply, sentAt: milliseconds, receivedAt: milliseconds)
        return reply
    }

    private static func makeDevice(
        _ name: String, user: RecordID, server: ServerEngine, directory: URL?, milliseconds: Int64, tenant: TenantID,
        compression: (any Compression)?, random: inout SeededGenerator
    ) throws -> Device {
        let key = SigningKey()
        let id = DeviceID.version7(milliseconds: UInt64(milliseconds), using: &random)
        let moment = ServerMoment(milliseconds: milliseconds, calendar: TenantCalendar(timeZone: "Europe/Berlin"))
        let row = try server.enrolLocally(device: id, user: user, publicKey: key.publicKey, name: name, at: moment)
        let enrolment = try server.enrolment(of: row, at: moment)
        let store: any DeviceStore =
            try directory.map { try SQLiteDeviceStore(path: $0.appendingPathComponent("\(name).sqlite").path, schema: server.schema) }
            ?? MemoryDeviceStore(schema: server.schema)
        let engine = DeviceEngine(schema: server.schema, store: store, compression: compression)
        let identity = DeviceIdentity(
            tenant: tenant, tenantName: "Acme", tenantKey: [], device: id, user: user, replica: row.replica, algorithm: .p256,
            privateKey: key.rawRepresentation, series: row.series, enrolment: try Wire.encode(enrolment), serverURL: "")
        try store.write { try $0.save(identity) }
        return Device(name: name, engine: engine, world: .init(), replica: row.replica, user: user)
    }

    func id() -> RecordID { RecordID.version7(milliseconds: UInt64(milliseconds), using: &random) }

    @discardableResult
    func commit<T>(_ device: Device, _ intent: String = "test", _ body: (LocalEditor) throws -> T) throws -> T {
        milliseconds += 1000
        return try device.engine.commit(
            intent: intent, at: DeviceMoment(milliseconds: milliseconds + device.world.offset, offsetMinutes: 60), newID: { self.id() }, body
        ).result
    }

    /// Signs in, as a device does before it syncs.
    func signIn(_ device: Device) throws {
        guard let identity = try device.engine.read({ try $0.identity() }) else { throw Surprise("\(device.name) is not enrolled") }
        _ = try server.signIn(
            device: identity.device, replica: identity.replica, enrolment: Wire.decode(PBEnrolment.self, identity.enrolment), revoked: [], at: moment)
    }

    /// Syncs until the outbox is empty.
    @discardableResult
    func sync(_ device: Device) throws -> SyncReport {
        milliseconds += 100
        let isRecovering = try device.engine.read { try $0.state().isRecovering }
        let report = try hold(SyncConversation(device.engine), device).report
        if report.newReplica != nil { return try sync(device) }
        if report.repaired > 0, report.givenBack == 0, !isRecovering { throw Surprise("digest mismatch at \(device.name)") }
        return report
    }

    /// Compares all scopes; repairs what differs, and says which it were.
    @discardableResult
    func audit(_ device: Device) throws -> [Scope] {
        try hold(SyncConversation(device.engine, purpose: .audit(repairing: true)), device).audit?.differing ?? []
    }

    /// What a full comparison finds; what the device has found unreadable is not mended before.
    func compare(_ device: Device, repairing: Bool) throws -> AuditReport {
        _ = try hold(SyncConversation(device.engine, purpose: .syncBeforeAudit), device)
        guard let audit = try hold(SyncConversation(device.engine, purpose: .audit(repairing: repairing)), device).audit else {
            throw Surprise("nothing was compared")
        }
        return audit
    }

    /// A visit that may have to mend something.
    @discardableResult
    func mend(_ device: Device) throws -> SyncReport { try hold(SyncConversation(device.engine), device).report }

    /// Carries a conversation's messages, over bytes, as on the wire.
    private func hold(_ begun: SyncConversation, _ device: Device) throws -> SyncConversation {
        var conversation = begun
        while let request = try conversation.next() {
            let replica = try device.engine.read { try $0.identity()?.replica } ?? device.replica
            let reply: SyncConversation.Reply =
                switch request {
                case .sync(let request): .sync(try bytes(try server.sync(try bytes(request), replica: replica, at: moment)))
                case .audit(let request): .audit(try bytes(try server.audit(try bytes(request), replica: replica)))
                case .repair(let request): .repair(try bytes(try server.repair(try bytes(request), replica: replica)))
                case .newReplica(let request): .newReplica(try bytes(try server.newReplica(try bytes(request), at: moment)))
                case .carry(let request): .carry(try bytes(try server.carry(try bytes(request), revoked: [], at: moment)))
                case .segment(let name): .segment(try fetch(name, replica))
                }
            let local = milliseconds + device.world.offset
            try conversation.receive(reply, sentAt: local, receivedAt: local)
        }
        return conversation
    }

    private func fetch(_ name: SegmentName, _ replica: ReplicaID) throws -> [UInt8]? {
        segmentsFetched += 1
        do {
            let bytes = try server.segment(name.sha256, from: 0, replica: replica)
            return try onSegment.map { try $0(name, bytes) } ?? bytes
        } catch let problem as EngineProblem where problem == .snapshotGone { return nil }
    }

    private func bytes<Message: WireMessage>(_ message: Message) throws -> Message { try Message(wire: message.wire(.protobuf), form: .protobuf) }

    /// What the server has in a record's field.
    func serverValue(_ entity: String, _ id: RecordID, _ field: String) throws -> Value {
        let entity = try schema.entity(entity)
        return try server.store.read { transaction in
            try transaction.record(RecordKey(type: entity.type, id: id)).map { RecordView($0.record, entity)[field] } ?? .null
        }
    }

    func serverRecords(_ entity: String) throws -> [RecordView] {
        let entity = try schema.entity(entity)
        return try server.store.read { transaction in
            try transaction.ids(entity).compactMap { try transaction.record(RecordKey(type: entity.type, id: $0)) }.map {
                RecordView($0.record, entity)
            }
        }
    }

    func value(_ device: Device, _ entity: String, _ id: RecordID, _ field: String) throws -> Value {
        try device.engine.read { try $0.view(entity, id)?[field] ?? .null }
    }
}

struct Surprise: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
