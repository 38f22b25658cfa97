import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A dispatcher's device in a folder of its own, without a network, that is told by hand what a server would send.
final class Desk {
    static let user = id(1)
    static let (weber, wolf, novak) = (id(11), id(12), id(13))
    static let (customer, site, otherSite) = (id(21), id(31), id(32))
    static let (ready, started, planned, closed) = (id(41), id(42), id(43), id(44))
    /// 2026-11-23 08:00 in Vienna.
    static let now: Int64 = 1_795_417_200_000

    let folder: URL
    let client: DeviceClient
    let tenantKey = SigningKey()
    let deviceKey = SigningKey()
    let device = DeviceID(high: 7, low: 7)
    private let records: MemoryRecords
    private var position: UInt64 = 0

    init(role: String = "dispatcher") throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("desk-\(UInt64.random(in: 0 ... .max))")
        let environment = DeviceEnvironment(
            now: { Self.now }, offsetMinutes: { _ in 60 }, random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } })
        client = try DeviceClient(directory: folder, environment: environment) { _, _ in throw TransportProblem.offline("no network in this test") }
        records = MemoryRecords(try Schema.load())
        let identity = DeviceIdentity(
            tenant: TenantID(high: 1, low: 1), tenantName: "ACME", tenantKey: tenantKey.publicKey, device: device, user: Self.user,
            replica: ReplicaID(rawValue: 9), algorithm: .p256, privateKey: deviceKey.rawRepresentation, series: "ACME-2026-D9",
            enrolment: try Wire.encode(try enrolment(of: device, key: deviceKey)), serverURL: "http://localhost")
        try client.engine.store.write { try $0.save(identity) }
        try receive(Self.company(role: role))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static func id(_ number: UInt64) -> RecordID { RecordID(high: 0x7000, low: number) }

    func enrolment(of device: DeviceID, key: SigningKey, replica: UInt32 = 9) throws -> PBEnrolment {
        let statement = try EnrolmentStatement(
            tenant: TenantID(high: 1, low: 1).bytes, device: device.bytes, user: Self.user.bytes, replica: replica, publicKey: key.publicKey,
            issuedAt: 1_760_000_000_000)
        var enrolment = PBEnrolment()
        enrolment.device = data(device.bytes)
        enrolment.statement = data(statement.encoded)
        enrolment.signature = data(try tenantKey.signature(over: statement.encoded))
        return enrolment
    }

    /// Sends records, server's fields included, and answers to the device's own sets.
    func receive(_ drafts: [RecordDraft] = [], patching patches: [RecordDraft] = [], answering answers: [(OwnSet, Outcome, String)] = []) throws {
        position += 1
        let changed = try records.write(drafts, kind: .create, sequence: position) + records.write(patches, kind: .patch, sequence: position)
        var chunk = PBChunk()
        chunk.scopes = ["office"]
        for key in Set(changed).sorted() {
            guard let record = records.records[key] else { continue }
            var change = PBRecordChange()
            change.key = data(key.encoded)
            change.whole = true
            change.scopes = [0]
            for entry in record.entries {
                var part = PBEntry()
                part.field = entry.field.rawValue
                part.version = UInt32(chunk.versions.count)
                part.value = data(entry.value)
                chunk.versions.append(data(entry.version.encoded))
                change.entries.append(part)
            }
            chunk.records.append(change)
        }
        var digest = ScopeDigest()
        for record in records.records.values { digest.add(RecordHash(record)) }
        var state = PBScopeState()
        state.scope = "office"
        state.count = digest.count
        state.sum = data(Array(digest.encoded.suffix(16)))
        var reply = PBSyncReply()
        reply.chunks = [chunk]
        reply.commit.touched = [state]
        reply.commit.viewDigest = data(ViewDigest.of([Scope("office")]))
        reply.commit.checkpoint = PBCheckpoint(
            Checkpoint(
                epoch: Epoch(rawValue: 5), position: Position(rawValue: position), historyPrefix: [UInt8](repeating: 1, count: 8), viewVersion: 1))
        reply.receipts = answers.map { own, outcome, text in
            PBReceipt(
                Receipt(
                    writeID: own.set.writeID, setHash: own.hash, epoch: Epoch(rawValue: 5), position: Position(rawValue: position),
                    stamp: Stamp(milliseconds: UInt64(Self.now), counter: 1, replica: own.set.writeID.replica), outcome: outcome,
                    remarks: text.isEmpty ? [] : [Remark(code: "test", text: text)]))
        }
        let step = try client.engine.apply(reply, sentAt: Self.now, receivedAt: Self.now)
        guard case .applied = step else { throw DeskProblem(step: "\(step)") }
    }

    struct DeskProblem: Error { let step: String }

    var calendar: DispatchCalendar { DispatchCalendar(timeZone: "Europe/Vienna", now: Self.now) }
}

/// Records in memory, written as a server would.
final class MemoryRecords: RecordAccess {
    private let schema: Schema
    private(set) var records: [RecordKey: Record] = [:]

    init(_ schema: Schema) { self.schema = schema }

    func record(_ key: RecordKey) throws -> Record? { records[key] }
    func put(_ record: Record) throws { records[record.key] = record }
    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] { [] }

    func write(_ drafts: [RecordDraft], kind: Op.Kind, sequence: UInt64) throws -> [RecordKey] {
        let stamp = Stamp(milliseconds: UInt64(Desk.now) - 1000 + sequence, counter: 0, replica: ReplicaID(rawValue: 1))
        let applier = SetApplier(schema: schema, access: self, version: Version(stamp: stamp, sequence: sequence), role: nil)
        return try drafts.flatMap { draft in
            try schema.creation(of: draft).map { op in
                let op = Op(kind: kind, key: op.key, writes: op.writes)
                _ = try applier.apply(op, index: 0)
                return op.key
            }
        }
    }
}
