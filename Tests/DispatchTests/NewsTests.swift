import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

struct NewsTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func own(_ ticket: DispatchTicket) throws -> OwnSet { try #require(try desk.client.read { try $0.own(ticket.set) }) }

    private func exception(_ number: UInt64, _ order: RecordID, state: String = "open") -> RecordDraft {
        RecordDraft(
            "exception", id: Desk.id(number),
            [
                "kind": .text("cancel_requested"), "order": .reference(order), "text": .text("It is in progress."), "owner": .text("dispatcher"),
                "raised_at": .text("2026-11-23T07:30:00+01:00"), "state": .text(state),
            ])
    }

    @Test("a sync tells what became of what waited, and names exceptions that were not there")
    func news() throws {
        try desk.receive([exception(71, Desk.started)])
        let refused = try desk.client.dispatch(DispatchRequest(.assign, order: Desk.ready, technician: Desk.weber))
        let aside = try desk.client.dispatch(DispatchRequest(.unassign, order: Desk.started, technician: Desk.weber))
        let later = try desk.client.dispatch(DispatchRequest(.assign, order: Desk.ready, technician: Desk.wolf))
        let mark = try desk.client.dispatchMark()
        let answer = RecordDraft(
            "assignment_request", id: refused.record,
            [
                "order": .reference(Desk.ready), "action": .text("assign"), "technician": .reference(Desk.weber), "state": .text("refused"),
                "answer": .text("No room."),
            ])
        try desk.receive([answer, exception(72, Desk.planned)], answering: [(own(refused), .applied, ""), (own(aside), .setAside, "You may not.")])
        let news = try desk.client.dispatchNews(since: mark)
        #expect(news.decisions.map(\.subject) == ["assign S-1, Anna Weber", "unassign S-2"])
        #expect(news.decisions.first?.answer == .refused("No room."))
        #expect(news.decisions.last?.answer.text.contains("You may not.") == true)
        #expect(news.exceptions.map(\.id) == [Desk.id(72)])
        #expect(try desk.client.read { try $0.outbox() }.map(\.set.writeID) == [later.set])
        #expect(try desk.client.dispatchNews(since: try desk.client.dispatchMark()).decisions.isEmpty)
    }

    @Test("an exception shows where its order is now, and how it was resolved")
    func exceptions() async throws {
        let known = exception(73, Desk.closed, state: "resolved")
        let resolved = RecordDraft("exception", id: known.id, known.fields.merging(["resolution": .text("Called Ms Adler")]) { $1 })
        try desk.receive([exception(71, Desk.planned), resolved])
        let open = await desk.run("exceptions", "--offline")
        #expect(open.output.contains("It is in progress.") && open.output.contains("dispatched") && !open.output.contains("Adler"))
        let all = await desk.run("exceptions", "--all", "--offline", "--json")
        #expect(all.output.contains("\"order_state\": \"closed\"") && all.output.contains("Called Ms Adler"))
        #expect(await desk.run("exceptions", "--all", "--offline").output.contains("Resolved: Called Ms Adler"))
    }
}
