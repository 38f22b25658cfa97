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
        #expect(!FileManager.default.fileExists(atPath: fresh.path))
        #expect(try enrol(folder, server.url, wrong).status == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["other"])
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
