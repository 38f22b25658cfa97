import Testing

struct PlanningCommandTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    @Test("who is planned for the order already is not moved by the way")
    func twice() async throws {
        let result = await desk.run("assign", "S-2", "Weber", "--at", "14:00", "--minutes", "60")
        #expect(result.code == 2)
        #expect(result.output.contains("planned for S-2 already, 2026-11-23 09:00 to 11:00") && result.output.contains("move S-2"))
        #expect(await desk.run("status", "--offline").output.contains("Waiting to be sent  0"))
    }

    @Test("what will be refused for an overlap is told before the server can")
    func overlap() async throws {
        let result = await desk.run("assign", "S-1", "Weber", "--at", "10:00", "--minutes", "60", "--json")
        #expect(result.code == 3)
        #expect(result.errors.contains("S-2 “Tank farm” from 2026-11-23 09:00 to 11:00"))
        #expect(result.errors.contains("it fits from 2026-11-23 11:30 on"))
        #expect(result.output.contains("\"earliest_at\": \"2026-11-23T11:30:00+01:00\""))
    }
}
