import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL

/// A PostgreSQL database that holds the tenants of a service, as one process uses it.
public final class PostgresDatabase: Sendable {
    /// Its name in messages: the URL without what is secret in it.
    public let place: String
    let pool: ConnectionPool
    /// A connection beside those of the pool.
    let connect: @Sendable () throws -> PostgresConnection
    let isLeft: @Sendable (PostgresTimeline) throws -> Bool
    package let entities: EntityShapes
    private let schemaVersion: UInt32
    private let name: String

    /// More than a lock is waited for there, less than a device waits for its answer.
    public static let usualPatience: Duration = .seconds(20)

    /// Connects, and makes or completes the tables, whichever process comes first; the others wait for it meanwhile.
    ///
    /// - Parameters:
    ///   - url: a connection string of libpq: `postgres://user@host/database`. Of several hosts the first is used that takes writes and
    ///     has not been replaced by another.
    ///   - name: the schema of the database that holds the tables. It is made where it is missing and may be.
    ///   - connections: at once.
    ///   - partitions: into which each table is divided by the hash of the tenant's id where the tables are made new; 0 for none.
    ///   - patience: how long the server may leave a statement without an answer; then it counts as gone.
    ///   - isLeft: whether the tenants have gone on elsewhere, so that a server of that timeline must not be used any more.
    /// - Throws: ``StoreProblem``, which says what to do next. Tables of a newer program are left untouched.
    public init(
        url: String, name: String = "truckroll", schema: Schema, connections: Int = 8, partitions: Int = 0,
        patience: Duration = PostgresDatabase.usualPatience, isLeft: @escaping @Sendable (PostgresTimeline) throws -> Bool = { _ in false }
    ) throws {
        let place = Self.place(url)
        (self.place, self.name) = (place, name)
        let connect = { @Sendable in try Self.connect(url, place: place, schema: name, patience, isLeft) }
        self.connect = connect
        self.isLeft = isLeft
        pool = ConnectionPool(limit: connections, place: place, make: connect)
        entities = EntityShapes(schema)
        schemaVersion = schema.version
        try pool.withConnection { connection in try connection.unhurried { try bringUpToDate(connection, partitions: partitions) } }
    }

    /// The store of one tenant, which need not exist yet. Its typed columns are filled where they are new.
    ///
    /// - Throws: ``StoreProblem/newer(path:version:newestKnown:)`` when a program with a newer schema has written for it.
    public func store(of tenant: TenantID) throws -> PostgresServerStore {
        let store = PostgresServerStore(database: self, tenant: tenant, schemaVersion: schemaVersion) { _ in }
        try store.open()
        return store
    }

    /// The channel of its wake-ups. A name has at most 63 bytes.
    var channel: String { "truckroll_" + Array(ContentDigest.sha256(name.utf8)[..<16]).hexadecimal }

    /// The branch of its history that the server writes now.
    public func timeline() throws -> PostgresTimeline {
        try pool.withConnection(begin: { try $0.readBranch() }) { connection, _ in connection.timeline }
    }

    /// Gives the branch another name where `decide` says so, which nobody else does meanwhile.
    ///
    /// - Parameter decide: gives the new name, or `nil`, for the branch as it is.
    /// - Returns: the branch as it is then. The name is on the server's disk.
    public func nameBranch(_ decide: (PostgresTimeline) throws -> String?) throws -> PostgresTimeline {
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \(PostgresConnection.branchQuery) FOR UPDATE"
        return try pool.withConnection(begin: { try $0.script(begin).words.first }) { connection, branch in
            connection.note(branch: branch)
            do {
                let name = try decide(connection.timeline)
                if let name { _ = try connection.run("UPDATE layout SET branch = $1", [BoundValue(.text(name))]) }
                guard try connection.commit() == "COMMIT" else { throw StoreProblem.failed(path: place, detail: "the branch could not be named") }
                if let name { connection.note(branch: name) }
                return connection.timeline
            } catch {
                connection.rollBack()
                throw error
            }
        }
    }

    /// Closes the connections; what runs ends first.
    public func close() { pool.close() }

    /// Connects to the first server that can be used.
    ///
    /// - Throws: what keeps the one from being used that is nearest to it: one that has been replaced tells more than one that is down.
    private static func connect(
        _ url: String, place: String, schema: String, _ patience: Duration, _ isLeft: (PostgresTimeline) throws -> Bool
    ) throws -> PostgresConnection {
        var problems: [StoreProblem] = []
        for endpoint in try PostgresEndpoint.all(of: url) {
            do {
                let connection = try PostgresConnection(endpoint, place: place, schema: schema, patience: patience)
                guard try isLeft(connection.timeline) else { return connection }
                problems.append(.fenced(place: place, timeline: "\(connection.timeline)"))
            } catch let problem as StoreProblem { problems.append(problem) }
        }
        let telling = problems.first { if case .unreachable = $0 { false } else { true } }
        throw telling ?? problems.first ?? StoreProblem.unreachable(place: place, detail: "it names no server")
    }

    /// Takes the missing steps, each in a transaction of its own, so that a process that ends on the way leaves the steps before it.
    private func bringUpToDate(_ connection: PostgresConnection, partitions wanted: Int) throws {
        try locked(connection) {
            // A role that may not make schemas uses the one that was made for it.
            let schemas = try connection.run("SELECT 1 FROM pg_namespace WHERE nspname = $1", [BoundValue(.text(name))])
            if schemas.rowCount == 0 { try connection.script("CREATE SCHEMA \(EntityShape.quoted(name))") }
        }
        try locked(connection) {
            // Nothing is asked for that a role without the right to make tables may not do, once they are there.
            guard
                try connection.run("SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'layout'", [BoundValue(.text(name))]).rowCount == 0
            else { return }
            try connection.script(PostgresLayout.layoutTable)
            try connection.script("INSERT INTO layout (version, partitions) VALUES (0, \(max(0, wanted)))")
        }
        let partitions = try layout(connection).partitions
        for index in PostgresLayout.steps.indices {
            try locked(connection) {
                guard try layout(connection).version == index else { return }
                for statement in PostgresLayout.steps[index].flatMap({ PostgresLayout.create($0, partitions: partitions) }) {
                    try connection.script(statement)
                }
                try connection.script("UPDATE layout SET version = \(index + 1)")
            }
        }
        try locked(connection) {
            let version = try layout(connection).version
            guard version == PostgresLayout.steps.count else {
                throw StoreProblem.newer(path: place, version: version, newestKnown: PostgresLayout.steps.count)
            }
            try entities.addMissing(to: connection, partitions: partitions)
        }
    }

    /// How many steps the tables have taken, and how they are divided.
    private func layout(_ connection: PostgresConnection) throws -> (version: Int, partitions: Int) {
        let foreign = StoreProblem.foreign(path: place, detail: "its table “layout” in the schema “\(name)” is none of this program's")
        let columns = try connection.run(
            "SELECT 1 FROM pg_attribute WHERE attrelid = 'layout'::regclass AND attname IN ('version', 'partitions') AND atttypid = 'int8'::regtype",
            [])
        guard columns.rowCount == 2 else { throw foreign }
        let rows = try connection.run("SELECT version, partitions FROM layout", [])
        guard rows.rowCount == 1, case .integer(let version) = rows.value(0, 0), case .integer(let partitions) = rows.value(0, 1) else {
            throw foreign
        }
        return (Int(version), Int(partitions))
    }

    /// Runs `body` in a transaction that no other process that brings tables up to date is in.
    private func locked(_ connection: PostgresConnection, _ body: () throws -> Void) throws {
        // What is read has to be what those before have committed; and they may take long.
        try connection.script(
            """
            BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = 0;
            SELECT pg_advisory_xact_lock(hashtext('truckroll layout'), hashtext(\(Self.literal(name)))); SET LOCAL lock_timeout = '5s'
            """)
        do { try body() } catch {
            connection.rollBack()
            throw error
        }
        try connection.script("COMMIT")
    }

    private static func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

    /// Host, port and database of the URL, and nothing else of it.
    private static func place(_ url: String) -> String {
        guard let endpoints = try? PostgresEndpoint.all(of: url) else { return "the PostgreSQL database" }
        func value(_ name: String, _ endpoint: PostgresEndpoint) -> String? { endpoint.parameters.first { $0.name == name }?.value }
        let hosts = endpoints.map { endpoint in
            (value("host", endpoint) ?? value("hostaddr", endpoint) ?? "") + (value("port", endpoint).map { ":\($0)" } ?? "")
        }
        return "postgres://\(hosts.joined(separator: ","))/\(endpoints.first.flatMap { value("dbname", $0) } ?? "")"
    }
}
