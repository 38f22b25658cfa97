import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

struct ResolutionTests {
    private let desk: Desk

    init() throws {
        desk = try Desk()
        try desk.receive([exception(71), exception(72), exception(73, state: "resolved")])
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
        let listed = await desk.run("exceptions", "--all", "--offline", "--json")
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
        let (first, second) = (
            try desk.client.dispatchResolve(Desk.id(71), words: "Done"), try desk.client.dispatchResolve(Desk.id(72), words: "Done")
        )
        #expect(try desk.client.dispatchResolution(of: first) == .pending)
        try desk.receive(
            patching: [exception(71, state: "resolved", resolution: "Done")],
            answering: [(try own(first), .applied, ""), (try own(second), .setAside, "It is not yours.")])
        #expect(try desk.client.dispatchResolution(of: first) == .granted("The exception is resolved."))
        guard case .refused(let text) = try desk.client.dispatchResolution(of: second) else {
            Issue.record("not refused")
            return
        }
        #expect(text.contains("It is not yours."))
    }
}
