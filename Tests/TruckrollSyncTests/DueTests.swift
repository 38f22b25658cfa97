import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("When orders are to be begun, done and moved on")
struct DueTests {
    let company: Company
    var world: World { company.world }
    static let minute: Int64 = 60_000

    init() throws { company = try Company() }

    // MARK: What people do

    private func level(_ priority: OrderPriority, _ response: Int64, _ resolution: Int64? = nil, customer: RecordID? = nil, calendar: RecordID? = nil)
        throws
    {
        let id = ServiceLevel.id(try world.schema.entity("service_level"), priority: priority, customer: customer)
        try world.commit(company.dora) { editor in
            let fields: [String: Value] = [
                "priority": .text(priority.rawValue), "response_minutes": .integer(response),
                "resolution_minutes": resolution.map { .integer($0) } ?? .null, "customer": customer.map { .reference($0) } ?? .null,
                "calendar": calendar.map { .reference($0) } ?? .null,
            ]
            try editor.create("service_level", id: id, fields.filter { $0.value != .null })
        }
        try world.sync(company.dora)
    }

    private func limit(_ state: OrderState, _ minutes: Int64) throws {
        let id = StageLimit.id(try world.schema.entity("stage_limit"), state: state)
        try world.commit(company.dora) {
            try $0.create("stage_limit", id: id, ["state": .text(state.rawValue), "minutes": .integer(minutes)])
        }
        try world.sync(company.dora)
    }

    private func order(_ priority: String = "high", _ fields: [String: Value] = [:]) throws -> RecordID {
        let id = world.id()
        try world.commit(company.dora) { editor in
            let near = try editor.view("service_order", company.order)
            let whole: [String: Value] = [
                "number": .text("SO-7"), "channel": .text("office"), "customer": near?["customer"] ?? .null, "site": .reference(company.site),
                "kind": .text("repair"), "title": .text("Repair"), "requested_at": .text(editor.now.description), "priority": .text(priority),
            ]
            try editor.create("service_order", id: id, whole.merging(fields) { $1 })
            try editor.event(.create, order: id)
            try editor.event(.submit, order: id)
        }
        try world.sync(company.dora)
        return id
    }

    private func pass(_ milliseconds: Int64) throws {
        world.milliseconds += milliseconds
        _ = try world.server.tick(at: world.moment)
    }

    // MARK: What the server has

    private func time(_ order: RecordID, _ field: String) throws -> Int64? {
        try world.serverValue("service_order", order, field).text.flatMap { DeviceTime($0) }?.milliseconds
    }

    private func cases(_ order: RecordID, open: Bool = true) throws -> [String] {
        try world.serverRecords("exception").filter { $0.reference("order") == order && ($0.text("state") == "open") == open }
            .compactMap { $0.text("kind") }.sorted()
    }

    // MARK: Tests

    @Test("123: a priority promises when somebody is there and when the work is done, and another priority something else")
    func promised() throws {
        try level(.high, 240, 2880)
        try level(.emergency, 60)
        let id = try order()
        let asked = try #require(try time(id, "requested_at"))
        #expect(try time(id, "respond_by") == asked + 240 * Self.minute && time(id, "resolve_by") == asked + 2880 * Self.minute)
        try world.commit(company.dora) { try $0.patch("service_order", id, ["priority": .text("emergency")]) }
        try world.sync(company.dora)
        #expect(try time(id, "respond_by") == asked + 60 * Self.minute && time(id, "resolve_by") == nil)
        let other = try order("low")
        #expect(try time(other, "respond_by") == nil && world.serverValue("service_order", other, "next_check") == .null)
    }

    @Test("a customer's own promise goes before the one for all, and a calendar counts hours of work")
    func customersOwn() throws {
        let customer = try #require(try world.serverValue("service_order", company.order, "customer").reference)
        let calendar = world.id()
        try world.commit(company.dora) { editor in
            try editor.create("work_calendar", id: calendar, ["name": .text("office"), "time_zone": .text("Europe/Berlin")])
            try editor.change("work_calendar", calendar, "hours", element: .text("MO-FR 08:00-10:00"), op: .add)
        }
        try level(.high, 60)
        try level(.high, 120, customer: customer, calendar: calendar)
        // Monday, some minutes past nine: what is left of the two hours comes on Tuesday.
        let id = try order()
        let asked = try #require(try time(id, "requested_at"))
        let expected = WorkCalendar(
            hours: Array(repeating: [480..<600], count: 5) + [[], []], holidays: [], zone: TenantCalendar(timeZone: "Europe/Berlin"))
        #expect(try time(id, "respond_by") == expected.instant(120, after: asked))
        #expect(try world.serverValue("service_order", id, "respond_by").text?.hasPrefix("2026-11-24T09:") == true)
    }

    @Test("nobody there in time is a case once, at the moment and not before, and ends when somebody is")
    func overdue() throws {
        try level(.high, 240)
        let id = try order()
        let due = try #require(try time(id, "respond_by"))
        try pass(due - world.milliseconds - 1)
        #expect(try cases(id).isEmpty)
        try pass(1)
        #expect(try cases(id) == ["response_overdue"])
        #expect(try world.serverRecords("exception").first { $0.reference("order") == id }?.text("owner") == "dispatcher")
        try pass(600 * Self.minute)
        #expect(try cases(id) == ["response_overdue"] && cases(id, open: false).isEmpty)
        try world.commit(company.dora) { editor in
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(id), "action": .text("assign"), "technician": .reference(company.annaUser),
                    "starts_at": .text(editor.now.description), "ends_at": .text(company.later(editor.now, hours: 1)),
                ])
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
        for event in [OrderEvent.accept, .travel, .arrive] { try world.commit(company.anna) { try $0.event(event, order: id) } }
        try world.sync(company.anna)
        #expect(try cases(id).isEmpty && cases(id, open: false) == ["response_overdue"])
    }

    @Test("who was there in time was there, whatever came of the visit; another priority ends the case of the former")
    func answered() throws {
        try level(.high, 240)
        try level(.normal, 6000)
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["priority": .text("high")]) }
        try world.sync(company.dora)
        try world.sync(company.anna)
        try company.event(company.anna, .accept, .travel, .arrive)
        try world.commit(company.anna) { try $0.event(.no_access, order: company.order, reason: "locked") }
        try world.sync(company.anna)
        try pass(300 * Self.minute)
        #expect(try cases(company.order) == ["no_access"])

        let id = try order()
        try pass(300 * Self.minute)
        #expect(try cases(id) == ["response_overdue"])
        try world.sync(company.dora)
        try world.commit(company.dora) { try $0.patch("service_order", id, ["priority": .text("normal")]) }
        try world.sync(company.dora)
        #expect(try cases(id).isEmpty && cases(id, open: false) == ["response_overdue"])
        try pass(6000 * Self.minute)
        #expect(try cases(id) == ["response_overdue"])
        try world.commit(company.dora) { try $0.patch("service_order", id, ["priority": .text("high")]) }
        try world.sync(company.dora)
        #expect(try cases(id) == ["response_overdue"])
    }

    @Test("a time before all times is no time to count from, and a calendar whose hours nobody can read promises nothing")
    func oddTimes() throws {
        try level(.high, 60)
        let id = world.id()
        try world.commit(world.importer) { editor in
            try editor.create(
                "service_order", id: id,
                [
                    "number": .text("SO-8"), "channel": .text("office"), "customer": try editor.view("site", company.site)?["customer"] ?? .null,
                    "site": .reference(company.site), "kind": .text("repair"), "title": .text("Old"), "priority": .text("high"),
                    "requested_at": .text("0001-01-01T00:00:00Z"),
                ])
            try editor.event(.create, order: id)
            try editor.event(.submit, order: id)
        }
        try world.sync(world.importer)
        #expect(try #require(try time(id, "respond_by")) > world.milliseconds - 60 * Self.minute)
        let calendar = world.id()
        try world.commit(company.dora) { editor in
            try editor.create("work_calendar", id: calendar, ["name": .text("odd"), "time_zone": .text("Europe/Berlin")])
            try editor.change("work_calendar", calendar, "hours", element: .text("weekdays"), op: .add)
        }
        try level(.low, 60, calendar: calendar)
        #expect(try time(try order("low"), "respond_by") == nil)
    }

    @Test("an order that is there in time is told of when it is not done in time")
    func undone() throws {
        try level(.normal, 60, 120)
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["priority": .text("normal")]) }
        try world.sync(company.dora)
        try world.sync(company.anna)
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try world.sync(company.anna)
        try pass(180 * Self.minute)
        #expect(try cases(company.order) == ["resolution_overdue"])
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete)
        try world.sync(company.anna)
        #expect(try cases(company.order).isEmpty)
    }

    @Test("95: an order that stands too long in a state is a case, and one that moves on is none")
    func stalled() throws {
        try limit(.ready_to_plan, 60)
        let (moved, still) = (try order(), try order())
        try world.commit(company.dora) { try $0.event(.cancel, order: moved) }
        try world.sync(company.dora)
        try pass(61 * Self.minute)
        #expect(try cases(moved).isEmpty && cases(still) == ["stalled"])
        try world.commit(company.dora) { try $0.event(.cancel, order: still) }
        try world.sync(company.dora)
        #expect(try cases(still).isEmpty)
    }

    @Test("a clock that was years off promises from when the order was heard of")
    func wrongClock() throws {
        try level(.high, 60)
        let before = world.milliseconds
        let id = try order("high", ["requested_at": .text("2019-01-01T00:00:00Z")])
        let due = try #require(try time(id, "respond_by"))
        #expect(due >= before + 60 * Self.minute && due <= world.milliseconds + 65 * Self.minute)
    }
}
