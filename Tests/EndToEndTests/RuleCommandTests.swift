import Foundation
import Testing

@Suite("Rules and certified pieces by the office's command line", .serialized)
struct RuleCommandTests {
    @Test("an order is held, shown, not resolved, overridden and planned; a weight makes a finding nothing")
    func heldAndOverridden() throws {
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try ServerProcess()
        try server.start()
        let office = try OfficeDesk(of: server, in: directory)
        let site = try #require(try office.list("orders", "list", "--all").first)
        let place = ["--customer", try #require(site["customer"] as? String), "--site", try #require(site["site"] as? String)]

        #expect(try office("rules", "set", "order-assets", "error", "--because", "Nobody can prepare it").status == 0)
        #expect(try office("rules", "channel", "phone", "--require", "po_reference").status == 0)
        let incomplete = try office(["create"] + place + ["--kind", "repair", "--title", "Pump", "--channel", "phone"])
        #expect(incomplete.status == 2 && incomplete.json["code"] as? String == "fields-missing")
        #expect(try office(["create"] + place + ["--kind", "repair", "--title", "Pump", "--channel", "phone", "--po", "PO 7"]).status == 0)
        #expect(try office("rules", "set", "no-such-rule", "error", "--because", "x").status == 64)
        let codes = try office.list("codes", "rules")
        #expect(codes.first { $0["code"] as? String == "order-assets" }?["weight"] as? String == "error")
        let created = try office(["create"] + place + ["--kind", "inspection", "--title", "Look"])
        #expect(created.status == 0 && created.json["answer"] as? String == "waiting" && created.json["state"] as? String == "on_hold")
        let order = try #require(created.json["order"] as? String)
        let checked = try office("check", order)
        #expect(checked.status == 2 && checked.json["verdict"] as? String == "error")
        let earlier = try #require((checked.json["earlier"] as? [[String: Any]])?.first)
        #expect((earlier["rules"] as? String)?.hasPrefix("order-entry/2-") == true && earlier["verdict"] as? String == "error")

        let queued = try #require(try office.list("queue", "queue").first { $0["order"] as? String == order })
        #expect(queued["channel"] as? String == "office" && queued["owners"] as? [String] == ["dispatcher"])
        #expect((queued["block"] as? String)?.contains("order-assets") == true && queued["age_minutes"] as? Int != nil)
        let held = try #require(
            try office.list("exceptions", "exceptions").first { $0["kind"] as? String == "order_held" && $0["order"] as? String == order })
        let id = String(try #require(held["id"] as? String).suffix(8))
        let resolved = try office("resolve", id, "It is fine")
        #expect(resolved.status == 2 && (resolved.json["text"] as? String)?.contains("names nothing to work on") == true)
        #expect(try office("exceptions", "override", id, "They are found on site").status == 0)
        #expect(try office("show", order).json["state"] as? String == "ready_to_plan")

        let second = try #require(try office(["create"] + place + ["--kind", "inspection", "--title", "Look again"]).json["order"] as? String)
        #expect(try office("rules", "set", "order-assets", "off", "--because", "It is known by telephone").status == 0)
        #expect(try office("show", second).json["state"] as? String == "ready_to_plan")
        #expect(try office("check", second).status == 0)
    }

    @Test("certified pieces are listed with what speaks against each, named for an order, and lost with their certificate")
    func certifiedPieces() throws {
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try ServerProcess()
        try server.start()
        let office = try OfficeDesk(of: server, in: directory)
        let orders = try office.list("orders", "list", "--all").compactMap { $0["number"] as? String }
        let order = try #require(orders.last)
        let stock = try #require(
            try office.list("stock", "stock", "list", "--part", "HI-1002").first {
                ($0["serials"] as? [String])?.count ?? 0 > 1 && ($0["available"] as? String).flatMap { Double($0) } ?? 0 >= 1
                    && ($0["location"] as? String)?.hasPrefix("Van") == false
            })
        let depot = try #require(stock["location"] as? String)
        let asked = ["--scheme", "UKEX", "--zone", "1", "--group", "IIC"]

        let short = try office(["stock", "candidates", "HI-1002", "--at", depot] + asked + ["--valid-days", "90"])
        #expect(short.status == 2)
        let pieces = try #require(short.json["pieces"] as? [[String: Any]])
        #expect(pieces.allSatisfy { (($0["findings"] as? [[String: Any]])?.first?["code"] as? String) == "unit-validity" })
        #expect(try office(["stock", "candidates", "HI-1002", "--at", depot] + asked).status == 0)
        #expect(try office("stock", "candidates", "HI-1002", "--at", depot, "--zone", "3").status == 64)

        let reserved = try office(["stock", "reserve", order, "HI-1002", "1", "--at", depot] + asked)
        #expect(reserved.status == 0 && reserved.json["answer"] as? String == "granted", "\(reserved.json)")
        let named = try #require(pieces.compactMap { $0["serial"] as? String }.first { (reserved.json["text"] as? String)?.contains($0) == true })
        let again = try office(["stock", "candidates", "HI-1002", "--at", depot] + asked)
        let mine = (again.json["pieces"] as? [[String: Any]])?.first { $0["serial"] as? String == named }
        #expect(mine?["reserved"] as? Bool == true)

        let certificate = try #require(
            try office.list("certificates", "stock", "certificates", "--part", "HI-1002").first { $0["scheme"] as? String == "UKEX" })
        let id = try #require(certificate["id"] as? String)
        #expect(try office("stock", "certificate", "--withdraw", id).status == 0)
        let waiting = try #require(
            try office.list("waiting", "stock", "waiting").first { $0["order"] as? String == order && $0["part"] as? String == "HI-1002" })
        #expect((waiting["answer"] as? String)?.contains("are gone") == true)
        // A new one brings them back.
        let new = [
            "stock", "certificate", "--part", "HI-1002", "--scheme", "UKEX", "--number", "UKEX 26 1", "--marking", "II 2G Ex db IIC T6 Gb",
        ]
        #expect(try office(new + ["--valid-to", "2020-01-01", "--valid-from", "2021-01-01"]).status == 64)
        #expect(try office(new).status == 0)
        #expect(try office.list("waiting", "stock", "waiting").allSatisfy { $0["order"] as? String != order || $0["part"] as? String != "HI-1002" })
    }
}
