import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What users of other products complain of, each complaint played through here. `D7` is the seventh of them.
@Suite("Stories that users of other products tell")
struct StoryTests {
    let company: Company
    var world: World { company.world }
    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000

    init() throws { company = try Company() }

    // MARK: What people do

    func note(_ text: String, by device: World.Device) throws {
        try world.commit(device, "note") { editor in
            try editor.create(
                "note", ["order": .reference(company.order), "text": .text(text), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
    }

    func use(_ quantity: String, from place: RecordID, by device: World.Device) throws {
        try world.commit(device, "use") { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text(quantity), "action": .text("consumed"),
                    "from": .reference(place), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
    }

    func work(_ seconds: Int64, by device: World.Device) throws {
        try world.commit(device, "labour") { editor in
            try editor.create(
                "labour_entry",
                [
                    "order": .reference(company.order), "person": .reference(editor.user), "kind": .text("work"), "seconds": .integer(seconds),
                    "started_at": .text(editor.now.description),
                ])
        }
    }

    func title(_ text: String, by device: World.Device) throws {
        try world.commit(device, "edit") { try $0.patch("service_order", company.order, ["title": .text(text)]) }
    }

    func request(_ action: String, _ fields: [String: Value]) throws -> RecordID {
        let id = try world.commit(company.dora, action) { editor in
            try editor.create(
                "assignment_request", fields.merging(["order": .reference(company.order), "action": .text(action)]) { first, _ in first })
        }
        try world.sync(company.dora)
        return id
    }

    /// Lets devices come to the server one after the other, until each holds what it holds, with nothing asked of anybody.
    func gather(_ devices: World.Device...) throws {
        for device in devices + devices { try world.sync(device) }
        for device in devices {
            #expect(try world.audit(device).isEmpty, "\(device.name)")
            #expect(try device.engine.read { try $0.outbox() }.isEmpty, "\(device.name)")
            #expect(try device.engine.read { try $0.unresolved() }.isEmpty, "\(device.name)")
        }
    }

    // MARK: What the server has

    func texts(_ entity: String, _ field: String) throws -> [String] {
        try world.serverRecords(entity).filter { $0.reference("order") == company.order }.compactMap { $0.text(field) }.sorted()
    }

    func cases(of order: RecordID, state: String = "open") throws -> [String] {
        try world.serverRecords("exception").filter { $0.reference("order") == order && $0.text("state") == state }
            .compactMap { $0.text("kind") }.sorted()
    }

    func rulings(on subject: RecordID) throws -> [RecordView] {
        try world.serverRecords("ruling").filter { $0.reference("subject") == subject }
    }

    func balance(_ place: RecordID, _ part: RecordID? = nil, _ fields: [String] = ["on_hand", "reserved"]) throws -> [String] {
        let id = StockBook.balanceID(try world.schema.entity("balance"), location: place, part: part ?? company.part)
        return try fields.map { try world.serverValue("balance", id, $0).text ?? "–" }
    }

    // MARK: Work of several on one job

    @Test("D1: an inspection that was opened on two devices is one, and both answers to its question stand", arguments: [false, true])
    func openedTwice(reversed: Bool) throws {
        let calendar = TenantCalendar(timeZone: "Europe/Berlin")
        let tablet = try world.device("tablet", user: company.annaUser)
        let plan = world.id()
        try world.commit(company.dora, "plan") { editor in
            try editor.create(
                "maintenance_plan", id: plan,
                [
                    "asset": .reference(company.asset), "number": .text("M-1"), "title": .text("Look at it"), "status": .text("active"),
                    "kind": .text("inspection"), "priority": .text("normal"), "made_by": .reference(editor.user), "trigger": .text("calendar"),
                    "rule": .text("FREQ=MONTHLY;BYDAY=1MO"), "starts_on": .text("2026-12-01"), "lead_days": .integer(7),
                    "tasks": .list([.text("Pressure?"), .text("Test it")]),
                ])
        }
        try world.sync(company.dora)
        for device in [company.anna, tablet] { try world.sync(device) }
        world.milliseconds = calendar.instant(try #require(CalendarDate("2026-11-30")), minute: 600)
        var inspection: RecordID?
        for (device, answer) in [(company.anna, "4.4 bar"), (tablet, "5.0 bar")] {
            inspection = try world.commit(device, "plan-order") { editor in
                let book = editor.plans(calendar)
                let plan = try #require(try book.plan(plan))
                let due = try #require(try book.due(plan, on: calendar.local(editor.now.milliseconds).date).first)
                let (order, drafts) = try #require(try book.drafts(for: due, of: plan))
                for draft in drafts { try editor.create(draft.entity, id: draft.id, draft.fields) }
                for event in [OrderEvent.create, .take] { try editor.event(event, id: book.eventID(event, of: order), order: order) }
                let question = try #require(drafts.first { $0.fields["title"] == .text("Pressure?") })
                try editor.patch("task", question.id, ["answer": .text(answer)])
                return order
            }
        }
        let devices = reversed ? [tablet, company.anna] : [company.anna, tablet]
        for device in devices + devices { try world.sync(device) }
        let tasks = try world.serverRecords("task").filter { $0.reference("order") == inspection }
        #expect(tasks.compactMap { $0.text("title") }.sorted() == ["Pressure?", "Test it"])
        let question = try #require(tasks.first { $0.text("title") == "Pressure?" }?.id)
        func answers(_ view: RecordView?) -> Set<String> {
            guard let view, let field = view.entity["answer"], case .siblings(let set)? = view.state(field) else { return [] }
            return Set(set.siblings.compactMap(\.value.text))
        }
        #expect(answers(tasks.first { $0.id == question }) == ["4.4 bar", "5.0 bar"])
        for device in devices {
            #expect(answers(try device.engine.read { try $0.view("task", question) }) == ["4.4 bar", "5.0 bar"])
            #expect(try world.audit(device).isEmpty)
        }
    }

    @Test(
        "D2: a status from the field does not bring back the description that a colleague has replaced meanwhile", arguments: [false, true])
    func wholeRecord(reversed: Bool) throws {
        try title("Calibrate the one behind the pump", by: company.dora)
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try world.commit(company.anna) { try $0.patch("service_order", company.order, ["po_reference": .text("PO 7")]) }
        let (first, second) = reversed ? (company.anna, company.dora) : (company.dora, company.anna)
        try gather(first, second)
        for device in [first, second] {
            #expect(try world.value(device, "service_order", company.order, "title") == .text("Calibrate the one behind the pump"))
            #expect(try world.value(device, "service_order", company.order, "po_reference") == .text("PO 7"))
            #expect(try world.value(device, "service_order", company.order, "state") == .text("in_progress"))
        }
        #expect(try rulings(on: company.order).isEmpty)
    }

    @Test("D3: what comes from the server goes under what was recorded here and has not been sent yet")
    func refreshed() throws {
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["title": .text("Office"), "po_reference": .text("PO 1")]) }
        try world.commit(company.dora) { try $0.patch("task", company.mandatoryTask, ["instructions": .text("Gently")]) }
        try world.sync(company.dora)
        try note("first", by: company.anna)
        try title("Field", by: company.anna)
        try world.commit(company.anna) { try $0.patch("task", company.mandatoryTask, ["remark": .text("loose")]) }
        // One set goes up, all that is new comes down, and two sets still wait.
        let request = try company.anna.engine.nextRequest(pushBytes: 0)
        #expect(request.push.count == 1)
        let reply = try world.server.sync(request, replica: company.anna.replica, at: world.moment)
        _ = try company.anna.engine.apply(reply, sentAt: world.milliseconds, receivedAt: world.milliseconds)
        #expect(try company.anna.engine.read { try $0.outbox() }.count == 2)
        func shown(_ entity: String, _ id: RecordID, _ fields: String...) throws -> [String?] {
            try fields.map { try world.value(company.anna, entity, id, $0).text }
        }
        #expect(try shown("service_order", company.order, "title", "po_reference") == ["Field", "PO 1"])
        #expect(try shown("task", company.mandatoryTask, "instructions", "remark") == ["Gently", "loose"])
        try gather(company.anna)
        #expect(try world.serverValue("service_order", company.order, "title") == .text("Field"))
        #expect(try world.serverValue("task", company.mandatoryTask, "remark") == .text("loose"))
    }

    @Test("D4: a change that met another one is deleted by nobody: its author goes on, and the value that lost is kept")
    func conflicted() throws {
        try title("Anna's", by: company.anna)
        try title("Dora's", by: company.dora)
        try world.sync(company.dora)
        try company.event(company.anna, .accept, .travel)
        try note("after it", by: company.anna)
        try gather(company.anna, company.dora)
        try company.event(company.anna, .arrive)
        try gather(company.anna)
        #expect(try company.state() == "on_site" && texts("note", "text") == ["after it"])
        #expect(try world.serverValue("service_order", company.order, "title") == .text("Dora's"))
        let kept = try rulings(on: company.order)
        #expect(kept.map { $0["loser_value"] } == [.text("Anna's")] && kept.first?.reference("loser_user") == company.annaUser)
    }

    @Test("D5: three devices of two people are on one job for twenty days without a network: the union of their work, and no question")
    func together() throws {
        try company.assign(company.benUser)
        let tablet = try world.device("tablet", user: company.annaUser)
        let devices = [company.anna, tablet, company.ben]
        for device in devices { try world.sync(device) }
        for (place, device) in devices.enumerated() {
            try note(device.name, by: device)
            try work(Int64(600 + place), by: device)
            try use("1", from: company.vanA, by: device)
            try world.commit(device) { try $0.change("service_order", company.order, "tags", element: .text(device.name), op: .add) }
            world.milliseconds += 5 * 24 * Self.hour
        }
        world.milliseconds += 5 * 24 * Self.hour
        for device in devices.reversed() { try world.sync(device) }
        #expect(try texts("note", "text") == ["anna", "ben", "tablet"])
        let seconds = try world.serverRecords("labour_entry").compactMap { $0.integer("seconds") }.sorted()
        #expect(try seconds == [600, 601, 602] && world.serverRecords("part_use").count == 3)
        let tags = try world.serverValue("service_order", company.order, "tags")
        #expect(Set(tags.list ?? []) == [.text("anna"), .text("ben"), .text("tablet")])
        try gather(company.anna, tablet, company.ben)
        #expect(try rulings(on: company.order).isEmpty)
    }

    @Test("D6: an edit made offline yesterday does not beat a newer one of the office though it is uploaded later")
    func uploadedLater() throws {
        try title("Yesterday, in the basement", by: company.anna)
        world.milliseconds += 24 * Self.hour
        try title("This morning, in the office", by: company.dora)
        try world.sync(company.dora)
        world.milliseconds += Self.hour
        try gather(company.anna, company.dora)
        for device in [company.anna, company.dora] {
            #expect(try world.value(device, "service_order", company.order, "title") == .text("This morning, in the office"))
        }
        #expect(try rulings(on: company.order).map { $0["loser_value"] } == [.text("Yesterday, in the basement")])
    }

    /// What the office does while a technician completes the job offline.
    enum Meanwhile: CaseIterable { case moved, given, takenOff, cancelled, overdue }

    @Test("D7: what was completed offline is taken, whatever the office did with the visit meanwhile", arguments: Meanwhile.allCases)
    func completedOffline(meanwhile: Meanwhile) throws {
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try use("1", from: company.vanA, by: company.anna)
        try note("done", by: company.anna)
        try company.event(company.anna, .complete, .customer_absent)
        let anna = Value.reference(company.annaUser)
        switch meanwhile {
        case .moved:
            let day = DeviceTime(milliseconds: world.milliseconds + 48 * Self.hour, offsetMinutes: 60)
            let move = try request(
                "move", ["technician": anna, "starts_at": .text(day.description), "ends_at": .text(company.later(day, hours: 1))])
            #expect(try world.serverValue("assignment_request", move, "state") == .text("granted"))
        case .given:
            try company.reassign(from: company.annaUser, to: company.benUser)
            try world.sync(company.ben)
        case .takenOff:
            let withdrawal = try request("unassign", ["technician": anna])
            #expect(try world.serverValue("assignment_request", withdrawal, "state") == .text("granted"))
        case .cancelled:
            try world.commit(company.dora, "cancel") { try $0.event(.cancel, order: company.order, reason: "customer called") }
            try world.sync(company.dora)
            #expect(try company.state() == "cancelled")
        case .overdue:
            world.milliseconds += 5 * 24 * Self.hour
            _ = try world.server.tick(at: world.moment)
        }
        let report = try world.sync(company.anna)
        #expect(report.needAttention == 0)
        #expect(try company.anna.engine.read { try $0.outbox() }.isEmpty && texts("note", "text") == ["done"])
        #expect(try balance(company.vanA)[0] == "1")
        let events = try world.serverRecords("order_event").filter { $0.reference("by") == company.annaUser && $0.text("event") != "close" }
        #expect(events.count == 6)
        #expect(events.first { $0.text("event") == "complete" }?.boolean("effective") == true)
        let state = try company.state() ?? ""
        #expect(["signed_off", "closed"].contains(state), "\(state)")
    }

    @Test(
        "D26: what follows from the field's work is written over nothing that the office edits at the same time", arguments: [false, true])
    func parents(reversed: Bool) throws {
        let edits: [String: Value] = [
            "title": .text("Calibrate both"), "po_reference": .text("PO 9"), "due_at": .text("2026-11-30T12:00:00+01:00"),
        ]
        try company.event(company.anna, .accept, .travel, .arrive)
        try world.commit(company.dora) { try $0.patch("service_order", company.order, edits) }
        try company.event(company.anna, .start)
        try company.finishTask(company.anna)
        try use("1", from: company.vanA, by: company.anna)
        try company.event(company.anna, .complete)
        let (first, second) = reversed ? (company.anna, company.dora) : (company.dora, company.anna)
        try gather(first, second)
        for (field, value) in edits {
            for device in [first, second] { #expect(try world.value(device, "service_order", company.order, field) == value, "\(field)") }
        }
        #expect(try company.state() == "work_complete" && rulings(on: company.order).isEmpty)
        // Nobody writes what follows from something else, though their program tries to.
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["state": .text("closed")]) }
        try world.sync(company.dora)
        #expect(try company.state() == "work_complete")
        #expect(try company.dora.engine.read { try $0.unresolved() }.first?.receipt?.remarks.first?.code == "server-field")
        #expect(try world.value(company.dora, "service_order", company.order, "state") == .text("work_complete"))
    }

    // MARK: Times

    @Test(
        "D15: who was there and done in time without a network was so, whatever the device's clock says, and nobody puts it right",
        arguments: [-3, 0, 3] as [Int64], [60, 180] as [Int64])
    func promised(hoursOff: Int64, minutes: Int64) throws {
        company.anna.world.offset = hoursOff * Self.hour
        let level = ServiceLevel.id(try world.schema.entity("service_level"), priority: .high, customer: nil)
        try world.commit(company.dora) { editor in
            try editor.create(
                "service_level", id: level, ["priority": .text("high"), "response_minutes": .integer(120), "resolution_minutes": .integer(200)])
            try editor.patch("service_order", company.order, ["priority": .text("high")])
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
        func time(_ field: String) throws -> Int64 {
            try #require(try world.serverValue("service_order", company.order, field).text.flatMap { DeviceTime($0) }?.milliseconds, "\(field)")
        }
        try company.event(company.anna, .accept, .travel)
        world.milliseconds += minutes * Self.minute
        try company.event(company.anna, .arrive)
        let arrived = world.milliseconds
        try company.event(company.anna, .start)
        world.milliseconds += 60 * Self.minute
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete)
        let done = world.milliseconds
        world.milliseconds += 8 * Self.hour
        _ = try world.server.tick(at: world.moment)
        // As far as the office knows, nobody has been there.
        #expect(try cases(of: company.order) == ["resolution_overdue", "response_overdue"])
        try world.sync(company.anna)
        #expect(try cases(of: company.order).isEmpty)
        #expect(try abs(time("responded_at") - arrived) < 2 * Self.minute)
        #expect(try (time("responded_at") <= time("respond_by")) == (minutes == 60))
        let completion = try #require(try world.serverRecords("order_event").first { $0.text("event") == "complete" }?.time("at"))
        #expect(abs(completion.milliseconds - done) < 2 * Self.minute)
        #expect(try (completion.milliseconds <= time("resolve_by")) == (minutes == 60))
    }

    @Test("194: how long the closing step was on its way from the device to the server's close is in the records, and the office reads it")
    func lag() throws {
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete, .customer_sign)
        let signed = world.milliseconds
        world.milliseconds += 3 * Self.hour
        try world.sync(company.anna)
        let closed = world.milliseconds
        try world.sync(company.dora)
        let times = try company.dora.engine.read { reader in
            try reader.views("order_event").filter { $0.reference("order") == company.order }
                .reduce(into: [String: Int64]()) { $0[$1.text("event") ?? ""] = $1.time("at")?.milliseconds }
        }
        let (step, close) = (try #require(times["customer_sign"]), try #require(times["close"]))
        #expect(step / 1000 == signed / 1000 && close / 1000 == closed / 1000)
        #expect((close - step) / 1000 == closed / 1000 - signed / 1000)
    }
}
