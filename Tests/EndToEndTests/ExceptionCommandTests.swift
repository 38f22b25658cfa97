import Foundation
import Testing

@Suite("Exceptions by the office's command line", .serialized)
struct ExceptionCommandTests {
    @Test("raised, escalated at once by worth, questioned, resolved and approved by another person; the times are told")
    func fromRaisedToApproved() throws {
        let directory = try ServerProcess.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try ServerProcess()
        try server.start()
        let office = try OfficeDesk(of: server, in: directory)

        #expect(
            try office("exceptions", "rule", "--kind", "credit_hold", "--after", "0m", "--worth", "1000.00 EUR", "--team", "finance-manager").status
                == 0)
        #expect(
            try office(
                "exceptions", "kind", "credit_hold", "--question", "Who agreed?", "--approval", "dispatcher"
            ).status == 0)
        let kind = try office("exceptions", "kind", "credit_hold").json
        #expect(kind["team"] as? String == "finance" && kind["questions"] as? [String] == ["Who agreed?"])

        let site = try #require(try office.list("orders", "list", "--all").first)
        let created = try office(
            "create", "--customer", try #require(site["customer"] as? String), "--site", try #require(site["site"] as? String), "--kind", "repair",
            "--title", "Pump", "--worth", "1000.00 EUR")
        let order = try #require(created.json["order"] as? String, "\(created.json)")
        let raised = try office("exceptions", "raise", "credit_hold", "Two invoices are overdue", "--order", order)
        let id = try #require(raised.json["id"] as? String)
        let listed = try #require(try office.list("exceptions", "exceptions", "--escalated").first { $0["id"] as? String == id })
        #expect(listed["owner"] as? String == "finance-manager" && listed["level"] as? Int == 1 && listed["order"] as? String == order)

        let end = String(id.suffix(8))
        #expect(try office("exceptions", "investigate", end).status == 0)
        let early = try office("resolve", end, "They have paid")
        #expect(early.status == 2 && (early.json["text"] as? String)?.contains("Who agreed?") == true)
        #expect(try office("exceptions", "answer", end, "2", "Nobody").status == 64)
        #expect(try office("exceptions", "answer", end, "1", "Ms Adler").status == 0)
        #expect(try office("resolve", end, "They have paid").status == 0)
        // Who resolved it does not approve it, though of the team.
        let own = try office("exceptions", "approve", end)
        #expect(own.status == 2 && (own.json["text"] as? String)?.contains("Somebody else") == true)
        #expect(try office("exceptions", "investigate", end).status == 1)
        let shown = try office("exceptions", "show", end).json
        #expect(shown["stage"] as? String == "resolved" && shown["state"] as? String == "open")
        let events = (shown["events"] as? [[String: Any]] ?? []).map { "\($0["event"] ?? "") \($0["effective"] ?? "")" }
        #expect(events.contains("escalate 1") && events.contains("resolve 0") && events.contains("resolve 1") && events.contains("approve 0"))
        #expect(try office("exceptions", "send-back", end, "Wait").status == 2)

        let times = try #require(try office.list("kinds", "exceptions", "report").first { $0["name"] as? String == "credit_hold" })
        #expect(times["raised"] as? Int == 1 && times["open"] as? Int == 1 && times["escalated"] as? Int == 1)
        #expect(times["median_seconds_to_acknowledge"] as? Int != nil)
        // A rule that is withdrawn counts no more.
        let rule = try #require(try office.list("rules", "exceptions", "rules").first { $0["kind"] as? String == "credit_hold" }?["id"] as? String)
        #expect(try office("exceptions", "rule", "--withdraw", rule).status == 0)
        #expect(try office.list("rules", "exceptions", "rules").allSatisfy { $0["kind"] as? String != "credit_hold" })
    }
}
