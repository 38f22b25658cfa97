import PostgresCluster
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStorePostgres
import TruckrollStoreSQL
import TruckrollSync

@Suite("The server's PostgreSQL store", .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"))
struct PostgresServerStoreTests {
    @Test("keeps every promise of a server store", arguments: ServerPromise.all)
    func promises(promise: ServerPromise) throws {
        try promise.check(try PostgresCluster.store("promises", TestSchemas.load()))
    }

    @Test("a reader keeps its state while a writer commits")
    func isolation() throws {
        let store = try PostgresCluster.store("promises", TestSchemas.load())
        try store.write { try $0.save(Make.stored(Make.key(1)), entity: nil, columns: nil) }
        try store.read { reader in
            try #expect(reader.keys(after: nil, limit: 9).count == 1)
            let writer = Writer(store)
            writer.start()
            writer.join()
            try #expect(reader.keys(after: nil, limit: 9).count == 1)
        }
        try #expect(store.read { try $0.keys(after: nil, limit: 9) }.count == 2)
    }

    @Test("tenants of one database know nothing of each other")
    func tenants() throws {
        let (one, other) = try (PostgresCluster.store("promises", TestSchemas.load()), PostgresCluster.store("promises", TestSchemas.load()))
        try one.write { try $0.insert(Make.admitted(1, Make.write(2, 1), cause: "c")) }
        try other.write { try $0.insert(Make.admitted(1, Make.write(2, 1), cause: "c")) }
        try one.write { try $0.save(Make.stored(Make.key(1)), entity: nil, columns: nil) }
        #expect(try other.read { try $0.keys(after: nil, limit: 9) }.isEmpty)
        #expect(try one.read { try $0.keys(after: nil, limit: 9) } == [Make.key(1)])
    }
}
