import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What an operator asks a tenant.
public struct TenantReport {
    private let engine: ServerEngine

    public init(_ engine: ServerEngine) { self.engine = engine }

    public struct Status: Codable, Sendable {
        public let tenant: String
        public let epoch: String
        public let position: UInt64
        public let devices: Int
        public let needsAttention: Int
        public let openExceptions: Int
        /// After a restore: whom it waits for before it promises stock again; absent otherwise.
        public let settling: Settling?
    }

    public struct Settling: Codable, Sendable {
        /// When the waiting ends in any case, Unix milliseconds.
        public let until: Int64
        public let replicas: [UInt32]
        /// Reservations and stock leases that wait for their answer.
        public let requests: Int
    }

    public struct Device: Codable, Sendable {
        public let replica: UInt32
        public let device: String
        public let name: String
        public let user: String
        public let role: String
        public let sets: UInt64
        public let series: String
        public let revoked: Bool
        /// As it said at its last sign-in since the server was started.
        public let protocolVersion: UInt32?
        public let schemaVersion: UInt32?
        /// Own change sets it still held after its last request; absent when it held none, or made no request since the server was started.
        public let held: Int?
        /// Since when it has always held some, Unix milliseconds.
        public let heldSince: Int64?
    }

    public struct Item: Codable, Sendable {
        public let position: UInt64
        public let set: String
        public let outcome: String
        public let intent: String
        public let user: String
        public let reasons: [String]
    }

    public struct Check: Codable, Sendable {
        public let sets: Int
        public let records: Int
        public let scopes: Int
        /// How many things are damaged, and the first of them.
        public let damaged: Int
        public let damage: [Damage]
    }

    public struct Damage: Codable, Sendable {
        /// `set`, `record`, `scope`, `replica` or `column`.
        public let kind: String
        /// A position of the log, a record's entity and id, a scope, a replica's number, or an entity's column.
        public let name: String
        public let words: String
    }

    /// Reads all there is; what is damaged is listed up to a bound.
    public func check() throws -> Check {
        let found = try engine.inspect()
        return Check(
            sets: found.sets, records: found.records, scopes: found.scopes, damaged: found.damage.count,
            damage: found.damage.prefix(1_000).map { Damage(kind: $0.kind.rawValue, name: $0.name, words: $0.words) })
    }

    public func status() throws -> Status {
        let settling = try engine.settling().map {
            Settling(until: $0.until, replicas: $0.awaited.map(\.rawValue), requests: $0.waitingRequests)
        }
        return try engine.store.read { transaction in
            guard let tenant = try transaction.tenant() else {
                throw EngineProblem("no-tenant", "The store was not initialised.", next: "Run `init`.")
            }
            let exceptions = try transaction.ids(try engine.schema.entity("exception"), where: "state", equals: .text("open"))
            return Status(
                tenant: tenant.tenant.description, epoch: tenant.epoch.description, position: tenant.head.rawValue,
                devices: try transaction.replicas().count,
                needsAttention: try unsettled(transaction, limit: 10_000).count,
                openExceptions: exceptions.count, settling: settling)
        }
    }

    func devices(versions: [ReplicaID: DeviceVersions]) throws -> [Device] {
        try engine.store.read { transaction in
            let reports = try engine.newestReports(transaction)
            return try transaction.replicas().map { row in
                let held = reports[row.replica].flatMap { $0.unsent > 0 ? $0 : nil }
                return Device(
                    replica: row.replica.rawValue, device: row.device.description, name: row.name, user: try name(of: row.user, transaction),
                    role: row.role.rawValue, sets: row.lastSequence, series: row.series, revoked: row.revokedAt != nil,
                    protocolVersion: versions[row.replica]?.protocolVersion,
                    schemaVersion: versions[row.replica].flatMap { $0.schemaVersion == 0 ? nil : $0.schemaVersion },
                    held: held.map { Int($0.unsent) }, heldSince: held?.heldSince)
            }
        }
    }

    /// Sets that took no or not all effect, newest first.
    public func attention() throws -> [Item] {
        try engine.store.read { transaction in
            try unsettled(transaction, limit: 1000).reversed().map { admitted in
                let receipt = try Receipt(try Wire.decode(PBReceipt.self, admitted.answer))
                return Item(
                    position: admitted.position.rawValue, set: admitted.set.writeID.description, outcome: admitted.outcome.name,
                    intent: admitted.intent, user: try name(of: admitted.user, transaction), reasons: receipt.remarks.map { "\($0.code): \($0.text)" }
                )
            }
        }
    }

    /// Sets that were set aside, and those that still wait: a released one does not, nor one whose work came under another number.
    private func unsettled(_ transaction: any ServerTransaction, limit: Int) throws -> [AdmittedSet] {
        try transaction.admitted(outcomes: [.setAside, .quarantined, .deferred], limit: limit)
            .filter { try $0.outcome == .setAside || transaction.waiting($0.set.writeID) != nil }
    }

    private func name(of user: RecordID, _ transaction: any ServerTransaction) throws -> String {
        let entity = try engine.schema.entity("user")
        return try transaction.record(RecordKey(type: entity.type, id: user)).flatMap { RecordView($0.record, entity).text("name") } ?? user.short
    }
}
