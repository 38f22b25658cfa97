import Foundation
import Testing

/// Operators put copies back; devices bring what the copies lack.
@Suite("Restores, by the real commands", .serialized)
struct RestoreTests {
    private let server: ServerProcess
    private let directory: URL

    init() throws {
        server = try ServerProcess()
        try server.start()
        directory = try ServerProcess.directory()
    }

    private func clean() { try? FileManager.default.removeItem(at: directory) }

    private func tablet(_ user: String, named name: String? = nil) throws -> Tablet { try Tablet(user, of: server, in: directory, named: name) }

    /// Copies the database as an operator does: the server is stopped for it.
    private func backup(_ name: String = "copy") throws -> String {
        let copy = directory.appendingPathComponent(name).path
        server.kill()
        try operate("backup", "--to", copy)
        try server.start()
        return copy
    }

    private func restore(_ copy: String) throws {
        server.kill()
        try operate("restore", "--from", copy)
        try server.start()
    }

    @discardableResult
    private func operate(_ arguments: String...) throws -> String {
        let result = try ServerProcess.run(
            executable: ServerProcess.executable("truckroll-server").path, arguments + ["--data", server.data.path])
        try #require(result.status == 0, "\(arguments.joined(separator: " ")): \(result.errors)")
        return result.output
    }

    private func devices() throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(operate("devices", "--json").utf8)) as? [[String: Any]])
    }

    @Test("what came after the copy comes back from the devices; who enrolled after it gets in again, who was shut out after it stays out")
    func yesterday() throws {
        defer { clean() }
        let femke = try tablet("P0101")
        let lost = try tablet("P0103", named: "lost")
        try femke.does("note", "000001", "before the copy")
        try femke.does("sync")
        let copy = try backup()

        try femke.does("note", "000001", "after the copy")
        try femke.does("sync")
        let late = try tablet("P0102", named: "late")
        try late.does("note", "000003", "by the late one")
        try late.does("sync")
        let id = try #require(try lost.json("status")["device"] as? String)
        try operate("revoke", id)
        let before = try Set(devices().compactMap { $0["replica"] as? Int })

        try restore(copy)
        let refused = try lost.tries("sync")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("device-revoked"), "\(refused.errors)")
        #expect(try devices().first { $0["device"] as? String == id }?["revoked"] as? Bool == true)
        #expect(try late.syncGivingBack() == 1)
        #expect(try femke.syncGivingBack() == 1)
        // Numbers are given once, whatever the copy knew.
        let fresh = try tablet("P0101", named: "fresh")
        #expect(try !before.contains(#require(fresh.json("status")["replica"] as? Int)))
        #expect(try fresh.notes(on: "000001") == ["after the copy", "before the copy"])
        #expect(try tablet("P0102", named: "other").notes(on: "000003") == ["by the late one"])
        for device in [femke, late, fresh] { try device.does("audit") }
    }

    @Test("what a device had brought after the copy and before it was shut out comes back by its outbox file; what came after that is held up")
    func shutOut() throws {
        defer { clean() }
        let femke = try tablet("P0101")
        let lost = try tablet("P0101", named: "lost")
        try lost.does("note", "000001", "in the copy")
        try lost.does("sync")
        let copy = try backup()
        try lost.does("note", "000001", "acknowledged")
        try lost.does("sync")
        try operate("revoke", try #require(try lost.json("status")["device"] as? String))
        try lost.does("note", "000001", "too late")
        try restore(copy)
        #expect(try lost.tries("sync").errors.contains("device-revoked"))

        let file = directory.appendingPathComponent("lost.chg").path
        let export = try lost.json("outbox", "export", file)
        #expect(export["sets"] as? Int == 1 && export["answered_sets"] as? Int == 2, "\(export)")
        for known in [1, 3] {
            let carried = try femke.json("outbox", "import", file)
            #expect(carried["answered"] as? Int == 3 && carried["known"] as? Int == known, "\(carried)")
        }
        let fresh = try tablet("P0101", named: "fresh")
        #expect(try fresh.notes(on: "000001") == ["acknowledged", "in the copy"])
        let held = try operate("attention")
        #expect(held.contains("device-revoked"), "\(held)")
        try femke.does("sync")
        try femke.does("audit")
    }

    @Test("the bytes of a photo taken after the copy come back too, and only those")
    func photos() throws {
        defer { clean() }
        let femke = try tablet("P0101")
        func attach(_ name: String) throws -> URL {
            let file = directory.appendingPathComponent(name)
            try Data(name.utf8).write(to: file)
            try femke.does("attach", "000001", file.path, "--caption", name)
            try femke.does("sync")
            let hash = try #require(try femke.list("attachments", of: "000001").first { $0["caption"] as? String == name }?["sha256"] as? String)
            return try server.database.deletingLastPathComponent().appendingPathComponent("attachments/\(hash.prefix(2))/\(hash)")
        }
        let early = try attach("early.txt")
        let copy = try backup()
        let late = try attach("late.txt")
        for file in [early, late] { #expect(FileManager.default.fileExists(atPath: file.path)) }

        try restore(copy)
        for file in [early, late] { try FileManager.default.removeItem(at: file) }
        try femke.does("sync")
        try femke.does("sync")
        #expect(try String(contentsOf: late, encoding: .utf8) == "late.txt")
        // Its record says that the server has it: whoever deletes it behind the server's back is not found out.
        #expect(!FileManager.default.fileExists(atPath: early.path))
        let shown = try tablet("P0101", named: "other").list("attachments", of: "000001")
        #expect(shown.count == 2 && shown.allSatisfy { $0["bytes_stored"] as? Bool == true }, "\(shown)")
        // Attaching it anew helps.
        try femke.does("attach", "000001", directory.appendingPathComponent("early.txt").path)
        try femke.does("sync")
        #expect(FileManager.default.fileExists(atPath: early.path))
    }

    @Test("what a device that is gone had recorded is shown to the office by a device that had seen it, and can be written anew")
    func recovered() throws {
        defer { clean() }
        let seeing = try tablet("P0101")
        let lost = try tablet("P0101", named: "lost")
        let copy = try backup()
        try lost.does("note", "000001", "the fan is loud")
        try lost.does("sync")
        try seeing.does("sync")
        #expect(try seeing.notes(on: "000001") == ["the fan is loud"])

        try restore(copy)
        try FileManager.default.removeItem(at: lost.folder)
        try seeing.does("sync")
        #expect(try seeing.notes(on: "000001").isEmpty)
        let office = directory.appendingPathComponent("office").path
        @discardableResult
        func dispatch(_ arguments: String...) throws -> String {
            let result = try ServerProcess.run(
                executable: ServerProcess.executable("truckroll-dispatch").path, arguments + ["--store", office])
            try #require(result.status == 0, "\(arguments.joined(separator: " ")): \(result.errors)")
            return result.output
        }
        try dispatch("enrol", "--server", server.url, "--code", try server.enrolmentCode("P0107"))
        func items() throws -> [[String: Any]] {
            let answer = try JSONSerialization.jsonObject(with: Data(dispatch("recovered", "--json").utf8)) as? [String: Any]
            return try #require(answer?["recovered"] as? [[String: Any]])
        }
        func cases() throws -> Int { try dispatch("exceptions", "--json").components(separatedBy: "\"recovered_state\"").count - 1 }
        let item = try #require(try items().first)
        #expect(try items().count == 1)
        #expect((item["lines"] as? [[String: Any]])?.contains { $0["value"] as? String == "the fan is loud" } ?? false)
        #expect(try cases() == 1)
        for unfit in ["", "0"] {
            let result = try ServerProcess.run(
                executable: ServerProcess.executable("truckroll-dispatch").path, ["recovered", "--take", unfit, "--store", office])
            #expect(result.status == 1 && result.errors.contains("recovered work"), "\(result.errors)")
        }
        try dispatch("recovered", "--take", try #require(item["id"] as? String))
        #expect(try items().isEmpty)
        #expect(try cases() == 0)
        try seeing.does("sync")
        #expect(try seeing.notes(on: "000001") == ["the fan is loud"])
        try seeing.does("audit")
    }

    @Test("restores to ever other points, older and newer, lose nothing and double nothing")
    func forks() throws {
        defer { clean() }
        let femke = try tablet("P0101")
        let jannik = try tablet("P0102")
        var expected: [String: [String]] = [:]
        func work(_ text: String) throws {
            for (device, job) in [(femke, "000001"), (jannik, "000003")] {
                try device.does("note", job, text)
                try device.does("sync")
                expected[job, default: []].append(text)
            }
        }
        try work("1")
        let oldest = try backup("oldest")
        try work("2")
        let newer = try backup("newer")
        try work("3")
        var epochs = [try femke.epoch()]
        try restore(newer)
        try work("4")
        epochs.append(try femke.epoch())
        let fork = try backup("fork")
        try restore(oldest)
        try work("5")
        epochs.append(try femke.epoch())
        try restore(fork)
        try work("6")
        epochs.append(try femke.epoch())

        #expect(Set(epochs).count == 4, "every restore begins an epoch of its own: \(epochs)")
        for (user, device, job) in [("P0101", femke, "000001"), ("P0102", jannik, "000003")] {
            try device.does("sync")
            try device.does("audit")
            #expect(try device.notes(on: job) == expected[job])
            #expect(try tablet(user, named: "fresh-\(user)").notes(on: job) == expected[job])
        }
    }

    @Test("a copy put back by hand is found out by the first device that is ahead of it")
    func byHand() throws {
        defer { clean() }
        let femke = try tablet("P0101")
        let jannik = try tablet("P0102")
        try femke.does("note", "000001", "before the copy")
        try femke.does("sync")
        try jannik.does("sync")
        let copy = try backup()
        try femke.does("note", "000001", "after the copy")
        try femke.does("sync")
        let epoch = try femke.epoch()

        server.kill()
        let database = try server.database
        try FileManager.default.removeItem(at: database)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database.path + suffix) }
        try FileManager.default.copyItem(atPath: copy, toPath: database.path)
        try server.start()
        // One that stands behind the copy notices nothing, and the server has not changed its epoch for it.
        #expect(try jannik.syncGivingBack() == 0)
        #expect(try jannik.epoch() == epoch)
        #expect(try femke.syncGivingBack() == 1)
        #expect(try femke.epoch() != epoch)
        try jannik.does("sync")
        #expect(try jannik.epoch() == femke.epoch())
        for device in [femke, jannik] { try device.does("audit") }
        #expect(try tablet("P0101", named: "fresh").notes(on: "000001") == ["after the copy", "before the copy"])
    }

    @Test("a device put back to an old copy of its store, or cloned, goes on under a number of its own, and no work of either is lost")
    func deviceCopied() throws {
        defer { clean() }
        let femke = try tablet("P0101")
        let copy = directory.appendingPathComponent("copy of the device")
        try FileManager.default.copyItem(at: femke.folder, to: copy)
        try femke.does("note", "000001", "after the copy")
        try femke.does("sync")
        let replica = try #require(try femke.json("status")["replica"] as? Int)

        let kept = directory.appendingPathComponent("kept")
        try FileManager.default.moveItem(at: femke.folder, to: kept)
        try FileManager.default.moveItem(at: copy, to: femke.folder)
        try femke.does("note", "000001", "on the old copy")
        #expect(try femke.json("sync")["new_replica"] as? Int != nil)
        #expect(try femke.json("status")["replica"] as? Int != replica)
        // The other one goes on as before.
        try FileManager.default.moveItem(at: femke.folder, to: copy)
        try FileManager.default.moveItem(at: kept, to: femke.folder)
        try femke.does("note", "000001", "on the first one")
        try femke.does("sync")
        try femke.does("audit")
        #expect(try tablet("P0101", named: "fresh").notes(on: "000001") == ["after the copy", "on the first one", "on the old copy"])
    }

    // MARK: Certificates

    /// Works on the job as far as it takes to certify an asset, and certifies it.
    private func certify(_ asset: String, on device: Tablet) throws -> (number: String, hash: String) {
        let gases = try #require(try device.json("gases")["gases"] as? [[String: Any]])
        func cylinder(_ gas: String) throws -> String {
            try #require(gases.first { ($0["gas"] as? String)?.hasPrefix(gas) == true && $0["usable"] as? Bool == true }?["cylinder"] as? String)
        }
        // Readings are dated to the second, and adjustments lie between them.
        func later(_ minutes: Double) -> String { Date(timeIntervalSinceNow: 60 * minutes).ISO8601Format() }
        for (phase, time) in [("as-found", later(0)), ("as-left", later(1))] {
            for (point, applied, gas) in [("zero", "0", "nitrogen (synthetic"), ("span", "50", "methane")] {
                try device.does(
                    "reading", "000001", phase, point, "--applied", applied, "--indicated", applied, "--asset", asset, "--cylinder",
                    try cylinder(gas), "--flow", "0.5", "--temperature", "18.5", "--humidity", "55", "--pressure", "1008", "--t90", "18",
                    "--clock", time)
            }
        }
        let issued = try device.json("certify", "000001", "--asset", asset, "--clock", later(2))
        return (try #require(issued["number"] as? String), try #require(issued["content_hash"] as? String))
    }

    private func certificates(_ device: Tablet) throws -> [String: String] {
        var found: [String: String] = [:]
        for line in try device.list("certificates", of: "000001") {
            let number = try #require(line["number"] as? String)
            #expect(found[number] == nil, "\(number) is there twice")
            #expect(line["state"] as? String == "registered")
            found[number] = line["content_hash"] as? String
        }
        return found
    }

    @Test("certificates made on either side of the copy, on two devices, are both on the server, each with its number and content")
    func certified() throws {
        defer { clean() }
        let first = try tablet("P0101", named: "first")
        let second = try tablet("P0101", named: "second")
        for step in ["accept", "travel", "arrive", "start"] { try first.does(step, "000001") }
        try first.does("sync")
        try second.does("sync")
        let before = try certify("GD-101", on: first)
        try first.does("sync")
        let copy = try backup()
        let after = try certify("GD-102", on: second)
        try second.does("sync")
        try first.does("sync")
        let expected = [before.number: before.hash, after.number: after.hash]
        #expect(expected.count == 2)

        try restore(copy)
        for device in [first, second, first] { try device.does("sync") }
        for device in [first, second, try tablet("P0101", named: "fresh")] {
            #expect(try certificates(device) == expected)
            try device.does("audit")
        }
    }

    // MARK: Stock

    private func depot(_ part: String, _ device: Tablet) throws -> [String: String] {
        let lines = try #require(try device.json("part", "depot", part)["depots"] as? [[String: Any]])
        let line = try #require(lines.first)
        return ["on hand": line["confirmed"] as? String ?? "", "leased": line["leased"] as? String ?? "", "at": line["location"] as? String ?? ""]
    }

    private func lease(_ amount: String, of part: String, at depot: String, _ device: Tablet) throws -> String {
        let id = try #require(try device.json("lease", part, "--at", depot, "--amount", amount)["record"] as? String)
        try device.does("sync")
        return id
    }

    private func standing(_ lease: String, _ device: Tablet) throws -> String {
        let leases = try #require(try device.json("lease")["leases"] as? [[String: Any]])
        return try #require(leases.first { $0["id"] as? String == lease }?["state"] as? String)
    }

    @Test("stock leased after the copy is leased after the restore, once, and what was taken on it is taken once")
    func leased() throws {
        defer { clean() }
        let part = "DD-1019"
        let femke = try tablet("P0101")
        let copy = try backup()
        let start = try depot(part, femke)
        let place = try #require(start["at"])
        let stock = try #require(Int(start["on hand"] ?? ""))
        #expect(start["leased"] == "0" && stock >= 6)
        let spent = try lease("2", of: part, at: place, femke)
        let open = try lease("1", of: part, at: place, femke)
        #expect(try standing(open, femke) == "granted")
        try femke.does("part", "use", "000001", part, "--quantity", "2", "--lease", spent)
        try femke.does("sync")
        let before = try depot(part, femke)
        #expect(before == ["on hand": "\(stock - 2)", "leased": "1", "at": place])

        try restore(copy)
        // The restored server knows of no lease until the device has synced; then all is as it was.
        try femke.does("sync")
        #expect(try depot(part, femke) == before)
        #expect(try standing(open, femke) == "granted")
        try femke.does("part", "use", "000001", part, "--quantity", "1", "--lease", open)
        try femke.does("sync")
        #expect(try depot(part, femke) == ["on hand": "\(stock - 3)", "leased": "0", "at": place])
        #expect(try femke.list("exceptions", of: "000001").isEmpty)
        let fresh = try tablet("P0101", named: "fresh")
        #expect(try depot(part, fresh) == depot(part, femke))
        #expect(try fresh.list("parts", of: "000001").count == 2)
        for device in [femke, fresh] { try device.does("audit") }
    }
}
