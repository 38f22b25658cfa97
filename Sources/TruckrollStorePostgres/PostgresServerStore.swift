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

    init(database: PostgresDatabase, tenant: TenantID, schemaVersion: UInt32) {
        self.database = database
        self.tenant = tenant
        self.schemaVersion = schemaVersion
    }

    /// Makes the row that writers lock, and fills typed columns that are new.
    func open() throws {
        try database.pool.withConnection { connection in
            try transaction(connection, "BEGIN; \(scope)") {
                let sql = "INSERT INTO writer (tenant, schema) VALUES (/*$tenant*/, ?) ON CONFLICT DO NOTHING"
                _ = try connection.run(sql, [Int64(schemaVersion).bound], tenant: tenant)
            }
            try writing(connection) {
                let sql = "UPDATE writer SET schema = ? WHERE /*tenant = $tenant AND*/ schema < ?1"
                _ = try connection.run(sql, [Int64(schemaVersion).bound], tenant: tenant)
                try database.entities.fillMissing(in: PostgresSession(connection: connection, tenant: tenant))
            }
        }
    }

    /// One transaction, which outlives the server's failure when this returns; a thrown error undoes all of it.
    ///
    /// - Throws: ``StoreProblem/outcomeUnknown(place:)`` when the connection broke during the commit and nobody can tell what came of
    ///   it.
    public func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
        try database.pool.withConnection { connection in try writing(connection) { try body(self.transaction(on: connection)) } }
    }

    /// One committed state for as long as `body` runs.
    public func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
        try database.pool.withConnection { connection in
            try transaction(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(scope)") { try body(self.transaction(on: connection)) }
        }
    }

    private func transaction(on connection: PostgresConnection) -> SQLServerTransaction {
        SQLServerTransaction(session: PostgresSession(connection: connection, tenant: tenant), entities: database.entities)
    }

    /// Row security lets through the rows of this tenant until the transaction ends.
    private var scope: String { "SET LOCAL truckroll.tenant = '\(tenant)'" }

    private func writing<T>(_ connection: PostgresConnection, _ body: () throws -> T) throws -> T {
        let lock = "SELECT schema::text FROM writer WHERE tenant = '\(tenant)' FOR UPDATE"
        return try transaction(connection, "BEGIN; \(scope); \(lock)", check: check) { try body() }
    }

    /// A program with an older schema would leave out columns.
    private func check(_ lock: PostgresResult) throws {
        guard lock.rowCount == 1, case .text(let text) = lock.value(0, 0), let newest = Int(text) else {
            throw StoreProblem.failed(path: database.place, detail: "tenant \(tenant) has no row of its own in the table of writers")
        }
        guard newest <= Int(schemaVersion) else {
            throw StoreProblem.newer(path: database.place, version: newest, newestKnown: Int(schemaVersion))
        }
    }

    private func transaction<T>(
        _ connection: PostgresConnection, _ begin: String, check: (PostgresResult) throws -> Void = { _ in }, _ body: () throws -> T
    ) throws -> T {
        let result: T
        do {
            try check(try connection.script(begin))
            result = try body()
        } catch {
            // A connection that is gone has undone everything.
            if connection.isOpen { try connection.script("ROLLBACK") }
            throw error
        }
        // A transaction in which a statement failed ends with ROLLBACK whatever is asked.
        guard try connection.script("COMMIT").tag == "COMMIT" else {
            throw StoreProblem.failed(path: database.place, detail: "a statement had failed before the commit")
        }
        return result
    }
}
