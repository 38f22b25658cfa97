import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// The company every run begins with: made once, copied for each run.
public final class StartingWorld: @unchecked Sendable {
    static let tenant = TenantID(high: 1, low: 2)
    static let calendar = TenantCalendar(timeZone: "Europe/Berlin")

    let schema: Schema
    let newerSchema: Schema
    /// 2026-11-23T06:00:00Z.
    let milliseconds: Int64 = 1_795_413_600_000
    private let deviceCount: Int
    private var templates: [Bool: Template] = [:]

    private struct Template {
        let server: MemoryServerStore
        let devices: [(name: String, user: RecordID, role: Role, store: MemoryDeviceStore)]
        let security: SimulatedSecurity
    }

    /// - Parameter devices: technicians and dispatchers by turns, two of each before a third technician.
    public init(devices: Int) throws {
        schema = try Schema.load()
        newerSchema = try Schema(documents: NewerSchema.documents(), version: Schema.current + 1)
        deviceCount = devices
        for isReal in [false, true] { templates[isReal] = try make(SimulatedSecurity(isReal: isReal)) }
    }

    /// A server and devices of a run's own.
    func fork(seed: UInt64, realSignatures: Bool, devices count: Int) -> (server: SimulatedServer, devices: [SimulatedDevice], keys: KeyRing) {
        guard let template = templates[realSignatures] else { preconditionFailure("both templates were made") }
        let keys = KeyRing(template.security, from: 1000 + (seed % 1000) * 1000)
        let store = template.server.copy()
        let server = SimulatedServer(schema: schema, store: store, security: template.security.server, seed: seed)
        let devices = template.devices.map {
            SimulatedDevice(name: $0.name, user: $0.user, role: $0.role, store: $0.store.copy(), schema: schema, keys: keys)
        }
        return (server, devices, keys)
    }

    // MARK: Making it

    private func make(_ security: SimulatedSecurity) throws -> Template {
        let store = MemoryServerStore(schema: schema)
        return Template(server: store, devices: try fill(store, security), security: security)
    }

    /// Makes the company in another store, which is empty.
    func fill(_ store: any ServerStore, realSignatures: Bool) throws { _ = try fill(store, SimulatedSecurity(isReal: realSignatures)) }

    /// The same each time.
    private func fill(
        _ store: any ServerStore, _ security: SimulatedSecurity
    ) throws -> [(name: String, user: RecordID, role: Role, store: MemoryDeviceStore)] {
        var random = SeededGenerator(seed: 77)
        let engine = ServerEngine(schema: schema, store: store, security: security.server)
        let moment = ServerMoment(milliseconds: milliseconds - 3_600_000, calendar: Self.calendar)
        try engine.found(
            .init(tenant: Self.tenant, code: "ACME", name: "Acme Service", timeZone: "Europe/Berlin", epoch: Epoch(rawValue: 11), instance: [1]),
            at: moment)
        let keys = KeyRing(security, from: 1)
        let importer = try device(
            "importer", try ServerEngine.importerID(of: Self.tenant, schema), .importer, engine, keys, moment, &random)
        let people = (0..<deviceCount).map { number in
            (
                name: "\([1, 4].contains(number % 5) ? "dispatcher" : "technician") \(number)",
                role: [1, 4].contains(number % 5) ? Role.dispatcher : .technician,
                id: RecordID.version7(milliseconds: UInt64(milliseconds), using: &random)
            )
        }
        for draft in StartingCompany(people: people.map { ($0.id, $0.name, $0.role) }, random: &random).commits {
            _ = try importer.engine.commit(
                intent: "import", at: DeviceMoment(milliseconds: moment.milliseconds, offsetMinutes: 60),
                newID: { RecordID.version7(milliseconds: UInt64(self.milliseconds), using: &random) }, draft)
            try visit(importer, engine, moment)
        }
        let devices = try people.map { try device($0.name, $0.id, $0.role, engine, keys, moment, &random) }
        for device in devices { try visit(device, engine, moment) }
        return devices.map { ($0.name, $0.user, $0.role, $0.store) }
    }

    private func device(
        _ name: String, _ user: RecordID, _ role: Role, _ engine: ServerEngine, _ keys: KeyRing, _ moment: ServerMoment,
        _ random: inout SeededGenerator
    ) throws -> SimulatedDevice {
        let enrolment = SimulatedEnrolment(
            device: DeviceID.version7(milliseconds: UInt64(moment.milliseconds), using: &random), user: user, name: name, key: keys.make())
        let row =
            try role == .importer
            ? engine.enrolLocally(device: enrolment.device, user: user, publicKey: enrolment.key.publicKey, name: name, at: moment)
            : enrolment.ask(engine, keys, at: moment)
        let store = try enrolment.store(row, engine, schema, at: moment)
        return SimulatedDevice(name: name, user: user, role: role, store: store, schema: schema, keys: keys)
    }

    private func visit(_ device: SimulatedDevice, _ engine: ServerEngine, _ moment: ServerMoment) throws {
        var conversation = device.conversation(.sync)
        while let request = try conversation.next() {
            let call = try ServerCall(request, try device.identity().replica)
            try conversation.receive(
                try call.reply(try call.serve(engine, revoked: [], at: moment)), sentAt: moment.milliseconds, receivedAt: moment.milliseconds)
        }
    }
}
