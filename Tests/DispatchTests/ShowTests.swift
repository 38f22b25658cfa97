import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

@Suite("What the office sees of an order")
struct ShowTests {
    private let desk: Desk

    init() throws {
        desk = try Desk()
        let at = Value.text("2026-11-23T09:30:00+01:00")
        func fact(_ entity: String, _ number: UInt64, _ fields: [String: Value]) -> RecordDraft {
            RecordDraft(entity, id: Desk.id(number), fields.merging(["order": .reference(Desk.started)]) { $1 })
        }
        let (by, asset) = (Value.reference(Desk.weber), Value.reference(Desk.id(51)))
        try desk.receive([
            RecordDraft(
                "sensor_channel", id: Desk.id(201),
                [
                    "asset": asset, "number": .integer(1), "cas": .text("74-82-8"), "gas_name": .text("Methane"), "unit": .text("%LEL"),
                    "range_low": .text("0"), "range_high": .text("100"), "resolution": .text("1"), "technology": .text("infrared"),
                ]),
            RecordDraft("part", id: Desk.id(202), ["number": .text("FILTER-9"), "name": .text("Splash filter"), "unit": .text("pcs")]),
            fact(
                "task", 203,
                ["title": .text("Calibrate"), "rank": .integer(1), "mandatory": .text("yes"), "state": .text("done"), "answer": .text("permit 4711")]),
            fact("note", 204, ["text": .text("Shift leader was informed"), "at": at, "by": by]),
            fact("finding", 205, ["asset": asset, "severity": .text("major"), "text": .text("Filter is wet"), "at": at, "by": by]),
            fact(
                "reading", 206,
                [
                    "asset": asset, "channel": .reference(Desk.id(201)), "kind": .text("full"), "phase": .text("as_found"), "point": .text("span"),
                    "applied": .text("50"), "indicated": .text("47"), "unit": .text("%LEL"), "at": at, "by": by,
                ]),
            fact("labour_entry", 207, ["person": by, "kind": .text("work"), "started_at": at, "seconds": .integer(5400)]),
            fact(
                "part_use", 208,
                ["part": .reference(Desk.id(202)), "quantity": .text("2"), "action": .text("fitted"), "asset": asset, "at": at, "by": by]),
            fact(
                "attachment", 209,
                [
                    "sha256": .bytes(Array(repeating: 7, count: 32)), "media_type": .text("image/jpeg"), "size": .integer(1234),
                    "caption": .text("Type plate"), "taken_at": at, "by": by,
                ]),
        ])
    }

    @Test("shows what technicians recorded, in the words of their own screen")
    func recorded() async {
        let show = await desk.run("show", "S-2", "--offline")
        #expect(show.code == 0, "\(show.errors)")
        for words in [
            "permit 4711", "Shift leader was informed", "Filter is wet", "as found", "47", "1 h 30 min", "FILTER-9 Splash filter", "Type plate",
        ] { #expect(show.output.contains(words), "\(words)") }
    }

    @Test(
        "its JSON has every list that was recorded",
        arguments: [
            ("readings", "indicated", "47"), ("findings", "text", "Filter is wet"), ("labour", "kind", "work"), ("parts", "quantity", "2"),
            ("notes", "text", "Shift leader was informed"), ("attachments", "caption", "Type plate"), ("tasks", "title", "Calibrate"),
        ])
    func json(list: String, member: String, value: String) async throws {
        let json = try JSONValue.parse(await desk.run("show", "S-2", "--offline", "--json").output)
        let first = try #require(json[list]?.arrayValue?.first)
        #expect(first[member]?.stringValue == value)
    }
}
