import Foundation
import Synchronization
import TruckrollCore
import TruckrollDomain
import TruckrollStorePostgres
import TruckrollStoreSQL
import TruckrollSync

/// All tenants in one PostgreSQL database, which several processes serve at a time. They share the data directory.
public final class PostgresStorage: Storage {
    private let database: PostgresDatabase
    private let timelines: TimelineFile
    private let wakeUps: PostgresWakeUps
    private let listeners = Listeners()

    /// What is called when another process may have committed something.
    private final class Listeners: Sendable {
        let wakes = Mutex<[TenantID: @Sendable () -> Void]>([:])
    }

    /// Connects, and makes or completes the tables.
    ///
    /// - Parameters:
    ///   - url: a connection string of libpq.
    ///   - name: the database's schema that holds the tables.
    ///   - directory: the server's data directory, which all processes on the database share.
    ///   - connections: at once, besides one that listens.
    ///   - patience: how long the server may leave a statement without an answer.
    /// - Throws: `StoreProblem`, which says what to do next.
    public init(
        url: String, name: String = "truckroll", directory: URL, schema: Schema? = nil, connections: Int = 10, partitions: Int = 0,
        patience: Duration = PostgresDatabase.usualPatience
    ) throws {
        let timelines = TimelineFile(directory: directory)
        self.timelines = timelines
        database = try PostgresDatabase(
            url: url, name: name, schema: try schema ?? Schema.load(), connections: connections, partitions: partitions,
            patience: patience, isLeft: { try timelines.standing(of: $0) == .left })
        let listeners = listeners
        wakeUps = PostgresWakeUps(database) { tenant in
            let called = listeners.wakes.withLock { wakes in tenant.map { [wakes[$0]].compactMap(\.self) } ?? Array(wakes.values) }
            for wake in called { wake() }
        }
    }

    public func open(_ home: TenantHome, schema: Schema, founding: Bool) throws -> any TenantStore {
        let store = try database.store(of: home.tenant)
        guard try founding || store.read({ try $0.tenant() }) != nil else {
            throw EngineProblem(
                "database-missing", "Tenant \(home.tenant) is not in \(database.place).",
                next:
                    "Name the database it is in, or restore that database's backup. A tenant that has a file comes here with: truckroll-server migrate-store."
            )
        }
        return try PostgresTenantStore(store: store, home: home, storage: self)
    }

    public func knows(_ home: TenantHome) throws -> Bool { try database.store(of: home.tenant).read { try $0.tenant() } != nil }

    public func clear(_ home: TenantHome) throws { try database.store(of: home.tenant).clear() }

    /// Tells the other processes what is still to be told, and closes the connections.
    public func close() {
        wakeUps.close()
        database.close()
    }

    fileprivate func announce(_ tenant: TenantID) { wakeUps.moved(tenant) }

    fileprivate func tell() { wakeUps.tell() }

    fileprivate func onMove(of tenant: TenantID, _ wake: (@Sendable () -> Void)?) { listeners.wakes.withLock { $0[tenant] = wake } }

    // MARK: Moving in

    /// What a tenant's rows are copied to, before it is here.
    func target(for tenant: TenantID) throws -> PostgresServerStore {
        let present = try settle()
        // All of it goes to one server.
        return try database.store(of: tenant).fenced { [self] in
            guard $0 == present else { throw try stray($0) }
            try checkPresent(present)
        }
    }
    var entities: EntityShapes { database.entities }
    var place: String { database.place }

    /// Where a tenant would stand that is taken up now.
    func instance(of home: TenantHome) throws -> [UInt8] {
        let present = try settle()
        return try Self.instance(of: home, in: present)
    }

    /// The home together with the timeline.
    fileprivate static func instance(of home: TenantHome, in timeline: PostgresTimeline) throws -> [UInt8] {
        ContentDigest.sha256(try home.instance() + Array("\(timeline)".utf8))
    }

    // MARK: Timelines

    /// The branch the database server stands in, in which the tenants live then.
    ///
    /// - Throws: ``StoreProblem/fenced(place:timeline:)`` when they live elsewhere.
    fileprivate func settle() throws -> PostgresTimeline {
        var present = try database.timeline()
        if try timelines.standing(of: present) == .new { present = try timelines.settle { try database.nameBranch($0) } }
        try checkPresent(present)
        return present
    }

    fileprivate func checkPresent(_ timeline: PostgresTimeline) throws {
        guard try timelines.standing(of: timeline) == .present else { throw fenced(timeline) }
    }

    /// The tenant has been taken up in another timeline than this.
    fileprivate func stray(_ timeline: PostgresTimeline) throws -> StoreProblem {
        try timelines.standing(of: timeline) == .left ? fenced(timeline) : .newTimeline(place: database.place, timeline: "\(timeline)")
    }

    private func fenced(_ timeline: PostgresTimeline) -> StoreProblem { .fenced(place: database.place, timeline: "\(timeline)") }
}

/// The rows of one tenant, which name the home they belong to and the timeline they were taken up in.
private final class PostgresTenantStore: TenantStore {
    private let storage: PostgresStorage
    private let home: TenantHome
    private let open: PostgresServerStore
    private let store: PostgresServerStore
    private let standing: Standing
    let sharing: (any SharedSessions)?

    /// The timeline in which the tenant has been taken up.
    private final class Standing: Sendable {
        let timeline = Mutex<PostgresTimeline?>(nil)
        /// One thread takes up at a time.
        let turn = Mutex<Void>(())
    }

    init(store open: PostgresServerStore, home: TenantHome, storage: PostgresStorage) throws {
        let standing = Standing()
        self.open = open
        self.home = home
        self.storage = storage
        self.standing = standing
        store = open.fenced { timeline in
            guard standing.timeline.withLock({ $0 }) == timeline else { throw try storage.stray(timeline) }
            // Another process may know of a newer one by now.
            try storage.checkPresent(timeline)
        }
        sharing = SharedByRows(store: store, receiptKey: try home.security().receiptKey)
    }

    func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try store.write(body) }
    func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try store.read(body) }

    /// The place is the home together with the timeline: whoever comes first to a new timeline finds that the rows name another, and
    /// begins a new epoch. The timeline is noted before that: whoever is still at the server that was replaced is shut out first.
    func takeUp(_ check: (any ServerStore, [UInt8]) throws -> Void) throws {
        try standing.turn.withLock { _ in
            let present = try storage.settle()
            guard standing.timeline.withLock({ $0 }) != present else { return }
            let there = open.fenced { [storage] in
                guard $0 == present else { throw try storage.stray($0) }
                try storage.checkPresent(present)
            }
            try check(there, try PostgresStorage.instance(of: home, in: present))
            standing.timeline.withLock { $0 = present }
        }
    }

    func probe() throws { try store.probe() }
    func close() throws {
        storage.onMove(of: home.tenant, nil)
        storage.tell()
    }

    func announce() { storage.announce(home.tenant) }
    func onMove(_ wake: @escaping @Sendable () -> Void) { storage.onMove(of: home.tenant, wake) }
}

/// Nonces in the database, and a key that follows from one all processes have.
private struct SharedByRows: SharedSessions {
    let store: PostgresServerStore
    let key: [UInt8]

    init(store: PostgresServerStore, receiptKey: [UInt8]) {
        self.store = store
        key = MessageAuthentication.code(for: Array("truckroll/sessions/1".utf8), key: receiptKey)
    }

    func spend(_ nonce: [UInt8]) throws -> Bool { try store.spend(nonce: nonce) }
}
