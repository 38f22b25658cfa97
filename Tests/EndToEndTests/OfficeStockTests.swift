import Foundation
import Testing

@Suite("Stock from the office's command line to a technician's device", .serialized)
struct OfficeStockTests {
    @Test("what the office reserves waits, is announced, arrives and is granted; a technician's device shows the same figure")
    func fromRequestToGrant() throws {
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try ServerProcess()
        try server.start()
        let office = try OfficeDesk(of: server, in: directory)
        let stock = try office("stock", "list").json["stock"] as? [[String: Any]] ?? []
        // A part of a depot without serial numbers, of which little lies there.
        let shelf = try #require(
            stock.filter { ($0["serials"] as? [String])?.isEmpty == true && $0["unit"] as? String == "pcs" && $0["available"] as? String != "0" }
                .min { Int($0["available"] as? String ?? "") ?? .max < Int($1["available"] as? String ?? "") ?? .max })
        let (part, place) = (try #require(shelf["number"] as? String), try #require(shelf["location"] as? String))
        let free = try #require(shelf["available"] as? String)
        let available = try #require(Int(free))
        let orders = try office("list", "--all").json["orders"] as? [[String: Any]]
        let open = orders?.first { !["closed", "cancelled"].contains($0["state"] as? String) }
        let order = try #require(open?["number"] as? String)

        let asked = try office("stock", "reserve", order, part, "\(available + 2)", "--at", place)
        try #require(asked.status == 0, "\(asked.json)")
        let waiting = try office("stock", "waiting", "--part", part).json["waiting"] as? [[String: Any]] ?? []
        #expect(waiting.map { $0["waiting"] as? String } == ["\(available + 2)"])
        #expect(try office("stock", "announce", part, "5", "--at", place, "--on", "2031-01-02").status == 0)
        let told = try office("stock", "waiting", "--part", part).json["waiting"] as? [[String: Any]] ?? []
        #expect(told.first?["expected_on"] as? String == "2031-01-02")
        let announced = try office("stock", "announced", "--part", part).json["announced"] as? [[String: Any]] ?? []
        let delivery = try #require(announced.first?["id"] as? String)
        #expect(try office("stock", "receive", part, "5", "--at", place, "--announced", delivery).status == 0)
        #expect(try (office("stock", "waiting", "--part", part).json["waiting"] as? [[String: Any]])?.isEmpty == true)
        #expect(try (office("stock", "announced", "--part", part).json["announced"] as? [[String: Any]])?.isEmpty == true)

        // The same figure at the same position, on two devices.
        let places = try office("stock", "available", part).json["places"] as? [[String: Any]]
        let after = places?.first { $0["location"] as? String == place }
        #expect(after?["now"] as? String == "3")
        let tablet = try Tablet("P0101", of: server, in: directory)
        let depots = try tablet.json("part", "depot", part)["depots"] as? [[String: Any]] ?? []
        let seen = depots.first { $0["location"] as? String == place }
        #expect(seen == nil || seen?["free"] as? String == "3")
        let heard = try tablet.json("part", "depot", part, "--ask")["server"] as? [String: Any]
        let answer = (heard?["places"] as? [[String: Any]])?.first { $0["location"] as? String == place }
        #expect(answer?["free"] as? String == seen?["free"] as? String && heard?["position"] != nil)
        #expect(try office("stock", "write-off", part, "1", "--from", place).status == 0)
        #expect(try office("stock", "move", part, "100000", "--from", place, "--to", place).status == 2)
    }
}
