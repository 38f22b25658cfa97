import Foundation
import Testing

@Suite("Enrolling a device")
struct EnrolmentTests {
    @Test("a refused enrolment leaves nothing behind; one that got no answer keeps its key for the next attempt", arguments: ["field", "dispatch"])
    func leftovers(program: String) throws {
        let server = try ServerProcess()
        try server.start()
        let folder = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: folder) }
        let other = folder.appendingPathComponent("other")
        try Data("mine".utf8).write(to: other)
        func enrol(_ store: URL, _ url: String, _ code: String) throws -> (status: Int32, output: String, errors: String) {
            try ServerProcess.run("truckroll-\(program)", "enrol", "--server", url, "--code", code, "--store", store.path)
        }
        let wrong = "ABCD-EFGH-JKMN-PQRS-TVWX"
        let fresh = folder.appendingPathComponent("fresh")
        let refused = try enrol(fresh, server.url, wrong)
        #expect(refused.status == 1, "\(refused.errors)")
        // The lock stays: whoever waits for it and whoever comes later must mean the same file.
        #expect(try FileManager.default.contentsOfDirectory(atPath: fresh.path) == ["device.sqlite.lock"])
        let mine = folder.appendingPathComponent("attachments")
        try FileManager.default.createDirectory(at: mine, withIntermediateDirectories: true)
        try Data("mine too".utf8).write(to: mine.appendingPathComponent("photo"))
        #expect(try enrol(folder, server.url, wrong).status == 1)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["attachments", "device.sqlite.lock", "fresh", "other"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: mine.path) == ["photo"])
        server.kill()
        #expect(try enrol(fresh, server.url, wrong).status != 0)
        #expect(FileManager.default.fileExists(atPath: fresh.appendingPathComponent("device.sqlite").path))
        try server.start()
        #expect(try enrol(fresh, server.url, wrong).status == 1)
        #expect(FileManager.default.fileExists(atPath: fresh.appendingPathComponent("device.sqlite").path), "it was not this attempt's")
        let user = program == "field" ? "P0101" : "P0107"
        #expect(try enrol(fresh, server.url, server.enrolmentCode(user)).status == 0)
    }
}
