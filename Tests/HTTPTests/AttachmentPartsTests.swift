import FaultyNetwork
import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollCryptography
import TruckrollProtocol

@testable import TruckrollServer

/// An attachment of a test, wanted and readable.
private struct Photo: Sendable {
    let bytes: [UInt8]
    let sha256: [UInt8]

    init(_ size: Int, _ seed: Int = 31) {
        bytes = (0..<size).map { UInt8(truncatingIfNeeded: ($0 &* seed) ^ ($0 >> 8)) }
        sha256 = Array(SHA256.hash(data: bytes))
    }

    func expect(at tenant: FakeTenant) {
        tenant.state.withLock {
            $0.wanted.insert(sha256)
            $0.readable.insert(sha256)
        }
    }
}

extension TestServer {
    /// Sends one part by hand.
    fileprivate func part(
        _ photo: Photo, _ range: Range<Int>, of total: Int? = nil, body: [UInt8]? = nil, header: String? = nil, session: PBSignIn
    ) async throws -> RawAnswer {
        var request = RawRequest("PUT", path("attachments/\(photo.sha256.hexadecimal)"), type: nil, body: body ?? Array(photo.bytes[range]))
        request.headers.append(("Content-Range", header ?? "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(total ?? photo.bytes.count)"))
        return try await request.signed(session, at: clock.now).send(to: self)
    }

    /// How far the device's upload came.
    fileprivate func offset(_ photo: Photo, session: PBSignIn) async throws -> String? {
        let answer = try await RawRequest("HEAD", path("attachments/\(photo.sha256.hexadecimal)"), type: nil).signed(session, at: clock.now).send(
            to: self)
        return answer.head.split(separator: "\r\n").first { $0.hasPrefix("upload-offset: ") }.map { String($0.dropFirst(15)) }
    }

    fileprivate var incoming: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: tenant.attachmentsFolder + "/incoming")) ?? []
    }
}

@Suite("Attachments in parts")
struct AttachmentPartsTests {
    @Test(
        "an upload that breaks off goes on where it stopped, for another process on another network",
        arguments: [200_000, 700_000, 1_500_000, 2_900_000])
    func resumed(after bytes: Int) async throws {
        try await TestServer.run { server in
            let photo = Photo(3_000_001)
            photo.expect(at: server.tenant)
            let broken = try FaultyLine(to: server.port)
            broken.set(.with { $0.requestBytes = bytes })
            await #expect(throws: TransportProblem.self) {
                try await server.transport(port: broken.port).putAttachment(sha256: photo.sha256, content: .bytes(photo.bytes))
            }
            let session = try await server.signIn()
            let offset = try #require(Int(try await server.offset(photo, session: session) ?? ""))
            #expect(offset <= bytes && offset % (128 << 10) == 0)
            #expect(server.tenant.state.withLock { $0.stored.isEmpty })

            // What the server has is not sent again: the rest, with its headers, is all that goes through.
            let thin = try FaultyLine(to: server.port)
            thin.set(.with { $0.requestBytes = photo.bytes.count - offset + 30_000 })
            let told = Mutex<[Int]>([])
            try await server.transport(port: thin.port).putAttachment(sha256: photo.sha256, content: .bytes(photo.bytes)) { sent in
                told.withLock { $0.append(sent) }
            }
            let steps = told.withLock { $0 }
            #expect(steps.first == offset && steps.last == photo.bytes.count && steps == steps.sorted())
            #expect(server.tenant.state.withLock { $0.stored } == [photo.sha256: photo.bytes.count])
            let received = try await server.transport().getAttachment(sha256: photo.sha256)
            #expect(received == photo.bytes)
            #expect(server.incoming.isEmpty)
        }
    }

    @Test("the server may be started anew between any two parts")
    func restarted() async throws {
        let tenant = FakeTenant()
        let photo = Photo(100_000)
        photo.expect(at: tenant)
        for (index, start) in stride(from: 0, to: 100_000, by: 30_000).enumerated() {
            try await TestServer.run(tenants: [tenant]) { server in
                let session = try await server.signIn()
                let offset = try await server.offset(photo, session: session)
                #expect(offset == "\(start)")
                let answer = try await server.part(photo, start..<min(100_000, start + 30_000), session: session)
                #expect(answer.status == (index < 3 ? 202 : 201))
            }
        }
        #expect(tenant.state.withLock { $0.stored } == [photo.sha256: 100_000])
    }

    @Test("parts that leave a gap, overlap or come again are refused, and the answer says where it goes on")
    func offsets() async throws {
        try await TestServer.run { server in
            let photo = Photo(5000)
            photo.expect(at: server.tenant)
            let session = try await server.signIn()
            for (range, status, offset) in [
                (1000..<2000, 409, 0), (0..<1000, 202, 1000), (0..<1000, 409, 1000), (500..<1500, 409, 1000), (1001..<2000, 409, 1000),
                (4000..<5000, 409, 1000), (1000..<3000, 202, 3000), (2999..<5000, 409, 3000), (3000..<5000, 201, 0),
            ] as [(Range<Int>, Int, Int)] {
                let answer = try await server.part(photo, range, session: session)
                #expect(answer.status == status, "\(range)")
                if status == 409 {
                    #expect(answer.problem?.code == "attachment-offset")
                    #expect(answer.problem?.offset == offset)
                }
                let now = try await server.offset(photo, session: session)
                #expect(now == "\(offset)", "\(range)")
            }
            #expect(server.tenant.state.withLock { $0.stored } == [photo.sha256: 5000])
        }
    }

    @Test("a part of something else is found at the end: nothing is visible, all of it goes, and it can be sent again")
    func swapped() async throws {
        try await TestServer.run { server in
            let photo = Photo(5000)
            photo.expect(at: server.tenant)
            let session = try await server.signIn()
            let first = try await server.part(photo, 0..<2000, body: [UInt8](repeating: 7, count: 2000), session: session).status
            #expect(first == 202)
            let last = try await server.part(photo, 2000..<5000, session: session)
            #expect(last.status == 422)
            #expect(last.problem?.code == "attachment-mismatch")
            let isThere = try await server.transport().hasAttachment(sha256: photo.sha256)
            #expect(!isThere)
            #expect(server.tenant.state.withLock { $0.stored.isEmpty } && server.incoming.isEmpty)
            for (range, status) in [(0..<2000, 202), (2000..<5000, 201)] {
                let answer = try await server.part(photo, range, session: session).status
                #expect(answer == status)
            }
        }
    }

    @Test("an upload under which something else lies is mended by the device itself")
    func selfHealing() async throws {
        try await TestServer.run { server in
            let photo = Photo(2_000_000)
            photo.expect(at: server.tenant)
            let session = try await server.signIn()
            // Longer than the attachment: only another file can have been begun.
            for start in stride(from: 0, to: 3_000_000, by: 1 << 20) {
                let end = min(3_000_000, start + 1 << 20)
                _ = try await server.part(photo, start..<end, of: 4_000_000, body: [UInt8](repeating: 1, count: end - start), session: session)
            }
            let offset = try await server.offset(photo, session: session)
            #expect(offset == "3000000")
            try await server.transport().putAttachment(sha256: photo.sha256, content: .bytes(photo.bytes))
            #expect(server.tenant.state.withLock { $0.stored } == [photo.sha256: 2_000_000])
        }
    }

    @Test("parts that contradict themselves or the limits are refused and change nothing")
    func malformed() async throws {
        try await TestServer.run { server in
            let photo = Photo(5000)
            photo.expect(at: server.tenant)
            let session = try await server.signIn()
            for (header, size, status) in [
                ("bytes 0-999/5000", 999, 400), ("bytes 0-999/5000", 1001, 400), ("bytes 0-999/*", 1000, 400), ("bytes */5000", 1000, 400),
                ("bytes 999-0/5000", 1000, 400), ("bytes 0-5000/5000", 5001, 400), ("bytes=0-999/5000", 1000, 400), ("bytes 00-999/5000", 1000, 400),
                ("bytes -1-999/5000", 1001, 400), ("bytes 0-999/99999999999999999999", 1000, 400), ("octets 0-999/5000", 1000, 400), ("", 1000, 400),
                ("bytes 0-999/\(Limits.attachmentBytes + 1)", 1000, 413), ("bytes 0-\(Limits.attachmentPartBytes)/5000000", 1000, 413),
            ] as [(String, Int, Int)] {
                let answer = try await server.part(photo, 0..<1, body: [UInt8](repeating: 0, count: size), header: header, session: session)
                #expect(answer.status == status, "\(header)")
                #expect(answer.problem != nil)
            }
            var tampered = RawRequest("PUT", server.path("attachments/\(photo.sha256.hexadecimal)"), type: nil, body: [1, 2, 3])
            tampered.headers.append(("Content-Range", "bytes 0-2/5000"))
            let unsigned = try await tampered.signed(session, at: server.clock.now, body: [1, 2, 4]).send(to: server)
            #expect(unsigned.problem?.code == "signature-invalid")
            server.tenant.state.withLock { $0.wanted = [] }
            let unwanted = try await server.part(photo, 0..<1000, session: session)
            #expect(unwanted.problem?.code == "attachment-not-wanted")
            server.tenant.revoke()
            let revoked = try await server.part(photo, 0..<1000, session: session)
            #expect(revoked.problem?.code == "device-revoked")
            #expect(server.incoming.isEmpty)
        }
    }

    @Test("each replica goes on with its own parts alone, a few at a time, and what is left for a week is thrown away")
    func bounds() throws {
        let folder = NSTemporaryDirectory() + "truckroll-parts-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (uploads, photos) = (PartialUploads(), (1...Limits.partialUploads + 1).map { Photo(1000, $0 * 2 + 1) })
        let (ada, bob) = (ReplicaID(rawValue: 5), ReplicaID(rawValue: 55))
        let start: UInt64 = 1_760_000_000_000
        func append(_ photo: Photo, _ range: Range<Int>, _ replica: ReplicaID, at now: UInt64) throws -> PartialUploads.Progress {
            try uploads.append(
                .init(bytes: Array(photo.bytes[range]), offset: range.lowerBound, total: 1000),
                of: ContentFile(folder: folder, sha256: photo.sha256), photo.sha256, from: replica, in: folder, now: now)
        }
        #expect(try append(photos[0], 0..<600, ada, at: start) == .wants(offset: 600))
        #expect(uploads.offset(of: photos[0].sha256, from: bob, in: folder) == 0)
        let foreign = #expect(throws: ServiceProblem.self) { try append(photos[0], 600..<1000, bob, at: start) }
        #expect(foreign?.offset == 0)
        #expect(try append(photos[0], 0..<1000, bob, at: start) == .whole(size: 1000))
        #expect(uploads.offset(of: photos[0].sha256, from: ada, in: folder) == 600, "somebody else's whole leaves it alone")

        for (index, photo) in photos.enumerated().dropFirst() { _ = try append(photo, 0..<100, ada, at: start + UInt64(index) * 1000) }
        #expect(uploads.offset(of: photos[0].sha256, from: ada, in: folder) == 0, "the oldest gave way")
        #expect(photos.dropFirst().allSatisfy { uploads.offset(of: $0.sha256, from: ada, in: folder) == 100 })
        let week = UInt64(Limits.partialUploadSeconds) * 1000
        PartialUploads.collect(in: folder, now: start + 1500 + week)
        #expect(photos.dropFirst().map { uploads.offset(of: $0.sha256, from: ada, in: folder) } == [0, 100, 100, 100])
        #expect(try append(photos[2], 100..<1000, ada, at: start + week) == .whole(size: 1000))
    }

    @Test(
        "a range of an attachment is one run of bytes; what is none asks for the whole",
        arguments: [
            ("bytes=0-9", 206, 0..<10), ("bytes=10-", 206, 10..<1000), ("bytes=999-999", 206, 999..<1000), ("bytes=0-5000", 206, 0..<1000),
            ("bytes=1000-", 416, nil), ("bytes=5000-6000", 416, nil), ("bytes=9-0", 200, 0..<1000), ("bytes=0-1,5-6", 200, 0..<1000),
            ("bytes=-5", 200, 0..<1000), ("bytes=", 200, 0..<1000), ("bytes=a-b", 200, 0..<1000), ("lines=0-1", 200, 0..<1000),
            ("bytes=99999999999999999999-", 200, 0..<1000),
        ] as [(String, Int, Range<Int>?)])
    func ranges(header: String, status: Int, range: Range<Int>?) async throws {
        try await TestServer.run { server in
            let photo = Photo(1000)
            photo.expect(at: server.tenant)
            try await server.transport().putAttachment(sha256: photo.sha256, content: .bytes(photo.bytes))
            let session = try await server.signIn()
            var request = RawRequest("GET", server.path("attachments/\(photo.sha256.hexadecimal)"), type: nil)
            request.headers.append(("Range", header))
            let answer = try await request.signed(session, at: server.clock.now).send(to: server)
            #expect(answer.status == status)
            if let range {
                #expect(answer.body == Array(photo.bytes[range]))
                #expect(answer.head.contains("content-length: \(range.count)"))
            }
            if status == 206, let range { #expect(answer.head.contains("content-range: bytes \(range.lowerBound)-\(range.upperBound - 1)/1000")) }
            if status == 416 {
                #expect(answer.problem?.code == "range-unsatisfiable")
                #expect(answer.head.contains("content-range: bytes */1000"))
            }
        }
    }

    private func temporary() -> String { NSTemporaryDirectory() + "truckroll-fetch-\(UInt64.random(in: 0 ... .max))" }

    @Test("a download that breaks off goes on where it stopped, and has its name only when it is whole")
    func fetched() async throws {
        try await TestServer.run { server in
            let (photo, path) = (Photo(2_000_000), temporary())
            defer { for file in [path, path + ".fetch"] { try? FileManager.default.removeItem(atPath: file) } }
            photo.expect(at: server.tenant)
            try await server.transport().putAttachment(sha256: photo.sha256, content: .bytes(photo.bytes))
            // How much of it the device had read when the line broke is chance; something arrives after a few tries.
            var there = 0
            for _ in 0..<50 where there <= 100_000 {
                let broken = try FaultyLine(to: server.port)
                broken.set(.with { $0.answerBytes = 900_000 })
                await #expect(throws: TransportProblem.self) {
                    try await server.transport(port: broken.port).fetchAttachment(sha256: photo.sha256, into: path)
                }
                #expect(!FileManager.default.fileExists(atPath: path))
                there = FileManager.default.contents(atPath: path + ".fetch")?.count ?? 0
            }
            // More than the next line carries beyond the rest: all of it over again would not fit.
            #expect(there > 100_000 && there < photo.bytes.count)
            let thin = try FaultyLine(to: server.port)
            thin.set(.with { $0.answerBytes = 2_000_000 - there + 30_000 })
            try await server.transport(port: thin.port).fetchAttachment(sha256: photo.sha256, into: path)
            #expect(FileManager.default.contents(atPath: path).map(Array.init) == photo.bytes)
            #expect(!FileManager.default.fileExists(atPath: path + ".fetch"))
        }
    }

    @Test("a beginning that is of something else is thrown away and fetched anew", arguments: [1, 500, 999, 1000, 1001, 5000])
    func foreignBeginning(size: Int) async throws {
        try await TestServer.run { server in
            let (photo, path) = (Photo(1000), temporary())
            defer { for file in [path, path + ".fetch"] { try? FileManager.default.removeItem(atPath: file) } }
            photo.expect(at: server.tenant)
            try await server.transport().putAttachment(sha256: photo.sha256, content: .bytes(photo.bytes))
            try Data(repeating: 0xEE, count: size).write(to: URL(fileURLWithPath: path + ".fetch"))
            try await server.transport().fetchAttachment(sha256: photo.sha256, into: path)
            #expect(FileManager.default.contents(atPath: path).map(Array.init) == photo.bytes)
        }
    }

    @Test("bytes that arrive as others never become the file")
    func changed() async throws {
        try await TestServer.run { server in
            let path = temporary()
            let photo = Photo(1000)
            photo.expect(at: server.tenant)
            try await server.transport().putAttachment(sha256: photo.sha256, content: .bytes(photo.bytes))
            let proxy = try FaultyLine(to: server.port)
            let piece = Array(photo.bytes[400..<420])
            proxy.set(.with { $0.replacement = (piece, piece.map { $0 ^ 1 }) })
            let error = await #expect(throws: TransportProblem.self) {
                try await server.transport(port: proxy.port).fetchAttachment(sha256: photo.sha256, into: path)
            }
            #expect(error?.code == "not-truckroll")
            for file in [path, path + ".fetch"] { #expect(!FileManager.default.fileExists(atPath: file)) }
        }
    }
}
