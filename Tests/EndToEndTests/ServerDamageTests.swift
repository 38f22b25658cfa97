import Foundation
import GRDB
import Testing
import TruckrollClient
import TruckrollDomain
import TruckrollSync

@Suite("A server's damaged files, by the real commands", .serialized)
struct ServerDamageTests {
    /// What becomes of a database file; `nil` where it is gone.
    private static let damages: [(name: String, apply: @Sendable (Data) -> Data?)] = [
        ("other bytes", { Data(repeating: 0xA5, count: $0.count) }),
        ("first page", { Data(repeating: 0xA5, count: 4096) + $0.dropFirst(4096) }),
        ("cut in half", { $0.prefix($0.count / 2) }),
        ("empty", { _ in Data() }),
        ("gone", { _ in nil }),
    ]

    /// Serves, which has to be refused; should it serve after all, that is ended.
    private func refusal(_ server: ServerProcess) throws -> String {
        let result = try ServerProcess.run(
            executable: "/usr/bin/timeout",
            ["10", ServerProcess.executable("truckroll-server").path, "serve", "--data", server.data.path, "--port", "0"])
        #expect(result.status == 1)
        return result.errors
    }

    @Test("a database that is damaged, empty or gone is not served; the newest copy and the devices bring everything back")
    func database() throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let femke = try Tablet("P0101", of: server, in: directory)
        let copy = directory.appendingPathComponent("copy")
        server.kill()
        #expect(try ServerProcess.run("truckroll-server", "backup", "--data", server.data.path, "--to", copy.path).status == 0)
        let database = try server.database
        for damage in Self.damages {
            try server.start()
            try femke.does("note", "000001", damage.name)
            try femke.does("sync")
            server.kill()
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database.path + suffix) }
            let bytes = damage.apply(try Data(contentsOf: database))
            if let bytes { try bytes.write(to: database) } else { try FileManager.default.removeItem(at: database) }

            let errors = try refusal(server)
            let isThere = bytes?.isEmpty == false
            #expect(errors.contains(isThere ? "is damaged" : "is missing or empty"), "\(damage.name): \(errors)")
            #expect(isThere || errors.contains("truckroll-server restore"))
            #expect(FileManager.default.contents(atPath: database.path) == bytes, "\(damage.name): what is left of the file stays for inspection")
            let restored = try ServerProcess.run("truckroll-server", "restore", "--data", server.data.path, "--from", copy.path)
            #expect(restored.status == 0, "\(damage.name): \(restored.errors)")
        }
        try server.start()
        #expect(try femke.syncGivingBack() == Self.damages.count)
        try femke.does("audit")
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == Self.damages.map(\.name).sorted())
    }

    @Test(
        "where the log of a killed server was deleted, what was acknowledged comes back from the device; its index is made anew",
        arguments: ["-shm", "-wal"])
    func log(suffix: String) throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let femke = try Tablet("P0101", of: server, in: directory)
        try femke.does("note", "000001", "before")
        try femke.does("sync")
        // The main file knows the device; what comes after lies in the log.
        server.kill()
        #expect(try ServerProcess.run("truckroll-server", "users", "--data", server.data.path).status == 0)
        try server.start()
        try femke.does("note", "000001", "acknowledged")
        try femke.does("sync")
        server.kill()
        try FileManager.default.removeItem(atPath: server.database.path + suffix)
        try server.start()
        #expect(try femke.syncGivingBack() == (suffix == "-wal" ? 1 : 0))
        try femke.does("audit")
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == ["acknowledged", "before"])
    }

    @Test("a log of a killed server cut at any byte leaves a whole earlier state; what was acknowledged after it comes back from the device, once")
    func cutLog() throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let femke = try Tablet("P0101", of: server, in: directory)
        // The main file knows the device; what comes after lies in the log.
        server.kill()
        #expect(try ServerProcess.run("truckroll-server", "users", "--data", server.data.path).status == 0)
        try server.start()
        var notes: [String] = []
        for number in 0..<8 {
            notes.append("in the log \(number)")
            try femke.does("note", "000001", notes.last ?? "")
            try femke.does("sync")
        }
        server.kill()
        let (database, whole) = (try server.database, directory.appendingPathComponent("whole"))
        try FileManager.default.copyItem(at: database.deletingLastPathComponent(), to: whole)
        let log = try Data(contentsOf: whole.appendingPathComponent("truckroll.sqlite-wal"))
        #expect(log.count > 20_000)
        let admitted = try admittedSets(database, in: directory)
        for length in [Int.random(in: 0..<log.count), Int.random(in: 0..<log.count), log.count - 1] {
            server.kill()
            try FileManager.default.removeItem(at: database.deletingLastPathComponent())
            try FileManager.default.copyItem(at: whole, to: database.deletingLastPathComponent())
            // The index of the log is made anew from it.
            try? FileManager.default.removeItem(atPath: database.path + "-shm")
            try log.prefix(length).write(to: URL(fileURLWithPath: database.path + "-wal"))
            let what = "cut at \(length) of \(log.count)"
            let left = try admittedSets(database, in: directory)
            #expect(left.count < admitted.count && left == Array(admitted.prefix(left.count)), "\(what): a beginning of what was admitted")
            try server.start()
            let check = try ServerProcess.run("truckroll-server", "check", "--data", server.data.path)
            #expect(check.status == 0, "\(what): \(check.output)\(check.errors)")
            // Also what it recorded in the rounds before this one.
            #expect(try femke.syncGivingBack() == admitted.count - left.count + notes.count - 8, "\(what)")
            notes.append("after the cut at \(length)")
            try femke.does("note", "000001", notes.last ?? "")
            try femke.does("sync")
            try femke.does("audit")
        }
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == notes.sorted())
    }

    /// The sets of devices that a stopped server has admitted, in their order. A copy is read, as reading would end what the server is to end.
    private func admittedSets(_ database: URL, in directory: URL) throws -> [Data] {
        let copy = directory.appendingPathComponent("copy.sqlite")
        for suffix in ["", "-wal"] {
            try? FileManager.default.removeItem(atPath: copy.path + suffix)
            try FileManager.default.copyItem(atPath: database.path + suffix, toPath: copy.path + suffix)
        }
        return try DatabaseQueue(path: copy.path).read {
            try Data.fetchAll($0, sql: "SELECT hash FROM admitted WHERE cause IS NULL ORDER BY position")
        }
    }

    @Test("a file taken away from a running server is noticed before anything more is acknowledged", arguments: ["", "-wal"])
    func takenAway(suffix: String) throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let femke = try Tablet("P0101", of: server, in: directory)
        let copy = directory.appendingPathComponent("copy").path
        server.kill()
        #expect(try ServerProcess.run("truckroll-server", "backup", "--data", server.data.path, "--to", copy).status == 0)
        try server.start()
        try femke.does("note", "000001", "before")
        try femke.does("sync")
        try FileManager.default.removeItem(atPath: server.database.path + suffix)
        try femke.does("note", "000001", "into nowhere")
        let refused = try femke.tries("sync")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("store-removed") && refused.errors.contains("Nothing is lost"), "\(refused.errors)")
        #expect(try server.readiness().contains("store-removed"))
        server.kill()
        #expect(try ServerProcess.run("truckroll-server", "restore", "--data", server.data.path, "--from", copy).status == 0)
        try server.start()
        #expect(try femke.syncGivingBack() >= 1)
        try femke.does("audit")
        #expect(try femke.notes(on: "000001") == ["before", "into nowhere"])
    }

    @Test(
        "a key that is not this database's is found when the server starts, before anything is signed with it",
        arguments: ["tenant.key", "receipt.key"])
    func keys(name: String) throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let femke = try Tablet("P0101", of: server, in: directory)
        try femke.does("note", "000001", "acknowledged")
        try femke.does("sync")
        server.kill()
        let tenant = try server.database.deletingLastPathComponent().lastPathComponent
        let file = server.data.appendingPathComponent("keys").appendingPathComponent(tenant).appendingPathComponent(name)
        let key = try Data(contentsOf: file)
        var other = key
        other[other.startIndex + 7] ^= 1
        try other.write(to: file)
        let errors = try refusal(server)
        #expect(errors.contains(name) && errors.contains("backup of the keys"), "\(errors)")
        try key.write(to: file)
        try server.start()
        try femke.does("audit")
    }

    @Test("a damaged page deep in the file is answered 503, devices keep their sets, and no copy is made of it")
    func page() throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let femke = try Tablet("P0101", of: server, in: directory)
        let copy = directory.appendingPathComponent("copy").path
        server.kill()
        #expect(try ServerProcess.run("truckroll-server", "backup", "--data", server.data.path, "--to", copy).status == 0)
        // The copy is one file without a log, in which the newest content of a page could stand.
        var bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
        for start in stride(from: 4096, to: bytes.count, by: 4096) {
            let page = bytes[start..<start + 4096]
            guard page.range(of: Data("SO-2026-000001".utf8)) != nil, page.range(of: Data("CREATE TABLE".utf8)) == nil else { continue }
            bytes.replaceSubrange(start..<start + 4096, with: repeatElement(0xA5, count: 4096))
        }
        try bytes.write(to: server.database)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: server.database.path + suffix) }
        try server.start()
        try femke.does("note", "000001", "on damaged ground")
        let refused = try femke.tries("sync")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("store-corrupt") && refused.errors.contains("Nothing is lost"), "\(refused.errors)")
        server.kill()
        let second = directory.appendingPathComponent("second").path
        let backup = try ServerProcess.run("truckroll-server", "backup", "--data", server.data.path, "--to", second)
        #expect(backup.status == 1 && backup.errors.contains("is damaged"), "\(backup.errors)")
        #expect(!FileManager.default.fileExists(atPath: second))
        #expect(try ServerProcess.run("truckroll-server", "restore", "--data", server.data.path, "--from", copy).status == 0)
        try server.start()
        try femke.does("sync")
        try femke.does("audit")
        #expect(try femke.notes(on: "000001") == ["on damaged ground"])
    }

    /// Changes one byte of the blob in which the words stand, as a disk does that claims to be sound.
    private func changeByte(_ database: URL, of column: String, in table: String, at words: String) throws {
        try DatabaseQueue(path: database.path).write { db in
            for row in try Row.fetchAll(db, sql: "SELECT \(column), * FROM \(table)") {
                guard let bytes: Data = row[0], let place = bytes.range(of: Data(words.utf8)) else { continue }
                var changed = bytes
                changed[place.lowerBound] ^= 1
                try db.execute(sql: "UPDATE \(table) SET \(column) = ? WHERE \(column) = ?", arguments: [changed, bytes])
            }
            #expect(db.totalChangesCount == 1)
        }
    }

    @Test("a bit that flips in a stored record or set is named, and served to nobody; others go on", arguments: ["record", "admitted"])
    func bit(table: String) throws {
        let server = try ServerProcess()
        try server.start()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let femke = try Tablet("P0101", of: server, in: directory)
        let other = try Tablet("P0102", of: server, in: directory)
        let copy = directory.appendingPathComponent("copy").path
        try femke.does("note", "000001", "before the copy")
        try femke.does("sync")
        server.kill()
        #expect(try ServerProcess.run("truckroll-server", "backup", "--data", server.data.path, "--to", copy).status == 0)
        let check = { try ServerProcess.run("truckroll-server", "check", "--data", server.data.path) }
        let sound = try check()
        #expect(sound.status == 0 && sound.output.contains("all as they were written"), "\(sound.errors)")
        try changeByte(server.database, of: table == "record" ? "entries" : "body", in: table, at: "before the copy")
        try server.start()
        let found = try check()
        #expect(found.status == 1)
        #expect(found.output.contains(table == "record" ? "note" : "set"), "\(found.output)")
        #expect(
            found.output.contains("do not have their hash") && found.errors.contains("truckroll-server restore"), "\(found.output)\(found.errors)")
        if table == "record" {
            // Who holds it already needs nothing of it; who comes anew would.
            try femke.does("sync")
            let refused = try ServerProcess.run(
                "truckroll-field", "enrol", "--server", server.url, "--code", try server.enrolmentCode("P0101"), "--store",
                directory.appendingPathComponent("fresh").path)
            #expect(refused.status == 0, "\(refused.errors)")
            let fill = try ServerProcess.run("truckroll-field", "sync", "--store", directory.appendingPathComponent("fresh").path)
            #expect(fill.status == 1)
            #expect(fill.errors.contains("store-corrupt") && fill.errors.contains("Nothing is lost"), "\(fill.errors)")
        }
        let job = try #require(try other.read { try $0.read { try $0.views("service_order").first?.text("number") } })
        try other.does("note", job, "meanwhile")
        try other.does("sync")
        #expect(try other.read { try $0.read { try $0.outbox() } }.isEmpty)
        try femke.does("note", "000001", "after it")
        server.kill()
        #expect(try ServerProcess.run("truckroll-server", "restore", "--data", server.data.path, "--from", copy).status == 0)
        try server.start()
        try femke.does("sync")
        #expect(try check().status == 0)
        #expect(try Tablet("P0101", of: server, in: directory, named: "again").notes(on: "000001") == ["after it", "before the copy"])
    }

    @Test("a copy that is damaged, or no server's, is not put back; the present database stays as it is")
    func copy() throws {
        let server = try ServerProcess()
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let copy = directory.appendingPathComponent("copy")
        #expect(try ServerProcess.run("truckroll-server", "backup", "--data", server.data.path, "--to", copy.path).status == 0)
        var bytes = try Data(contentsOf: copy)
        // A page in the midst, which nothing looks at when the file is opened.
        bytes.replaceSubrange(bytes.count / 8192 * 4096..<bytes.count / 8192 * 4096 + 4096, with: Data(repeating: 0xA5, count: 4096))
        try bytes.write(to: copy)
        let present = try Data(contentsOf: server.database)
        for (path, words) in [(copy.path, "is damaged"), (ServerProcess.executable("truckroll-field").path, "is damaged"), ("/dev/null", "empty")] {
            let refused = try ServerProcess.run("truckroll-server", "restore", "--data", server.data.path, "--from", path)
            #expect(refused.status == 1)
            #expect(refused.errors.contains(words) && refused.errors.contains(path), "\(refused.errors)")
        }
        #expect(try Data(contentsOf: server.database) == present)
        let left = try FileManager.default.contentsOfDirectory(atPath: server.database.deletingLastPathComponent().path)
        #expect(left.allSatisfy { !$0.contains(".new") && !$0.contains("before-restore") }, "\(left)")
    }
}
