import Synchronization
import TruckrollCore
import TruckrollDomain
import TruckrollStorePostgres

extension PostgresCluster {
    private static let databases = Mutex<[String: PostgresDatabase]>([:])

    /// The store of a fresh tenant, in tables that all tests of this process share that give this name. One schema belongs to a name.
    public static func store(_ name: String, _ schema: Schema) throws -> PostgresServerStore {
        let tables = try databases.withLock { databases in
            if let made = databases[name] { return made }
            let made = try database(name, schema)
            databases[name] = made
            return made
        }
        return try tables.store(of: TenantID(high: .random(in: 0...(.max)), low: .random(in: 0...(.max))))
    }

    /// One process's way to the tables of that name.
    public static func database(_ name: String, _ schema: Schema) throws -> PostgresDatabase {
        try PostgresDatabase(url: try shared().url, name: "\(name)_\(run)", schema: schema)
    }

    /// Tells this run's tables from others' where the server stays.
    private static let run = UInt64.random(in: 0...(.max))
}
