import Foundation
import Logging
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQLite
import TruckrollSync

@testable import TruckrollServer

/// Unix milliseconds that pass with each look of the server, from 2026-11-23T08:00:00Z on.
final class Ticks: Sendable {
    private let time = Mutex<Int64>(1_795_420_800_000)

    var now: Int64 { time.withLock { $0 } }

    func tick() -> Int64 {
        time.withLock { time in
            time += 10
            return time
        }
    }
}

/// A company with one technician and one order, on disk, that a server of any versions can be started over.
final class SmallCompany: Sendable {
    let directory: URL
    let home: TenantHome
    let tenant = TenantID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_00A1)
    let technician = RecordID(high: 1, low: 1)
    let order = RecordID(high: 1, low: 2)
    let task = RecordID(high: 1, low: 3)
    let clock = Ticks()

    /// - Parameter storage: where its database is made; a file when left out.
    init(in storage: (_ directory: URL) throws -> any Storage = { _ in SQLiteStorage() }) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-versions-\(UInt64.random(in: 0 ... .max))")
        home = TenantHome(directory: directory, tenant: tenant)
        try home.found()
        let storage = try storage(directory)
        defer { storage.close() }
        let service = try open(in: storage, founding: true)
        defer { try? service.close() }
        try service.found(code: "ACME", name: "Acme", timeZone: "Europe/Berlin")
        let importer = try Importer(tenant: service)
        let (customer, site) = (RecordID(high: 1, low: 4), RecordID(high: 1, low: 5))
        try importer.add(RecordDraft("user", id: technician, ["number": .text("T1"), "name": .text("Anna"), "role": .text("technician")]))
        try importer.add(RecordDraft("customer", id: customer, ["number": .text("C1"), "name": .text("Plant AG")]))
        try importer.add(RecordDraft("site", id: site, ["customer": .reference(customer), "name": .text("Works 1")]))
        try importer.flush()
        try importer.add(
            RecordDraft(
                "service_order", id: order,
                [
                    "number": .text("SO-1"), "channel": .text("office"), "customer": .reference(customer), "site": .reference(site),
                    "kind": .text("calibration"), "title": .text("Calibrate"), "requested_at": .text("2026-11-23T08:00:00Z"),
                ]))
        try importer.add(
            RecordDraft("task", id: task, ["order": .reference(order), "title": .text("Check"), "mandatory": .text("no"), "state": .text("open")]))
        var seen: RecordID?
        for (index, event) in ["create", "submit"].enumerated() {
            let id = RecordID(high: 1, low: UInt64(10 + index))
            try importer.add(
                RecordDraft(
                    "order_event", id: id,
                    [
                        "order": .reference(order), "event": .text(event), "at": .text("2026-11-23T08:00:00Z"),
                        "by": .reference(try ServerEngine.importerID(of: tenant, service.engine.schema)),
                    ].merging(seen.map { ["seen": .reference($0)] } ?? [:]) { first, _ in first }))
            seen = id
        }
        try importer.flush()
        try importer.add(
            RecordDraft(
                "assignment_request", id: RecordID(high: 1, low: 20),
                [
                    "order": .reference(order), "action": .text("assign"), "technician": .reference(technician),
                    "starts_at": .text("2026-11-23T09:00:00Z"), "ends_at": .text("2026-11-23T11:00:00Z"),
                ]))
        try importer.flush()
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// The tenant as a program with that schema opens it; this release's when left out.
    func open(
        in storage: any Storage = SQLiteStorage(), schema: Schema? = nil, founding: Bool = false,
        recordsForSnapshot: Int = Limits.recordsForSnapshot
    ) throws -> Tenant {
        try Tenant(
            home: home, in: storage,
            now: { [clock] in clock.tick() }, founding: founding, schema: schema, recordsForSnapshot: recordsForSnapshot)
    }

    /// What a record's field holds at the server, as stored.
    func stored(_ service: Tenant, _ entity: String, _ id: RecordID) throws -> RecordView {
        let entity = try service.engine.schema.entity(entity)
        let record = try service.engine.store.read { try $0.record(RecordKey(type: entity.type, id: id)) }
        return RecordView(try #require(record).record, entity)
    }

    /// Serves the company over HTTP by a program of those versions, for the length of the closure.
    func serve(
        schema: Schema? = nil, protocols: ClosedRange<UInt32> = 1...1, recordsForSnapshot: Int = Limits.recordsForSnapshot,
        _ body: @escaping @Sendable (_ port: Int, Tenant) async throws -> Void
    ) async throws {
        let service = try open(schema: schema, recordsForSnapshot: recordsForSnapshot)
        defer { try? service.close() }
        let (ports, found) = AsyncStream<Int>.makeStream()
        var configuration = HTTPConfiguration(host: "127.0.0.1", port: 0, now: { [clock] in UInt64(clock.now) }, uptime: { 0 })
        configuration.protocols = protocols
        let server = HTTPServer(
            configuration: configuration, directory: OneTenant(service: service), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { found.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { found.finish() }
                try await server.run()
            }
            defer { group.cancelAll() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(port, service)
        }
    }
}

private struct OneTenant: TenantDirectory {
    let service: Tenant
    func service(of tenant: TenantID) -> (any TenantService)? { tenant == service.tenant ? service : nil }
    var defaultTenant: (any TenantService)? { service }
}

/// A device of this project's own client library, of any schema, that speaks any protocol versions.
final class Tablet: Sendable {
    let engine: DeviceEngine
    private let company: SmallCompany
    private let directory: URL
    private let store: SQLiteDeviceStore

    init(of company: SmallCompany, at service: Tenant, schema: Schema? = nil) throws {
        self.company = company
        directory = company.directory.appendingPathComponent("tablet-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let schema = try schema ?? Schema.load()
        let key = SigningKey()
        let device = DeviceID(high: 7, low: UInt64.random(in: 0 ... .max))
        let row = try service.engine.enrolLocally(
            device: device, user: company.technician, publicKey: key.publicKey, name: "tablet", at: try service.moment())
        let enrolment = try service.engine.enrolment(of: row, at: try service.moment())
        store = try SQLiteDeviceStore(path: directory.appendingPathComponent("device.sqlite").path, schema: schema)
        engine = DeviceEngine(schema: schema, store: store)
        let identity = DeviceIdentity(
            tenant: company.tenant, tenantName: "Acme", tenantKey: [], device: device, user: company.technician, replica: row.replica,
            algorithm: .p256, privateKey: key.rawRepresentation, series: row.series, enrolment: try Wire.encode(enrolment), serverURL: "")
        try store.write { try $0.save(identity) }
    }

    private var moment: DeviceMoment { DeviceMoment(milliseconds: company.clock.now, offsetMinutes: 60) }

    func commit(_ body: (LocalEditor) throws -> Void) throws {
        try engine.commit(
            intent: "test", at: moment, newID: { RecordID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)) }, body)
    }

    /// Records a note on the company's order.
    func note(_ text: String, of company: SmallCompany) throws {
        try commit { editor in
            try editor.create(
                "note",
                [
                    "order": .reference(company.order), "text": .text(text), "at": .text("2026-11-23T09:00:00Z"),
                    "by": .reference(company.technician),
                ])
        }
    }

    func transport(_ port: Int, protocols: ClosedRange<UInt32> = 1...1) throws -> HTTPTransport {
        let identity = try #require(try engine.read { try $0.identity() })
        let key = try #require(SigningKey(rawRepresentation: identity.privateKey))
        let clock = company.clock
        return HTTPTransport(
            serverURL: "http://127.0.0.1:\(port)", tenant: company.tenant,
            credentials: DeviceCredentials(device: identity.device, replica: identity.replica) { try key.signature(over: $0) },
            now: { UInt64(clock.now) }, protocols: protocols, schemaVersion: engine.schema.version)
    }

    /// Syncs with a service of this very process, and begins again, as devices do, while it says that this will help.
    ///
    /// - Returns: how often it had to begin again.
    @discardableResult
    func sync(at service: () throws -> Tenant) throws -> Int {
        let replica = try #require(try engine.read { try $0.identity() }).replica
        for repeats in 0..<200 {
            do {
                var conversation = SyncConversation(engine)
                while let request = try conversation.next() {
                    let service = try service()
                    let reply: SyncConversation.Reply =
                        switch request {
                        case .sync(let request): .sync(try service.sync(request, replica: replica))
                        case .audit(let request): .audit(try service.audit(request, replica: replica))
                        case .repair(let request): .repair(try service.repair(request, replica: replica))
                        case .newReplica(let request): .newReplica(try service.newReplica(request))
                        case .carry(let request): .carry(try service.carry(request))
                        case .segment: .segment(nil)
                        }
                    let now = company.clock.now
                    try conversation.receive(reply, sentAt: now, receivedAt: now)
                }
                return repeats
            } catch let problem as ServiceProblem where problem.status == 503 && problem.retryAfterSeconds ?? 0 < 30 { usleep(20_000) }
        }
        throw ServiceProblem(status: 503, code: "unanswered", detail: "The service did not answer.", next: "")
    }

    @discardableResult
    func sync(over transport: HTTPTransport, auditing: Bool = false) async throws -> AuditReport? {
        var conversation = SyncConversation(engine, purpose: auditing ? .audit(repairing: false) : .sync)
        while let request = try conversation.next() {
            let reply: SyncConversation.Reply =
                switch request {
                case .sync(let request): .sync(try await transport.sync(request))
                case .audit(let request): .audit(try await transport.audit(request))
                case .repair(let request): .repair(try await transport.repair(request))
                case .newReplica(let request): .newReplica(try await transport.newReplica(request))
                case .carry(let request): .carry(try await transport.carry(request))
                case .segment: .segment(nil)
                }
            let now = company.clock.now
            try conversation.receive(reply, sentAt: now, receivedAt: now)
        }
        return conversation.audit
    }
}

extension Tenant {
    /// The notes on an order, as the server holds them, sorted.
    func notes(on order: RecordID) throws -> [String] {
        let entity = try engine.schema.entity("note")
        return try converting {
            try engine.store.read { transaction in
                try transaction.ids(entity, where: "order", equals: .reference(order))
                    .compactMap { try transaction.record(RecordKey(type: entity.type, id: $0)) }
                    .compactMap { RecordView($0.record, entity).text("text") }
            }
        }.sorted()
    }
}
