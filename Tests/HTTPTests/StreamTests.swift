import Testing
import TruckrollClient
import TruckrollCore
import TruckrollProtocol
import TruckrollServer

@Suite("Wake-up stream")
struct StreamTests {
    @Test("tells the head at once when it moved, and again after each commit")
    func delivers() async throws {
        try await TestServer.run { server in
            server.tenant.commit()
            var events = server.transport().stream(after: .start).makeAsyncIterator()
            let first = try await events.next()
            #expect(first == HeadEvent(epoch: Epoch(rawValue: 0xAB), position: Position(rawValue: 1)))
            server.tenant.commit()
            let second = try await events.next()?.position
            #expect(second == Position(rawValue: 2))
        }
    }

    @Test("ends when the device is revoked, and cannot be opened again")
    func revoked() async throws {
        try await TestServer.run { server in
            server.tenant.commit()
            let transport = server.transport()
            var events = transport.stream(after: .start).makeAsyncIterator()
            _ = try await events.next()
            server.tenant.revoke()
            let end = try await events.next()
            #expect(end == nil)
            let document = try await problem { for try await _ in transport.stream(after: .start) {} }
            #expect(document.code == "device-revoked")
        }
    }

    @Test("ends when the token does, without any commit")
    func expired() async throws {
        try await TestServer.run { server in
            server.tenant.commit()
            var events = server.transport().stream(after: .start).makeAsyncIterator()
            _ = try await events.next()
            server.clock.advance(seconds: 600)
            let end = try await events.next()
            #expect(end == nil)
        }
    }

    @Test("shows its life by heartbeats, which are no events")
    func heartbeat() async throws {
        try await TestServer.run({ $0.heartbeat = .milliseconds(1) }) { server in
            let session = try await server.signIn()
            let request = RawRequest("GET", server.path("stream?after=0"), type: nil).signed(session, at: server.clock.now)
            let text = try await RawAnswer.beginning(request.bytes, port: server.port, until: ":\n\n")
            #expect(text.contains("text/event-stream"))
        }
    }

    @Test("stops listening when the device goes away")
    func leaves() async throws {
        try await TestServer.run { server in
            server.tenant.commit()
            do {
                var events = server.transport().stream(after: .start).makeAsyncIterator()
                _ = try await events.next()
                #expect(server.tenant.heads.listenerCount == 1)
            }
            while server.tenant.heads.listenerCount > 0 { await Task.yield() }
        }
    }

    @Test(
        "wants a position it can read",
        arguments: ["?after=", "?after=-1", "?after=x", "?after=1&after=2", "?x=1", "?after=99999999999999999999", "?"])
    func query(_ query: String) async throws {
        try await TestServer.run { server in
            let session = try await server.signIn()
            let request = RawRequest("GET", server.path("stream") + query, type: nil).signed(session, at: server.clock.now)
            let status = try await request.send(to: server).status
            #expect(status == 400)
        }
    }
}
