import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain

@Suite("What the office changed in a technician's day")
struct RosterTests {
    /// The changes that records arriving from the server make.
    private func changes(_ state: OrderState = .dispatched, arriving change: (World) -> [RecordDraft]) throws -> [String] {
        let bench = try Bench(state: state)
        let before = try bench.client.roster()
        try bench.confirm(change(bench.world))
        return try before.changes(to: bench.client.roster()).map(words)
    }

    private func words(_ change: Roster.Change) -> String {
        switch change {
        case .given(let job): "given \(job.number)"
        case .moved(let job, let from): "moved \(job.number) \(from?.date.description ?? "") \(job.starts?.date.description ?? "")"
        case .cancelled(let job): "cancelled \(job.number)"
        case .takenBack(let job): "taken back \(job.number)"
        case .gone(let job): "gone \(job.number)"
        case .answered(let request): "\(request.state) \(request.part) \(request.answer ?? "")"
        }
    }

    private func appointment(_ world: World, _ id: RecordID, of order: RecordID, on day: String, _ state: String = "active") -> RecordDraft {
        RecordDraft(
            "appointment", id: id,
            [
                "order": world.ref(order), "technician": world.ref(world.ana), "starts_at": .text("\(day)T09:00:00+01:00"),
                "ends_at": .text("\(day)T11:00:00+01:00"), "state": .text(state),
            ])
    }

    private func order(_ world: World, _ id: RecordID, _ number: String, _ state: OrderState) -> RecordDraft {
        RecordDraft(
            "service_order", id: id,
            [
                "number": .text(number), "channel": .text("office"), "customer": world.ref(world.customer), "site": world.ref(world.site),
                "kind": .text("repair"), "title": .text("Repair"), "requested_at": .text("2026-11-20T09:00:00+01:00"),
                "state": .text(state.rawValue),
            ])
    }

    @Test("a new job, a moved one, a cancelled one and one taken back are told apart")
    func told() throws {
        #expect(
            try changes { [order($0, World.id(60), "2026-0099", .scheduled), appointment($0, World.id(61), of: World.id(60), on: "2026-11-23")] }
                == ["given 2026-0099"])
        #expect(try changes { [appointment($0, World.id(31), of: $0.secondOrder, on: "2026-11-26")] } == ["moved 2026-0043 2026-11-25 2026-11-26"])
        #expect(try changes { [order($0, $0.secondOrder, "2026-0043", .cancelled)] } == ["cancelled 2026-0043"])
        #expect(
            try changes { [appointment($0, World.id(31), of: $0.secondOrder, on: "2026-11-25", "ended")] } == ["taken back 2026-0043"])
    }

    @Test("a job that left the device is told as gone, with what was known of it")
    func gone() throws {
        let bench = try Bench()
        let before = try bench.client.allJobs()
        #expect(Roster(before).changes(to: Roster(before.filter { $0.number != "2026-0043" })).map(words) == ["gone 2026-0043"])
    }

    @Test("work that is over is no news, nor is a sync that brought nothing")
    func silent() throws {
        let bench = try Bench()
        let before = try bench.client.roster()
        #expect(before.changes(to: try bench.client.roster()).isEmpty)
        #expect(try changes(.work_complete) { [appointment($0, World.id(30), of: $0.order, on: "2026-11-23", "ended")] }.isEmpty)
        #expect(try changes { [order($0, $0.order, "2026-0042", .work_complete)] }.isEmpty)
    }

    @Test("the answer to what was asked of a stock is told once, and what the user does with it is not")
    func answers() throws {
        let bench = try Bench(state: .in_progress)
        let world = bench.world
        let one = Quantity(millionths: 1_000_000)
        let id = try #require(try bench.client.reserve(world.part, quantity: one, at: world.depot, for: world.order).record)
        let asked = try bench.client.roster()
        func answer(_ state: String, _ text: String) throws -> Roster {
            try bench.confirm([
                RecordDraft(
                    "reservation", id: id,
                    [
                        "order": world.ref(world.order), "part": world.ref(world.part), "location": world.ref(world.depot), "quantity": .text("1"),
                        "requested_by": world.ref(world.ana), "state": .text(state), "answer": .text(text),
                    ])
            ])
            return try bench.client.roster()
        }
        let backordered = try answer("backordered", "Only 0 free there.")
        #expect(asked.changes(to: backordered).map(words) == ["backordered FILTER-9 Splash filter Only 0 free there."])
        #expect(backordered.changes(to: backordered).isEmpty)
        let granted = try answer("granted", "Granted.")
        #expect(backordered.changes(to: granted).map(words) == ["granted FILTER-9 Splash filter Granted."])
        #expect(granted.changes(to: try answer("consumed", "")).isEmpty)
    }

    @Test("a job that the user made here is no news when the server has planned it")
    func own() throws {
        let bench = try Bench()
        let made = try bench.client.createJob(NewJob(site: bench.world.site, kind: "repair", title: "Detector dead"))
        let before = try bench.client.roster()
        try bench.confirm([appointment(bench.world, World.id(61), of: try #require(made.record), on: "2026-11-23")])
        #expect(before.changes(to: try bench.client.roster()).isEmpty)
    }
}
