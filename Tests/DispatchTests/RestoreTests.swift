import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

@Suite("Bringing back what lost")
struct RestoreTests {
    private let desk: Desk
    private let ruling = Desk.id(301)

    init() throws {
        desk = try Desk()
        let order = try #require(try Schema.load()["service_order"])
        let title = try #require(order["title"])
        try desk.receive([
            RecordDraft(
                "ruling", id: ruling,
                [
                    "subject_type": .integer(Int64(order.type.rawValue)), "subject": .reference(Desk.started), "facet": .integer(0),
                    "field": .integer(Int64(title.id.rawValue)), "rule": .text("last_writer"), "text": .text("Two people wrote “title”."),
                    "winner_value": .text("Tank farm"), "loser_value": .text("Tank farm, permit 4711"), "winner_user": .reference(Desk.weber),
                    "loser_user": .reference(Desk.user),
                ])
        ])
    }

    @Test("why names the command, and the command writes the lost value back", arguments: [false, true])
    func restore(byRuling: Bool) async throws {
        let why = await desk.run("why", "S-2", "title", "--offline")
        #expect(why.output.contains("truckroll-dispatch restore \(ruling)"))
        let result = byRuling ? await desk.run("restore", "\(ruling)") : await desk.run("restore", "S-2", "title")
        #expect(result.code == 3, "\(result.errors)")
        let after = try JSONValue.parse(await desk.run("why", "S-2", "title", "--offline", "--json").output)
        #expect(after["value"]?.stringValue == "Tank farm, permit 4711")
    }

    @Test("where nothing lost there is nothing to bring back", arguments: [["S-2", "priority"], ["S-9", "title"], ["0000000000"]])
    func nothing(subject: [String]) async {
        let result = await Desk.run(["restore"] + subject + ["--clock", "2026-11-23T08:00:00+01:00"], store: desk.released())
        #expect(result.code == 1 && result.errors.contains("error: "))
    }
}
