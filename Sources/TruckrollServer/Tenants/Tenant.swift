import Foundation
import Logging
import Synchronization
import TruckrollCompression
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreSQL
import TruckrollSync

/// What a device says of itself when it signs in.
struct DeviceVersions: Hashable, Sendable {
    let protocolVersion: UInt32
    /// 0 when it does not say.
    let schemaVersion: UInt32
}

/// One tenant of this server: opens its database, and is the HTTP side's service.
public final class Tenant: Sendable {
    public let home: TenantHome
    public let engine: ServerEngine
    public let heads = HeadBroadcaster()
    let store: any TenantStore
    private let now: @Sendable () -> Int64
    private let logger: Logger?
    /// Why the store failed last; `nil` when nothing has failed since it was last written.
    private let failure = Mutex<StoreProblem?>(nil)
    /// Where the database stands, as it was taken up last.
    private let instance = Mutex<[UInt8]>([])
    /// The one read last, and when.
    private let calendar = Mutex<(calendar: TenantCalendar, readAt: ContinuousClock.Instant)?>(nil)
    /// A company changes its time zone once in a lifetime, and nobody minds when all know it a moment later.
    private static let calendarHolds: Duration = .seconds(1)
    /// What devices said of themselves when they signed in last, since the server was started.
    let deviceVersions = Mutex<[ReplicaID: DeviceVersions]>([:])

    /// Opens a tenant's database and starts a new epoch when it was restored or copied.
    ///
    /// - Parameters:
    ///   - founding: whether the database may be new; else one that is missing or empty was lost, and is not made anew.
    ///   - recordsForSnapshot: live records from which on a shared scope comes by its snapshot.
    /// - Throws: ``StoreProblem`` when the database cannot be used; ``EngineProblem`` `store-newer` when a program with a newer schema
    ///   wrote it, `keys-foreign` when the keys are not this database's.
    public init(
        home: TenantHome, in storage: any Storage, now: @escaping @Sendable () -> Int64, logger: Logger? = nil, founding: Bool = false,
        schema given: Schema? = nil, recordsForSnapshot: Int = Limits.recordsForSnapshot
    ) throws {
        self.home = home
        self.now = now
        self.logger = logger
        let schema = try given ?? Schema.load()
        store = GroupCommit(try storage.open(home, schema: schema, founding: founding))
        engine = ServerEngine(
            schema: schema, store: store, security: try home.security(),
            snapshots: SnapshotKeeping(segments: SegmentFolder(path: home.snapshots), compression: Zstd(), records: recordsForSnapshot),
            numbers: home.replicaNumbers())
        try takeUp()
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
        store.onMove { [heads] in heads.moved() }
    }

    /// Wakes the streams, here and at the other processes that serve the tenant.
    func moved() {
        heads.moved()
        store.announce()
    }

    /// Begins a new epoch where the database does not stand where it was left.
    private func takeUp() throws {
        try store.takeUp { store, instance in
            let engine = engine.over(store)
            try engine.checkKeys()
            if try engine.checkInstance(instance, newEpoch: SecureRandom.epoch(), at: try moment(by: engine)) {
                logger?.warning("new epoch: the database does not stand where it was left", metadata: ["tenant": "\(home.tenant)"])
            }
            self.instance.withLock { $0 = instance }
        }
    }

    /// Gives a new tenant its first records. Does nothing when it has them.
    public func found(code: String, name: String, timeZone: String) throws {
        try engine.found(
            .init(
                tenant: home.tenant, code: code, name: name, timeZone: timeZone, epoch: SecureRandom.epoch(), instance: instance.withLock { $0 }),
            at: try moment())
        // That of before was nobody's.
        calendar.withLock { $0 = nil }
    }

    /// Stores what was noted of devices, and closes the store.
    public func close() throws {
        // How devices stood is told to people, and lost rather than keeping the store open.
        try? engine.saveReports()
        try store.close()
    }

    /// Where the disk has changed the tenant's own record, its time zone is the one read last.
    public func moment() throws -> ServerMoment { try moment(by: engine) }

    private func moment(by engine: ServerEngine) throws -> ServerMoment {
        let last = calendar.withLock { $0 }
        if let last, .now - last.readAt < Self.calendarHolds { return ServerMoment(milliseconds: now(), calendar: last.calendar) }
        do {
            let present = try engine.calendar()
            calendar.withLock { $0 = (present, .now) }
            return ServerMoment(milliseconds: now(), calendar: present)
        } catch let error as any DamageOfStore where error.damage != nil {
            guard let last else { throw error }
            return ServerMoment(milliseconds: now(), calendar: last.calendar)
        }
    }

    /// Runs what is due by the clock.
    public func tick() throws {
        let moment = try moment()
        if try engine.tick(at: moment) { moved() }
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
        moved()
    }

    /// Why the store cannot be written; once it has failed, found out by writing.
    func obstacle() -> StoreProblem? {
        guard failure.withLock({ $0 }) != nil else { return nil }
        do {
            try patiently { try store.probe() }
            failure.withLock { $0 = nil }
            return nil
        } catch let problem as StoreProblem { return problem } catch { return failure.withLock { $0 } }
    }

    func converting<T>(_ body: () throws -> T) throws -> T {
        do { return try patiently(body) } catch let problem as EngineProblem { throw ServiceProblem(problem) } catch let problem as StoreProblem {
            logger?.error("store", metadata: ["code": "\(problem.code)", "detail": "\(problem)"])
            if !problem.isFaultOfSet { failure.withLock { $0 = problem } }
            throw ServiceProblem(problem)
        } catch let problem as WireProblem {
            throw ServiceProblem(status: 400, code: problem.code, detail: problem.detail, next: "Update the app.")
        } catch let problem as DecodingProblem {
            throw ServiceProblem(status: 400, code: problem.code, detail: problem.detail, next: "Update the app.")
        }
    }

    /// Does again what failed for a reason that passes: a lock that another process had, a connection that broke, a server that was
    /// replaced. What had been kept of it is recognised, as it is when a device asks again.
    private func patiently<T>(_ body: () throws -> T) throws -> T {
        var patience = Patience()
        var isElsewhere = false
        while true {
            do {
                if isElsewhere { try takeUp() }
                isElsewhere = false
                return try body()
            } catch let problem as StoreProblem where problem.mayPass {
                if case .newTimeline = problem { isElsewhere = true }
                guard patience.waitOnceMore() else { throw problem }
                logger?.info("store: once more", metadata: ["code": "\(problem.code)"])
            }
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
        self.init(status: 503, code: problem.code, detail: detail, next: next, retryAfterSeconds: problem.mayPass ? 2 : 30)
    }

    init(_ problem: EngineProblem) {
        let status =
            switch problem.code {
            case "device-unknown": 401
            case "device-revoked", "enrolment-refused", "signature-invalid", "not-allowed": 403
            case "replica-unknown", "user-unknown", "set-unknown", "snapshot-gone": 404
            case "push-too-large": 413
            case "too-many-replicas": 429
            default: 400
            }
        self.init(
            status: status, code: problem.code, detail: problem.detail, next: problem.next, retryAfterSeconds: problem.retryAfterSeconds)
    }
}
