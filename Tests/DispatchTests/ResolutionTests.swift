import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

struct ResolutionTests {
    private let desk: Desk

    init() throws {
        desk = try Desk()
        try desk.receive([exception(71), exception(72), exception(73, state: "resolved"), exception(74)])
    }

    private func exception(_ number: UInt64, state: String = "open", resolution: String? = nil) -> RecordDraft {
        RecordDraft(
            "exception", id: Desk.id(number),
            [
                "kind": .text("double_assignment"), "order": .reference(Desk.started), "text": .text("Both are assigned."),
                "owner": .text("dispatcher"), "raised_at": .text("2026-11-23T07:30:00+01:00"), "state": .text(state),
                "resolution": resolution.map { .text($0) } ?? .null,
            ])
    }

    @Test("the command records the words and tells that the server has not heard them yet")
    func command() async throws {
        let result = await desk.run("resolve", Desk.id(71).short, "Called Ms Weber: she goes on alone", "--json")
        #expect(result.code == 3)
        #expect(result.output.contains("\"answer\": \"pending\"") && result.output.contains("\(Desk.id(71))"))
        let listed = await desk.run("exceptions", "show", Desk.id(71).short, "--offline", "--json")
        #expect(listed.output.contains("she goes on alone"))
    }

    @Test("an exception that is resolved, unknown or not one alone is refused, and nothing recorded", arguments: [("73", 1), ("ffff", 1), ("", 1)])
    func refused(end: String, code: Int32) async throws {
        let id = end == "73" ? Desk.id(73).short : end
        #expect(await desk.run("resolve", id, "Done").code == code)
        #expect(await desk.run("status", "--offline").output.contains("Waiting to be sent  0"))
    }

    @Test("once the server has it, it is granted; set aside, it is refused with the server's words")
    func answers() throws {
        func own(_ ticket: DispatchTicket) throws -> OwnSet { try #require(try desk.client.read { try $0.own(ticket.set) }) }
        let act = { number in try desk.client.dispatchAct(ExceptionAction(.resolve, text: "Done"), on: Desk.id(number)) }
        let (first, second, third) = (try act(71), try act(72), try act(74))
        #expect(try desk.client.dispatchExceptionAnswer(to: first) == .pending)
        func folded(_ ticket: DispatchTicket, _ isEffective: Bool) -> RecordDraft {
            RecordDraft(
                "exception_event", id: ticket.record,
                [
                    "exception": .reference(Desk.id(71)), "event": .text("resolve"), "at": .text("2026-11-23T08:00:00+01:00"),
                    "effective": .boolean(isEffective), "ruling": isEffective ? .null : .text("To be answered first: Who was told?"),
                    "stage_after": .text(isEffective ? "closed" : "investigating"),
                ])
        }
        try desk.receive(
            [folded(first, true), folded(third, false)],
            answering: [(try own(first), .applied, ""), (try own(second), .setAside, "It is not yours."), (try own(third), .applied, "")])
        #expect(try desk.client.dispatchExceptionAnswer(to: first) == .granted("The exception is closed."))
        #expect(try desk.client.dispatchExceptionAnswer(to: third) == .refused("To be answered first: Who was told?"))
        guard case .refused(let text) = try desk.client.dispatchExceptionAnswer(to: second) else {
            Issue.record("not refused")
            return
        }
        #expect(text.contains("It is not yours."))
    }
}
