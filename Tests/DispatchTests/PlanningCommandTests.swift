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

    @Test(
        "a time that can only be a slip of the finger is bad usage, and records nothing",
        arguments: [
            ["--at", "09:00", "--day", "2028-01-01"], ["--at", "1926-11-23T09:00:00+01:00"], ["--at", "2026-09-01T09:00:00+01:00"],
        ])
    func implausible(time: [String]) async throws {
        let result = await Desk.run(
            ["assign", "S-1", "Wolf", "--minutes", "60", "--clock", "2026-11-23T08:00:00+01:00"] + time, store: desk.released())
        #expect(result.code == 64)
        #expect(await desk.run("status", "--offline").output.contains("Waiting to be sent  0"))
    }

    @Test("why tells who has an order when, and a wish with the answer it waits for; show lists it, and no word of the schema is raw")
    func whyAppointment() async throws {
        #expect(await desk.run("move", "S-2", "--at", "14:00").code == 3)
        let why = await desk.run("why", "S-2", "appointment", "--offline")
        #expect(why.output.contains("2026-11-23 09:00 to 11:00") && why.output.contains("2026-11-23 14:00–16:00"))
        #expect(why.output.contains("not answered yet"))
        let json = await desk.run("why", "S-2", "technician", "--offline", "--json")
        #expect(json.output.contains("\"steps\"") && json.output.contains("\"answer\": \"not answered yet\""))
        let show = await desk.run("show", "S-2", "--offline")
        #expect(show.output.contains("not answered yet") && !show.output.contains("_"))
    }

    @Test(
        "assign says in its usage that it needs a time", arguments: [["--at", "09:00"], ["--minutes", "60"], ["--at", "09:00", "--minutes", "-5"]])
    func required(options: [String]) async throws {
        let result = await Desk.run(["assign", "S-1", "Wolf"] + options, store: desk.released())
        #expect(result.code == 64)
    }

    @Test("what is over is told")
    func past() async throws {
        let result = await desk.run("assign", "S-1", "Wolf", "--at", "06:00", "--minutes", "60")
        #expect(result.code == 3)
        #expect(result.errors.contains("it is 2026-11-23 08:00 now"))
        let overdue = await desk.run(
            "create", "--customer", "C-1", "--site", "North", "--kind", "repair", "--title", "T", "--due", "2026-11-20")
        #expect(overdue.errors.contains("overdue from the start"))
    }
}
