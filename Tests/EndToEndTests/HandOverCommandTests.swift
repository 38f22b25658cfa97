import Foundation
import Testing

@Suite("A part handed over between two devices without a network, and out of a depot", .serialized)
struct HandOverCommandTests {
    @Test("two technicians in a tunnel hand a piece over by its code; a depot hands out what the receiver accepts")
    func handedOver() throws {
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try ServerProcess()
        try server.start()
        let femke = try Tablet("P0101", of: server, in: directory)
        let jannik = try Tablet("P0102", of: server, in: directory)
        let piece = try #require(try stock(femke, "van").first { !($0["serials"] as? [String] ?? []).isEmpty })
        let (part, serial) = (try #require(piece["number"] as? String), try #require((piece["serials"] as? [String])?.first))
        let before = try left(jannik, part)

        // Neither has a network: the code is all that passes between them.
        let given = try femke.json("hand-over", "give", part, "--serial", serial, "--to", "Jannik")
        let code = try #require(given["code"] as? String)
        try jannik.does("hand-over", "accept", code.lowercased(), "--part", part, "--serial", serial)
        #expect(try left(jannik, part) == before + 1)
        #expect(try stock(jannik, "van").first { $0["number"] as? String == part }?["where"] as? String == "on this device")
        // The receiver comes to the network first.
        try jannik.does("sync")
        #expect(try states(jannik) == ["accepted here"])
        try femke.does("sync")
        try jannik.does("sync")
        #expect(try left(jannik, part) == before + 1)
        #expect(try serials(jannik, part).contains(serial) && !serials(femke, part).contains(serial))
        #expect(try states(jannik).isEmpty && states(femke).isEmpty)
        let again = try jannik.tries("hand-over", "accept", code)
        #expect(again.status == 2 && again.errors.contains("It is accepted already."))

        // Only the receiver can say that it has come, only its author that it has not gone.
        let second = try femke.json("hand-over", "give", "HI-1000", "--to", "P0102")
        let open = try #require(second["code"] as? String)
        #expect(try femke.tries("hand-over", "accept", open).errors.contains("It goes to Van 02."))
        try femke.does("hand-over", "withdraw", open)
        #expect(try femke.tries("hand-over", "accept", "0000-0000").status == 0)
        #expect(try femke.tries("hand-over", "withdraw", "0000-0001").errors.contains("knows no hand-over"))
        #expect(try femke.tries("hand-over", "give", part, "--to", "P0102").status == 2)
        #expect(try femke.tries("hand-over", "give", "HI-1000", "--to", "Van 01").errors.contains("It lies there already."))
        #expect(try femke.tries("hand-over", "give", "HI-1000", "--to", "P0102", "--quantity", "0").status == 64)
    }

    @Test("what the office hands out of a depot is held until it is accepted, and declined it is free again")
    func handedOut() throws {
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try ServerProcess()
        try server.start()
        let femke = try Tablet("P0101", of: server, in: directory)
        let office = try OfficeDesk(of: server, in: directory)
        let shelves = try office("stock", "list").json["stock"] as? [[String: Any]] ?? []
        let shelf = try #require(
            shelves.first {
                ($0["serials"] as? [String])?.isEmpty == true && $0["unit"] as? String == "pcs" && Int($0["available"] as? String ?? "") ?? 0 > 2
            })
        let (part, depot) = (try #require(shelf["number"] as? String), try #require(shelf["location"] as? String))
        let available = try #require(Int(shelf["available"] as? String ?? ""))
        func free() throws -> Int? {
            let stock = try office("stock", "list", "--part", part).json["stock"] as? [[String: Any]]
            return stock?.first { $0["location"] as? String == depot }.flatMap { Int($0["available"] as? String ?? "") }
        }
        let before = try left(femke, part)
        func handOut(_ quantity: Int) throws -> (status: Int32, code: String?) {
            let (status, json) = try office("stock", "hand-out", part, "\(quantity)", "--from", depot, "--to", "Van 01")
            return (status, status == 0 ? json["code"] as? String : nil)
        }
        #expect(try handOut(available + 1).status == 2)
        let first = try #require(try handOut(2).code)
        #expect(try free() == available - 2)
        try femke.does("sync")
        try femke.does("hand-over", "decline", first, "--reason", "not needed")
        try femke.does("sync")
        #expect(try free() == available)
        let second = try #require(try handOut(2).code)
        try femke.does("hand-over", "accept", second, "--part", part, "--quantity", "2")
        try femke.does("sync")
        #expect(try free() == available - 2 && left(femke, part) == before + 2)
        // And back, accepted by the office.
        let back = try femke.json("hand-over", "give", part, "--to", depot)
        let code = try #require(back["code"] as? String)
        let early = try office("stock", "answer", code, "accept", "--at", depot)
        #expect(early.status == 0 && early.json["answer"] as? String == "waiting")
        try femke.does("sync")
        #expect(try free() == available - 1 && left(femke, part) == before + 1)
        // What was refused stays in sight of who has to hand it out anew.
        let listed = try office("stock", "hand-overs").json["hand_overs"] as? [[String: Any]]
        #expect(listed?.map { $0["state"] as? String } == ["refused"])
    }

    @Test("lots are listed with their last day; one that is withdrawn is promised no more and goes nowhere, and its use is a question")
    func lots() throws {
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try ServerProcess()
        try server.start()
        let office = try OfficeDesk(of: server, in: directory)
        let some = try #require(try office.list("lots", "stock", "lots").first { ($0["location"] as? String)?.hasPrefix("Depot") == true })
        let (part, lot, depot) = (
            try #require(some["part"] as? String), try #require(some["lot"] as? String), try #require(some["location"] as? String)
        )
        #expect(some["usable"] as? String == "unknown")
        func free() throws -> String? {
            let stock = try office("stock", "list", "--part", part).json["stock"] as? [[String: Any]]
            return stock?.first { $0["location"] as? String == depot }?["available"] as? String
        }
        let before = try free()
        #expect(try office("stock", "lot", part, lot, "--expires", "2031-05-31").status == 0)
        #expect(try office.list("lots", "stock", "lots", "--part", part).contains { $0["usable"] as? String == "2031-05-31" })
        #expect(try office.list("lots", "stock", "lots", "--expiring", "30").isEmpty)
        #expect(try free() == before && office("stock", "lot", part, lot).status == 64)
        #expect(try office("stock", "lot", part, lot, "--withdraw").status == 0)
        #expect(try office.list("lots", "stock", "lots", "--expiring", "0").first?["usable"] as? String == "withdrawn")
        #expect(try free() == "0")
        let moved = try office("stock", "move", part, "1", "--from", depot, "--to", "Van 01", "--lot", lot)
        #expect(moved.status == 2 && (moved.json["text"] as? String)?.contains("may not be used any more") == true)
        #expect(try office("stock", "write-off", part, "1", "--from", depot, "--lot", lot).status == 0)
        #expect(try office("stock", "receive", part, "1", "--at", depot).status == 2)
    }

    // MARK: What a device shows

    private func stock(_ tablet: Tablet, _ place: String) throws -> [[String: Any]] {
        try tablet.json("part", place)[place] as? [[String: Any]] ?? []
    }

    private func left(_ tablet: Tablet, _ part: String) throws -> Int {
        Int(try stock(tablet, "van").first { $0["number"] as? String == part }?["predicted"] as? String ?? "0") ?? 0
    }

    private func serials(_ tablet: Tablet, _ part: String) throws -> [String] {
        try stock(tablet, "van").first { $0["number"] as? String == part }?["serials"] as? [String] ?? []
    }

    private func states(_ tablet: Tablet) throws -> [String] {
        try (tablet.json("hand-over", "list")["hand_overs"] as? [[String: Any]] ?? []).map {
            ($0["said"] as? String).map { "\($0)ed here" } ?? $0["state"] as? String ?? "here"
        }
    }
}
