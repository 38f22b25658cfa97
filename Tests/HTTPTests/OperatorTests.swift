import Foundation
import Synchronization
import Testing
import TruckrollServer

@Suite("Operator's commands")
struct OperatorTests {
    private func withToken(_ token: String, _ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
        let file = NSTemporaryDirectory() + "truckroll-token-\(UInt64.random(in: 0...UInt64.max))"
        try Data((token + "\n").utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await TestServer.run({ $0.adminTokenFile = file }, body)
    }

    @Test("are taken with the token of the file")
    func taken() async throws {
        try await withToken(TestServer.adminToken) { server in
            for (name, body, command) in [
                ("status", "", .status), ("devices", "", .devices), ("attention", "", .attention),
                ("enrolment-code", #"{"user":"ada"}"#, .enrolmentCode(user: "ada")),
                ("revoke", #"{"device":"d1"}"#, .revoke(device: "d1", evenIfUnknown: false)),
                ("revoke", #"{"device":"d1","even_if_unknown":"yes"}"#, .revoke(device: "d1", evenIfUnknown: true)),
                ("release", #"{"set":"3/17"}"#, .release(set: "3/17")),
            ] as [(String, String, AdminCommand)] {
                var request = RawRequest("POST", "/admin/default/\(name)", type: "application/json", body: Array(body.utf8))
                request.headers.append(("Authorization", "Bearer \(TestServer.adminToken)"))
                let answer = try await request.send(to: server)
                #expect(answer.status == 200, "\(name)")
                #expect(server.tenant.state.withLock { $0.commands.last } == command)
            }
        }
    }

    @Test("are refused with another token, another name, or no arguments")
    func refused() async throws {
        try await withToken(TestServer.adminToken) { server in
            for (name, token, status) in [
                ("status", "", 401), ("status", "Bearer ", 401), ("status", "Bearer \(TestServer.adminToken)0", 401),
                ("status", "Basic \(TestServer.adminToken)", 401), ("format-disk", "Bearer \(TestServer.adminToken)", 404),
                ("revoke", "Bearer \(TestServer.adminToken)", 400),
            ] {
                var request = RawRequest("POST", "/admin/\(server.tenant.tenant)/\(name)", type: nil)
                request.headers.append(("Authorization", token))
                let answered = try await request.send(to: server).status
                #expect(answered == status, "\(name) \(token)")
            }
            #expect(server.tenant.state.withLock { $0.commands.isEmpty })
        }
    }

    @Test("a token that can be guessed stops the server before it listens")
    func shortToken() async throws {
        await #expect(throws: AdminTokenProblem.self) { try await withToken("short") { _ in } }
    }
}
