import PostgresCluster
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollSync

@testable import TruckrollStorePostgres

@Suite("Tenants of one PostgreSQL database", .enabled(if: PostgresCluster.isAvailable, "PostgreSQL is not installed"))
struct PostgresFenceTests {
    private let cluster: PostgresCluster
    private let name = "fence_\(UInt64.random(in: 0...(.max)))"

    init() throws { cluster = try PostgresCluster.shared() }

    @Test("are named by every statement that the promises need")
    func everyStatement() throws {
        let database = try PostgresDatabase(url: cluster.url, name: name, schema: TestSchemas.load(), connections: 1)
        for (index, promise) in ServerPromise.all.enumerated() {
            try promise.check(try database.store(of: TenantID(high: 9, low: UInt64(index))))
        }
        let statements = try database.pool.withConnection { connection in
            let rows = try connection.run("SELECT statement FROM pg_prepared_statements", [])
            return (0..<rows.rowCount).compactMap { row in if case .text(let text) = rows.value(row, 0) { text } else { nil } }
        }
        let ofRows = statements.filter { statement in
            PostgresLayout.tables.contains { statement.contains(" \($0) ") } || statement.contains("entity_")
        }
        #expect(ofRows.count > 60)
        #expect(ofRows.filter { !$0.contains("tenant = $1") && !$0.contains("(tenant, ") && !$0.contains("(tenant)") } == [])
        // Two tables in one statement: each by its tenant.
        #expect(ofRows.filter { $0.contains("scope_log l") && !$0.contains("l.tenant = $1") } == [])
    }

    @Test("do not see each other's rows even by a statement that names none, and cannot write them")
    func rowSecurity() throws {
        let database = try PostgresDatabase(url: cluster.url, name: name, schema: TestSchemas.load())
        let (one, other) = (TenantID(high: 9, low: 1), TenantID(high: 9, low: 2))
        for tenant in [one, other] {
            try database.store(of: tenant).write { try $0.save(Make.stored(Make.key(1)), entity: nil, columns: nil) }
        }
        // Superusers pass the fence, so the program's role is none.
        let role = "app_\(UInt64.random(in: 0...(.max)))"
        try database.pool.withConnection { connection in
            let schema = EntityShape.quoted(name)
            try connection.script(
                """
                CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA \(schema) TO \(role);
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role)
                """)
        }
        let application = try PostgresConnection(
            cluster.url.replacing("postgres@", with: "\(role)@"), place: "test", schema: name)
        func count(_ table: String) throws -> SQLValue { try application.run("SELECT count(*) FROM \(table)", []).value(0, 0) }
        for table in PostgresLayout.tables { #expect(try count(table) == .integer(0), "\(table)") }
        try application.script("SET truckroll.tenant = '\(one)'")
        for table in ["record", "writer"] { #expect(try count(table) == .integer(1), "\(table)") }
        let refused = #expect(throws: StoreProblem.self) {
            try application.script("INSERT INTO awaited (tenant, replica) VALUES ('\(other)', 1)")
        }
        #expect(refused?.description.contains("row-level security") == true)
        try application.script("UPDATE awaited SET replica = 2 WHERE tenant = '\(other)'; DELETE FROM record WHERE tenant = '\(other)'")
        #expect(try database.store(of: other).read { try $0.keys(after: nil, limit: 9) }.count == 1)
    }

    @Test("have every table of the database fenced")
    func everyTable() throws {
        let database = try PostgresDatabase(url: cluster.url, name: name, schema: try Schema.load())
        let open = try database.pool.withConnection { connection in
            let rows = try connection.run(
                """
                SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
                    AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid))
                """, [])
            return (0..<rows.rowCount).map { rows.value($0, 0) }
        }
        #expect(open == [.text("layout")])
    }
}
