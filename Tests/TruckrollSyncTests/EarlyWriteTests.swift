import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Somebody who has learnt the id of a record that another device has not sent yet.
@Suite("Writes to a record before its maker's")
struct EarlyWriteTests {
    @Test("a record that somebody wrote to before it was there is its maker's all the same")
    func writtenBefore() throws {
        let company = try Company()
        let world = company.world
        let note = RecordKey(type: try world.schema.entity("note").type, id: world.id())
        try world.commit(company.anna) { editor in
            try editor.create(
                "note", id: note.id,
                ["order": .reference(company.order), "text": .text("leaks"), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
        try company.forge([Op(kind: .patch, key: note)], by: company.dora)
        try world.sync(company.dora)
        #expect(try company.dora.engine.read { try $0.views("note") }.isEmpty, "patches alone make no record")
        try world.sync(company.anna)
        #expect(try world.serverValue("note", note.id, "text") == .text("leaks"))
        #expect(try world.value(company.dora, "note", note.id, "text") == .null)
        try world.sync(company.dora)
        #expect(try world.value(company.dora, "note", note.id, "text") == .text("leaks"))
        #expect(try world.audit(company.anna).isEmpty && world.audit(company.dora).isEmpty)
    }

    @Test("a fact whose id somebody has used elsewhere is kept with its set; nobody draws a record into their view by making it again")
    func madeElsewhere() throws {
        let company = try Company()
        let world = company.world
        let foreign = world.id()
        try company.createOrder(foreign, "SO-9", "Not Anna's")
        let note = try company.note(by: company.anna)
        let fields: [String: Value] = [
            "order": .reference(foreign), "text": .text("secret"), "at": .text("2026-11-23T09:00:00Z"),
            "by": .reference(try #require(try company.dora.engine.store.read { try $0.identity() }).user),
        ]
        try company.forge([try #require(try world.schema.creation(of: RecordDraft("note", id: note, fields)).first)], by: company.dora)
        for device in [company.dora, company.anna, company.dora] { try world.sync(device) }
        #expect(try world.serverValue("note", note, "text") == .text("secret"))
        let kept = try #require(try company.anna.engine.read { try $0.journal(limit: 1) }.first)
        #expect(kept.receipt?.remarks.map(\.code) == ["outside-view"])
        let waiting = try world.serverRecords("exception").filter { $0.text("kind") == "outside_view" }
        #expect(waiting.count == 1, "the office is asked to look at what she recorded")
        #expect(try world.server.store.read { try $0.admitted(kept.set.writeID) }?.set.body == kept.set.body, "and it is there whole")
        #expect(try world.value(company.anna, "note", note, "text") == .null, "what lies elsewhere is not shown to her")
        for device in [company.anna, company.dora] { #expect(try world.audit(device).isEmpty) }
    }

    @Test("all that follows from what was done follows once, also when somebody wrote to its records before they came")
    func effectsAfterEarlyWrites() throws {
        let company = try Company()
        let (world, anna) = (company.world, company.anna)
        try company.event(anna, .accept, .travel)
        try world.commit(anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"), "from": .reference(company.depot),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        let made = try anna.engine.read { try $0.ownSets() }.flatMap { try ChangeSet(decodingBody: $0.set.body).ops.map(\.key) }
        #expect(made.count >= 3)
        try company.forge(made.map { Op(kind: .patch, key: $0) }, by: company.dora)
        try world.sync(company.dora)
        try world.sync(anna)
        #expect(try company.state() == "en_route")
        #expect(try world.serverRecords("part_use").count == 1)
        let balance = try world.serverRecords("balance").first { $0.reference("location") == company.depot }
        #expect(balance?.text("on_hand") == "0", "the one unit was taken once")
        #expect(try world.audit(anna).isEmpty)
    }
}
