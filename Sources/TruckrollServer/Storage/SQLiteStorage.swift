import Foundation
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollSync

/// Each tenant in a file of its own, which one process has at a time.
public struct SQLiteStorage: Storage {
    public init() {}

    public func open(_ home: TenantHome, schema: Schema, founding: Bool) throws -> any TenantStore {
        SQLiteTenantStore(store: try file(of: home, schema: schema, founding: founding), home: home)
    }

    public func knows(_ home: TenantHome) throws -> Bool { try home.hasDatabase() || home.hadDatabase }

    public func clear(_ home: TenantHome) throws {
        for suffix in ["", "-wal", "-shm", ".schema"] where FileManager.default.fileExists(atPath: home.database + suffix) {
            try FileManager.default.removeItem(atPath: home.database + suffix)
        }
    }

    public func close() {}

    /// - Throws: ``EngineProblem`` `tenant-moved` where the tenant is in a database server: a file would be a second one.
    public func checkNotMoved(_ home: TenantHome) throws {
        guard FileManager.default.fileExists(atPath: home.movedDatabase) else { return }
        throw EngineProblem(
            "tenant-moved", "Tenant \(home.tenant) is in a PostgreSQL database, and \(home.movedDatabase) is what it was before.",
            next: "Name the database with --postgres, or with TRUCKROLL_POSTGRES. If it lacks the tenant, repeat truckroll-server migrate-store.")
    }

    /// Copies a tenant's database to a new file.
    public func backup(_ home: TenantHome, to path: String) throws {
        let store = try file(of: home, schema: try Schema.load(), founding: false)
        defer { try? store.close() }
        try store.backup(to: path)
    }

    private func file(of home: TenantHome, schema: Schema, founding: Bool) throws -> SQLiteServerStore {
        let hasDatabase = try home.hasDatabase()
        if !hasDatabase { try checkNotMoved(home) }
        guard founding || hasDatabase else {
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
        let store = try SQLiteServerStore(path: home.database, schema: schema)
        mark.raise(to: schema.version)
        return store
    }
}

/// A file, which names the home it belongs to.
private struct SQLiteTenantStore: TenantStore {
    let store: SQLiteServerStore
    let home: TenantHome

    func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try store.write(body) }
    func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try store.read(body) }
    func takeUp(_ check: (any ServerStore, [UInt8]) throws -> Void) throws { try check(store, try home.instance()) }
    func probe() throws { try store.probe() }
    func close() throws { try store.close() }
}
