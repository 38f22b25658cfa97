import Synchronization
import TruckrollCore
import TruckrollDomain
import TruckrollStorePostgres

extension PostgresCluster {
    private static let databases = Mutex<[String: PostgresDatabase]>([:])

    /// The store of a fresh tenant, in tables that all tests of this process share that give this name. One schema belongs to a name.
    public static func store(_ name: String, _ schema: Schema) throws -> PostgresServerStore {
        let cluster = try shared()
        let database = try databases.withLock { databases in
            if let made = databases[name] { return made }
            let made = try PostgresDatabase(url: cluster.url, name: "\(name)_\(UInt64.random(in: 0...(.max)))", schema: schema)
            databases[name] = made
            return made
        }
        return try database.store(of: TenantID(high: .random(in: 0...(.max)), low: .random(in: 0...(.max))))
    }
}
