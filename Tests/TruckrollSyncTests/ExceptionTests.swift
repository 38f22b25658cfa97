import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Exceptions: owner, clock, questions and approvals")
struct ExceptionTests {
    let company: Company
    var world: World { company.world }
    static let hour: Int64 = 3_600_000

    init() throws { company = try Company() }

    // MARK: What people do

    private func raise(_ kind: ExceptionKind, order: RecordID? = nil) throws -> RecordID {
        let id = try world.commit(company.dora) { editor in
            try editor.create(
                "exception",
                [
                    "kind": .text(kind.rawValue), "order": order.map { .reference($0) } ?? .null, "text": .text("Look at it."),
                    "raised_at": .text(editor.now.description),
                ])
        }
        try world.sync(company.dora)
        return id
    }

    @discardableResult
    private func act(_ event: ExceptionEvent, _ exception: RecordID, _ more: [String: Value] = [:], by device: World.Device? = nil) throws -> RecordID
    {
        let device = device ?? company.dora
        let id = try world.commit(device) { editor in
            let fields: [String: Value] = [
                "exception": .reference(exception), "event": .text(event.rawValue), "at": .text(editor.now.description),
                "by": .reference(editor.user),
            ]
            return try editor.create("exception_event", fields.merging(more) { $1 })
        }
        try world.sync(device)
        return id
    }

    private func rule(_ fields: [String: Value]) throws {
        try world.commit(company.dora) { _ = try $0.create("escalation_rule", fields) }
        try world.sync(company.dora)
    }

    private func policy(_ kind: ExceptionKind, _ fields: [String: Value]) throws {
        let id = ExceptionPolicy.id(try world.schema.entity("exception_kind"), kind: kind.rawValue)
        try world.commit(company.dora) { editor in
            try editor.create("exception_kind", id: id, fields.merging(["kind": .text(kind.rawValue)]) { $1 })
        }
        try world.sync(company.dora)
    }

    private func colleague(_ name: String, teams: [String]) throws -> World.Device {
        let user = world.id()
        try world.commit(world.importer) { editor in
            try editor.create(
                "user", id: user,
                [
                    "number": .text(name), "name": .text(name), "role": .text("quality"), "home_depot": .reference(company.depot),
                ])
        }
        try world.sync(world.importer)
        let entity = try world.schema.entity("team")
        try world.commit(company.dora) { editor in
            for name in teams {
                let id = Team.id(entity, name: name)
                if try editor.view("team", id) == nil { try editor.create("team", id: id, ["name": .text(name)]) }
                try editor.change("team", id, "members", element: .reference(user), op: .add)
            }
        }
        if !teams.isEmpty { try world.sync(company.dora) }
        return try world.device(name, user: user)
    }

    // MARK: What is found

    private func standing(_ id: RecordID) throws -> String {
        let fields = try ["stage", "state", "owner"].map { try world.serverValue("exception", id, $0).text ?? "–" }
        return (fields + ["\(try world.serverValue("exception", id, "level").integer ?? -1)"]).joined(separator: " ")
    }

    private func ruling(_ event: RecordID) throws -> String? { try world.serverValue("exception_event", event, "ruling").text }

    private func tick(at milliseconds: Int64) throws {
        world.milliseconds = milliseconds
        _ = try world.server.tick(at: world.moment)
    }

    private func raisedAt(_ id: RecordID) throws -> Int64 {
        try #require(try world.serverValue("exception", id, "raised_at").text.flatMap { DeviceTime($0) }).milliseconds
    }

    private func escalations(_ id: RecordID) throws -> Int {
        try world.serverRecords("exception_event").filter { $0.reference("exception") == id && $0.text("event") == "escalate" }.count
    }

    // MARK: Tests

    @Test(
        "an escalation is due at the second that is written, whatever fractions its times had",
        arguments: [0, 3_600_000] as [Int64], [0, 203, 999] as [Int64])
    func wholeSeconds(ahead: Int64, fraction: Int64) throws {
        try rule(["kind": .text("incomplete"), "level": .integer(1), "after": .integer(3600), "team": .text("lead")])
        company.anna.world.offset = ahead
        world.milliseconds += fraction
        try company.event(company.anna, .accept, .travel, .arrive, .start, .complete)
        try world.sync(company.anna)
        let id = try #require(try world.serverRecords("exception").first { $0.text("kind") == "incomplete" }?.id)
        let due = try #require(try world.serverValue("exception", id, "due_at").text.flatMap { DeviceTime($0) })
        try tick(at: due.milliseconds - 1)
        #expect(try escalations(id) == 0)
        try tick(at: due.milliseconds)
        #expect(try escalations(id) == 1)
    }

    @Test(
        "what a clock that is three minutes ahead says was raised just now: it is escalated at once where no time is to pass, and due stays where it was"
    )
    func slightlyAhead() throws {
        try rule(["kind": .text("credit_hold"), "level": .integer(1), "after": .integer(0), "team": .text("lead")])
        try rule(["kind": .text("credit_hold"), "level": .integer(2), "after": .integer(3600), "team": .text("finance-manager")])
        company.dora.world.offset = 180_000
        let id = try raise(.credit_hold)
        #expect(try standing(id) == "raised open lead 1")
        let due = try #require(try world.serverValue("exception", id, "due_at").text.flatMap { DeviceTime($0) })
        try tick(at: due.milliseconds - 1)
        #expect(try standing(id) == "raised open lead 1")
        try tick(at: due.milliseconds)
        #expect(try standing(id) == "raised open finance-manager 2")
    }

    @Test("57: a credit review goes to the finance manager at 24:00:00 and not at 23:59:59, once, also across a restart; who overrides it is kept")
    func creditReview() throws {
        try rule(["kind": .text("credit_hold"), "level": .integer(1), "after": .integer(86_400), "team": .text("finance-manager")])
        let id = try raise(.credit_hold)
        #expect(try standing(id) == "raised open finance 0")
        let start = try raisedAt(id)
        try tick(at: start + 24 * Self.hour - 1000)
        #expect(try standing(id) == "raised open finance 0")
        try tick(at: start + 24 * Self.hour)
        #expect(try standing(id) == "raised open finance-manager 1" && escalations(id) == 1)
        // Another process over the same store, much later.
        let restarted = ServerEngine(
            schema: world.schema, store: world.store,
            security: ServerSecurity(receiptKey: [1, 2, 3], tenantKey: [], sign: { _ in [] }))
        for _ in 0..<3 {
            world.milliseconds += 24 * Self.hour
            _ = try restarted.tick(at: world.moment)
        }
        #expect(try standing(id) == "raised open finance-manager 1" && escalations(id) == 1)
        try act(.override, id, ["text": .text("They have paid cash.")])
        #expect(try standing(id) == "closed resolved finance-manager 1")
        #expect(try world.serverValue("exception", id, "resolution").text == "They have paid cash.")
        let override = try #require(try world.serverRecords("exception_event").first { $0.text("event") == "override" })
        #expect(override.reference("by") == company.dora.user)
    }

    @Test(
        "55: a threshold holds at its edge and above, not below",
        arguments: [(9_999_99, "EUR", "high", 0), (10_000_00, "EUR", "high", 2), (10_000_00, "SEK", "high", 0), (10_000_00, "EUR", "normal", 0)])
    func thresholds(_ worth: Int64, _ currency: String, _ priority: String, _ level: Int) throws {
        try rule([
            "kind": .text("shortage"), "level": .integer(2), "after": .integer(0), "worth_from": .integer(10_000_00), "currency": .text("EUR"),
            "priority": .text("high"), "team": .text("purchasing-lead"),
        ])
        // The order is planned already; what it is worth and how urgent it is comes later than the exception, and counts from then on.
        let id = try raise(.shortage, order: company.order)
        #expect(try standing(id).hasSuffix("purchasing 0"))
        try world.commit(company.dora) { editor in
            try editor.patch(
                "service_order", company.order, ["worth": .integer(worth), "currency": .text(currency), "priority": .text(priority)])
        }
        try world.sync(company.dora)
        #expect(try standing(id) == "raised open \(level == 0 ? "purchasing" : "purchasing-lead") \(level)")
    }

    @Test("56: a shortage of an order of high worth is with purchasing in the set of the effects that raise it")
    func purchasingAtOnce() throws {
        try rule([
            "kind": .text("shortage"), "level": .integer(1), "after": .integer(0), "worth_from": .integer(1), "currency": .text("EUR"),
            "team": .text("purchasing-lead"),
        ])
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["worth": .integer(5_000_00), "currency": .text("EUR")]) }
        try company.reserve("5", for: company.order)
        let shortage = try #require(try world.serverRecords("exception").first { $0.text("kind") == "shortage" })
        #expect(try standing(shortage.id) == "raised open purchasing-lead 1")
        #expect(shortage.text("text")?.hasPrefix("5 of P-1 are not there.") == true)
        let event = try #require(try world.serverRecords("exception_event").first { $0.reference("exception") == shortage.id })
        let raised = try #require(shortage.record.entries.first?.version)
        #expect(event.record.entries.first?.version.writeID == raised.writeID)
        // It ends with the wait.
        try company.receive("9")
        #expect(try standing(shortage.id) == "closed resolved purchasing-lead 1")
    }

    @Test("where the company has no rule, the standard ones see to it that nothing lies forgotten")
    func standardRules() throws {
        let id = try raise(.custom_configuration)
        let start = try raisedAt(id)
        try tick(at: start + 24 * Self.hour - 1)
        #expect(try standing(id) == "raised open sales 0")
        try tick(at: start + 24 * Self.hour)
        #expect(try standing(id) == "raised open management 1")
        #expect(try world.serverValue("exception", id, "due_at") == .null)
    }

    @Test("one that is raised on a device whose clock is years off is escalated by the clock that the server has corrected", arguments: [-9, 9])
    func wrongClock(years: Int64) throws {
        let device = company.dora
        device.world.offset = years * 365 * 24 * Self.hour
        let id = try raise(.other)
        let start = world.milliseconds
        try tick(at: start + 23 * Self.hour)
        #expect(try standing(id) == "raised open dispatcher 0")
        try tick(at: start + 25 * Self.hour)
        #expect(try standing(id) == "raised open management 1")
    }

    @Test("time that it waits does not count; a wait that is over is ended by the clock")
    func waiting() throws {
        let id = try raise(.other)
        let start = try raisedAt(id)
        world.milliseconds = start + Self.hour
        let early = try act(
            .wait, id, ["text": .text("They call back."), "until": .text(DeviceTime(milliseconds: start, offsetMinutes: 60).description)])
        #expect(try ruling(early)?.contains("a moment ahead") == true)
        let until = DeviceTime(milliseconds: start + 30 * Self.hour, offsetMinutes: 60)
        try act(.wait, id, ["text": .text("They call back."), "until": .text(until.description)])
        let began = try #require(try world.serverValue("exception", id, "waiting_since").text.flatMap { DeviceTime($0) }).milliseconds
        try tick(at: until.milliseconds - 1000)
        #expect(try standing(id) == "waiting open dispatcher 0")
        try tick(at: until.milliseconds)
        #expect(try standing(id) == "investigating open dispatcher 0")
        let waited = try #require(try world.serverValue("exception", id, "waited").integer)
        #expect(waited == (until.milliseconds - began) / 1000)
        try tick(at: start + 24 * Self.hour + waited * 1000 - 1000)
        #expect(try standing(id) == "investigating open dispatcher 0")
        try tick(at: start + 24 * Self.hour + waited * 1000)
        #expect(try standing(id) == "investigating open management 1")
        // A plan for the future is no time that cannot be right.
        #expect(try world.serverRecords("ruling").allSatisfy { $0.text("rule") != "time-doubtful" })
    }

    @Test("59: the questions of its kind are answered before it is resolved, and those who approve do so in order, each another person")
    func questionsAndApprovals() throws {
        let quinn = try colleague("Quinn", teams: ["safety"])
        let mara = try colleague("Mara", teams: ["safety", "management"])
        try policy(
            .regulatory_limit,
            [
                "team": .text("compliance"), "questions": .list([.text("Which limit?"), .text("Who was told?")]),
                "approvals": .list([.text("safety"), .text("management")]),
            ])
        let id = try raise(.regulatory_limit, order: company.order)
        #expect(try standing(id) == "raised open compliance 0")
        try act(.investigate, id)
        try act(.answer, id, ["question": .text("Which limit?"), "text": .text("0.5 %")])
        let early = try act(.resolve, id, ["text": .text("Released by letter.")])
        #expect(try ruling(early) == "To be answered first: Who was told?" && standing(id).hasPrefix("investigating open"))
        try act(.answer, id, ["question": .text("Who was told?"), "text": .text("The site manager")], by: mara)
        try act(.resolve, id, ["text": .text("Released by letter.")], by: quinn)
        #expect(try standing(id).hasPrefix("resolved open"))
        // Not whose turn it is, not who resolved it; then each in turn.
        #expect(try ruling(try act(.approve, id))?.contains("safety") == true)
        #expect(try ruling(try act(.approve, id, by: quinn))?.contains("Somebody else") == true)
        try act(.approve, id, by: mara)
        #expect(try standing(id).hasPrefix("resolved open"))
        #expect(try ruling(try act(.approve, id, by: mara))?.contains("Somebody else") == true)
        try act(.send_back, id, ["text": .text("The letter is missing.")], by: mara)
        #expect(try standing(id).hasPrefix("resolved open"), "Mara may not send back what she approved as the next step")
        let noor = try colleague("Noor", teams: ["management"])
        try act(.send_back, id, ["text": .text("The letter is missing.")], by: noor)
        #expect(try standing(id).hasPrefix("investigating open"))
        try act(.resolve, id, ["text": .text("The letter is here.")], by: quinn)
        try act(.approve, id, by: mara)
        try act(.approve, id, by: noor)
        #expect(try standing(id).hasPrefix("closed resolved"))
        #expect(try world.serverValue("exception", id, "resolution").text == "The letter is here.")
    }

    @Test("resolved by one and escalated by another who did not know: resolved, the level is kept, both are recorded", arguments: [true, false])
    func resolvedBesideEscalated(resolvedFirst: Bool) throws {
        let quinn = try colleague("Quinn", teams: [])
        let id = try raise(.other)
        try world.sync(quinn)
        let resolve = { try act(.resolve, id, ["text": .text("Done.")]) }
        let escalate = { try act(.escalate, id, ["level": .integer(3), "team": .text("board")], by: quinn) }
        let event =
            resolvedFirst
            ? try {
                _ = try resolve(); return try escalate()
            }() : try escalate()
        if !resolvedFirst { _ = try resolve() }
        #expect(try standing(id) == (resolvedFirst ? "closed resolved dispatcher 0" : "closed resolved board 3"))
        #expect(try world.serverValue("exception_event", event, "effective").boolean == !resolvedFirst)
        #expect(try world.serverRecords("exception_event").filter { $0.reference("exception") == id }.count == 2)
    }

    @Test("the steps of approval are those of the moment it was resolved: what the kind says later is for the next")
    func approvalsStand() throws {
        try policy(.credit_hold, ["approvals": .list([.text("quality")])])
        let id = try raise(.credit_hold)
        try act(.resolve, id, ["text": .text("Paid.")])
        let kind = ExceptionPolicy.id(try world.schema.entity("exception_kind"), kind: "credit_hold")
        try world.commit(company.dora) { try $0.patch("exception_kind", kind, ["approvals": .list([])]) }
        try world.sync(company.dora)
        #expect(try ruling(try act(.approve, id))?.contains("quality") == true)
        #expect(try standing(id).hasPrefix("resolved open"))
        let quinn = try colleague("Quinn", teams: [])
        let approval = try act(.approve, id, by: quinn)
        #expect(try standing(id).hasPrefix("closed resolved"))
        #expect(try world.serverValue("exception_event", approval, "team").text == "quality")
        let next = try raise(.credit_hold)
        try act(.resolve, next, ["text": .text("Paid.")])
        #expect(try standing(next).hasPrefix("closed resolved"))
    }

    @Test("who writes the words that resolve it does not approve it; a wait ends with them")
    func wordsAndApproval() throws {
        try policy(.credit_hold, ["approvals": .list([.text("dispatcher")])])
        let id = try raise(.credit_hold)
        let until = DeviceTime(milliseconds: world.milliseconds + 30 * Self.hour, offsetMinutes: 60)
        try act(.wait, id, ["text": .text("They call back."), "until": .text(until.description)])
        try world.commit(company.dora) { try $0.patch("exception", id, ["resolution": .text("Settled.")]) }
        try world.sync(company.dora)
        #expect(try standing(id).hasPrefix("resolved open"))
        #expect(try world.serverValue("exception", id, "waiting_since") == .null)
        // Its clock runs on, and not only from the end of the wait.
        let due = try #require(try world.serverValue("exception", id, "due_at").text.flatMap { DeviceTime($0) })
        #expect(due.milliseconds < until.milliseconds)
        #expect(try ruling(try act(.approve, id))?.contains("Somebody else") == true)
    }

    @Test("a kind for which only a team is named is ended by planning the order anew")
    func teamOnly() throws {
        try policy(.no_access, ["team": .text("field-lead")])
        for event in [OrderEvent.accept, .travel, .arrive] { try company.event(company.anna, event) }
        try world.commit(company.anna) { try $0.event(.no_access, order: company.order, reason: "The gate is locked") }
        try world.sync(company.anna)
        let id = try #require(try world.serverRecords("exception").first { $0.text("kind") == "no_access" }).id
        #expect(try standing(id) == "raised open field-lead 0")
        try world.sync(company.dora)
        try world.commit(company.dora) { try $0.event(.schedule, order: company.order) }
        try world.sync(company.dora)
        #expect(try standing(id).hasPrefix("closed resolved"))
    }

    @Test("a clock that is put back lets a wait end at the same moment twice")
    func clockPutBack() throws {
        let id = try raise(.other)
        let until = DeviceTime(milliseconds: (world.milliseconds / 1000 + 3_600) * 1000, offsetMinutes: 60)
        for _ in 0..<2 {
            let before = world.milliseconds
            try act(.wait, id, ["text": .text("They call back."), "until": .text(until.description)])
            #expect(try standing(id).hasPrefix("waiting"))
            try tick(at: until.milliseconds)
            #expect(try standing(id).hasPrefix("investigating"))
            world.milliseconds = before
        }
    }

    @Test("what was open before the server kept stages has an owner and a clock when it starts, once")
    func adopted() throws {
        let id = try raise(.other)
        let entity = try world.schema.entity("exception")
        let young = Set(entity.fields.filter { $0.since >= 7 }.map(\.id))
        try world.store.write { transaction in
            var stored = try #require(try transaction.record(RecordKey(type: entity.type, id: id)))
            let kept = stored.record.entries.indices.filter { !young.contains(stored.record.entries[$0].field) }
            stored.positions = kept.map { stored.positions[$0] }
            stored.record = Record(key: stored.record.key, entries: kept.map { stored.record.entries[$0] })
            stored.hash = RecordHash(stored.record)
            try transaction.save(stored, entity: entity, columns: RecordView(stored.record, entity).columns)
        }
        #expect(try standing(id) == "– open dispatcher -1")
        for _ in 0..<2 { try world.server.takeUpDeferred(at: world.moment) }
        #expect(try standing(id) == "raised open dispatcher 0")
        try tick(at: world.milliseconds + 25 * Self.hour)
        #expect(try standing(id) == "raised open management 1" && escalations(id) == 1)
    }

    @Test("a part that does not fit is told to the dispatcher, and holds nothing up")
    func wrongPart() throws {
        try world.commit(company.anna) { editor in
            try editor.create(
                "finding",
                [
                    "order": .reference(company.order), "asset": .reference(company.asset), "code": .text("wrong_part"), "severity": .text("minor"),
                    "text": .text("The thread is another one"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        let told = try #require(try world.serverRecords("exception").first { $0.text("kind") == "wrong_part" })
        #expect(told.text("owner") == "dispatcher" && told.reference("subject") == company.asset && told.reference("order") == company.order)
        #expect(ExceptionKind.wrong_part.isNotice)
    }

    @Test("a technician's word moves no exception: it is kept with its set, and the office is told")
    func technicians() throws {
        let id = try raise(.other)
        try act(.resolve, id, ["text": .text("Never mind.")], by: company.anna)
        #expect(try standing(id).hasPrefix("raised open"))
        #expect(try world.serverRecords("exception").contains { $0.text("kind") == "outside_view" && $0.reference("about") == company.annaUser })
    }

    @Test("words of a client of the schema before resolve an exception, unless its kind asks for more")
    func words() throws {
        let plain = try raise(.other)
        try policy(.credit_hold, ["questions": .list([.text("Who agreed?")])])
        let asked = try raise(.credit_hold)
        for id in [plain, asked] { try world.commit(company.dora) { try $0.patch("exception", id, ["resolution": .text("Settled.")]) } }
        try world.sync(company.dora)
        #expect(try standing(plain).hasPrefix("closed resolved"))
        #expect(try standing(asked).hasPrefix("raised open"))
    }

    @Test("every stage is reached by declared steps, and none but the last is dead")
    func machine() {
        var reached: Set<ExceptionStage> = [.raised]
        for _ in ExceptionStage.allCases {
            for row in ExceptionWorkflow.transitions where reached.contains(row.from) { reached.insert(row.to) }
        }
        #expect(reached == Set(ExceptionStage.allCases))
        let dead = ExceptionStage.allCases.filter { stage in !ExceptionWorkflow.transitions.contains { $0.from == stage } }
        #expect(dead == [.closed])
        #expect(Set(ExceptionWorkflow.transitions.map(\.event)) == Set(ExceptionEvent.allCases))
    }
}
