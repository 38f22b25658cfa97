import Foundation
import Logging
import Synchronization
import TruckrollCompression
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

/// What a device says of itself when it signs in.
struct DeviceVersions: Hashable, Sendable {
    let protocolVersion: UInt32
    /// 0 when it does not say.
    let schemaVersion: UInt32
}

/// One tenant of this server on its embedded database: opens the files, and is the HTTP side's service.
public final class SQLiteTenant: Sendable {
    public let home: TenantHome
    public let engine: ServerEngine
    public let heads = HeadBroadcaster()
    private let store: SQLiteServerStore
    private let now: @Sendable () -> Int64
    private let logger: Logger?
    /// Why the store failed last; `nil` when nothing has failed since it was last written.
    private let failure = Mutex<StoreProblem?>(nil)
    /// The one read last.
    private let calendar = Mutex<TenantCalendar?>(nil)
    /// What devices said of themselves when they signed in last, since the server was started.
    let deviceVersions = Mutex<[ReplicaID: DeviceVersions]>([:])

    /// Opens a tenant's database and starts a new epoch when it was restored or copied.
    ///
    /// - Parameters:
    ///   - founding: whether the database may be new; else one that is missing or empty was lost, and is not made anew.
    ///   - recordsForSnapshot: live records from which on a shared scope comes by its snapshot.
    /// - Throws: ``StoreProblem`` when the file is damaged or another process serves it; ``EngineProblem`` `store-newer` when a
    ///   program with a newer schema wrote it, `keys-foreign` when the keys are not this database's.
    public init(
        home: TenantHome, now: @escaping @Sendable () -> Int64, logger: Logger? = nil, founding: Bool = false, schema given: Schema? = nil,
        recordsForSnapshot: Int = Limits.recordsForSnapshot
    ) throws {
        self.home = home
        self.now = now
        self.logger = logger
        let schema = try given ?? Schema.load()
        guard try founding || home.hasDatabase() else {
            throw EngineProblem(
                "database-missing", "\(home.database) is missing or empty.",
                next: "Put the newest copy back: truckroll-server restore. Devices bring back what it lacks.")
        }
        let mark = SchemaMark(of: home.database)
        if let newest = mark.newest, newest > schema.version {
            throw EngineProblem(
                "store-newer",
                "\(home.database) was written with schema \(newest); this program knows up to \(schema.version). It was left as it is.",
                next: "Update this program. If an older copy of the database stands there now, remove \(mark.path).")
        }
        store = try SQLiteServerStore(path: home.database, schema: schema)
        mark.raise(to: schema.version)
        engine = ServerEngine(
            schema: schema, store: store, security: try home.security(),
            snapshots: SnapshotKeeping(segments: SegmentFolder(path: home.snapshots), compression: Zstd(), records: recordsForSnapshot),
            numbers: home.replicaNumbers())
        try engine.checkKeys()
        if try engine.checkInstance(try home.instance(), newEpoch: SecureRandom.epoch(), at: try moment()) {
            logger?.warning("new epoch: the database does not stand where it was left", metadata: ["tenant": "\(home.tenant)"])
        }
        // What cannot be taken up now goes on waiting, and the tenant is served all the same.
        do { try engine.takeUpDeferred(at: try moment()) } catch {
            logger?.error("deferred sets", metadata: ["tenant": "\(home.tenant)", "type": "\(type(of: error))"])
        }
        let unreadable = try home.unreadableRevocations()
        if unreadable > 0 {
            logger?.warning(
                "lines of the list of revocations name no device: compare it with its copy, a device may be let in again after a restore",
                metadata: ["tenant": "\(home.tenant)", "lines": "\(unreadable)"])
        }
        for device in try home.revokedDevices() { try engine.revoke(device, at: try moment()) }
    }

    public func close() throws { try store.close() }

    /// Copies the database to a new file.
    public func backup(to path: String) throws { try store.backup(to: path) }

    /// Where the disk has changed the tenant's own record, its time zone is the one read last.
    public func moment() throws -> ServerMoment {
        do {
            let present = try engine.calendar()
            calendar.withLock { $0 = present }
            return ServerMoment(milliseconds: now(), calendar: present)
        } catch let error as any DamageOfStore where error.damage != nil {
            guard let last = calendar.withLock({ $0 }) else { throw error }
            return ServerMoment(milliseconds: now(), calendar: last)
        }
    }

    /// Runs what is due by the clock.
    public func tick() throws {
        let moment = try moment()
        if try engine.tick(at: moment) { heads.moved() }
        try engine.collect(at: moment)
        PartialUploads.collect(in: home.attachments, now: UInt64(max(0, moment.milliseconds)))
    }

    /// A code for a user named by id or personnel number.
    public func makeEnrolmentCode(user name: String) throws -> (code: String, user: RecordView) {
        let user = try findUser(name)
        let code = SecureRandom.enrolmentCode()
        try engine.addEnrolmentCode(code, user: user.id, expiresAt: now() + Int64(Limits.enrolmentCodeSeconds) * 1000)
        return (code, user)
    }

    /// The company's record; `nil` where the making of the tenant was cut short.
    public func company() throws -> RecordView? {
        let entity = try engine.schema.entity("tenant")
        return try engine.store.read { transaction in
            try transaction.record(RecordKey(type: entity.type, id: RecordID(high: home.tenant.high, low: home.tenant.low)))
                .map { RecordView($0.record, entity) }
        }
    }

    /// The users, by number.
    public func users() throws -> [RecordView] {
        let entity = try engine.schema.entity("user")
        return try engine.store.read { transaction in
            try transaction.ids(entity).compactMap { try transaction.record(RecordKey(type: entity.type, id: $0)) }
                .map { RecordView($0.record, entity) }
        }.sorted { ($0.text("number") ?? "") < ($1.text("number") ?? "") }
    }

    private func findUser(_ name: String) throws -> RecordView {
        let found = try users().filter { $0.text("number") == name || $0.id.description == name || $0.text("name") == name }
        guard let user = found.first, found.count == 1 else {
            throw EngineProblem("user-unknown", "No user has the number or name “\(name)”.", next: "See `truckroll-server users`.")
        }
        return user
    }

    /// Shuts a device out, in the database and in the list beside it.
    public func revoke(_ device: DeviceID) throws {
        try home.appendRevocation(device, at: now())
        try engine.revoke(device, at: try moment())
        heads.moved()
    }

    /// Why the store cannot be written; once it has failed, found out by writing.
    func obstacle() -> StoreProblem? {
        guard failure.withLock({ $0 }) != nil else { return nil }
        do {
            try store.probe()
            failure.withLock { $0 = nil }
            return nil
        } catch let problem as StoreProblem { return problem } catch { return failure.withLock { $0 } }
    }

    func converting<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let problem as EngineProblem { throw ServiceProblem(problem) } catch let problem as StoreProblem {
            logger?.error("store", metadata: ["code": "\(problem.code)", "detail": "\(problem)"])
            if !problem.isFaultOfSet { failure.withLock { $0 = problem } }
            throw ServiceProblem(problem)
        } catch let problem as WireProblem {
            throw ServiceProblem(status: 400, code: problem.code, detail: problem.detail, next: "Update the app.")
        } catch let problem as DecodingProblem {
            throw ServiceProblem(status: 400, code: problem.code, detail: problem.detail, next: "Update the app.")
        }
    }
}

extension ServiceProblem {
    init(_ problem: StoreProblem) {
        var (detail, next) = ("The server's store cannot be used now.", "Nothing is lost; try again later.")
        if case .diskFull = problem {
            (detail, next) = ("The server's disk is full.", "Nothing is lost; whoever runs the server frees space there. Try again later.")
        }
        if problem.damage != nil {
            (detail, next) = (
                "The server's store is damaged where this is kept.",
                "Nothing is lost; tell whoever runs the server: `truckroll-server check` names the place. Try again later."
            )
        }
        self.init(status: 503, code: problem.code, detail: detail, next: next, retryAfterSeconds: 30)
    }

    init(_ problem: EngineProblem) {
        let status =
            switch problem.code {
            case "device-unknown": 401
            case "device-revoked", "enrolment-refused", "signature-invalid": 403
            case "replica-unknown", "user-unknown", "set-unknown", "snapshot-gone": 404
            case "push-too-large": 413
            case "too-many-replicas": 429
            default: 400
            }
        self.init(
            status: status, code: problem.code, detail: problem.detail, next: problem.next, retryAfterSeconds: problem.retryAfterSeconds)
    }
}
