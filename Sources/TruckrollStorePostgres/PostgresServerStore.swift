import TruckrollCore
import TruckrollStoreSQL
import TruckrollSync

/// One tenant's records, sets and views in a PostgreSQL database of many tenants.
///
/// Several processes serve a tenant at once: whoever writes locks the tenant's row first, so that positions follow the order of
/// commits and a reader of positions misses none. Readers see one committed state each and wait for nobody.
public final class PostgresServerStore: ServerStore {
    private let database: PostgresDatabase
    private let tenant: TenantID
    private let schemaVersion: UInt32
    private let fence: @Sendable (PostgresTimeline) throws -> Void

    init(
        database: PostgresDatabase, tenant: TenantID, schemaVersion: UInt32, fence: @escaping @Sendable (PostgresTimeline) throws -> Void
    ) {
        self.database = database
        self.tenant = tenant
        self.schemaVersion = schemaVersion
        self.fence = fence
    }

    /// The same store behind a fence.
    ///
    /// - Parameter fence: asked in each transaction, after a writer has the tenant's lock; throws where the server of that timeline must not
    ///   be used.
    public func fenced(by fence: @escaping @Sendable (PostgresTimeline) throws -> Void) -> PostgresServerStore {
        PostgresServerStore(database: database, tenant: tenant, schemaVersion: schemaVersion, fence: fence)
    }

    /// Notes that a device has used the nonce of a sign-in, at whichever process. It is known for a day.
    ///
    /// - Returns: whether it was used for the first time.
    public func spend(nonce: [UInt8]) throws -> Bool {
        try transaction("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \(scope); \(branch)", endsInDoubt: true) { connection, _ in
            let old = "DELETE FROM spent_nonce WHERE /*tenant = $tenant AND*/ spent_at < floor(extract(epoch FROM now()))::bigint - 86400"
            _ = try connection.run(old, [], tenant: tenant)
            let sql =
                "INSERT INTO spent_nonce (/*tenant,*/ nonce, spent_at) VALUES (/*$tenant,*/ ?, floor(extract(epoch FROM now()))::bigint) ON CONFLICT DO NOTHING"
            return try connection.run(sql, [nonce.bound], tenant: tenant).changed == 1
        }
    }

    /// Deletes everything of the tenant.
    public func clear() throws {
        try writing { connection in
            let tables = PostgresLayout.tables.reversed() + database.entities.all.map { EntityShape.quoted($0.table) }
            try connection.unhurried {
                for table in tables { _ = try connection.run("DELETE FROM \(table) /*WHERE tenant = $tenant*/", [], tenant: tenant) }
            }
        }
    }

    /// Commits a change that leaves nothing behind, and is large enough that it needs room on the disk.
    public func probe() throws {
        try writing { connection in
            let filling = (0..<4_096).map { _ in String(UInt64.random(in: 0...(.max)), radix: 36) }.joined()
            let sql = "INSERT INTO filled_columns (/*tenant,*/ entity, columns) VALUES (/*$tenant,*/ ' probe', ?)"
            _ = try connection.run(sql, [.text(filling)], tenant: tenant)
            _ = try connection.run("DELETE FROM filled_columns WHERE /*tenant = $tenant AND*/ entity = ' probe'", [], tenant: tenant)
        }
    }

    /// Makes the row that writers lock, and fills typed columns that are new.
    func open() throws {
        try transaction("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \(scope); \(branch)", endsInDoubt: true) { connection, _ in
            let sql = "INSERT INTO writer (/*tenant,*/ schema) VALUES (/*$tenant,*/ ?) ON CONFLICT DO NOTHING"
            _ = try connection.run(sql, [Int64(schemaVersion).bound], tenant: tenant)
        }
        try writing { connection in
            let sql = "UPDATE writer SET schema = ?1 WHERE /*tenant = $tenant AND*/ schema < ?1"
            _ = try connection.run(sql, [Int64(schemaVersion).bound], tenant: tenant)
            try connection.unhurried { try database.entities.fillMissing(in: PostgresSession(connection: connection, tenant: tenant)) }
        }
    }

    /// One transaction, which outlives the server's failure when this returns; a thrown error undoes all of it, but for one:
    ///
    /// - Throws: ``StoreProblem/outcomeUnknown(place:)`` when the connection broke during the commit. It may have been kept or not;
    ///   whoever writes next sees which, since a writer waits until the server has ended this one.
    public func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
        try writing { try body(self.transaction(on: $0)) }
    }

    /// One committed state for as long as `body` runs.
    public func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
        try transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(scope); \(branch)", endsInDoubt: false) { connection, _ in
            // A standby refuses a write in the same words as a transaction that only reads.
            do { return try body(self.transaction(on: connection)) } catch StoreProblem.standby { throw StoreProblem.readOnly(path: database.place) }
        }
    }

    private func transaction(on connection: PostgresConnection) -> SQLServerTransaction {
        SQLServerTransaction(session: PostgresSession(connection: connection, tenant: tenant), entities: database.entities)
    }

    /// Row security lets through the rows of this tenant until the transaction ends.
    private var scope: String { "SET LOCAL truckroll.tenant = '\(tenant)'" }

    private let branch = PostgresConnection.branchQuery

    private func writing<T>(_ body: (PostgresConnection) throws -> T) throws -> T {
        let lock = "SELECT schema FROM writer WHERE tenant = '\(tenant)' FOR UPDATE"
        return try transaction("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \(scope); \(lock); \(branch)", endsInDoubt: true) {
            connection, begun in
            try check(begun.dropLast().last)
            return try body(connection)
        }
    }

    /// A program with an older schema would leave out columns.
    private func check(_ lock: PostgresResult?) throws {
        guard let newest = lock?.words.first.flatMap({ Int($0) }) else {
            throw StoreProblem.failed(path: database.place, detail: "tenant \(tenant) has no row of its own in the table of writers")
        }
        guard newest <= Int(schemaVersion) else {
            throw StoreProblem.newer(path: database.place, version: newest, newestKnown: Int(schemaVersion))
        }
    }

    /// - Parameters:
    ///   - begin: statements that begin it, in one round trip. The last one gives the branch.
    ///   - endsInDoubt: whether something is lost when nobody knows that it has ended.
    private func transaction<T>(
        _ begin: String, endsInDoubt: Bool, _ body: (PostgresConnection, [PostgresResult]) throws -> T
    ) throws -> T {
        try database.pool.withConnection(begin: { try $0.results(of: begin) }) { connection, begun in
            let result: T
            do {
                if let branch = begun.last?.words.first { connection.note(branch: branch) }
                try pass(connection)
                result = try body(connection, begun)
                try connection.settle()
            } catch {
                connection.rollBack()
                throw error
            }
            do {
                // A transaction in which a statement failed ends with ROLLBACK whatever is asked.
                guard try connection.commit() == "COMMIT" else {
                    throw StoreProblem.failed(path: database.place, detail: "a statement had failed before the commit")
                }
            } catch let problem as StoreProblem {
                guard case .unreachable = problem else {
                    connection.rollBack()
                    throw problem
                }
                if endsInDoubt { throw StoreProblem.outcomeUnknown(place: database.place) }
            }
            // Meanwhile the server may have been replaced: then nobody is told that this is kept.
            try pass(connection)
            return result
        }
    }

    private func pass(_ connection: PostgresConnection) throws {
        do { try fence(connection.timeline) } catch {
            if case .fenced = error as? StoreProblem {
                connection.abandon()
                // The others lead there as well.
                database.pool.dropIdle()
            }
            throw error
        }
    }
}

extension PostgresServerStore: RowPlace {
    /// A writing transaction.
    package func withSession<T>(_ body: (any SQLSession) throws -> T) throws -> T {
        try writing { connection in try connection.unhurried { try body(PostgresSession(connection: connection, tenant: tenant)) } }
    }
}
