import Foundation
import Synchronization
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollServer
import TruckrollStoreMemory
import TruckrollSync

/// A company of technicians with an order each, whose devices hold back all they have recorded until ``play(callers:)``.
final class IngestCompany {
    private let services: [Tenant]
    private let devices: [WaitingDevice]

    private struct WaitingDevice: Sendable {
        let replica: ReplicaID
        /// One set in each.
        let requests: [PBSyncRequest]
    }

    init(directory: URL, in storages: [any Storage], devices count: Int, sets: Int) throws {
        let tenant = TenantID(high: .random(in: 1...(.max)), low: .random(in: 0...(.max)))
        let home = TenantHome(directory: directory, tenant: tenant)
        try home.found()
        let now = { @Sendable in Int64(Date().timeIntervalSince1970 * 1000) }
        var services: [Tenant] = []
        for storage in storages {
            let service = try Tenant(home: home, in: storage, now: now, founding: services.isEmpty)
            if services.isEmpty { try service.found(code: "BENCH", name: "Benchmark", timeZone: "Europe/Berlin") }
            services.append(service)
        }
        self.services = services
        let service = services[0]
        let people = try Self.fill(service, people: count)
        devices = try people.map { try Self.device(of: $0.technician, order: $0.order, sets: sets, at: service) }
    }

    func close() throws { for service in services { try service.close() } }

    // MARK: Making it

    private static func fill(_ service: Tenant, people count: Int) throws -> [(technician: RecordID, order: RecordID)] {
        let importer = try Importer(tenant: service)
        let office = try ServerEngine.importerID(of: service.tenant, service.engine.schema)
        let day = String(ISO8601DateFormatter().string(from: Date()).prefix(10))
        let (customer, site) = (RecordID(high: 9, low: 1), RecordID(high: 9, low: 2))
        try importer.add(RecordDraft("customer", id: customer, ["number": .text("C1"), "name": .text("Customer")]))
        try importer.add(RecordDraft("site", id: site, ["customer": .reference(customer), "name": .text("Works")]))
        try importer.flush()
        let people = (0..<count).map { index in
            (technician: RecordID(high: 10, low: UInt64(index)), order: RecordID(high: 11, low: UInt64(index)))
        }
        for (index, person) in people.enumerated() {
            try importer.add(
                RecordDraft(
                    "user", id: person.technician,
                    ["number": .text("P\(1000 + index)"), "name": .text("Person \(index)"), "role": .text("technician")]))
            try importer.add(
                RecordDraft(
                    "service_order", id: person.order,
                    [
                        "number": .text("SO-\(index)"), "channel": .text("office"), "customer": .reference(customer),
                        "site": .reference(site), "kind": .text("calibration"), "title": .text("Calibrate"),
                        "requested_at": .text("\(day)T00:00:00Z"),
                    ]))
            var last: RecordID?
            for (step, event) in ["create", "submit"].enumerated() {
                let id = RecordID(high: 12, low: UInt64(index * 2 + step))
                try importer.add(
                    RecordDraft(
                        "order_event", id: id,
                        [
                            "order": .reference(person.order), "event": .text(event), "at": .text("\(day)T00:00:00Z"), "by": .reference(office),
                        ].merging(last.map { ["seen": .reference($0)] } ?? [:]) { first, _ in first }))
                last = id
            }
            try importer.add(
                RecordDraft(
                    "assignment_request", id: RecordID(high: 13, low: UInt64(index)),
                    [
                        "order": .reference(person.order), "action": .text("assign"), "technician": .reference(person.technician),
                        "starts_at": .text("\(day)T09:00:00Z"), "ends_at": .text("\(day)T11:00:00Z"),
                    ]))
            try importer.endSet()
        }
        try importer.flush()
        return people
    }

    private static func device(of technician: RecordID, order: RecordID, sets: Int, at service: Tenant) throws -> WaitingDevice {
        let key = SigningKey()
        let device = DeviceID(high: technician.low, low: .random(in: 0...(.max)))
        let row = try service.engine.enrolLocally(
            device: device, user: technician, publicKey: key.publicKey, name: "benchmark", at: try service.moment())
        let store = MemoryDeviceStore(schema: service.engine.schema)
        let engine = DeviceEngine(schema: service.engine.schema, store: store)
        let enrolment = try service.engine.enrolment(of: row, at: try service.moment())
        let identity = DeviceIdentity(
            tenant: service.tenant, tenantName: "Benchmark", tenantKey: [], device: device, user: technician, replica: row.replica,
            algorithm: .p256, privateKey: key.rawRepresentation, series: row.series, enrolment: try Wire.encode(enrolment), serverURL: "")
        try store.write { try $0.save(identity) }
        var conversation = SyncConversation(engine)
        while let request = try conversation.next() {
            guard case .sync(let request) = request else { break }
            let now = try service.moment().milliseconds
            try conversation.receive(.sync(try service.sync(request, replica: row.replica)), sentAt: now, receivedAt: now)
        }
        try record(sets, on: order, by: technician, with: engine, from: try service.moment().milliseconds)
        var request = try engine.nextRequest(pushBytes: .max >> 1)
        let waiting = try engine.read { try $0.outbox() }.map { PBSignedSet($0.set) }
        request.pull = false
        request.unsent = 0
        return WaitingDevice(
            replica: row.replica,
            requests: waiting.map { set in
                var single = request
                single.push = [set]
                return single
            })
    }

    private static func record(_ sets: Int, on order: RecordID, by technician: RecordID, with engine: DeviceEngine, from start: Int64) throws {
        for index in 0..<sets {
            _ = try engine.commit(
                intent: "note", at: DeviceMoment(milliseconds: start + Int64(index), offsetMinutes: 60),
                newID: { RecordID(high: order.low << 32 | UInt64(index), low: .random(in: 0...(.max))) }
            ) { editor in
                for text in ["Sensor \(index) reads high; replaced its filter, and waits for gas.", "The customer was told of sensor \(index)."] {
                    try editor.create(
                        "note",
                        [
                            "order": .reference(order), "text": .text(text), "at": .text("2026-11-23T09:00:00Z"), "by": .reference(technician),
                        ])
                }
            }
        }
    }

    // MARK: Playing

    /// - Parameter callers: threads, each with some of the devices.
    func play(callers: Int) throws -> IngestResult {
        let results = Mutex<(admitted: Int, milliseconds: [Double], refusals: [String: Int])>((0, [], [:]))
        let before = Self.processorSeconds()
        let start = ContinuousClock.now
        let group = DispatchGroup()
        let (devices, services) = (devices, services)
        for caller in 0..<min(callers, devices.count) {
            group.enter()
            let thread = Thread {
                var (admitted, milliseconds, refusals): (Int, [Double], [String: Int]) = (0, [], [:])
                let own = stride(from: caller, to: devices.count, by: callers).map { devices[$0] }
                for turn in 0..<(own.first?.requests.count ?? 0) {
                    for device in own where turn < device.requests.count {
                        let sent = ContinuousClock.now
                        let reply = Result { try services[caller % services.count].sync(device.requests[turn], replica: device.replica) }
                        milliseconds.append((ContinuousClock.now - sent) / .milliseconds(1))
                        if let refusal = Self.refusal(reply) { refusals[refusal, default: 0] += 1 } else { admitted += 1 }
                    }
                }
                let found = (admitted, milliseconds, refusals)
                results.withLock { $0 = ($0.admitted + found.0, $0.milliseconds + found.1, $0.refusals.merging(found.2, uniquingKeysWith: +)) }
                group.leave()
            }
            thread.start()
        }
        group.wait()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let (admitted, milliseconds, refusals) = results.withLock { $0 }
        return IngestResult(
            admitted: admitted, seconds: seconds, processorSeconds: Self.processorSeconds() - before, milliseconds: milliseconds.sorted(),
            refusals: refusals)
    }

    /// Why a set did not take effect whole; `nil` when it did.
    private static func refusal(_ reply: Result<PBSyncReply, any Error>) -> String? {
        switch reply {
        case .failure(let error): "\(error)"
        case .success(let reply) where reply.hasPushProblem: reply.pushProblem.code
        case .success(let reply):
            reply.receipts.first?.outcome == UInt32(Outcome.applied.rawValue)
                ? nil : reply.receipts.first.map { "outcome \($0.outcome): \($0.remarks.map(\.code).joined(separator: ", "))" } ?? "not answered"
        }
    }

    private static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}
