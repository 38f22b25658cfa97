import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollProtocol
import TruckrollServer

@Suite("Hostile input")
struct HostileInputTests {
    @Test("requests without a valid signature are refused with 401 and do not reach the service")
    func signatures() async throws {
        try await TestServer.run { server in
            let (session, other) = (try await server.signIn(), try await server.signIn())
            let (path, now) = (server.path("sync"), server.clock.now)
            let plain = RawRequest("POST", path, body: [])
            var bearerOnly = plain
            bearerOnly.headers.append(("Authorization", "Bearer \(session.token)"))
            var unknownToken = plain.signed(session, at: now)
            unknownToken.headers.removeLast()
            unknownToken.headers.append(("Authorization", "Bearer nobody"))
            var twice = plain.signed(session, at: now)
            twice.headers.append(("Authorization", "Bearer \(session.token)"))
            var digestTwice = plain.signed(session, at: now)
            digestTwice.headers.append(("Content-Digest", BodyDigest.empty.headerValue))
            var malformed = plain.signed(session, at: now)
            malformed.headers.removeAll { $0.name == "Signature-Input" }
            malformed.headers.append(("Signature-Input", "sig=(;;;;;)"))
            var cases: [(String, RawRequest, String)] = [
                ("nothing", plain, "signature-required"),
                ("token alone", bearerOnly, "signature-required"),
                ("unknown token", unknownToken, "token-expired"),
                ("two tokens", twice, "signature-required"),
                ("two digests", digestTwice, "signature-required"),
                ("malformed input", malformed, "signature-invalid"),
                ("another session's key", plain.signed(session, at: now, key: Array(other.macKey)), "signature-invalid"),
                ("old", plain.signed(session, at: now - 121_000), "signature-invalid"),
                ("future", plain.signed(session, at: now + 121_000), "signature-invalid"),
                ("time zero", plain.signed(session, at: 0), "signature-invalid"),
                ("wrong digest", plain.signed(session, at: now, body: [1]), "signature-invalid"),
                ("wrong path", plain.signed(session, at: now, target: server.path("audit")), "signature-invalid"),
                ("wrong method", plain.signed(session, at: now, method: "GET"), "signature-invalid"),
            ]
            var query = plain.signed(session, at: now)
            query.path += "?x=1"
            cases.append(("query not covered", query, "signature-invalid"))
            for (name, request, code) in cases {
                let answer = try await request.send(to: server)
                #expect(answer.status == 401, "\(name)")
                #expect(answer.problem?.code == code, "\(name)")
                #expect(answer.head.contains("content-type: application/problem+json"), "\(name)")
            }
            #expect(server.tenant.state.withLock { $0.syncs.isEmpty })
            let accepted = try await plain.signed(session, at: now).send(to: server).status
            #expect(accepted == 200)
        }
    }

    @Test("a request sent twice is taken once, and still refused at the end of its window")
    func replay() async throws {
        try await TestServer.run { server in
            let session = try await server.signIn()
            let request = RawRequest("POST", server.path("sync")).signed(session, at: server.clock.now + 100_000)
            let first = try await request.send(to: server).status
            #expect(first == 200)
            let second = try await request.send(to: server).problem?.code
            #expect(second == "nonce-replayed")
            server.clock.advance(seconds: 219)
            let last = try await request.send(to: server).problem?.code
            #expect(last == "nonce-replayed")
            #expect(server.tenant.state.withLock { $0.syncs.count } == 1)
        }
    }

    @Test("a token ends after ten minutes and is worth nothing at another tenant")
    func tokens() async throws {
        let tenants = [FakeTenant(), FakeTenant(tenant: TenantID(high: 2, low: 2))]
        try await TestServer.run(tenants: tenants) { server in
            let session = try await server.signIn()
            let elsewhere = RawRequest("POST", "/v1/\(tenants[1].tenant)/sync").signed(session, at: server.clock.now)
            let foreignCode = try await elsewhere.send(to: server).problem?.code
            #expect(foreignCode == "token-expired")
            server.clock.advance(seconds: 600)
            let late = RawRequest("POST", server.path("sync")).signed(session, at: server.clock.now)
            let lateCode = try await late.send(to: server).problem?.code
            #expect(lateCode == "token-expired")
            #expect(tenants.allSatisfy { $0.state.withLock { $0.syncs.isEmpty } })
        }
    }

    @Test("bodies of other types, codings and shapes are refused")
    func bodies() async throws {
        try await TestServer.run { server in
            let session = try await server.signIn()
            func answer(_ type: String?, _ body: [UInt8], coding: String? = nil) async throws -> RawAnswer {
                var request = RawRequest("POST", server.path("sync"), type: type, body: body).signed(session, at: server.clock.now)
                if let coding { request.headers.append(("Content-Encoding", coding)) }
                return try await request.send(to: server)
            }
            let json = "application/json"
            let deep = String(repeating: "[", count: 100_000)
            for (type, body, status) in [
                (nil, [], 415), ("text/html", [], 415), ("application/x-protobuf, application/json", [], 415),
                ("application/x-protobuf", [0xFF, 0xFF, 0xFF], 400), ("application/x-protobuf", [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], 400),
                (json, [], 400), (json, Array(deep.utf8), 400), (json, Array(#"{"pull":true,"pull":false}"#.utf8), 400),
                (json, [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D], 400), (json, Array("{} ".utf16).flatMap { [UInt8($0 & 0xFF), 0] }, 400),
                (json, Array(#"{"unheard":1}"#.utf8), 400), (json, Array(#"{"pull":true}x"#.utf8), 400),
            ] as [(String?, [UInt8], Int)] {
                let answer = try await answer(type, body)
                #expect(answer.status == status, "\(type ?? "none") \(body.prefix(20))")
                #expect(answer.problem != nil)
            }
            for coding in ["gzip", "gzip, gzip", "deflate", "zstd", "unheard"] {
                let status = try await answer("application/x-protobuf", [], coding: coding).status
                #expect(status == 415)
            }
            let accepted = try await answer("application/json; charset=utf-8", Array(#"{"pull":true}"#.utf8))
            #expect(accepted.status == 200)
            #expect(accepted.head.contains("content-type: application/json"))
            #expect(String(decoding: accepted.body, as: UTF8.self) == #"{"durablePosition":"5"}"#)
        }
    }

    @Test("bodies over the limit are refused, announced or not")
    func tooLarge() async throws {
        try await TestServer.run { server in
            let session = try await server.signIn()
            let announced = {
                var request = RawRequest("POST", server.path("sync"))
                request.length = Limits.requestBytes + 1
                return request
            }()
            let refused = try await announced.signed(session, at: server.clock.now).send(to: server)
            #expect(refused.status == 413)
            #expect(refused.problem?.code == "body-too-large")

            var chunked = RawRequest("POST", server.path("sync")).signed(session, at: server.clock.now)
            chunked.length = nil
            chunked.headers.append(("Transfer-Encoding", "chunked"))
            let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0, count: 65536) + Array("\r\n".utf8)
            chunked.body = Array(repeating: chunk, count: 18).flatMap { $0 } + Array("0\r\n\r\n".utf8)
            let status = try await chunked.send(to: server).status
            #expect(status == 413)
            #expect(server.tenant.state.withLock { $0.syncs.isEmpty })
        }
    }

    @Test("a body that stops halfway is not taken for a whole one")
    func truncated() async throws {
        try await TestServer.run { server in
            let session = try await server.signIn()
            var sync = PBSyncRequest()
            sync.pull = true
            sync.storedReceiptsThrough = 7
            let whole = try sync.wire(.protobuf)
            // The first field alone is a valid message.
            var request = RawRequest("POST", server.path("sync"), body: whole).signed(session, at: server.clock.now)
            request.body = Array(whole.prefix(2))
            let status = try await request.send(to: server).status
            #expect(status != 200)
            #expect(server.tenant.state.withLock { $0.syncs.isEmpty })
            let alive = try await RawRequest("GET", "/healthz", type: nil).send(to: server).status
            #expect(alive == 200)
        }
    }

    @Test("a body that does not come is not waited for")
    func slow() async throws {
        try await TestServer.run({ $0.bodyTime = .milliseconds(50) }) { server in
            let session = try await server.signIn()
            var request = RawRequest("POST", server.path("sync"), body: [1]).signed(session, at: server.clock.now)
            request.length = nil
            request.body = []
            request.headers.append(("Transfer-Encoding", "chunked"))
            // The connection stays open for writing, so only the server's patience ends this.
            let answer = try await RawAnswer.exchange(request.bytes, port: server.port, keepsWriting: true)
            #expect(answer.status == 408)
            #expect(answer.problem?.code == "body-timeout")
        }
    }

    @Test(
        "a body that says how large it is is waited for as long as a slow line needs for it",
        arguments: [(nil, 30), (-5, 30), (0, 30), (Limits.setBytes, 30 + 256), (Limits.requestBytes, 30 + 1088)] as [(Int?, Int)])
    func slowLine(announced: Int?, seconds: Int) {
        #expect(HTTPConfiguration(host: "localhost", port: 0).bodyTime(announcing: announced) == .seconds(seconds))
    }

    @Test("a message that says how large it is gets its time beyond what every message gets")
    func announcedTime() async throws {
        try await TestServer.run({ $0.bodyTime = .zero }) { server in
            let body = [UInt8](repeating: 0xFF, count: 60 << 10)
            let answer = try await RawRequest("POST", server.path("session/challenge"), body: body).send(to: server)
            #expect(answer.problem?.code == "malformed", "read to its end, and then refused for what it says")
        }
    }

    @Test("unknown paths and unknown tenants get one and the same answer")
    func unknown() async throws {
        try await TestServer.run { server in
            let paths = [
                "/", "/v1", "/v2/x", "/v1/\(server.tenant.tenant)", server.path("nothing"), server.path("sync/"), server.path("SYNC"),
                "/v1/\(TenantID(high: 4, low: 4))/sync", "/v1/\("\(server.tenant.tenant)".uppercased())x/sync", "/v1/../healthz", "//healthz",
                "/v1/%64efault/enrol", server.path("attachments/../../x"), server.path("attachments/\(String(repeating: "A", count: 64))"),
                server.path("attachments/\(String(repeating: "a", count: 63))"), "/admin/default/status",
            ]
            let first = try await RawRequest("POST", paths[0]).send(to: server)
            #expect(first.status == 404)
            for path in paths {
                let answer = try await RawRequest("POST", path).send(to: server)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.body == first.body, "\(path)")
            }
            // Also with a method that the endpoint would not take.
            let wrongMethod = try await RawRequest("DELETE", "/v1/\(TenantID(high: 4, low: 4))/sync").send(to: server).body
            #expect(wrongMethod == first.body)
        }
    }

    @Test("other methods get 405 and the ones allowed", arguments: ["GET", "PUT", "DELETE", "HEAD", "TRACE", "OPTIONS", "PATCH", "BREW"])
    func methods(_ method: String) async throws {
        try await TestServer.run { server in
            var request = RawRequest(method, server.path("sync"), type: nil)
            request.headers.append(("X-HTTP-Method-Override", "POST"))
            let answer = try await request.send(to: server)
            #expect(answer.status == 405 || answer.status == 400 && method == "BREW")
            if answer.status == 405 { #expect(answer.head.contains("allow: post")) }
            if method != "HEAD", answer.status == 405 { #expect(answer.problem?.code == "method-not-allowed") }
        }
    }

    @Test("floods and noise in place of a request end the connection and not the server")
    func noise() async throws {
        try await TestServer.run { server in
            var flood = RawRequest("GET", "/healthz", type: nil)
            flood.headers = (0..<5000).map { ("X-\($0)", "y") }
            let flooded = try await flood.send(to: server).status
            #expect(flooded != 200)
            var large = RawRequest("GET", "/healthz", type: nil)
            large.headers = [("X", String(repeating: "y", count: 1 << 20))]
            let swollen = try await large.send(to: server).status
            #expect(swollen != 200)
            for noise in ["\r\n\r\n", "GET", "\u{16}\u{3}\u{1}", "POST / HTTP/9.9\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"] {
                _ = try await RawAnswer.exchange(Array(noise.utf8), port: server.port)
            }
            let health = try await RawRequest("GET", "/healthz", type: nil).send(to: server)
            #expect(health.status == 200)
            for header in ["x-content-type-options: nosniff", "cache-control: no-store", "content-security-policy: default-src 'none'"] {
                #expect(health.head.contains(header))
            }
            let ready = try await RawRequest("HEAD", "/readyz", type: nil).send(to: server).status
            #expect(ready == 200)
        }
    }
}
