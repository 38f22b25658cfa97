import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

struct RequestTests {
    private let desk: Desk
    private var client: DeviceClient { desk.client }

    init() throws { desk = try Desk() }

    private func own(_ ticket: DispatchTicket) throws -> OwnSet { try #require(try client.read { try $0.own(ticket.set) }) }

    private func ops(_ ticket: DispatchTicket) throws -> [(entity: String, kind: Op.Kind)] {
        try ChangeSet(decodingBody: own(ticket).set.body).ops.map { (client.schema[$0.key.type]?.name ?? "?", $0.kind) }
    }

    @Test("a request names the last event its author saw, and waits for the server")
    func pending() throws {
        let starts = try desk.calendar.time("09:30", day: "tomorrow")
        let ticket = try client.dispatch(DispatchRequest(.assign, order: Desk.ready, technician: Desk.weber, starts: starts, ends: starts))
        let view = try #require(try client.read { try $0.view("assignment_request", ticket.record) })
        #expect(view.reference("seen") == Desk.id(1041))
        #expect(view.text("starts_at") == "2026-11-24T09:30:00+01:00")
        #expect(view.reference("instead_of") == nil)
        #expect(try client.dispatchAnswer(to: ticket) == .pending)
    }

    @Test("the server's answer is read", arguments: [("granted", DispatchAnswer.granted("Words.")), ("refused", .refused("Words."))])
    func answers(state: String, expected: DispatchAnswer) throws {
        let ticket = try client.dispatch(DispatchRequest(.unassign, order: Desk.started, technician: Desk.weber))
        let request = RecordDraft(
            "assignment_request", id: ticket.record,
            [
                "order": .reference(Desk.started), "action": .text("unassign"), "technician": .reference(Desk.weber), "state": .text(state),
                "answer": .text("Words."),
            ])
        try desk.receive([request], answering: [(try own(ticket), .applied, "")])
        #expect(try client.dispatchAnswer(to: ticket) == expected)
    }

    @Test("a set that was set aside is a refusal with the server's words")
    func setAside() throws {
        let ticket = try client.dispatch(DispatchRequest(.assign, order: Desk.ready, technician: Desk.weber))
        try desk.receive(answering: [(try own(ticket), .setAside, "A technician may not.")])
        guard case .refused(let text) = try client.dispatchAnswer(to: ticket) else {
            Issue.record("not refused")
            return
        }
        #expect(text.contains("A technician may not."))
    }

    @Test("an unknown order records nothing")
    func unknown() throws {
        #expect(throws: DeviceProblem.self) { try client.dispatch(DispatchRequest(.assign, order: Desk.id(999), technician: Desk.weber)) }
        #expect(try client.read { try $0.outbox() }.isEmpty)
    }

    @Test("a new order, its steps and its events are one change set with the next number of the series")
    func create() throws {
        var order = DispatchNewOrder(customer: Desk.customer, site: Desk.site, kind: "calibration", title: "Yearly")
        order.steps = [.init("Calibrate", isMandatory: true), .init("Clean", isMandatory: false)]
        order.assets = [Desk.id(51)]
        let (first, second) = (try client.dispatchCreate(order), try client.dispatchCreate(order))
        #expect(try ops(first).map(\.entity) == ["service_order", "task", "task", "order_event", "order_event"])
        let views = try client.read { [try $0.view("service_order", first.record), try $0.view("service_order", second.record)] }
        #expect(views.map { $0?.text("number") } == ["ACME-2026-D9-S1-0", "ACME-2026-D9-S2-9"])
        #expect(views[0]?.text("state") == "submitted")
        #expect(views[0]?["required_documents"].list?.count == 2)
        #expect(try client.dispatchReception(of: first) == .pending)
    }

    @Test("a value that does not fit its field records nothing")
    func misfit() throws {
        let order = DispatchNewOrder(customer: Desk.customer, site: Desk.site, kind: "party", title: "Yearly")
        #expect(throws: SchemaProblem.self) { try client.dispatchCreate(order) }
        #expect(try client.read { try $0.outbox() }.isEmpty)
    }

    @Test("an order can be cancelled until somebody has started, and then nothing is recorded")
    func cancel() throws {
        let ticket = try client.dispatchCancel(Desk.ready, reason: "Withdrawn")
        #expect(try client.dispatchEffect(of: ticket) == .pending)
        #expect(try client.read { try $0.view("service_order", Desk.ready) }?.text("state") == "cancelled")
        for order in [Desk.started, Desk.closed, Desk.ready] {
            #expect(throws: DeviceProblem.self) { try client.dispatchCancel(order, reason: "Too late") }
        }
        #expect(try client.read { try $0.outbox() }.count == 1)
    }

    @Test("why names the author, and lists the fields when asked for one that is not there")
    func why() throws {
        try client.read { reader in
            let entity = try reader.schema.entity("service_order")
            let why = try reader.why(entity, Desk.ready, "priority", offsetMinutes: 0)
            #expect(why.candidates.map(\.by) == ["the server"])
            #expect(why.rawShown == .text("normal"))
            #expect(throws: DeviceProblem.self) { try reader.why(entity, Desk.ready, "colour", offsetMinutes: 0) }
        }
    }
}
