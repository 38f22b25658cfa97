import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Stock at the dispatcher's desk")
struct StockCommandTests {
    private let desk: Desk
    private static let (depot, van, sensor, board) = (Desk.id(71), Desk.id(72), Desk.id(73), Desk.id(74))

    /// Ten sensors lie in the depot: three are reserved, one is leased, two are kept back, and one more is waited for.
    init() throws {
        desk = try Desk()
        let schema = try Schema.load()
        let balances = try schema.entity("balance")
        let balance = StockBook.balanceID(balances, location: Self.depot, part: Self.sensor)
        try desk.receive([
            RecordDraft("stock_location", id: Self.depot, ["kind": .text("depot"), "name": .text("Depot North")]),
            RecordDraft("stock_location", id: Self.van, ["kind": .text("van"), "name": .text("Van 7"), "holder": .reference(Desk.weber)]),
            RecordDraft(
                "part", id: Self.sensor,
                ["number": .text("HI-1"), "name": .text("Sensor"), "unit": .text("pcs"), "safety_stock": .text("2")]),
            RecordDraft(
                "part", id: Self.board,
                ["number": .text("HI-2"), "name": .text("Board"), "unit": .text("pcs"), "serialised": .boolean(true)]),
            RecordDraft(
                "balance", id: balance,
                [
                    "location": .reference(Self.depot), "part": .reference(Self.sensor), "on_hand": .text("10"), "reserved": .text("3"),
                    "leased": .text("1"), "backordered": .text("1"),
                ]),
            RecordDraft(
                "scheduled_receipt", id: Desk.id(75),
                [
                    "location": .reference(Self.depot), "part": .reference(Self.sensor), "quantity": .text("6"), "received": .text("1"),
                    "expected_on": .text("2026-12-01"), "open_for": .reference(balance),
                ]),
            RecordDraft(
                "reservation",
                id: RecordID.derived(
                    type: try schema.entity("reservation").type, key: [Desk.ready.bytes, Self.sensor.bytes, Self.depot.bytes]),
                [
                    "order": .reference(Desk.ready), "part": .reference(Self.sensor), "location": .reference(Self.depot), "quantity": .text("4"),
                    "requested_by": .reference(Desk.user), "state": .text("backordered"), "granted": .text("3"), "backordered": .text("1"),
                    "expected_on": .text("2026-12-01"),
                ]),
        ])
    }

    @Test("what can be promised is one figure in the list, for a day, and on the device")
    func available() async throws {
        let figure = try desk.client.read { try $0.availability(of: Self.sensor, at: Self.depot, today: desk.calendar.now.date) }
        #expect(figure.available == Quantity("3"))
        let list = await desk.run("stock", "list", "--json", "--offline")
        #expect(list.code == 0 && list.output.contains("\"available\": \"3\""), "\(list.output)\(list.errors)")
        #expect(list.output.contains("\"quantity\": \"5\"") && list.output.contains("\"day\": \"2026-12-01\""))
        let later = await desk.run("stock", "available", "hi-1", "--on", "2026-12-01", "--quantity", "8", "--json", "--offline")
        #expect(later.code == 0 && later.output.contains("\"on_day\": \"8\"") && later.output.contains("\"first_day\": \"2026-12-01\""))
        let never = await desk.run("stock", "available", "HI-1", "--quantity", "9", "--offline")
        #expect(never.code == 2 && never.output.contains("not announced"))
    }

    @Test("who waits, what is announced and what has to be ordered can be read")
    func lists() async throws {
        let waiting = await desk.run("stock", "waiting", "--offline")
        #expect(waiting.code == 0 && waiting.output.contains("S-1") && waiting.output.contains("2026-12-01"))
        let announced = await desk.run("stock", "announced", "--json", "--offline")
        #expect(announced.output.contains("\"received\": \"1\"") && announced.output.contains("\"overdue\": false"))
        #expect(await desk.run("stock", "replenishments", "--offline").output.contains("Nothing has to be ordered."))
    }

    @Test("pieces with serial numbers move one by one in one set")
    func pieces() async throws {
        let result = await desk.run("stock", "receive", "HI-2", "2", "--at", "Depot North", "--serial", "A1", "--serial", "A2")
        #expect(result.code == 3, "\(result.output)\(result.errors)")
        let store = desk.released()
        #expect(await Desk.run(["status", "--offline"], store: store).output.contains("Waiting to be sent  1"))
    }

    @Test(
        "what does not go together records nothing",
        arguments: [
            (["receive", "HI-2", "2", "--at", "Depot North", "--serial", "A1"], 1, "Each piece"),
            (["receive", "HI-1", "2", "--at", "Depot North", "--serial", "A1", "--serial", "A2"], 1, "no serial numbers"),
            (["receive", "HI-1", "2.5", "--at", "Depot North"], 1, "no number of pieces"),
            (["receive", "HI-1", "0", "--at", "Depot North"], 64, ""), (["receive", "HI-1", "-1", "--at", "Depot North"], 64, ""),
            (["receive", "HI-1", "2", "--at", "Depot South"], 1, "Depot South"),
            (["move", "HI-9", "1", "--from", "Van 7", "--to", "Depot North"], 1, "HI-9"),
            (["announce", "HI-1", "2", "--at", "Depot North"], 64, ""), (["announce", "--change", "75"], 64, ""),
            (["announce", "--cancel", "75", "--on", "2026-12-01"], 64, ""),
            (["announce", "HI-1", "2", "--at", "Depot North", "--on", "2026-02-30"], 64, ""),
            (["policy", "HI-1", "--at", "Depot North"], 64, ""),
            (["policy", "HI-1", "--at", "Depot North", "--reorder-point", "5", "--up-to", "4"], 64, ""),
            (["reserve", "S-1", "HI-1", "1", "--at", "Depot North"], 1, "asked for the part there"),
            (["reserve", "S-2", "HI-1", "0", "--at", "Depot North"], 64, ""),
        ] as [([String], Int32, String)])
    func refused(arguments: [String], code: Int32, words: String) async throws {
        let store = desk.released()
        let result = await Desk.run(["stock"] + arguments + ["--clock", "2026-11-23T08:00:00+01:00"], store: store)
        #expect(result.code == code, "\(result.output)\(result.errors)")
        #expect(words.isEmpty || (result.output + result.errors).contains(words), "\(result.output)\(result.errors)")
        #expect(await Desk.run(["status", "--offline"], store: store).output.contains("Waiting to be sent  0"))
    }

    @Test("a delivery gets another day, a place its levels; offline both wait for the server")
    func plans() async throws {
        #expect(await desk.run("stock", "announce", "--change", Desk.id(75).description, "--on", "2026-12-09").code == 3)
        let store = desk.released()
        let clock = ["--clock", "2026-11-23T08:00:00+01:00"]
        #expect(
            await Desk.run(["stock", "policy", "HI-1", "--at", "Depot North", "--reorder-point", "5", "--up-to", "20"] + clock, store: store).code
                == 3)
        let list = await Desk.run(["stock", "list", "--at", "Depot North", "--json"] + clock, store: store)
        #expect(list.output.contains("\"day\": \"2026-12-09\"") && list.output.contains("\"reorder_point\": \"5\""), "\(list.output)")
    }
}
