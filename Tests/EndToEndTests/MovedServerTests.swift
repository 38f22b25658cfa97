import Foundation
import Testing

@Suite("Servers at other addresses, by the real commands", .serialized)
struct MovedServerTests {
    @Test("a device follows a server that has moved, with what waits in it, and stays where it is when it is not let in")
    func moved() throws {
        let (server, other) = (try ServerProcess(), try ServerProcess())
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let femke = try Tablet("P0101", of: server, in: directory)
        try femke.does("note", "000001", "before the move")
        try femke.does("sync")
        let former = server.url
        server.kill()
        try server.startElsewhere()
        #expect(server.url != former)
        try femke.does("note", "000001", "while it moved")
        #expect(try femke.tries("sync").status == 3)

        // Another company's server, one that is not there, and what is no address.
        try other.start()
        let refused = try femke.tries("server", other.url)
        #expect(refused.status == 1 && !refused.errors.isEmpty, "\(refused.errors)")
        #expect(try femke.tries("server", "http://127.0.0.1:1").status == 3)
        #expect(try femke.tries("server", "truckroll").status == 64)
        #expect(try femke.json("status")["server"] as? String == former)

        #expect(try femke.does("server", server.url).contains(server.url))
        #expect(try femke.json("status")["server"] as? String == server.url)
        try femke.does("sync")
        try femke.does("audit")
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == ["before the move", "while it moved"])
    }

    @Test("a copy of the database on another machine is not served without this company's keys")
    func copiedDatabase() throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        _ = try Tablet("P0101", of: server, in: directory)
        server.kill()
        let elsewhere = directory.appendingPathComponent("staging")
        try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: server.data.appendingPathComponent("tenants"), to: elsewhere.appendingPathComponent("tenants"))
        func serve() throws -> (status: Int32, output: String, errors: String) {
            try ServerProcess.run(
                executable: "/usr/bin/timeout",
                ["10", ServerProcess.executable("truckroll-server").path, "serve", "--data", elsewhere.path, "--port", "0"])
        }
        let bare = try serve()
        #expect(bare.status == 1 && bare.errors.contains("backup of the keys"), "\(bare.errors)")
        // Keys somebody makes for it anew are not this company's.
        let another = try ServerProcess()
        let keys = try FileManager.default.contentsOfDirectory(at: another.data.appendingPathComponent("keys"), includingPropertiesForKeys: nil)
        let tenant = try server.database.deletingLastPathComponent().lastPathComponent
        try FileManager.default.createDirectory(at: elsewhere.appendingPathComponent("keys"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: try #require(keys.first), to: elsewhere.appendingPathComponent("keys/\(tenant)"))
        let foreign = try serve()
        #expect(foreign.status == 1 && foreign.errors.contains("tenant.key"), "\(foreign.errors)")
    }
}
