import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Jobs on the device")
struct JobTests {
    @Test("today's list holds the active appointments of the user, and no others")
    func today() throws {
        let bench = try Bench()
        #expect(try bench.client.jobs(on: bench.client.today()).map(\.number) == ["2026-0042"])
        let day = try #require(CalendarDate("2026-11-25"))
        #expect(try bench.client.jobs(on: day).map(\.number) == ["2026-0043"])
        #expect(try bench.client.allJobs().map(\.number) == ["2026-0042", "2026-0043"])
        let page = try bench.client.allJobs(limit: 1)
        #expect(page.lines.map(\.number) == ["2026-0042"] && page.total == 2)
    }

    @Test("an appointment of months is in the list of every day it lasts, and of none after it")
    func long() throws {
        let bench = try Bench { all, world in
            all = all.map { draft in
                guard draft.entity == "appointment", draft.fields["order"] == .reference(world.order) else { return draft }
                return RecordDraft("appointment", id: draft.id, draft.fields.merging(["ends_at": .text("2027-02-01T16:00:00+01:00")]) { $1 })
            }
        }
        for (day, expected) in [("2027-01-15", ["2026-0042"]), ("2027-02-01", ["2026-0042"]), ("2027-02-02", [])] {
            #expect(try bench.client.jobs(on: #require(CalendarDate(day))).map(\.number) == expected, "\(day)")
        }
    }

    @Test("a job shows site, tasks, assets and channels, and where each fact is")
    func detail() throws {
        let bench = try Bench()
        _ = try bench.client.addNote("Key is with the porter", to: bench.world.order)
        let job = try bench.client.job(bench.world.order)
        #expect(job.site?.requirements == ["Site induction"])
        #expect(job.tasks.map(\.title) == ["Sign in", "Calibrate GD-101", "Clean up"])
        #expect(job.tasks.allSatisfy { $0.fact.place == .stored })
        #expect(job.notes.map(\.fact.place) == [.onDevice])
        #expect(job.notes.map(\.fact.by) == ["Ana Torres"])
        #expect(job.assets.first?.area == "Pump house (zone 1, IIA, T3)")
        #expect(job.assets.first?.channels.map(\.gas) == ["Methane"])
        #expect(job.line.place == .onDevice)
        #expect(job.nextEvents.contains(.accept))
    }

    @Test("130: hours and parts in all are the sums of the entries that stand, of several people and kinds")
    func totals() throws {
        let bench = try Bench()
        let order = Value.reference(bench.world.order)
        func labour(_ id: UInt64, _ seconds: Int64, _ kind: String, by person: RecordID, corrects: UInt64? = nil) -> RecordDraft {
            RecordDraft(
                "labour_entry", id: World.id(id),
                [
                    "order": order, "person": .reference(person), "kind": .text(kind), "seconds": .integer(seconds),
                    "started_at": .text("2026-11-23T09:00:00+01:00"), "corrects": .optional(corrects.map { World.id($0) }),
                ].filter { $0.value != .null })
        }
        func use(_ id: UInt64, _ quantity: String, _ action: String, corrects: UInt64? = nil) -> RecordDraft {
            RecordDraft(
                "part_use", id: World.id(id),
                [
                    "order": order, "part": .reference(bench.world.part), "quantity": .text(quantity), "action": .text(action),
                    "at": .text("2026-11-23T09:00:00+01:00"), "by": .reference(bench.world.ana), "corrects": .optional(corrects.map { World.id($0) }),
                ].filter { $0.value != .null })
        }
        try bench.confirm([
            labour(900, 3_600, "work", by: bench.world.ana), labour(901, 1_800, "travel", by: bench.world.ana),
            labour(902, 600, "work", by: bench.world.ben), labour(903, 7_200, "work", by: bench.world.ana, corrects: 900),
            use(904, "2", "consumed"), use(905, "0.5", "consumed"), use(906, "1", "removed"), use(907, "3", "consumed", corrects: 904),
        ])
        let job = try bench.client.job(bench.world.order)
        #expect(job.labourTotals.seconds == 9_600)
        #expect(job.labourTotals.byPerson.map(\.seconds).sorted() == [600, 9_000])
        #expect(job.labourTotals.byKind.map { "\($0.name) \($0.seconds)" } == ["travel 1800", "work 7800"])
        #expect(job.partTotals.map { "\($0.used) \($0.removed)" } == ["3.5 1"])
    }

    @Test("certifying is offered where there are readings to certify, and not where there are none")
    func certifiable() throws {
        let bench = try Bench(state: .signed_off)
        #expect(try !bench.client.job(bench.world.order).nextEvents.contains(.certify))
        try bench.confirm([
            RecordDraft(
                "reading", id: World.id(92),
                [
                    "order": .reference(bench.world.order), "asset": .reference(bench.world.asset), "channel": .reference(bench.world.channel),
                    "kind": .text("full"), "phase": .text("as_found"), "point": .text("span"), "applied": .text("50"), "indicated": .text("50"),
                    "unit": .text("%LEL"), "at": .text("2026-11-23T09:00:00+01:00"), "by": .reference(bench.world.ana),
                ])
        ])
        #expect(try bench.client.job(bench.world.order).nextEvents.contains(.certify))
    }

    @Test("a case about an order that is not here says so, and shows no part of an id")
    func gone() throws {
        let bench = try Bench { drafts, world in
            drafts.append(
                RecordDraft(
                    "exception", id: World.id(90),
                    [
                        "kind": .text("reassignment_void"), "order": .reference(World.id(91)), "about": world.ref(world.ana), "state": .text("open"),
                        "text": .text("The reassignment is void."), "raised_at": .text("2026-11-23T06:00:00Z"),
                    ]))
        }
        let line = try #require(try bench.client.attention().exceptions.first)
        #expect(line.order == "an order that is not yours (any more)")
        #expect(line.orderID == World.id(91))
        #expect(line.raisedAt?.clock == "07:00")
    }

    @Test("a job is found by its number, its end, its id, and the end of it", arguments: ["2026-0042", "0042", "2026-0042 ", "0199", "short"])
    func found(text: String) throws {
        let bench = try Bench()
        let name = text == "short" ? bench.world.order.short : text == "0199" ? bench.world.order.description : text
        #expect(try bench.client.findJob(name) == bench.world.order)
    }

    @Test("a name that means two jobs is refused with both, and one that means none says so")
    func ambiguous() throws {
        let bench = try Bench()
        let several = #expect(throws: DeviceProblem.self) { try bench.client.findJob("2026-") }
        #expect(several?.code == "ambiguous")
        #expect(several?.detail.contains("2026-0042") == true && several?.detail.contains("2026-0043") == true)
        let none = #expect(throws: DeviceProblem.self) { try bench.client.findJob("2026-0024") }
        #expect(none?.code == "not-found")
        #expect(none?.detail.contains("near: 2026-0042") == true)
        #expect(throws: DeviceProblem.self) { try bench.client.findJob("") }
    }

    @Test("a job made offline is taken, numbered from the device's series, and in today's list")
    func createOffline() throws {
        let bench = try Bench()
        var job = NewJob(site: bench.world.site, kind: "repair", title: "Detector dead")
        job.assets = [bench.world.asset]
        job.tasks = ["Find the fault"]
        let recorded = try bench.client.createJob(job)
        let id = try #require(recorded.record)
        let detail = try bench.client.job(id)
        #expect(detail.line.number == "ACME-2026-D7-J1-6")
        #expect(detail.line.state == .dispatched)
        #expect(detail.events.map(\.event) == ["create", "take"])
        #expect(try bench.client.read { try $0.outbox().count } == 1)
        #expect(try bench.client.jobs(on: bench.client.today()).map(\.number).contains("ACME-2026-D7-J1-6"))
        #expect(try bench.client.createJob(job).notices == ["Its number is ACME-2026-D7-J2-7."])
    }

    @Test("who settled a task is told, and the history has tasks and scans")
    func settled() throws {
        let bench = try Bench(state: .in_progress)
        _ = try bench.client.setTask(bench.world.task1, .done)
        _ = try bench.client.scan("GD-101", on: bench.world.order)
        let job = try bench.client.job(bench.world.order)
        #expect(job.tasks.map { $0.settled?.by } == ["Ana Torres", nil, nil])
        #expect(job.history.contains { $0.kind == "task" && $0.text == "done: Sign in" && $0.fact.by == "Ana Torres" })
        #expect(job.history.contains { $0.kind == "scan" && $0.text.contains("GD-101") })
    }

    @Test("a clock that runs on over a pause is told, and so is another job in progress")
    func oneThingAtATime() throws {
        let bench = try Bench(state: .in_progress) { drafts, _ in
            for (index, draft) in drafts.enumerated() where draft.id == World.id(22) {
                drafts[index] = RecordDraft(draft.entity, id: draft.id, draft.fields.merging(["state": .text("on_site")]) { $1 })
            }
        }
        #expect(try bench.client.record(.start, on: bench.world.secondOrder).notices.contains { $0.contains("2026-0042") })
        #expect(try bench.client.record(.pause, on: bench.world.secondOrder, reason: "permit").notices.isEmpty)
        try bench.client.startLabour(.work, on: bench.world.order)
        #expect(try bench.client.record(.pause, on: bench.world.order, reason: "permit").notices.contains { $0.contains("labour stop") })
    }

    @Test(
        "labour far from now is told, and stands",
        arguments: [("2026-11-23T07:00:00+01:00", nil), ("2027-11-23T07:00:00+01:00", "future"), ("2025-11-23T07:00:00+01:00", "month ago")])
    func labour(from: String, told: String?) throws {
        let bench = try Bench(state: .in_progress)
        let recorded = try bench.client.addLabour(.work, on: bench.world.order, seconds: 1800, startedAt: DeviceTime(from))
        #expect(recorded.set != nil)
        #expect(recorded.notices.count == (told == nil ? 0 : 1) && recorded.notices.allSatisfy { $0.contains(told ?? "") })
    }

    @Test("a reading of an asset that is not on the job is told, and stands")
    func foreignReading() throws {
        let bench = try Bench(state: .in_progress)
        let entry = ReadingEntry(channel: bench.world.channel, phase: .asFound, point: .zero, applied: "0", indicated: "0")
        let recorded = try bench.client.recordReading(entry, on: bench.world.secondOrder)
        #expect(recorded.set != nil && recorded.notices.contains { $0.contains("not among those of the order") })
        #expect(try !bench.client.recordReading(entry, on: bench.world.order).notices.contains { $0.contains("not among") })
    }
}
