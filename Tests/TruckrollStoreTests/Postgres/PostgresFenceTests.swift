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

    /// Superusers pass the fence, so the program's role is none. It may read and write rows, and make nothing.
    private func role(in database: PostgresDatabase) throws -> String {
        let (role, schema) = ("app_\(UInt64.random(in: 0...(.max)))", EntityShape.quoted(name))
        try database.pool.withConnection { connection in
            try connection.script(
                """
                CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA \(schema) TO \(role);
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role)
                """)
        }
        return role
    }

    private func url(of role: String) -> String { cluster.url(as: name) + "&user=\(role)" }

    @Test("are named by every statement that the promises need, and none of those touches a partition of others")
    func everyStatement() throws {
        let owner = try PostgresDatabase(url: cluster.url, name: name, schema: TestSchemas.load(), connections: 1, partitions: 4)
        let database = try PostgresDatabase(url: url(of: role(in: owner)), name: name, schema: TestSchemas.load(), connections: 1)
        for (index, promise) in ServerPromise.all.enumerated() {
            try promise.check(try database.store(of: TenantID(high: 9, low: UInt64(index))))
        }
        try database.pool.withConnection { connection in
            let rows = try connection.run("SELECT name, statement, cardinality(parameter_types)::bigint FROM pg_prepared_statements", [])
            let statements = (0..<rows.rowCount).compactMap { row -> (name: String, text: String, values: Int64)? in
                guard case .text(let name) = rows.value(row, 0), case .text(let text) = rows.value(row, 1),
                    case .integer(let values) = rows.value(row, 2)
                else { return nil }
                return (name, text, values)
            }.filter { statement in
                statement.text.contains("entity_") || PostgresLayout.tables.contains { statement.text.contains(" \($0) ") }
            }
            #expect(statements.count > 60)
            // As a plan for any values has it, with the tenant known when it begins.
            try connection.script(
                "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET truckroll.tenant = '\(TenantID(high: 9, low: 1))'")
            for statement in statements {
                #expect(statement.text.contains("tenant = $1") || statement.text.contains("(tenant"), "\(statement.text)")
                let values = ["'\(TenantID(high: 9, low: 1))'"] + [String](repeating: "NULL", count: max(0, Int(statement.values) - 1))
                let plan = try connection.run("EXPLAIN EXECUTE \(statement.name) (\(values.joined(separator: ", ")))", [])
                let lines = (0..<plan.rowCount).map { row in if case .text(let line) = plan.value(row, 0) { line } else { "" } }
                // What is deleted from or changed is listed whole; what is read to find it is what is visited.
                let visited = Set(lines.filter { $0.contains("Scan") }.flatMap { $0.matches(of: /_p([0-9])\b/).map(\.output.1) })
                if let column = statement.text.firstMatch(of: /^SELECT id FROM "entity_.* AND "?([a-z_]+)"? = \$2/)?.output.1 {
                    #expect(lines.contains { $0.contains("Index Cond") && $0.contains("\(column)") }, "\(statement.text)\n\(lines)")
                }
                #expect(visited.count <= 1, "\(statement.text)\n\(lines.joined(separator: "\n"))")
            }
        }
    }

    @Test("do not see each other's rows even by a statement that names none, and cannot write them")
    func rowSecurity() throws {
        let database = try PostgresDatabase(url: cluster.url, name: name, schema: TestSchemas.load())
        let (one, other) = (TenantID(high: 9, low: 1), TenantID(high: 9, low: 2))
        for tenant in [one, other] {
            try database.store(of: tenant).write { try $0.save(Make.stored(Make.key(1)), entity: nil, columns: nil) }
        }
        let application = try PostgresConnection(to: url(of: role(in: database)), schema: name)
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

    @Test("have every table of the database fenced, and every partition", arguments: [0, 2])
    func everyTable(partitions: Int) throws {
        let database = try PostgresDatabase(url: cluster.url, name: name, schema: try Schema.load(), partitions: partitions)
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
