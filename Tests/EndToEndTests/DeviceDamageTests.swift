import Foundation
import GRDB
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What becomes of a device whose files come back from the disk other than they were written.
@Suite("A device's damaged files, by the real commands", .serialized)
struct DeviceDamageTests {
    private let server: ServerProcess
    private let directory: URL
    /// Has synced, and holds one note that was not.
    private let femke: Tablet
    private let job = "000001"

    init() throws {
        server = try ServerProcess()
        try server.start()
        directory = try ServerProcess.directory()
        femke = try Tablet("P0101", of: server, in: directory)
        try femke.does("note", job, "only here")
    }

    private func clean() { try? FileManager.default.removeItem(at: directory) }

    /// Runs a command that may find the damage, but must end by itself, and say what to do where it fails.
    private func survives(_ arguments: [String], _ what: String) throws -> Int32 {
        let result = try femke.tries(arguments)
        #expect([0, 1].contains(result.status), "\(what), \(arguments[0]): ended with \(result.status): \(result.errors)")
        if result.status == 1 {
            #expect(result.errors.contains("is damaged") && result.errors.contains("outbox export"), "\(what): \(result.errors)")
        }
        return result.status
    }

    @Test(
        "pages of random bytes and files cut short are told as damage, never end a command by a signal, and the outbox is saved where it can be read")
    func pages() throws {
        defer { clean() }
        let whole = try Data(contentsOf: femke.file)
        let pages = whole.count / 4096
        var random = SystemRandomNumberGenerator()
        var saved = 0
        var told = 0
        for round in 0..<12 {
            var bytes = whole
            let what: String
            if round % 4 == 3 {
                let length = Int.random(in: 4096..<whole.count, using: &random)
                bytes = bytes.prefix(length)
                what = "cut to \(length) of \(whole.count) bytes"
            } else {
                let page = Int.random(in: 1..<pages, using: &random)
                bytes.replaceSubrange(page * 4096..<(page + 1) * 4096, with: (0..<4096).map { _ in UInt8.random(in: .min ... .max, using: &random) })
                what = "page \(page) of \(pages)"
            }
            try bytes.write(to: femke.file)
            told += Int(try survives(["show", job], what))
            let outbox = directory.appendingPathComponent("outbox-\(round)").path
            if try survives(["outbox", "export", outbox], what) == 0 { saved += 1 }
        }
        #expect(saved > 0 && told > 0, "\(saved) exports, \(told) told")
        // With its own bytes again all is as before.
        try whole.write(to: femke.file)
        try femke.does("sync")
        try femke.does("audit")
        #expect(try femke.notes(on: job) == ["only here"])
    }

    @Test("changed content in confirmed records is found by the audit and mended, and the outbox goes to the server")
    func content() throws {
        defer { clean() }
        var bytes = try Data(contentsOf: femke.file)
        // The title of an order: as long as before, so that only its hash tells.
        var changed = 0
        while let range = bytes.range(of: Data("Calibration of 4 assets".utf8)) {
            bytes.replaceSubrange(range, with: Data("Calibration of 9 assets".utf8))
            changed += 1
        }
        #expect(changed > 0)
        try bytes.write(to: femke.file)
        let found = try femke.tries("audit")
        #expect(found.status == 4, "\(found.output)\(found.errors)")
        try femke.does("audit", "--repair")
        try femke.does("audit")
        #expect(try femke.json("show", job)["title"] as? String == "Calibration of 4 assets, quarterly")
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: job) == ["only here"])
    }

    /// Rows that are other than they were written, while the file as such is sound.
    enum RowDamage: String, CaseIterable {
        case record =
            "UPDATE confirmed SET entries = x'FFFF' WHERE substr(key, 3, 16) = (SELECT id FROM entity_service_order WHERE number LIKE '%000001')"
        case site = "UPDATE confirmed SET entries = x'00' WHERE substr(key, 3, 16) IN (SELECT id FROM entity_site)"
        case overlayBytes = "UPDATE overlay SET entries = x'FFFF'"
        case overlayGone = "DELETE FROM overlay"
        case row = "UPDATE entity_service_order SET id = x'00' WHERE number LIKE '%000001'"
        case lookup = "DELETE FROM entity_service_order"
    }

    @Test(
        "a record, an overlay or a lookup row that cannot be read ends no command, is named with what to do, and is mended; the outbox stays",
        arguments: RowDamage.allCases)
    func rows(damage: RowDamage) throws {
        defer { clean() }
        let before = try femke.list("notes", of: job).count
        let outbox = try exported("before")
        let queue = try DatabaseQueue(path: femke.file.path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: damage.rawValue)
            #expect(db.changesCount > 0)
        }
        try queue.close()
        for command in [["jobs", "--all"], ["status"], ["attention"]] {
            let result = try femke.tries(command)
            #expect(result.status == 0 || result.status == 4, "\(command) ended with \(result.status): \(result.errors)")
        }
        let shown = try femke.tries("show", job)
        if damage == .record || damage == .overlayBytes || damage == .site {
            #expect(shown.errors.contains("truckroll-field audit --repair"), "\(shown.output)\(shown.errors)")
        }
        #expect(try exported("after") == outbox)
        let found = try femke.tries("audit")
        switch damage {
        case .record, .site, .row, .lookup:
            #expect(found.status == 4, "\(found.output)\(found.errors)")
            #expect(found.output.contains("truckroll-field audit --repair"))
        // Its sync has made them anew, and the audit says so.
        case .overlayBytes, .overlayGone: #expect(found.status == 0 && found.output.contains("made anew"), "\(found.output)\(found.errors)")
        }
        try femke.does("audit", "--repair")
        let agreed = try femke.tries("audit")
        #expect(agreed.status == 0 && agreed.output.contains("Both sides agree"), "\(agreed.output)\(agreed.errors)")
        #expect(!agreed.errors.contains("cannot be read"))
        #expect(try femke.list("notes", of: job).count == before)
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: job).contains("only here"))
    }

    /// The outbox as bytes.
    private func exported(_ name: String) throws -> Data {
        let file = directory.appendingPathComponent(name)
        try femke.does("outbox", "export", file.path)
        return try Data(contentsOf: file)
    }

    @Test("a record that a command could not read is there again after the next sync")
    func healing() throws {
        defer { clean() }
        let queue = try DatabaseQueue(path: femke.file.path)
        try queue.writeWithoutTransaction { try $0.execute(sql: RowDamage.record.rawValue) }
        try queue.close()
        #expect(try femke.tries("jobs", "--all").errors.contains("truckroll-field audit --repair"))
        try femke.does("sync")
        #expect(try femke.notes(on: job) == ["only here"])
        #expect(try !femke.tries("jobs", "--all").errors.contains("cannot be read"))
        try femke.does("audit")
    }

    @Test("an attachment of which the store can say nothing any more is taken on again with its bytes, and goes to the server")
    func attachment() throws {
        defer { clean() }
        let photo = directory.appendingPathComponent("photo.txt")
        try Data("a photo".utf8).write(to: photo)
        try femke.does("attach", job, photo.path)
        let queue = try DatabaseQueue(path: femke.file.path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON; UPDATE attachment SET sha256 = x'00'")
        }
        try queue.close()
        // The first meets it, the second mends it and sends the bytes.
        try femke.does("sync")
        try femke.does("sync")
        let shown = try #require(try femke.list("attachments", of: job).first)
        #expect(shown["bytes_stored"] as? Bool == true, "\(shown)")
        #expect(try !femke.tries("status").errors.contains("cannot be read"))
    }

    @Test("a log cut at any byte, as by a disk that only claimed to have written it, leaves a whole earlier state, and work goes on")
    func log() throws {
        defer { clean() }
        try femke.does("sync")
        let whole = directory.appendingPathComponent("whole")
        try femke.read { client in
            // While the store is open, what was committed lies in the log alone.
            let order = try #require(try client.read { try $0.views("service_order").first { $0.text("number")?.hasSuffix(job) == true }?.id })
            for number in 0..<8 { _ = try client.addNote("in the log \(number)", to: order) }
            try FileManager.default.copyItem(at: femke.folder, to: whole)
        }
        let log = try Data(contentsOf: whole.appendingPathComponent("device.sqlite-wal"))
        #expect(log.count > 20_000)
        var expected = Set(["only here"])
        for round in 0..<3 {
            try FileManager.default.removeItem(at: femke.folder)
            try FileManager.default.copyItem(at: whole, to: femke.folder)
            // The index of the log is made anew from it.
            try? FileManager.default.removeItem(atPath: femke.file.path + "-shm")
            let length = Int.random(in: 0...log.count)
            try log.prefix(length).write(to: URL(fileURLWithPath: femke.file.path + "-wal"))
            let left = try femke.notes(on: job).filter { $0.hasPrefix("in the log") }
            #expect(left == (0..<left.count).map { "in the log \($0)" }, "cut at \(length) of \(log.count): a beginning of what was recorded")
            // The rounds are copies of one device: each after the first is found out as such.
            try femke.does("note", job, "after cut \(round)")
            expected.formUnion(left + ["after cut \(round)"])
            try femke.does("sync")
            try femke.does("audit")
        }
        #expect(try Set(Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: job)) == expected)
    }

    @Test("a lock file left behind, whatever stands in it, holds up nobody")
    func lock() throws {
        defer { clean() }
        let lock = URL(fileURLWithPath: femke.file.path + ".lock")
        for content in ["\(ProcessInfo.processInfo.processIdentifier)\n", "999999999999\n", "not a number", ""] {
            try Data(content.utf8).write(to: lock)
            try femke.does("jobs", "--all")
        }
        try FileManager.default.removeItem(at: lock)
        try femke.does("sync")
    }
}
