import FaultyNetwork
import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollServer
import TruckrollStoreSQLite
import TruckrollSync

@Suite("Real processes", .serialized)
struct KillTests {
    @Test("a server killed again and again under load keeps every acknowledged set, once")
    func serverKilled() async throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let client = try DeviceClient(directory: directory)
        _ = try await client.enrol(server: server.url, code: try server.enrolmentCode("P0101"), deviceName: "test")
        try await client.sync()
        let order = try #require(try client.read { try $0.views("service_order").first?.id })
        var written = 0
        for round in 0..<8 {
            let stop = Mutex(false)
            async let load: Int = {
                var count = 0
                repeat {
                    let number = round * 10_000 + count
                    try client.commit("note") { editor in
                        try editor.create(
                            "note",
                            [
                                "order": .reference(order), "text": .text("note \(number)"), "at": .text(editor.now.description),
                                "by": .reference(editor.user),
                            ])
                    }
                    count += 1
                    // Offline is the normal case: the set stays in the outbox.
                    _ = try? await client.sync()
                } while !stop.withLock { $0 }
                return count
            }()
            // Not a wait for a result: the random moment at which a real process is killed.
            try await Task.sleep(for: .milliseconds(Int.random(in: 40...250)))
            server.kill()
            stop.withLock { $0 = true }
            written += try await load
            try server.start()
        }
        try await client.sync()
        #expect(try client.read { try $0.outbox() }.isEmpty)
        #expect(try await client.audit(repairing: false).differing.isEmpty)
        let notes = try client.read { try $0.views("note", where: "order", equals: .reference(order)).compactMap { $0.text("text") } }
        #expect(written >= 8)
        #expect(notes.count == written)
        #expect(Set(notes).count == written)
    }

    @Test("a restore from an older copy gets back what devices hold, by the real commands")
    func restore() async throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let client = try DeviceClient(directory: directory.appendingPathComponent("device"))
        _ = try await client.enrol(server: server.url, code: try server.enrolmentCode("P0101"), deviceName: "test")
        try await client.sync()
        let order = try #require(try client.read { try $0.views("service_order").first?.id })
        func note(_ text: String) throws {
            try client.commit("note") { editor in
                try editor.create(
                    "note", ["order": .reference(order), "text": .text(text), "at": .text(editor.now.description), "by": .reference(editor.user)])
            }
        }
        try note("before the copy")
        try await client.sync()
        server.kill()
        let copy = directory.appendingPathComponent("copy.sqlite").path
        #expect(try ServerProcess.run("truckroll-server", "backup", "--data", server.data.path, "--to", copy).status == 0)
        try server.start()
        try note("after the copy")
        try await client.sync()
        // A device enrolled after the copy is unknown to the restored server until it shows its enrolment.
        let late = try DeviceClient(directory: directory.appendingPathComponent("late"))
        _ = try await late.enrol(server: server.url, code: try server.enrolmentCode("P0102"), deviceName: "late")
        try await late.sync()
        server.kill()
        #expect(try ServerProcess.run("truckroll-server", "restore", "--data", server.data.path, "--from", copy).status == 0)
        try server.start()
        let report = try await client.sync()
        #expect(report.givenBack == 1)
        try await late.sync()
        let notes = try client.read { try $0.views("note", where: "order", equals: .reference(order)).compactMap { $0.text("text") } }
        #expect(Set(notes) == ["before the copy", "after the copy"])
        #expect(notes.count == 2)
        for device in [client, late] { #expect(try await device.audit(repairing: false).differing.isEmpty) }
    }

    @Test("a device killed at any moment keeps every fact it had confirmed, and its queue goes on")
    func deviceKilled() async throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = directory.appendingPathComponent("device").path
        #expect(
            try ServerProcess.run(
                "truckroll-field", "enrol", "--store", store, "--server", server.url, "--code", try server.enrolmentCode("P0101")
            ).status == 0)
        #expect(try ServerProcess.run("truckroll-field", "sync", "--store", store).status == 0)
        let number = try #require(
            try DeviceClient(directory: directory.appendingPathComponent("device")).read {
                try $0.views("service_order").compactMap { $0.text("number") }.min()
            })
        // How long a command takes here and now, so that kills fall into its work on any machine.
        let begun = ContinuousClock.now
        #expect(try ServerProcess.run("truckroll-field", "note", number, "undisturbed", "--store", store).status == 0)
        let taken = ContinuousClock.now - begun
        var confirmed: Set<String> = ["undisturbed"]
        var tried = confirmed
        for round in 0..<40 {
            let process = Process()
            process.executableURL = ServerProcess.executable("truckroll-field")
            // Every fourth is a sync, so that uploads and applying are cut as well.
            let text = "note \(round)"
            process.arguments = round % 4 == 3 ? ["sync", "--store", store] : ["note", number, text, "--store", store]
            process.standardOutput = Pipe()
            process.standardError = Pipe()
            try process.run()
            // Some are left alone, however busy the machine is; of the others this is the random moment of the kill.
            if round % 8 != 0 {
                try await Task.sleep(for: .milliseconds(5) + taken * Double.random(in: 0...1.6))
                if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
            }
            process.waitUntilExit()
            guard round % 4 != 3 else { continue }
            tried.insert(text)
            if process.terminationReason == .exit, process.terminationStatus == 0 { confirmed.insert(text) }
        }
        #expect(try ServerProcess.run("truckroll-field", "sync", "--store", store).status == 0)
        let client = try DeviceClient(directory: directory.appendingPathComponent("device"))
        let notes = try client.read { reader in
            let order = try reader.views("service_order", where: "number", equals: .text(number)).first
            return try reader.views("note", where: "order", equals: order.map { .reference($0.id) } ?? .null).compactMap { $0.text("text") }
        }
        #expect(confirmed.count > 1)
        #expect(confirmed.isSubset(of: notes))
        #expect(Set(notes).isSubset(of: tried))
        #expect(Set(notes).count == notes.count)
        #expect(try client.read { try $0.outbox() }.isEmpty)
        #expect(try await client.audit(repairing: false).differing.isEmpty)
    }

    @Test("a second server on one data directory is refused with what to do")
    func twoServers() throws {
        let server = try ServerProcess()
        try server.start()
        let second = try ServerProcess.run("truckroll-server", "serve", "--data", server.data.path, "--port", "0")
        #expect(second.status == 1)
        #expect(second.errors.contains("error:"))
    }

    /// A command that runs on.
    private func begin(_ executable: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test("a server told to end with streams open, sets under way and a body that does not come ends as asked, in its time, and no answer is lost")
    func told() async throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let line = try FaultyLine(to: server.port)
        let watching = try (0..<3).map { try Tablet("P0102", of: server, in: directory, named: "watching \($0)") }
        let writing = try (0..<4).map { try Tablet("P0101", of: server, in: directory, named: "writing \($0)") }
        for tablet in watching { try tablet.does("server", line.url) }
        let field = ServerProcess.executable("truckroll-field").path
        line.set(.init())
        let watches = try watching.map { try begin(field, ["sync", "--watch", "--quiet", "--store", $0.store]) }
        defer { for watch in watches { Foundation.kill(watch.processIdentifier, SIGKILL) } }
        let end = ContinuousClock.now + .seconds(120)
        while line.traffic.streams < watches.count {
            try #require(ContinuousClock.now < end, "\(line.traffic.streams) streams were opened")
            try await Task.sleep(for: .milliseconds(50))
        }
        // It would be waited for half a minute and longer.
        let request =
            "POST /v1/default/session/challenge HTTP/1.1\\r\\nHost: a\\r\\nContent-Type: application/json\\r\\nContent-Length: 60000\\r\\n\\r\\n{"
        let held = try begin("/bin/bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(server.port); printf '\(request)' >&3; cat <&3"])
        defer { Foundation.kill(held.processIdentifier, SIGKILL) }
        for (number, tablet) in writing.enumerated() { try tablet.does("note", "000001", "\(number)") }
        let syncs = try writing.map { try begin(field, ["sync", "--store", $0.store]) }
        // Not a wait for a result: the random moment at which a real process is told.
        try await Task.sleep(for: .milliseconds(Int.random(in: 50...400)))
        let (status, time) = try server.end()
        for sync in syncs {
            sync.waitUntilExit()
            #expect([0, 3].contains(sync.terminationStatus))
        }
        #expect(status == 0)
        // What it takes is in the output, and over many ends in that of scripts/faults. A machine with other work may take its time.
        print("The server ended \(time) after SIGTERM; it has \(HTTPServer.shutdownTime).")
        #expect(time < HTTPServer.shutdownTime * 2)
        try server.start()
        for (tablet, sync) in zip(writing, syncs) where sync.terminationStatus == 0 {
            #expect(try tablet.read { try $0.read { try $0.outbox() } }.isEmpty)
            #expect(try tablet.syncGivingBack() == 0, "what was answered is there")
        }
        for tablet in writing { try tablet.does("sync") }
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == (0..<writing.count).map(String.init))
    }
}
