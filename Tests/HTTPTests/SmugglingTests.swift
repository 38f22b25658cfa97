import Foundation
import Synchronization
import Testing
import TruckrollCore
import TruckrollProtocol
import TruckrollServer

/// One request that another reader on the way could take for two.
struct Smuggling: Sendable, CustomTestStringConvertible {
    let name: String
    /// Header lines as bytes, without the line end of the last one.
    let lines: String
    /// What stands between the head and the second request; its length is L in `lines`.
    var before = ""
    var testDescription: String { name }

    static let all: [Smuggling] = [
        Smuggling(name: "length and chunks", lines: "Content-Length: L\r\nTransfer-Encoding: chunked", before: "0\r\n\r\n"),
        Smuggling(name: "chunks and length", lines: "Transfer-Encoding: chunked\r\nContent-Length: L", before: "0\r\n\r\n"),
        Smuggling(name: "two lengths", lines: "Content-Length: 0\r\nContent-Length: L"),
        Smuggling(name: "two lengths in one line", lines: "Content-Length: 0, L"),
        Smuggling(name: "the same length twice", lines: "Content-Length: 0\r\nContent-Length: 0"),
        Smuggling(name: "a negative length", lines: "Content-Length: -1"),
        Smuggling(name: "a signed length", lines: "Content-Length: +0"),
        Smuggling(name: "a hexadecimal length", lines: "Content-Length: 0x0"),
        Smuggling(name: "a length beyond all numbers", lines: "Content-Length: 99999999999999999999999"),
        Smuggling(name: "folded coding", lines: "Content-Length: L\r\nTransfer-Encoding:\r\n chunked", before: "0\r\n\r\n"),
        Smuggling(name: "folded coding alone", lines: "Transfer-Encoding:\r\n chunked", before: "0\r\n\r\n"),
        Smuggling(name: "a folded field", lines: "Content-Length: 0\r\nX-Any: a\r\n b"),
        Smuggling(name: "a fold by tab", lines: "Content-Length: 0\r\nX-Any: a\r\n\tb"),
        Smuggling(name: "a fold after the first line", lines: " X-Any: a\r\nContent-Length: 0"),
        Smuggling(name: "bare line feeds", lines: "Content-Length: L\nTransfer-Encoding: chunked", before: "0\r\n\r\n"),
        Smuggling(name: "one bare line feed", lines: "Content-Length: 0\r\nX-Any: a\nX-Other: b"),
        Smuggling(name: "a bare carriage return", lines: "Content-Length: 0\r\nX-Any: a\rX-Other: b"),
        Smuggling(name: "NUL in a value", lines: "Content-Length: 0\r\nX-Any: a\0b"),
        Smuggling(name: "NUL in a name", lines: "Content-Length: 0\r\nX-\0Any: a"),
        Smuggling(name: "a space before the colon", lines: "Transfer-Encoding : chunked\r\nContent-Length: L", before: "0\r\n\r\n"),
        Smuggling(name: "a name that is empty", lines: "Content-Length: 0\r\n: a"),
        Smuggling(name: "an unknown coding", lines: "Transfer-Encoding: xchunked", before: "0\r\n\r\n"),
        Smuggling(name: "chunked, then something else", lines: "Transfer-Encoding: chunked, identity", before: "0\r\n\r\n"),
        Smuggling(name: "something else, then chunked", lines: "Transfer-Encoding: gzip, chunked", before: "0\r\n\r\n"),
        Smuggling(name: "chunked twice", lines: "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", before: "0\r\n\r\n"),
        Smuggling(name: "a chunk of another length", lines: "Transfer-Encoding: chunked", before: "1\r\nab\r\n0\r\n\r\n"),
        Smuggling(name: "a chunk whose size is no number", lines: "Transfer-Encoding: chunked", before: "x\r\na\r\n0\r\n\r\n"),
        Smuggling(name: "a chunk of negative size", lines: "Transfer-Encoding: chunked", before: "-1\r\na\r\n0\r\n\r\n"),
        Smuggling(name: "a chunk beyond all numbers", lines: "Transfer-Encoding: chunked", before: "FFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n"),
        Smuggling(name: "a chunk that ends in a bare line feed", lines: "Transfer-Encoding: chunked", before: "1\na\n0\n\n"),
    ]
}

@Suite("Requests hidden in requests")
struct SmugglingTests {
    @Test("are refused as one with 400, the connection ends, and the hidden one never runs", arguments: Smuggling.all)
    func refused(_ smuggling: Smuggling) async throws {
        try await TestServer.run { server in
            let session = try await server.signIn()
            let hidden = RawRequest("POST", server.path("sync")).signed(session, at: server.clock.now).bytes
            let before = Array(smuggling.before.utf8)
            let length = "\(before.count + hidden.count)"
            let head =
                "POST \(server.path("session/challenge")) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
                + smuggling.lines.replacing(": L", with: ": \(length)").replacing(", L", with: ", \(length)") + "\r\n\r\n"
            let answer = try await RawAnswer.conversation(Array(head.utf8) + before + hidden, port: server.port)
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(80))")
            #expect(answer.ranges(of: "HTTP/1.1 ").count == 1)
            #expect(answer.lowercased().contains("connection: close"))
            #expect(answer.lowercased().contains("content-type: application/problem+json"))
            #expect(answer.contains("\"code\":\"malformed\""))
            #expect(server.tenant.state.withLock { $0.syncs.isEmpty })
        }
    }

    @Test("two requests in one go are two, each with its answer")
    func pipelined() async throws {
        try await TestServer.run { server in
            let session = try await server.signIn()
            var first = RawRequest("POST", server.path("sync")).signed(session, at: server.clock.now).bytes
            first = Array(String(decoding: first, as: UTF8.self).replacing("Connection: close\r\n", with: "").utf8)
            let second = RawRequest("POST", server.path("sync")).signed(session, at: server.clock.now).bytes
            let answer = try await RawAnswer.conversation(first + second, port: server.port)
            #expect(answer.ranges(of: "HTTP/1.1 200 ").count == 2)
            #expect(server.tenant.state.withLock { $0.syncs.count } == 2)
        }
    }

    @Test("noise after a request is refused, and the request keeps its own answer")
    func noiseAfter() async throws {
        try await TestServer.run { server in
            let session = try await server.signIn()
            let first = RawRequest("POST", server.path("sync")).signed(session, at: server.clock.now).bytes
            let request = Array(String(decoding: first, as: UTF8.self).replacing("Connection: close\r\n", with: "").utf8)
            let answer = try await RawAnswer.conversation(request + Array("\u{1}\u{2} HTTP\r\n\r\n".utf8), port: server.port)
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.ranges(of: "HTTP/1.1 400 ").count == 1)
            #expect(answer.contains("\"code\":\"malformed\""))
        }
    }

    @Test(
        "lines that are no request get a problem document and the end of the connection",
        arguments: [
            "GET\r\n\r\n", "\u{16}\u{3}\u{1}", "POST / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nnonsense\r\n\r\n", "GET / FTP/1.1\r\n\r\n",
            "get / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n",
        ])
    func noise(_ text: String) async throws {
        try await TestServer.run { server in
            let answer = try await RawAnswer.conversation(Array(text.utf8), port: server.port)
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(80))")
            #expect(answer.lowercased().contains("content-type: application/problem+json"))
            #expect(answer.lowercased().contains("cache-control: no-store"))
            #expect(answer.lowercased().contains("connection: close"))
            let health = try await RawRequest("GET", "/healthz", type: nil).send(to: server).status
            #expect(health == 200)
        }
    }
}
