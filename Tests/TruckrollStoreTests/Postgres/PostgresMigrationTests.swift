import Foundation
import PostgresCluster
import Synchronization
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollSync

@testable import TruckrollStorePostgres

@Suite("Bringing a PostgreSQL database up to date", .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"))
struct PostgresMigrationTests {
    private let cluster: PostgresCluster
    private let name = "steps_\(UInt64.random(in: 0...(.max)))"
    private let tenant = TenantID(high: 7, low: 7)

    init() throws { cluster = try PostgresCluster.shared() }

    private func open(_ schema: Schema, url: String? = nil) throws -> PostgresDatabase {
        try PostgresDatabase(url: url ?? cluster.url, name: name, schema: schema)
    }

    private static func schema(_ properties: [String], version: UInt32) throws -> Schema {
        try Schema(entities: [TestSchemas.entity("thing", type: 1, properties: properties.joined(separator: ", "))], version: version)
    }

    @Test("by eight processes at once makes everything once")
    func atOnce() throws {
        let failures = Mutex<[String]>([])
        let group = DispatchGroup()
        for _ in 0..<8 {
            group.enter()
            let thread = Thread {
                defer { group.leave() }
                do { _ = try open(try TestSchemas.load()).store(of: tenant) } catch { failures.withLock { $0.append("\(error)") } }
            }
            thread.start()
        }
        group.wait()
        #expect(failures.withLock { $0 } == [])
        try open(TestSchemas.load()).store(of: tenant).write { try $0.insert(Make.admitted(1, Make.write(2, 1))) }
    }

    @Test(
        "leaves a schema alone in which another program's table has the name of ours",
        arguments: [
            "version text, partitions text", "version bigint, partitions bigint",
        ])
    func foreign(columns: String) throws {
        let admin = try PostgresConnection(to: cluster.url, schema: name)
        try admin.script("CREATE SCHEMA \"\(name)\"; CREATE TABLE layout (\(columns))")
        let problem = #expect(throws: StoreProblem.self) { _ = try open(TestSchemas.load()) }
        #expect(problem?.code == "store-foreign")
        try #expect(admin.run("SELECT 1 FROM pg_tables WHERE schemaname = $1", [BoundValue(.text(name))]).rowCount == 1)
    }

    @Test("by a process that is cut off at any step is completed by the next one")
    func cutOff() throws {
        let admin = try PostgresConnection(to: cluster.url, schema: name)
        let ended = Mutex(false)
        let thread = Thread {
            while !ended.withLock({ $0 }) {
                _ = try? self.open(try TestSchemas.load(), url: cluster.url(as: name))
            }
            ended.withLock { $0 = false }
        }
        thread.start()
        var kills = 0
        for round in 0..<60 {
            usleep(UInt32(2_000 + round * 997 % 40_000))
            let killed = try admin.run(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = $1", [BoundValue(.text(name))])
            if case .integer(let count) = killed.value(0, 0) { kills += Int(count) }
        }
        ended.withLock { $0 = true }
        while ended.withLock({ $0 }) { usleep(1_000) }
        #expect(kills > 0)
        let store = try open(TestSchemas.load()).store(of: tenant)
        for (index, promise) in ServerPromise.all.enumerated() {
            try promise.check(try open(TestSchemas.load()).store(of: TenantID(high: 8, low: UInt64(index))))
        }
        try store.write { try $0.insert(Make.admitted(1, Make.write(2, 1))) }
    }

    @Test("adds columns a newer schema has, filled from the records, and then takes no program with the older one")
    func newerSchema() throws {
        let older = try Self.schema([TestSchemas.tags], version: 1)
        let newer = try Self.schema([TestSchemas.tags, TestSchemas.count], version: 2)
        let thing = try newer.entity("thing")
        let old = try open(older).store(of: tenant)
        let record = try Make.record(thing, 1, ["count": .integer(4)])
        try old.write { try $0.save(Make.stored(record), entity: try older.entity("thing"), columns: ["tags": .list([])]) }
        let new = try open(newer).store(of: tenant)
        #expect(try new.read { try $0.ids(thing, where: "count", equals: .integer(4)) } == [record.key.id])
        // The older one is running still.
        let problem = #expect(throws: StoreProblem.self) { try old.write { _ in } }
        #expect(problem?.code == "store-newer")
        #expect(throws: StoreProblem.self) { try open(older).store(of: tenant) }
    }
}
