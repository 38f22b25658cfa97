import Foundation
import Synchronization
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A device with a store of its own, a clock that a test holds, and a small world the server has confirmed.
final class Bench: Sendable {
    let client: DeviceClient
    let directory: URL
    let key = SigningKey()
    let world = World()
    private let position = Mutex<UInt64>(0)

    /// What a pen drew.
    static let strokes = [[0, 0, -40, 250, -70, 800], [420, -20, 60, 370, 470, 820]]

    /// 2026-11-23, 08:00 in Berlin.
    static let morning: Int64 = 1_795_417_200_000

    /// - Parameters:
    ///   - state: where the seeded order stands.
    ///   - environment: clock and luck, where a test holds them itself.
    ///   - transport: the way to the server, where there is one.
    ///   - change: changes the confirmed records before they arrive.
    init(
        state: OrderState = .dispatched, environment given: DeviceEnvironment? = nil, transport: (any SyncTransport)? = nil,
        _ change: (inout [RecordDraft], World) -> Void = { _, _ in }
    ) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-field-tests-\(UInt64.random(in: 0 ... .max))")
        let ticks = Mutex<Int64>(0)
        let numbers = Mutex(SplitMix(state: 7))
        let time: @Sendable () -> Int64 = {
            ticks.withLock { tick in
                tick += 1000
                return Bench.morning + tick
            }
        }
        let ticking = DeviceEnvironment(
            now: time, offsetMinutes: { _ in 60 },
            random: { count in numbers.withLock { generator in (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) } } })
        client = try DeviceClient(
            directory: directory, environment: given ?? ticking,
            connect: { _, _ in
                guard let transport else { throw TransportProblem.offline("no network in this test") }
                return transport
            })
        let identity = DeviceIdentity(
            tenant: TenantID(high: 1, low: 1), tenantName: "Gas Service AG", tenantKey: [], device: DeviceID(high: 2, low: 2), user: world.ana,
            replica: ReplicaID(rawValue: 7),
            algorithm: .p256, privateKey: key.rawRepresentation, series: "ACME-2026-D7", enrolment: [], serverURL: "https://truckroll.example")
        try client.engine.store.write { try $0.save(identity) }
        var drafts = world.drafts(state: state)
        change(&drafts, world)
        try confirm(drafts)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Lets records arrive from the server.
    ///
    /// - Parameter replica: who wrote them.
    func confirm(_ drafts: [RecordDraft], replica: UInt32 = 1) throws {
        let sequence = position.withLock { position in
            position += 1
            return position
        }
        let version = Version(
            stamp: Stamp(milliseconds: UInt64(Bench.morning) - 1_000_000 + sequence, counter: 0, replica: ReplicaID(rawValue: replica)),
            sequence: sequence)
        var records: [Record] = []
        for draft in drafts {
            for op in try client.schema.creation(of: draft) { records.append(try record(op, version)) }
        }
        try confirm(records: records, versions: [version])
    }

    func record(_ op: Op, _ version: Version) throws -> Record {
        var record = Record(key: op.key)
        let entity = try client.schema.entity(client.schema[op.key.type]?.name ?? "")
        for write in op.writes {
            guard let field = entity[write.field] else { continue }
            record.set(try Merge.apply(write, version: version, to: record[write.field], rule: field.rule, lattice: field.lattice).entry)
        }
        return record
    }

    func confirm(records: [Record], versions: [Version]) throws {
        var chunk = PBChunk()
        chunk.versions = versions.map { data($0.encoded) }
        var scopes: [Scope] = []
        for record in records {
            guard let entity = client.schema[record.key.type] else { continue }
            var change = PBRecordChange()
            change.key = data(record.key.encoded)
            change.whole = true
            change.entries = record.entries.map { entry in
                var message = PBEntry()
                message.field = entry.field.rawValue
                message.version = UInt32(versions.firstIndex(of: entry.version) ?? 0)
                message.value = data(entry.value)
                return message
            }
            for scope in entity.scopes(of: RecordView(record, entity)) {
                if !scopes.contains(scope) { scopes.append(scope) }
                change.scopes.append(UInt32(scopes.firstIndex(of: scope) ?? 0))
            }
            chunk.records.append(change)
        }
        chunk.scopes = scopes.map(\.name)
        var reply = PBSyncReply()
        reply.chunks = [chunk]
        var commit = PBCommit()
        let number = position.withLock { $0 }
        commit.checkpoint = PBCheckpoint(
            Checkpoint(epoch: Epoch(rawValue: 9), position: Position(rawValue: number), historyPrefix: Array(repeating: 0, count: 8), viewVersion: 1))
        let held = try client.read { try $0.scopes() }
        commit.viewDigest = data(ViewDigest.of(Array(Set(held + scopes))))
        commit.touched = try scopes.map { scope in try touched(scope, records) }
        reply.commit = commit
        let step = try client.engine.apply(reply, sentAt: Bench.morning, receivedAt: Bench.morning)
        guard case .applied = step else { throw DeviceProblem("seed", "The seed does not apply: \(step).", next: "") }
    }

    /// The digest a scope has with these records in it.
    private func touched(_ scope: Scope, _ records: [Record]) throws -> PBScopeState {
        var digest = try client.read { try $0.digest(of: scope) } ?? ScopeDigest()
        for record in records {
            guard let entity = client.schema[record.key.type], entity.scopes(of: RecordView(record, entity)).contains(scope) else { continue }
            if let former = try client.read({ try $0.scopes(of: record.key).contains(scope) ? $0.record(record.key) : nil }) {
                digest.remove(RecordHash(former))
            }
            digest.add(RecordHash(record))
        }
        var state = PBScopeState()
        state.scope = scope.name
        state.count = digest.count
        state.sum = data(Array(digest.encoded.suffix(16)))
        return state
    }

    /// Takes the order through its tasks and readings up to the customer's signature.
    func workThrough(zeroLeft: String = "0", spanLeft: String = "50", cylinder: String = "CYL-50") throws {
        for event in [OrderEvent.accept, .travel, .arrive, .start] { _ = try client.record(event, on: world.order) }
        try readAll(zeroLeft: zeroLeft, spanLeft: spanLeft, cylinder: cylinder)
        for task in [world.task1, world.task2] { _ = try client.setTask(task, .done) }
        _ = try client.record(.complete, on: world.order)
        let report = try client.serviceReport(world.order)
        _ = try client.sign(world.order, .accepted(name: "R. Meier", role: "shift leader", strokes: Bench.strokes), shown: report)
    }

    func readAll(zeroLeft: String = "0", spanLeft: String = "50", cylinder: String = "CYL-50") throws {
        for (phase, zero, span) in [(CalibrationReading.Phase.asFound, "1", "47"), (.asLeft, zeroLeft, spanLeft)] {
            _ = try client.recordReading(
                ReadingEntry(channel: world.channel, phase: phase, point: .zero, applied: "0", indicated: zero), on: world.order)
            _ = try client.recordReading(
                ReadingEntry(channel: world.channel, phase: phase, point: .span, applied: "50", indicated: span, cylinder: cylinder), on: world.order)
        }
    }
}

/// Sebastiano Vigna's SplitMix64, so that ids are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
