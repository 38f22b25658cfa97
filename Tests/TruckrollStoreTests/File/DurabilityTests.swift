import GRDB
import Testing
import TruckrollDomain
import TruckrollSync

@testable import TruckrollStoreSQL
@testable import TruckrollStoreSQLite

@Suite("The durability of a store")
struct DurabilityTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("store.sqlite")
    }

    @Test("the server's writer waits for the disk at every commit, after a reopening too")
    func server() throws {
        for _ in 0..<2 {
            let store = try SQLiteServerStore(path: path, schema: TestSchemas.load())
            try #expect(store.file.synchronous() == 2)
            try #expect(store.file.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
            try store.close()
        }
    }

    @Test("the device's writer waits for the disk at every commit, after a reopening too")
    func device() throws {
        for _ in 0..<2 {
            let store = try SQLiteDeviceStore(path: path, schema: TestSchemas.load())
            try #expect(store.file.synchronous() == 2)
            try #expect(store.file.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
            try store.close()
        }
    }

    @Test("a full disk is told as such, keeps nothing of the transaction, and passes")
    func full() throws {
        let store = try SQLiteServerStore(path: path, schema: TestSchemas.load())
        let limit = { (pages: Int) in _ = try store.file.write { try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages)") } }
        try limit(1)
        let refused = #expect(throws: StoreProblem.self) {
            try store.write { transaction in
                for number: UInt64 in 0..<2000 { try transaction.save(Make.stored(Make.key(number)), entity: nil, columns: nil) }
            }
        }
        #expect(refused?.code == "store-disk-full")
        try #expect(store.read { try $0.keys(after: nil, limit: 1) } == [])
        try limit(1_000_000)
        try store.write { try $0.save(Make.stored(Make.key(1)), entity: nil, columns: nil) }
        try #expect(store.read { try $0.keys(after: nil, limit: 9) } == [Make.key(1)])
        try store.close()
    }

    @Test(
        "SQLite's codes become problems that say what to do",
        arguments: [
            (ResultCode.SQLITE_IOERR, "store-io"), (.SQLITE_FULL, "store-disk-full"), (.SQLITE_IOERR_SHMSIZE, "store-disk-full"),
            (.SQLITE_NOTADB, "store-corrupt"),
            (.SQLITE_CORRUPT, "store-corrupt"), (.SQLITE_CANTOPEN, "store-cannot-open"), (.SQLITE_BUSY, "store-busy"),
            (.SQLITE_READONLY, "store-read-only"), (.SQLITE_CONSTRAINT_UNIQUE, "store-taken"), (.SQLITE_CONSTRAINT_CHECK, "store-failed"),
        ])
    func translation(result: ResultCode, code: String) {
        let problem = StoreProblem.translating(DatabaseError(resultCode: result), path: "a") as? StoreProblem
        #expect(problem?.code == code)
    }

    @Test(
        "the queries that run often use their indexes",
        arguments: [
            (ServerSQL.edgesDue, ["edge_by_end", "edge_by_start"], 2), (ServerSQL.hasChanges, ["scope_log_by_position"], 2),
            (ServerSQL.changes, ["scope_log_by_position"], 4), (ServerSQL.viewsHolding, ["view_scope_by_scope"], 1),
            (ServerSQL.admittedByOutcome(2), ["admitted_by_outcome"], 3), (ServerSQL.admittedByOrigin, ["admitted_by_origin"], 3),
        ])
    func plans(sql: String, indexes: [String], arguments: Int) throws {
        let store = try SQLiteServerStore(path: "", schema: TestSchemas.load(), inMemory: true)
        let values = StatementArguments([Int](repeating: 1, count: arguments))
        let plan = try store.file.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + sql, arguments: values) }
            .map { $0["detail"] as String }.joined(separator: "\n")
        for index in indexes { #expect(plan.contains(index), "\(plan)") }
        #expect(!plan.contains("SCAN edge") && !plan.contains("SCAN l") && !plan.contains("SCAN view_scope"), "\(plan)")
    }

    @Test("every typed column is found by its index")
    func columnPlans() throws {
        let store = try SQLiteServerStore(path: "", schema: TestSchemas.load(), inMemory: true)
        for entity in try TestSchemas.load().entities {
            for column in EntityShape(entity).columns {
                for (sql, values) in [(column.selectIDs, [1]), (column.selectEmptyIDs, [])] {
                    let plan = try store.file.read {
                        try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments(values))
                    }
                    #expect(plan.map { $0["detail"] as String }.joined().contains(column.index))
                }
            }
        }
    }

    @Test(
        "the device's outbox and unresolved sets are found without reading the journal",
        arguments: [
            (DeviceSQL.outbox, "own_outbox"), (DeviceSQL.unresolved, "own_unresolved"),
        ])
    func devicePlans(sql: String, index: String) throws {
        let store = try SQLiteDeviceStore(path: path, schema: TestSchemas.load())
        let plan = try store.file.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + sql) }.map { $0["detail"] as String }
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
        try store.close()
    }
}
