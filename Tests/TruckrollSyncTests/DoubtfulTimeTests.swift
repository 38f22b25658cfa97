import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Times that cannot be right")
struct DoubtfulTimeTests {
    let company: Company
    var world: World { company.world }

    init() throws { company = try Company() }

    /// Records a note with that time, and brings it to the server.
    private func note(at time: String) throws -> RecordID {
        let id = world.id()
        try world.commit(company.anna) { editor in
            try editor.create(
                "note", id: id,
                ["order": .reference(company.order), "text": .text("The fan is loud."), "at": .text(time), "by": .reference(editor.user)])
        }
        try world.sync(company.anna)
        return id
    }

    private func marks(of id: RecordID) throws -> [RecordView] {
        try world.serverRecords("ruling").filter { $0.reference("subject") == id && $0.text("rule") == "time-doubtful" }
    }

    private func now(plus seconds: Int64) -> String {
        DeviceTime(milliseconds: world.milliseconds + seconds * 1000, offsetMinutes: 60).description
    }

    @Test(
        "a time that cannot be right is stored as claimed, and marked with when its set was made",
        arguments: ["1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2019-06-01T08:00:00+02:00"])
    func claimed(time: String) throws {
        let note = try note(at: time)
        #expect(try world.serverValue("note", note, "at") == .text(time))
        let marks = try marks(of: note)
        #expect(marks.count == 1)
        let text = try #require(marks.first?.text("text"))
        #expect(text.contains("“at” says") && text.contains("the set was made at 2026-"), "\(text)")
        // Who recorded it sees the mark.
        #expect(try company.anna.engine.read { try $0.views("ruling") }.contains { $0.reference("subject") == note })
    }

    @Test("more than five minutes ahead of its set, or more than a month behind, is marked; entered later in the day is not")
    func edges() throws {
        for (seconds, isMarked) in [(Int64(299), false), (310, true), (-8 * 3600, false), (-30 * 86_400, false), (-32 * 86_400, true)] {
            let note = try note(at: now(plus: seconds))
            #expect(try marks(of: note).isEmpty != isMarked, "\(seconds)")
        }
    }

    @Test("what an importer brings in from years ago is not marked")
    func imported() throws {
        let id = world.id()
        try world.commit(world.importer) { editor in
            try editor.create(
                "note", id: id,
                [
                    "order": .reference(company.order), "text": .text("From the old system."), "at": .text("2019-06-01T08:00:00+02:00"),
                    "by": .reference(company.annaUser),
                ])
        }
        try world.sync(world.importer)
        #expect(try world.serverValue("note", id, "text") == .text("From the old system."))
        #expect(try marks(of: id).isEmpty)
    }
}
