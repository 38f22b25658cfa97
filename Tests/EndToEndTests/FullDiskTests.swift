import Foundation
import Synchronization
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A limit on the size of files stands for the full disk: like one, it lets nothing grow, and it needs no rights to set.
@Suite("Full disks", .serialized)
struct FullDiskTests {
    @Test("a technician whose disk is full still reads the day's work, records nothing, and goes on when there is room")
    func device() async throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = directory.appendingPathComponent("device").path
        let code = try server.enrolmentCode("P0101")
        #expect(try ServerProcess.run("truckroll-field", "enrol", "--store", store, "--server", server.url, "--code", code).status == 0)
        #expect(try ServerProcess.run("truckroll-field", "sync", "--store", store).status == 0)
        let jobs = try ServerProcess.run("truckroll-field", "jobs", "--all", "--json", "--store", store).output
        let number = try #require(jobs.split(separator: "\"").first { $0.hasPrefix("SO-") }.map { String($0) })
        #expect(try ServerProcess.run("truckroll-field", "note", number, "before", "--store", store).status == 0)

        func full(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
            try ServerProcess.run(executable: "/bin/bash", ServerProcess.withoutRoom("truckroll-field", arguments + ["--store", store]))
        }
        for reading in [["jobs", "--all"], ["show", number], ["status"], ["history", number]] {
            let result = try full(reading + ["--json"])
            #expect(result.status == 0, "\(reading): \(result.errors)")
            #expect(result.output.contains(reading[0] == "status" ? "\"on_this_device\": 1" : number))
            #expect(result.errors.contains("The disk takes no writes"))
        }
        let note = try full(["note", number, "no room"])
        #expect(note.status == 1)
        #expect(note.errors.contains("error: No space left"))
        let long = String(repeating: "more than there is room for ", count: 100)
        for _ in 0..<4 { #expect(try ServerProcess.run("truckroll-field", "note", number, long, "--store", store).status == 0) }
        let rescue = directory.appendingPathComponent("rescue").path
        let export = try full(["outbox", "export", rescue])
        #expect(export.status == 1 && export.errors.contains("There is no room for"), "\(export.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).allSatisfy { !$0.hasPrefix("rescue") })

        // What waits reaches the server all the same, and is taken once.
        let sent = try full(["sync"])
        #expect(sent.status == 1 && sent.errors.contains("The server has 5 of your change sets"), "\(sent.errors)")
        let other = try Tablet("P0101", of: server, in: directory, named: "other")
        try other.does("sync")
        #expect(try other.notes(on: number).contains("before"))
        #expect(try full(["status", "--json"]).output.contains("\"on_this_device\": 5"))

        #expect(try ServerProcess.run("truckroll-field", "note", number, "after", "--store", store).status == 0)
        #expect(try ServerProcess.run("truckroll-field", "sync", "--store", store).status == 0)
        try other.does("sync")
        #expect(try other.notes(on: number).count { $0 == "before" } == 1)
        let shown = try ServerProcess.run("truckroll-field", "show", number, "--json", "--store", store).output
        #expect(shown.contains("before") && shown.contains("after") && !shown.contains("no room"))
    }

    @Test("a server whose disk is full answers 503, keeps what it acknowledged, and goes on when there is room")
    func server() async throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let client = try DeviceClient(directory: directory)
        _ = try await client.enrol(server: server.url, code: try server.enrolmentCode("P0101"), deviceName: "test")
        try await client.sync()
        let order = try #require(try client.read { try $0.views("service_order").first?.id })
        func note(_ text: String) throws {
            try client.commit("note") { editor in
                try editor.create(
                    "note", ["order": .reference(order), "text": .text(text), "at": .text(editor.now.description), "by": .reference(editor.user)])
            }
        }
        try note("acknowledged")
        try await client.sync()
        #expect(try client.read { try $0.outbox() }.isEmpty)

        let puller = try Tablet("P0101", of: server, in: directory, named: "puller")
        try note("to be pulled")
        try await client.sync()
        try server.leaveRoom(false)
        try puller.does("sync")
        #expect(try puller.notes(on: "000001").contains("to be pulled"), "who only pulls is served")
        try note("without room")
        for _ in 0..<3 {
            let problem = await #expect(throws: TransportProblem.self) { try await client.sync() }
            guard case .problem(let document)? = problem else {
                Issue.record("not answered with a problem document: \(String(describing: problem))")
                continue
            }
            #expect(document.status == 503)
            #expect(["store-disk-full", "store-io"].contains(document.code))
            #expect(document.next.contains("Nothing is lost") && document.retryAfter != nil)
        }
        #expect(try client.read { try $0.outbox() }.count == 1)
        let unready = try server.readiness()
        #expect(unready.contains(" 503 ") && unready.contains("store-"), "\(unready)")

        try server.leaveRoom(true)
        #expect(try server.readiness().contains(" 200 "))
        try await client.sync()
        #expect(try client.read { try $0.outbox() }.isEmpty)
        // What was acknowledged is on the disk, not only in the process that was short of it.
        server.kill()
        try server.start()
        let other = try DeviceClient(directory: directory.appendingPathComponent("other"))
        _ = try await other.enrol(server: server.url, code: try server.enrolmentCode("P0101"), deviceName: "other")
        try await other.sync()
        let notes = try other.read { try $0.views("note", where: "order", equals: .reference(order)).compactMap { $0.text("text") } }
        #expect(notes.sorted() == ["acknowledged", "to be pulled", "without room"])
        #expect(try await client.audit(repairing: false).differing.isEmpty)
    }

    @Test("a server without file descriptors to spare takes no more connections, and goes on when it has some")
    func descriptors() throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let femke = try Tablet("P0101", of: server, in: directory)
        try femke.does("note", "000001", "written down meanwhile")
        try server.limitDescriptors(to: 8)
        let refused = try ServerProcess.run(
            executable: "/usr/bin/timeout", ["3", ServerProcess.executable("truckroll-field").path, "sync", "--store", femke.store])
        #expect([1, 3, 124].contains(refused.status), "\(refused.output)\(refused.errors)")
        try server.limitDescriptors(to: 1024)
        try femke.does("sync")
        #expect(try femke.notes(on: "000001") == ["written down meanwhile"])
        #expect(server.isRunning)
    }
}
