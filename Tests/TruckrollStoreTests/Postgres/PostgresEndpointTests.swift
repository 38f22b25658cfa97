import Testing
import TruckrollStoreSQL

@testable import TruckrollStorePostgres

@Suite("The servers a connection string names")
struct PostgresEndpointTests {
    private static func hosts(_ url: String) throws -> [String] {
        try PostgresEndpoint.all(of: url).map { endpoint in
            ["host", "hostaddr", "port"].map { name in endpoint.parameters.first { $0.name == name }?.value ?? "-" }.joined(separator: " ")
        }
    }

    @Test(
        "come in their order, each with its own port, address and what is common to all",
        arguments: [
            ("postgres://u:p@one/db", ["one - -"]),
            ("postgres://one:1,two:2,three/db?target_session_attrs=read-write", ["one - 1", "two - 2", "three - "]),
            ("host=one,two port=5433 dbname=db", ["one - 5433", "two - 5433"]),
            ("host=one,two hostaddr=10.0.0.1,10.0.0.2", ["one 10.0.0.1 -", "two 10.0.0.2 -"]),
            ("postgresql:///db?host=/tmp&port=5499", ["/tmp - 5499"]),
            ("postgres:///db", ["- - -"]),
        ])
    func servers(url: String, expected: [String]) throws {
        #expect(try Self.hosts(url) == expected)
        for endpoint in try PostgresEndpoint.all(of: url) {
            #expect(!endpoint.parameters.contains { $0.name == "target_session_attrs" })
            #expect(endpoint.parameters.contains { $0.name == "dbname" && $0.value == "db" } == url.contains("db"))
        }
    }

    @Test(
        "are refused where the string cannot be read, without a word of it",
        arguments: ["host", "postgres://u:secret@[one/db", "host=a,b,c port=1,2"])
    func unreadable(url: String) throws {
        let problem = #expect(throws: StoreProblem.self) { _ = try PostgresEndpoint.all(of: url) }
        #expect(problem == .addressUnreadable)
        #expect(problem?.description.contains("secret") == false)
    }
}
