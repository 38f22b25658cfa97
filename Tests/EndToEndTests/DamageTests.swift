import Foundation
import Testing

@Suite("A damaged store, by the real commands", .serialized)
struct DamageTests {
    private let server: ServerProcess
    private let directory: URL
    private var store: String { directory.appendingPathComponent("device").path }
    private var file: URL { directory.appendingPathComponent("device/device.sqlite") }

    /// A device that has synced, with one note that was not.
    init() throws {
        server = try ServerProcess()
        try server.start()
        directory = try ServerProcess.directory()
        try enrol("P0101", store)
        try #require(ServerProcess.run("truckroll-field", "note", "000001", "only here", "--store", store).status == 0)
    }

    private func enrol(_ user: String, _ store: String) throws {
        let code = try server.enrolmentCode(user)
        try #require(ServerProcess.run("truckroll-field", "enrol", "--store", store, "--server", server.url, "--code", code).status == 0)
        try #require(ServerProcess.run("truckroll-field", "sync", "--store", store).status == 0)
    }

    /// Overwrites every page that holds one of the texts; returns how many there were.
    private func damage(pagesWith texts: [String]) throws -> Int {
        var bytes = try Data(contentsOf: file)
        let size = 4096
        var damaged = 0
        for start in stride(from: size, to: bytes.count, by: size) {
            let page = bytes[start..<start + size]
            guard texts.contains(where: { page.range(of: Data($0.utf8)) != nil }), page.range(of: Data("CREATE TABLE".utf8)) == nil else { continue }
            bytes.replaceSubrange(start..<start + size, with: repeatElement(0xA5, count: size))
            damaged += 1
        }
        try bytes.write(to: file)
        return damaged
    }

    @Test("where records are damaged, the command says so, the outbox is still saved, and another device brings it to the server")
    func records() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try #require(damage(pagesWith: ["SO-2026-000001"]) > 0)
        let jobs = try ServerProcess.run("truckroll-field", "jobs", "--store", store)
        #expect(jobs.status == 1)
        #expect(jobs.errors.contains("is damaged") && jobs.errors.contains("truckroll-field outbox export"))
        let outbox = directory.appendingPathComponent("work.chg").path
        let export = try ServerProcess.run("truckroll-field", "outbox", "export", outbox, "--store", store)
        #expect(export.status == 0, "\(export.errors)")
        #expect(export.output.contains("1 set written"))

        let other = directory.appendingPathComponent("other").path
        try enrol("P0101", other)
        let carried = try ServerProcess.run("truckroll-field", "outbox", "import", outbox, "--store", other)
        #expect(carried.status == 0, "\(carried.errors)")
        #expect(try ServerProcess.run("truckroll-field", "sync", "--store", other).status == 0)
        #expect(try ServerProcess.run("truckroll-field", "history", "000001", "--store", other).output.contains("only here"))
    }

    @Test("where the whole file is damaged, nothing is made in its place", arguments: [["jobs"], ["sync"], ["outbox", "export", "work.chg"]])
    func whole(arguments: [String]) throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let garbage = Data(repeating: 0xA5, count: 100_000)
        try garbage.write(to: file)
        let result = try ServerProcess.run(executable: ServerProcess.executable("truckroll-field").path, arguments + ["--store", store])
        #expect(result.status == 1)
        #expect(result.errors.contains("is damaged or no database") && result.errors.contains("Keep a copy of the file"))
        #expect(try Data(contentsOf: file) == garbage)
        let code = try server.enrolmentCode("P0101")
        #expect(
            try ServerProcess.run("truckroll-field", "enrol", "--store", store, "--server", server.url, "--code", code).status == 1,
            "an enrolment does not overwrite it either")
        #expect(try Data(contentsOf: file) == garbage)
    }
}
