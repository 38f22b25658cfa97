import Testing

@testable import TruckrollStorePostgres

@Suite("Statements that serve both databases")
struct PostgresStatementTests {
    @Test(
        "come out of their comments and get their values numbered",
        arguments: [
            ("SELECT a FROM t", "SELECT a FROM t", false),
            ("SELECT a FROM t WHERE b = ? AND c = ?", "SELECT a FROM t WHERE b = $1 AND c = $2", false),
            ("SELECT a FROM t WHERE /*tenant = $tenant AND*/ b = ?", "SELECT a FROM t WHERE tenant = $1 AND b = $2", true),
            ("INSERT INTO t (/*tenant,*/ a) VALUES (/*$tenant,*/ ?)", "INSERT INTO t (tenant, a) VALUES ($1, $2)", true),
            ("SELECT ?2, ?1, ?1 /*$tenant*/", "SELECT $3, $2, $2 $1", true),
            ("SELECT '?', '/*', \"?\" WHERE a = ?", "SELECT '?', '/*', \"?\" WHERE a = $1", false),
            ("SELECT ?12", "SELECT $12", false),
            ("SELECT 'open", "SELECT 'open", false),
        ])
    func translation(shared: String, text: String, namesTenant: Bool) {
        let statement = PostgresStatement(shared)
        #expect(statement.text == text)
        #expect(statement.namesTenant == namesTenant)
    }
}
