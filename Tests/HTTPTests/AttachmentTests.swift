import FaultyNetwork
import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollCryptography
import TruckrollProtocol
import TruckrollServer

@Suite("Attachments")
struct AttachmentTests {
    private func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    @Test("go up from memory or a file and come down unchanged", arguments: [0, 1, 65536, 3_000_001])
    func roundTrip(size: Int) async throws {
        try await TestServer.run { server in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let (sha256, transport) = (hash(bytes), server.transport())
            server.tenant.state.withLock {
                $0.wanted = [sha256]
                $0.readable = [sha256]
            }
            #expect(try await !transport.hasAttachment(sha256: sha256))
            let file = NSTemporaryDirectory() + "truckroll-upload-\(sha256.hexadecimal)"
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            defer { try? FileManager.default.removeItem(atPath: file) }
            try await transport.putAttachment(sha256: sha256, content: .file(path: file))
            #expect(server.tenant.state.withLock { $0.stored } == [sha256: size])
            #expect(try await transport.hasAttachment(sha256: sha256))
            let received = try await transport.getAttachment(sha256: sha256)
            #expect(received == bytes)
            // Again, as after a lost answer.
            try await transport.putAttachment(sha256: sha256, content: .bytes(bytes))
            let incoming = try FileManager.default.contentsOfDirectory(atPath: server.tenant.attachmentsFolder + "/incoming")
            #expect(incoming.isEmpty)
        }
    }

    @Test("with other bytes than promised are refused and leave nothing behind")
    func mismatch() async throws {
        try await TestServer.run { server in
            let (promised, sent) = (hash([1, 2, 3]), [UInt8](repeating: 9, count: 100))
            server.tenant.state.withLock {
                $0.wanted = [promised]
                $0.readable = [promised]
            }
            let transport = server.transport()
            let document = try await problem { try await transport.putAttachment(sha256: promised, content: .bytes(sent)) }
            #expect(document.status == 422)
            #expect(document.code == "attachment-mismatch")
            #expect(try await !transport.hasAttachment(sha256: promised))
            #expect(server.tenant.state.withLock { $0.stored.isEmpty })
            // Other bytes than the digest that was signed, which is the one of the address.
            let session = try await server.signIn()
            let request = RawRequest("PUT", server.path("attachments/\(promised.hexadecimal)"), type: nil, body: sent)
            let status = try await request.signed(session, at: server.clock.now, body: [1, 2, 3]).send(to: server).status
            #expect(status == 422)
            #expect(try await !transport.hasAttachment(sha256: promised))
            #expect(try FileManager.default.contentsOfDirectory(atPath: server.tenant.attachmentsFolder + "/incoming").isEmpty)
        }
    }

    @Test("that nobody asked for are not stored, those of others not shown")
    func notForYou() async throws {
        try await TestServer.run { server in
            let (sha256, transport) = (hash([5]), server.transport())
            let code = try await problem { try await transport.putAttachment(sha256: sha256, content: .bytes([5])) }.code
            #expect(code == "attachment-not-wanted")
            server.tenant.state.withLock { $0.wanted = [sha256] }
            try await transport.putAttachment(sha256: sha256, content: .bytes([5]))
            let document = try await problem { _ = try await transport.getAttachment(sha256: sha256) }
            #expect(document.code == "not-found")
        }
    }

    @Test("whose bytes the server's disk has changed are never sent, and can be brought again", arguments: [0, 70_000])
    func damaged(at offset: Int) async throws {
        try await TestServer.run { server in
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let (sha256, transport) = (hash(bytes), server.transport())
            server.tenant.state.withLock {
                $0.wanted = [sha256]
                $0.readable = [sha256]
            }
            try await transport.putAttachment(sha256: sha256, content: .bytes(bytes))
            let intact = try await transport.getAttachment(sha256: sha256)
            #expect(intact == bytes)
            let name = sha256.hexadecimal
            let file = URL(fileURLWithPath: "\(server.tenant.attachmentsFolder)/\(name.prefix(2))/\(name)")
            var changed = bytes
            changed[offset] ^= 1
            try Data(changed).write(to: file)
            for _ in 0..<2 {
                let document = try await problem { _ = try await transport.getAttachment(sha256: sha256) }
                #expect(document.status == 500)
                #expect(document.code == "attachment-damaged")
            }
            await #expect(throws: TransportProblem.self) { _ = try await transport.hasAttachment(sha256: sha256) }
            try await transport.putAttachment(sha256: sha256, content: .bytes(bytes))
            let healed = try await transport.getAttachment(sha256: sha256)
            #expect(healed == bytes)
        }
    }

    @Test("that came with other bytes are refused by the device")
    func otherBytes() async throws {
        try await TestServer.run { server in
            let bytes = Array("a photo of the MEMBRANE".utf8)
            let sha256 = hash(bytes)
            server.tenant.state.withLock {
                $0.wanted = [sha256]
                $0.readable = [sha256]
            }
            try await server.transport().putAttachment(sha256: sha256, content: .bytes(bytes))
            let proxy = try FaultyLine(to: server.port)
            let transport = server.transport(port: proxy.port)
            let good = try await transport.getAttachment(sha256: sha256)
            #expect(good == bytes)
            proxy.set(.with { $0.replacement = (Array("MEMBRANE".utf8), Array("MEMBRANF".utf8)) })
            let error = await #expect(throws: TransportProblem.self) { _ = try await transport.getAttachment(sha256: sha256) }
            #expect(error?.code == "not-truckroll")
        }
    }

    @Test("over the limit are refused before they are sent")
    func tooLarge() async throws {
        try await TestServer.run { server in
            let session = try await server.signIn()
            var request = RawRequest("PUT", server.path("attachments/\(hash([]).hexadecimal)"), type: nil)
            request.length = Limits.attachmentBytes + 1
            let status = try await request.signed(session, at: server.clock.now).send(to: server).status
            #expect(status == 413)
        }
    }

    @Test("are sent as opaque bytes that no browser opens")
    func opaque() async throws {
        try await TestServer.run { server in
            let (bytes, transport) = (Array("<script>".utf8), server.transport())
            let sha256 = hash(bytes)
            server.tenant.state.withLock {
                $0.wanted = [sha256]
                $0.readable = [sha256]
            }
            try await transport.putAttachment(sha256: sha256, content: .bytes(bytes))
            let session = try await server.signIn()
            let request = RawRequest("GET", server.path("attachments/\(sha256.hexadecimal)"), type: nil)
            let answer = try await request.signed(session, at: server.clock.now).send(to: server)
            #expect(answer.body == bytes)
            for header in ["content-type: application/octet-stream", "content-disposition: attachment", "x-content-type-options: nosniff"] {
                #expect(answer.head.contains(header))
            }
        }
    }
}
