import FaultyNetwork
import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollServer
import TruckrollSync

@Suite("Segments of snapshots")
struct SegmentTests {
    private let bytes = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
    private var sha256: [UInt8] { ContentDigest.sha256(bytes) }

    /// Puts the segment where the server keeps it, and lets the device have it.
    private func put(_ server: TestServer, _ content: [UInt8]? = nil) throws -> String {
        let folder = server.tenant.snapshotsFolder + "/" + sha256.hexadecimal.prefix(2)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(content ?? bytes).write(to: URL(fileURLWithPath: folder + "/" + sha256.hexadecimal))
        _ = server.tenant.state.withLock { $0.segments.insert(sha256) }
        return folder + "/" + sha256.hexadecimal
    }

    private func get(_ server: TestServer, _ session: PBSignIn, range: String? = nil, method: String = "GET") async throws -> RawAnswer {
        var request = RawRequest(method, server.path("snapshots/\(sha256.hexadecimal)"), type: nil)
        if let range { request.headers.append(("Range", range)) }
        return try await request.signed(session, at: server.clock.now).send(to: server)
    }

    @Test("are sent whole or from a byte on, and may be kept for ever")
    func ranges() async throws {
        try await TestServer.run { server in
            _ = try put(server)
            let session = try await server.signIn()
            let whole = try await get(server, session)
            #expect(whole.status == 200 && whole.body == bytes)
            #expect(whole.head.contains("cache-control: private, max-age=31536000, immutable"))
            #expect(whole.head.contains("etag: \"\(sha256.hexadecimal)\""))
            #expect(!whole.head.contains("no-store"))
            let rest = try await get(server, session, range: "bytes=1499000-")
            #expect(rest.status == 206 && rest.body == Array(bytes[1_499_000...]))
            #expect(rest.head.contains("content-range: bytes 1499000-1499999/1500000"))
            let nothing = try await get(server, session, range: "bytes=1500000-")
            #expect(nothing.status == 416 && nothing.head.contains("no-store"))
            let put = try await get(server, session, method: "PUT")
            #expect(put.status == 405)
            let unsigned = try await RawRequest("GET", server.path("snapshots/\(sha256.hexadecimal)"), type: nil).send(to: server)
            #expect(unsigned.status == 401)
        }
    }

    @Test("that are not there, not for the device, or damaged are gone", arguments: ["absent", "foreign", "damaged"])
    func gone(why: String) async throws {
        try await TestServer.run { server in
            let path = try put(server, why == "damaged" ? bytes.dropLast() + [0x5A] : nil)
            if why == "absent" { try FileManager.default.removeItem(atPath: path) }
            if why == "foreign" { server.tenant.state.withLock { $0.segments = [] } }
            let answer = try await get(server, try await server.signIn())
            #expect(answer.status == 404)
            #expect(answer.problem?.code == "snapshot-gone")
            // One that was damaged goes, so that the next filling makes another.
            #expect(FileManager.default.fileExists(atPath: path) == (why == "foreign"))
        }
    }

    @Test("go on at the byte where the download broke")
    func resumed() async throws {
        try await TestServer.run { server in
            _ = try put(server)
            let path = NSTemporaryDirectory() + "truckroll-segment-\(UInt64.random(in: 0 ... .max))"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let broken = try FaultyLine(to: server.port)
            broken.set(.with { $0.answerBytes = 900_000 })
            await #expect(throws: TransportProblem.self) {
                try await server.transport(port: broken.port).fetchSegment(sha256: sha256, through: path)
            }
            let there = try #require(FileManager.default.contents(atPath: path)?.count)
            #expect(there > 300_000 && there < 900_000)
            let thin = try FaultyLine(to: server.port)
            thin.set(.with { $0.answerBytes = 1_500_000 - there + 30_000 })
            let received = try await server.transport(port: thin.port).fetchSegment(sha256: sha256, through: path)
            #expect(received == bytes)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("bring a catalogue to devices over a real server, which makes them once and again when its files are lost")
    func catalogue() async throws {
        let company = try SmallCompany()
        try await company.serve(recordsForSnapshot: 20) { port, service in
            let importer = try Importer(tenant: service)
            for number in 0..<60 {
                try importer.add(
                    RecordDraft(
                        "part", id: RecordID(high: 2, low: UInt64(number)),
                        ["number": .text("P-\(number)"), "name": .text("Part \(number)"), "unit": .text("pcs")]))
            }
            try importer.flush()
            var made: [[String]] = []
            for round in 0..<3 {
                if round == 2 { try FileManager.default.removeItem(atPath: company.home.snapshots) }
                let folder = company.directory.appendingPathComponent("device-\(round)")
                let client = try DeviceClient(directory: folder, environment: company.environment)
                defer { try? client.close() }
                try await client.enrol(server: "http://127.0.0.1:\(port)", code: try service.makeEnrolmentCode(user: "T1").code, deviceName: "tablet")
                try await client.sync()
                #expect(try client.read { try $0.views("part").count } == 60)
                #expect(try await client.audit(repairing: false).differing.isEmpty)
                made.append(try company.segmentFiles())
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("segments").path).isEmpty)
            }
            #expect(!made[0].isEmpty && made[1] == made[0] && made[2] == made[0])
        }
    }
}

extension SmallCompany {
    fileprivate var environment: DeviceEnvironment {
        var system = DeviceEnvironment.system()
        system.now = { [clock] in clock.now }
        return system
    }

    fileprivate func segmentFiles() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: home.snapshots).filter { $0.count > 64 }.sorted()
    }
}
