import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Beyond the horizon")
struct HorizonTests {
    private let day: Int64 = 86_400_000

    @Test("a device away for longer is reconciled and never wiped: its work lands, what was deleted is gone")
    func longAway() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.dora, "delete") { try $0.delete("task", company.mandatoryTask) }
        try world.sync(company.dora)
        try world.commit(company.anna, "note") { editor in
            try editor.create(
                "note",
                ["order": .reference(company.order), "text": .text("kept"), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
        world.milliseconds += 91 * day
        try world.sync(company.dora)
        world.milliseconds += 1000
        #expect(try world.server.collect(at: world.moment) > 0)
        #expect(try world.server.collect(at: world.moment) == 0, "once is enough")

        let report = try world.sync(company.anna)
        #expect(report.answered == 1)
        #expect(try world.serverRecords("note").map { $0.text("text") } == ["kept"])
        #expect(try world.value(company.anna, "task", company.mandatoryTask, "title") == .null)
        #expect(try world.audit(company.anna).isEmpty)
    }

    @Test("within the horizon a late write brings a deleted task back, beyond it the task stays deleted and the write is kept")
    func lateWrite() throws {
        for (days, isBack) in [(80, true), (100, false)] as [(Int64, Bool)] {
            let company = try Company()
            let world = company.world
            try world.commit(company.anna, "title") { try $0.patch("task", company.mandatoryTask, ["title": .text("late")]) }
            try world.commit(company.dora, "delete") { try $0.delete("task", company.mandatoryTask) }
            try world.sync(company.dora)
            world.milliseconds += days * day
            try world.server.collect(at: world.moment)
            try world.sync(company.anna)
            let key = RecordKey(type: try world.schema.entity("task").type, id: company.mandatoryTask)
            let stored = try #require(try world.server.store.read { try $0.record(key) })
            #expect(stored.isDeleted != isBack, "after \(days) days")
            let own = try #require(try company.anna.engine.read { try $0.own(WriteID(replica: company.anna.replica, sequence: 1)) })
            #expect(own.receipt?.remarks.contains { $0.code == (isBack ? "revived" : "deleted-long-ago") } ?? false)
        }
    }
}
