import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Maintenance that comes round")
struct PlanTests {
    let company: Company
    var world: World { company.world }
    private let calendar = TenantCalendar(timeZone: "Europe/Berlin")
    private let plan: RecordID
    private static let day: Int64 = 86_400_000

    init() throws {
        company = try Company()
        plan = company.world.id()
    }

    // MARK: What people do

    private func make(_ fields: [String: Value]) throws {
        try world.commit(company.dora, "plan") { editor in
            let whole: [String: Value] = [
                "asset": .reference(company.asset), "number": .text("M-1"), "title": .text("Look at it"), "status": .text("active"),
                "kind": .text("inspection"), "priority": .text("normal"), "made_by": .reference(editor.user),
            ]
            try editor.create("maintenance_plan", id: plan, whole.merging(fields) { $1 })
        }
        try world.sync(company.dora)
    }

    /// Due on the first Monday of each month; the world begins on 2026-11-23.
    private func makeMonthly(_ fields: [String: Value] = [:]) throws {
        try make(
            [
                "trigger": .text("calendar"), "rule": .text("FREQ=MONTHLY;BYDAY=1MO"), "starts_on": .text("2026-12-01"), "lead_days": .integer(7),
                "tasks": .list([.text("Clean it"), .text("Test it")]),
            ].merging(fields) { $1 })
    }

    private func patch(_ fields: [String: Value]) throws {
        try world.commit(company.dora) { try $0.patch("maintenance_plan", plan, fields) }
        try world.sync(company.dora)
    }

    /// Moves the clock to a day's first moment, or as much later.
    private func go(_ day: String, plus milliseconds: Int64 = 0) throws {
        world.milliseconds = calendar.instant(try #require(CalendarDate(day)), minute: 0) + milliseconds
        _ = try world.server.tick(at: world.moment)
    }

    private func order(_ period: String) throws -> RecordID {
        MaintenancePlan.orderID(try world.schema.entity("service_order"), plan: plan, period: period)
    }

    /// Does the order's work by day's end.
    private func complete(_ order: RecordID) throws {
        try world.sync(company.dora)
        try world.commit(company.dora) { editor in
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(order), "action": .text("assign"), "technician": .reference(company.annaUser),
                    "starts_at": .text(editor.now.description), "ends_at": .text(company.later(editor.now, hours: 1)),
                ])
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
        try world.commit(company.anna) { editor in
            for task in try editor.views("task", where: "order", equals: .reference(order)) {
                try editor.patch("task", task.id, ["state": .text("done")])
            }
            for event in [OrderEvent.accept, .travel, .arrive, .start, .complete] { try editor.event(event, order: order) }
        }
        try world.sync(company.anna)
    }

    private func addMeter() throws -> RecordID {
        let meter = MeterCount.id(try world.schema.entity("meter"), asset: company.asset, name: "hours")
        try world.commit(company.dora) {
            try $0.create("meter", id: meter, ["asset": .reference(company.asset), "name": .text("hours"), "unit": .text("h")])
        }
        return meter
    }

    @discardableResult
    private func reading(_ value: String, of meter: RecordID, corrects: RecordID? = nil) throws -> RecordID {
        let id = world.id()
        try world.commit(company.anna) { editor in
            try editor.create(
                "meter_reading", id: id,
                [
                    "corrects": .optional(corrects),
                    "meter": .reference(meter), "asset": .reference(company.asset), "life": .integer(1), "value": .text(value),
                    "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        return id
    }

    // MARK: What the server has

    private func periods() throws -> [String] {
        let orders = try world.serverRecords("service_order").filter { $0.reference("plan") == plan }.compactMap { $0.text("period") }.sorted()
        let occurrences = try world.serverRecords("plan_occurrence").filter { $0.reference("plan") == plan }.compactMap { $0.text("period") }.sorted()
        #expect(orders == occurrences)
        return orders
    }

    private func openCases(_ order: RecordID) throws -> [String] {
        try world.serverRecords("exception").filter { $0.reference("order") == order && $0.text("state") == "open" }.compactMap { $0.text("kind") }
    }

    // MARK: By calendar

    @Test("34, 137: an order is made so many days before its day, at that moment and not before, once, also across a restart")
    func calendarPlan() throws {
        try makeMonthly()
        #expect(try periods().isEmpty)
        try go("2026-11-30", plus: -1)
        #expect(try periods().isEmpty)
        try go("2026-11-30")
        #expect(try periods() == ["2026-12-07"])
        let order = try order("2026-12-07")
        #expect(try world.serverValue("service_order", order, "state") == .text("ready_to_plan"))
        #expect(try world.serverValue("service_order", order, "due_at").text == "2026-12-07T23:59:59+01:00")
        #expect(try world.serverValue("service_order", order, "number") == .text("M-1-20261207"))
        #expect(
            try world.serverRecords("task").filter { $0.reference("order") == order }.compactMap { $0.text("title") }.sorted() == [
                "Clean it", "Test it",
            ])
        // A server that begins anew looks again, and makes nothing twice.
        let again = ServerEngine(
            schema: world.schema, store: world.store, security: ServerSecurity(receiptKey: [1, 2, 3], tenantKey: [], sign: { _ in [] }))
        #expect(try !again.tick(at: world.moment))
        try go("2026-12-28")
        #expect(try periods() == ["2026-12-07", "2027-01-04"])
    }

    @Test("34: a clock that jumps three months makes what fell due, each once; one that jumps back makes nothing again")
    func jump() throws {
        try makeMonthly()
        try go("2027-02-10")
        #expect(try periods() == ["2026-12-07", "2027-01-04", "2027-02-01"])
        try go("2026-12-01")
        try go("2027-02-10", plus: 60_000)
        #expect(try periods() == ["2026-12-07", "2027-01-04", "2027-02-01"])
    }

    @Test(
        "I22: a technician offline and the server make the order of one day: it is one order, whoever is first", arguments: [false, true])
    func bothMake(serverFirst: Bool) throws {
        try makeMonthly()
        try world.sync(company.anna)
        func makeOffline() throws {
            try world.commit(company.anna, "plan-order") { editor in
                let book = editor.plans(calendar)
                let plan = try #require(try book.plan(plan))
                let due = try #require(try book.due(plan, on: calendar.local(editor.now.milliseconds).date).first)
                let (order, drafts) = try #require(try book.drafts(for: due, of: plan))
                for draft in drafts { try editor.create(draft.entity, id: draft.id, draft.fields) }
                for event in [OrderEvent.create, .submit] { try editor.event(event, id: book.eventID(event, of: order), order: order) }
            }
        }
        world.milliseconds = calendar.instant(try #require(CalendarDate("2026-11-30")), minute: 600)
        try makeOffline()
        if serverFirst { _ = try world.server.tick(at: world.moment) }
        try world.sync(company.anna)
        _ = try world.server.tick(at: world.moment)
        #expect(try periods() == ["2026-12-07"])
        let order = try order("2026-12-07")
        #expect(try world.serverValue("service_order", order, "state") == .text("ready_to_plan"))
        #expect(try openCases(order).isEmpty)
        #expect(try world.serverRecords("task").filter { $0.reference("order") == order }.count == 2)
        // Of an order that the server has made, and that is not in the technician's view, what he recorded is kept for the office to see.
        let cases = Set(try world.serverRecords("exception").compactMap { $0.text("kind") })
        #expect(cases == (serverFirst ? ["outside_view"] : []))
        try go("2026-12-28")
        #expect(try periods() == ["2026-12-07", "2027-01-04"])
    }

    @Test("137: a floating plan makes one order at a time, and counts from the day on which the work was done")
    func floating() throws {
        try makeMonthly(["basis": .text("floating"), "rule": .text("FREQ=DAILY;INTERVAL=30")])
        try go("2026-11-24")
        let first = try order("1")
        #expect(try periods() == ["1"])
        try go("2027-03-01", plus: 43_200_000)
        #expect(try periods() == ["1"])
        try complete(first)
        #expect(try world.serverValue("maintenance_plan", plan, "done_on") == .text("2027-03-01"))
        #expect(try world.serverValue("maintenance_plan", plan, "due_on") == .text("2027-03-31"))
        try go("2027-03-24", plus: -1)
        #expect(try periods() == ["1"])
        try go("2027-03-24")
        #expect(try periods() == ["1", "2"])
    }

    @Test("a plan that rested and an asset that was retired owe nothing for that time")
    func rest() throws {
        try makeMonthly()
        try patch(["status": .text("paused")])
        try go("2027-02-10")
        #expect(try periods().isEmpty)
        try patch(["status": .text("active")])
        #expect(try periods().isEmpty && world.serverValue("maintenance_plan", plan, "due_on") == .text("2027-03-01"))
        func event(_ event: AssetEvent) throws {
            try world.commit(company.dora) { editor in
                try editor.create(
                    "asset_event",
                    [
                        "asset": .reference(company.asset), "event": .text(event.rawValue), "on": .text("2027-02-11"),
                        "at": .text(editor.now.description), "by": .reference(editor.user),
                    ])
            }
            try world.sync(company.dora)
        }
        try event(.retire)
        try go("2027-04-10")
        #expect(try periods().isEmpty)
        try event(.install)
        try go("2027-04-26")
        #expect(try periods() == ["2027-05-03"])
    }

    @Test("142: what is not done on its day is a case of the office, at the day's end, once, until it is done")
    func overdue() throws {
        try makeMonthly()
        try go("2026-11-30")
        let order = try order("2026-12-07")
        try go("2026-12-08", plus: -1001)
        #expect(try openCases(order).isEmpty)
        try go("2026-12-08", plus: -1000)
        #expect(try openCases(order) == ["maintenance_overdue"])
        try go("2026-12-10", plus: 43_200_000)
        #expect(try openCases(order) == ["maintenance_overdue"])
        try complete(order)
        #expect(try openCases(order).isEmpty)
    }

    // MARK: By meter and by condition

    @Test("136: a reading that reaches the step makes the order, once a cycle")
    func meter() throws {
        let meter = try addMeter()
        try make(["trigger": .text("meter"), "meter": .reference(meter), "step": .text("500"), "starts_at": .text("100"), "lead": .text("50")])
        try world.sync(company.anna)
        try reading("549.9", of: meter)
        #expect(try periods().isEmpty)
        try reading("550", of: meter)
        try reading("560", of: meter)
        #expect(try periods() == ["1"])
        try reading("1700", of: meter)
        #expect(try periods() == ["1", "3"])
        _ = try world.server.tick(at: world.moment)
        #expect(try periods() == ["1", "3"])
    }

    @Test("136: a reading mistyped by a digit and put right asks for what it reaches then, and so do those after it")
    func mistyped() throws {
        let meter = try addMeter()
        try make(["trigger": .text("meter"), "meter": .reference(meter), "step": .text("500"), "starts_at": .text("0")])
        try world.sync(company.anna)
        let slip = try reading("50000", of: meter)
        #expect(try periods() == ["100"])
        try reading("490", of: meter, corrects: slip)
        #expect(try periods() == ["100"] && world.serverValue("meter", meter, "total") == .text("490"))
        try reading("510", of: meter)
        #expect(try periods() == ["1", "100"])
    }

    // MARK: What nobody should be able to do

    @Test("an occurrence that somebody made up silences no plan, and ends no server", arguments: ["9223372036854775807", "9999-12-31", "2026-12-07"])
    func madeUp(period: String) throws {
        let meter = try addMeter()
        try makeMonthly()
        let counting = world.id()
        try world.commit(company.dora) { editor in
            try editor.create(
                "maintenance_plan", id: counting,
                [
                    "asset": .reference(company.asset), "number": .text("M-2"), "title": .text("Count"), "status": .text("active"),
                    "kind": .text("inspection"), "made_by": .reference(editor.user), "trigger": .text("meter"), "meter": .reference(meter),
                    "step": .text("10"), "basis": .text("floating"),
                ])
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
        let occurrences = try world.schema.entity("plan_occurrence")
        try world.commit(company.anna) { editor in
            for plan in [plan, counting] {
                try editor.create(
                    "plan_occurrence", id: MaintenancePlan.occurrenceID(occurrences, plan: plan, period: period),
                    [
                        "plan": .reference(plan), "asset": .reference(company.asset), "period": .text(period), "order": .reference(company.order),
                    ])
            }
        }
        try world.sync(company.anna)
        try reading("25", of: meter)
        try go("2026-11-30")
        let orders = try world.serverRecords("service_order").filter { $0["plan"] != .null }.map { "\($0.text("number") ?? "")" }.sorted()
        #expect(orders == ["M-1-20261207", "M-2-1"])
    }

    @Test("a step that is too long, or none, holds up neither the plan nor anybody's clock")
    func longStep() throws {
        try makeMonthly(["tasks": .list([.text(String(repeating: "x", count: 5000)), .text("  "), .integer(3)])])
        try go("2026-11-30")
        #expect(try periods() == ["2026-12-07"])
        let order = try order("2026-12-07")
        #expect(try world.serverRecords("task").filter { $0.reference("order") == order }.map { $0.text("title")?.count } == [200])
    }

    @Test("34: a clock that was ahead for a moment takes no real day away")
    func ahead() throws {
        try makeMonthly()
        try go("2027-11-10")
        let made = try periods()
        try go("2026-11-30", plus: 1000)
        #expect(try periods().contains("2026-12-07"))
        try go("2027-01-01")
        #expect(try Set(periods()) == Set(made + ["2026-12-07", "2027-01-04"]))
    }

    @Test("138: alerts ask with hysteresis, whoever tells them; one that was late changes nothing")
    func alerts() throws {
        try make([
            "trigger": .text("condition"), "alert": .text("alarm_count"), "direction": .text("above"), "trips_at": .text("10"),
            "clears_at": .text("4"),
        ])
        func tell(_ value: String, before minutes: Int64 = 0) throws {
            try world.commit(company.anna) { editor in
                let at = DeviceTime(milliseconds: editor.now.milliseconds - minutes * 60_000, offsetMinutes: 60)
                try editor.create(
                    "alert",
                    [
                        "asset": .reference(company.asset), "kind": .text("alarm_count"), "value": .text(value), "at": .text(at.description),
                        "by": .reference(editor.user),
                    ])
            }
            try world.sync(company.anna)
        }
        for value in ["9", "10", "12", "5"] { try tell(value) }
        #expect(try periods() == ["1"])
        try tell("4")
        // Given before the last one, and heard of after it.
        try tell("50", before: 4)
        #expect(try periods() == ["1"])
        try tell("11")
        #expect(try periods() == ["1", "2"])
    }

    @Test("138: what calibrations find of the drift is told to plans that watch it")
    func drift() throws {
        let channel = world.id()
        try world.commit(world.importer) { editor in
            try editor.create(
                "sensor_channel", id: channel,
                [
                    "asset": .reference(company.asset), "number": .integer(1), "cas": .text("74-82-8"), "gas_name": .text("methane"),
                    "unit": .text("%LEL"), "range_high": .text("100"), "resolution": .text("1"), "technology": .text("catalytic"),
                ])
        }
        try world.sync(world.importer)
        try make(["trigger": .text("condition"), "alert": .text("drift"), "trips_at": .text("20"), "clears_at": .text("10")])
        func calibrate(_ found: String) throws {
            try world.sync(company.anna)
            try world.commit(company.anna) { editor in
                for (phase, indicated) in [("as_found", found), ("as_left", "50")] {
                    try editor.create(
                        "reading",
                        [
                            "order": .reference(company.order), "asset": .reference(company.asset), "channel": .reference(channel),
                            "kind": .text("full"), "phase": .text(phase), "point": .text("span"), "applied": .text("50"),
                            "indicated": .text(indicated), "unit": .text("%LEL"), "at": .text(editor.now.description), "by": .reference(editor.user),
                        ])
                }
            }
            try world.sync(company.anna)
        }
        try calibrate("50")
        // Half a year later 4 % off, which is 8 % a year; then 12 % off, which is 24 %.
        world.milliseconds += 182 * Self.day
        try calibrate("48")
        #expect(try periods().isEmpty)
        world.milliseconds += 182 * Self.day
        try calibrate("44")
        #expect(try periods() == ["1"])
    }
}
