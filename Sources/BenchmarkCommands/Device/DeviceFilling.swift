import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Fills a device's own store with a company, in the way in which pulls are applied, and a bare database with the same rows beside it.
struct DeviceFilling {
    /// Records a reply brings, as when a view is filled.
    private static let replyRecords = 5000

    let company: DeviceCompany
    let directory: URL
    /// Records in the store.
    private(set) var records = 0

    init(_ company: DeviceCompany, in directory: URL) throws {
        self.company = company
        self.directory = directory
        let client = try DeviceClient(directory: directory)
        defer { try? client.close() }
        let key = SigningKey()
        let identity = DeviceIdentity(
            tenant: TenantID(high: 1, low: 1), tenantName: "Benchmark", tenantKey: [], device: DeviceID(high: 2, low: 2), user: company.dispatcher,
            replica: ReplicaID(rawValue: 7), algorithm: .p256, privateKey: key.rawRepresentation, series: "LARGE-2026-D7", enrolment: [],
            serverURL: "http://127.0.0.1")
        try client.engine.store.write { try $0.save(identity) }
        let bare = try BareTables(directory: directory)
        var sender = Sender(client)
        try company.drafts { draft in
            for op in try client.schema.creation(of: draft) {
                let record = try sender.record(op)
                try sender.add(record)
                try bare.add(record, draft)
                records += 1
            }
            if sender.count >= Self.replyRecords { try sender.send() }
        }
        try sender.send()
        try bare.finish()
    }

    /// Packs records into replies as a server does.
    private struct Sender {
        let client: DeviceClient
        private var position: UInt64 = 1
        private var chunk = PBChunk()
        private var places: [Scope: Int] = [:]
        private var digests: [Scope: ScopeDigest] = [:]
        private var touched: Set<Scope> = []

        init(_ client: DeviceClient) { self.client = client }

        var count: Int { chunk.records.count }

        private var version: Version {
            Version(
                stamp: Stamp(milliseconds: UInt64(DeviceCompany.morning) - 1_000_000 + position, counter: 0, replica: ReplicaID(rawValue: 1)),
                sequence: position)
        }

        func record(_ op: Op) throws -> Record {
            var record = Record(key: op.key)
            guard let entity = client.schema[op.key.type] else { return record }
            for write in op.writes {
                guard let field = entity[write.field] else { continue }
                record.set(try Merge.apply(write, version: version, to: record[write.field], rule: field.rule, lattice: field.lattice).entry)
            }
            return record
        }

        mutating func add(_ record: Record) throws {
            guard let entity = client.schema[record.key.type] else { return }
            var change = PBRecordChange()
            change.key = data(record.key.encoded)
            change.whole = true
            change.entries = record.entries.map { entry in
                var message = PBEntry()
                message.field = entry.field.rawValue
                message.value = data(entry.value)
                return message
            }
            for scope in entity.scopes(of: RecordView(record, entity)) {
                if places[scope] == nil {
                    places[scope] = chunk.scopes.count
                    chunk.scopes.append(scope.name)
                }
                change.scopes.append(UInt32(places[scope] ?? 0))
                digests[scope, default: ScopeDigest()].add(RecordHash(record))
                touched.insert(scope)
            }
            chunk.records.append(change)
        }

        mutating func send() throws {
            guard count > 0 else { return }
            chunk.versions = [data(version.encoded)]
            var commit = PBCommit()
            commit.checkpoint = PBCheckpoint(
                Checkpoint(
                    epoch: Epoch(rawValue: 9), position: Position(rawValue: position), historyPrefix: Array(repeating: 0, count: 8), viewVersion: 1))
            commit.viewDigest = data(ViewDigest.of(Array(digests.keys)))
            commit.touched = touched.map { scope in
                let digest = digests[scope] ?? ScopeDigest()
                var state = PBScopeState()
                state.scope = scope.name
                state.count = digest.count
                state.sum = data(Array(digest.encoded.suffix(16)))
                return state
            }
            var reply = PBSyncReply()
            reply.chunks = [chunk]
            reply.commit = commit
            guard case .applied = try client.engine.apply(reply, sentAt: DeviceCompany.morning, receivedAt: DeviceCompany.morning) else {
                throw DeviceProblem("malformed", "The records of the benchmark do not apply.", next: "Report this.")
            }
            chunk = PBChunk()
            (places, touched) = ([:], [])
            position += 1
        }
    }
}
