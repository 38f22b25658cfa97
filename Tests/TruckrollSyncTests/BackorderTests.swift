import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Backorders, announced deliveries and replenishment")
struct BackorderTests {
    let company: Company
    var world: World { company.world }

    /// The depot has one piece, in the van lie two.
    init() throws { company = try Company() }

    // MARK: What people do

    private func ask(
        _ number: Int, _ quantity: String, priority: String = "normal", _ terms: [String: Value] = [:]
    ) throws -> (order: RecordID, reservation: RecordID) { try company.ask(number, quantity, priority: priority, terms) }

    private func receive(_ quantity: String, announced: RecordID? = nil) throws { try company.receive(quantity, announced: announced) }

    @discardableResult
    private func announce(_ quantity: String, on day: String, answering request: RecordID? = nil) throws -> RecordID {
        let id = world.id()
        try world.commit(company.dora) { editor in
            try editor.create(
                "scheduled_receipt", id: id,
                [
                    "part": .reference(company.part), "location": .reference(company.depot), "quantity": .text(quantity),
                    "expected_on": .text(day), "answers": request.map { .reference($0) } ?? .null,
                ])
        }
        try world.sync(company.dora)
        return id
    }

    private func setPolicy(_ fields: [String: Value]) throws {
        let entity = try world.schema.entity("stock_policy")
        try world.commit(company.dora) { editor in
            let named: [String: Value] = ["part": .reference(company.part), "location": .reference(company.depot)]
            try editor.create(
                "stock_policy", id: StockBook.policyID(entity, location: company.depot, part: company.part), named.merging(fields) { $1 })
        }
        try world.sync(company.dora)
    }

    // MARK: What is found

    private func reservation(_ id: RecordID) throws -> String {
        let fields = try ["state", "granted", "backordered"].map { try world.serverValue("reservation", id, $0).text ?? "–" }
        return fields.joined(separator: " ")
    }

    private func balance() throws -> String {
        let entity = try world.schema.entity("balance")
        let id = StockBook.balanceID(entity, location: company.depot, part: company.part)
        return try ["on_hand", "reserved", "backordered"].map { try world.serverValue("balance", id, $0).text ?? "–" }.joined(separator: " ")
    }

    private func replenishments() throws -> [String] {
        try world.serverRecords("replenishment").map { "\($0.text("state") ?? "") \($0.text("quantity") ?? "")" }.sorted()
    }

    // MARK: Tests

    @Test("a receipt goes to who waits, the most urgent first, in the position of the receipt's effects")
    func allocated() throws {
        let normal = try ask(2, "2")
        let low = try ask(3, "1", priority: "low")
        let high = try ask(4, "2", priority: "high")
        #expect(try reservation(normal.reservation) == "backordered 0 2")
        // One lies there and is held for those who need two.
        #expect(try reservation(low.reservation) == "backordered 0 1")
        #expect(try world.serverValue("reservation", low.reservation, "answer").text?.contains("held for those who come before") == true)
        #expect(try balance() == "1 0 5")
        try receive("2")
        #expect(try reservation(high.reservation) == "granted 2 0")
        #expect(try reservation(normal.reservation) == "backordered 0 2" && reservation(low.reservation) == "backordered 0 1")
        #expect(try balance() == "3 2 3")
        // The receipt is the last but one set of the log: what it is allocated to stands at the next position.
        let head = try #require(try world.server.store.read { try $0.tenant()?.head })
        let last = try #require(try world.server.store.read { try $0.admitted(at: head) })
        #expect(last.cause?.hasPrefix("write:") == true)
        try receive("2")
        #expect(try reservation(normal.reservation) == "granted 2 0" && reservation(low.reservation) == "granted 1 0")
        #expect(try balance() == "5 5 0")
    }

    @Test("who takes less gets what there is, waits for the rest, and uses what was granted")
    func partial() throws {
        let line = try ask(2, "3", ["partial": .boolean(true)])
        #expect(try reservation(line.reservation) == "backordered 1 2")
        #expect(try world.serverValue("reservation", line.reservation, "answer").text?.contains("1 are granted, 2 more are waited for") == true)
        try world.commit(world.importer) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(line.order), "part": .reference(company.part), "quantity": .text("1"), "action": .text("fitted"),
                    "from": .reference(company.depot), "by": .reference(company.annaUser), "at": .text(editor.now.description),
                ])
        }
        try world.sync(world.importer)
        #expect(try reservation(line.reservation) == "backordered 0 2" && balance() == "0 0 2")
        #expect(try !world.serverRecords("exception").contains { $0.text("kind") == "stock_discrepancy" })
        try receive("5")
        #expect(try reservation(line.reservation) == "granted 2 0" && balance() == "5 2 0")
    }

    @Test("what is freed by a cancelled order goes to who waits; who waits for a cancelled order waits no more")
    func freed() throws {
        let first = try ask(2, "1")
        let second = try ask(3, "1")
        let third = try ask(4, "1")
        #expect(try reservation(first.reservation) == "granted 1 –" && reservation(second.reservation) == "backordered 0 1")
        try world.commit(company.dora) { try $0.event(.cancel, order: second.order) }
        try world.commit(company.dora) { try $0.event(.cancel, order: first.order) }
        try world.sync(company.dora)
        #expect(try world.serverValue("reservation", second.reservation, "state") == .text("released"))
        #expect(try reservation(third.reservation) == "granted 1 0" && balance() == "1 1 0")
    }

    @Test("an order that becomes more urgent is next")
    func moreUrgent() throws {
        let large = try ask(2, "5")
        let small = try ask(3, "1", priority: "low")
        #expect(try reservation(small.reservation) == "backordered 0 1")
        try world.commit(company.dora) { try $0.patch("service_order", small.order, ["priority": .text("emergency")]) }
        try world.sync(company.dora)
        #expect(try reservation(small.reservation) == "granted 1 0" && reservation(large.reservation) == "backordered 0 5")
    }

    @Test("who waits is told the day; a delivery counts until it has arrived, is put off or cancelled")
    func days() throws {
        let line = try ask(2, "3")
        func day() throws -> String? { try world.serverValue("reservation", line.reservation, "expected_on").text }
        #expect(try day() == nil)
        let delivery = try announce("2", on: "2026-12-01")
        #expect(try day() == "2026-12-01")
        try world.commit(company.dora) { try $0.patch("scheduled_receipt", delivery, ["expected_on": .text("2026-12-09")]) }
        try world.sync(company.dora)
        #expect(try day() == "2026-12-09")
        try receive("1", announced: delivery)
        #expect(try world.serverValue("scheduled_receipt", delivery, "received") == .text("1"))
        #expect(try day() == "2026-12-09" && reservation(line.reservation) == "backordered 0 3")
        try world.commit(company.dora) { try $0.patch("scheduled_receipt", delivery, ["cancelled": .boolean(true)]) }
        try world.sync(company.dora)
        #expect(try day() == nil)
        try announce("4", on: "2026-11-30")
        #expect(try day() == "2026-11-30")
    }

    @Test("D17: what can be promised is one figure on server and device at the same position")
    func oneFigure() throws {
        try setPolicy(["safety_stock": .text("1")])
        try receive("6")
        _ = try ask(2, "2")
        try announce("3", on: "2026-12-01")
        try world.sync(company.dora)
        let (here, day) = (try #require(CalendarDate("2026-11-24")), try #require(CalendarDate("2026-12-01")))
        let server = try world.server.availability(of: company.part, at: company.depot, at: world.moment)
        let device = try company.dora.engine.read {
            try $0.availability(of: company.part, at: company.depot, today: world.moment.calendar.local(world.moment.milliseconds).date)
        }
        var question = PBAvailabilityRequest()
        question.part = data(company.part.bytes)
        let asked = try world.server.availability(question, replica: company.anna.replica, at: world.moment)
        #expect(asked.places.first { Array($0.location) == company.depot.bytes }?.available == "\(device.available)")
        #expect(asked.position == server.position.rawValue && asked.day == asked.today)
        // A van of somebody else's is nobody else's business.
        let foreign = try world.server.availability(question, replica: company.ben.replica, at: world.moment)
        #expect(!foreign.places.contains { Array($0.location) == company.vanA.bytes })
        #expect(asked.places.contains { Array($0.location) == company.vanA.bytes })
        question.part = data([1])
        #expect(throws: EngineProblem.self) { try world.server.availability(question, replica: company.anna.replica, at: world.moment) }
        let head = try world.server.store.read { try $0.tenant()?.head }
        #expect(server.stock == device && server.position == head)
        #expect(device.available == Quantity("4") && device.available(on: day, today: here) == Quantity("7"))
        // What is promised in one go is what can be promised.
        let all = try ask(3, "4")
        #expect(try reservation(all.reservation) == "granted 4 –")
        #expect(try reservation(try ask(4, "1").reservation) == "backordered 0 1")
    }

    @Test("the safety stock is for an emergency, which the office declares and gives a reason for")
    func emergency() throws {
        try setPolicy(["safety_stock": .text("1")])
        let refused = try ask(2, "1", ["emergency": .boolean(true)])
        #expect(try world.serverValue("reservation", refused.reservation, "state") == .text("refused"))
        #expect(try reservation(try ask(3, "1").reservation) == "backordered 0 1")
        let released = try ask(4, "1", ["emergency": .boolean(true), "reason": .text("Gas alarm in the boiler house")])
        #expect(try reservation(released.reservation) == "granted 1 –")
        #expect(try world.serverValue("reservation", released.reservation, "from_safety_stock") == .text("1"))
        // A technician asks the office.
        let terms: [String: Value] = ["emergency": .boolean(true), "reason": .text("Leak")]
        let id = try company.reserve("1", for: company.order, terms, by: company.anna)
        #expect(try world.serverValue("reservation", id, "answer").text?.contains("Ask the dispatcher") == true)
    }

    @Test("falling below the reorder point asks for more once, and no more once it is ordered")
    func replenished() throws {
        try setPolicy(["reorder_point": .text("1"), "order_up_to": .text("5")])
        #expect(try replenishments() == [])
        _ = try ask(2, "1")
        #expect(try replenishments() == ["open 5"])
        let waiting = try ask(3, "2")
        #expect(try replenishments() == ["open 7"])
        let request = try #require(try world.serverRecords("replenishment").first).id
        let delivery = try announce("7", on: "2026-12-01", answering: request)
        #expect(try replenishments() == ["ordered 7"])
        try receive("7", announced: delivery)
        #expect(try replenishments() == ["received 7"] && reservation(waiting.reservation) == "granted 2 0")
        #expect(try balance() == "8 3 0")
        // What is not needed any more is withdrawn.
        let large = try ask(4, "5")
        #expect(try replenishments() == ["open 5", "received 7"])
        try world.commit(company.dora) { try $0.event(.cancel, order: large.order) }
        try world.sync(company.dora)
        #expect(try replenishments() == ["received 7", "withdrawn 5"])
    }

    @Test("a request that may wait so long is given up at that moment and not before, and the office hears of it where the customer wants that")
    func lapsed() throws {
        let customer = try #require(try world.serverRecords("customer").first).id
        try world.commit(company.dora) { try $0.patch("customer", customer, ["backorder_days": .integer(1), "backorder_notices": .boolean(true)]) }
        try world.sync(company.dora)
        let line = try ask(2, "3")
        let asked = world.milliseconds
        let end = try #require(try world.serverValue("reservation", line.reservation, "lapses_at").text.flatMap { DeviceTime($0) })
        #expect(end.milliseconds <= asked + 86_400_000 && end.milliseconds > asked + 86_300_000)
        world.milliseconds = end.milliseconds - 1
        _ = try world.server.tick(at: world.moment)
        #expect(try reservation(line.reservation) == "backordered 0 3")
        world.milliseconds = end.milliseconds
        #expect(try world.server.tick(at: world.moment))
        #expect(try reservation(line.reservation) == "released 0 0" && balance() == "1 0 0")
        #expect(try world.serverRecords("exception").filter { $0.text("kind") == "backorder_notice" }.count == 1)
        #expect(try !world.server.tick(at: world.moment))
        // A delivery is for somebody else now.
        try receive("3")
        #expect(try reservation(line.reservation) == "released 0 0" && balance() == "4 0 0")
    }

    @Test("what arrives after a request's time is over is not for it, also before it was told so, whatever else is due then")
    func arrivesTooLate() throws {
        let end = DeviceTime(milliseconds: world.milliseconds + 3_600_000, offsetMinutes: 60)
        let line = try ask(2, "3", ["cancel_after": .text(end.description)])
        #expect(try reservation(line.reservation) == "backordered 0 3")
        world.milliseconds += 3_601_000
        try receive("3")
        #expect(try reservation(line.reservation) == "backordered 0 3")
        #expect(try world.server.tick(at: world.moment))
        #expect(try reservation(line.reservation) == "released 0 0" && balance() == "4 0 0")
        // Asked for when the time was over, nothing is waited for; what is there is granted.
        let late = try ask(3, "5", ["cancel_after": .text(end.description), "partial": .boolean(true)])
        #expect(try reservation(late.reservation) == "granted 4 –" && balance() == "4 4 0")
    }

    @Test("a request for an order that is over is not granted and waits for nothing")
    func orderOver() throws {
        try world.commit(company.dora) { try $0.event(.cancel, order: company.order) }
        try world.sync(company.dora)
        let id = try company.reserve("50", for: company.order)
        #expect(try company.state() == "cancelled")
        #expect(try reservation(id) == "released – –" && balance() == "1 0 –")
    }

    @Test("less to keep back, another way of the customer: who waits is served at once")
    func termsChange() throws {
        try world.commit(world.importer) { try $0.patch("part", company.part, ["safety_stock": .text("1")]) }
        try world.sync(world.importer)
        let first = try ask(2, "1")
        #expect(try reservation(first.reservation) == "backordered 0 1")
        try world.commit(world.importer) { try $0.patch("part", company.part, ["safety_stock": .text("0")]) }
        try world.sync(world.importer)
        #expect(try reservation(first.reservation) == "granted 1 0")
        let second = try ask(3, "3")
        try receive("2")
        #expect(try reservation(second.reservation) == "backordered 0 3")
        let customer = try #require(try world.serverRecords("customer").first).id
        try world.commit(company.dora) { try $0.patch("customer", customer, ["takes_part": .boolean(true)]) }
        try world.sync(company.dora)
        #expect(try reservation(second.reservation) == "backordered 2 1")
    }

    @Test("more than the book can say is refused, and nobody is lost in the queue for it")
    func tooMuch() throws {
        let greatest = try ask(2, "999999999999")
        let refused = try ask(3, "999999999999")
        #expect(try world.serverValue("reservation", refused.reservation, "state") == .text("refused"))
        try world.commit(company.dora) { try $0.event(.cancel, order: greatest.order) }
        let small = try ask(4, "2")
        #expect(try reservation(small.reservation) == "backordered 0 2" && balance() == "1 0 2")
        try receive("1")
        #expect(try reservation(small.reservation) == "granted 2 0")
    }

    @Test("two deliveries for one request: it is received when both are here; the day of one that is late is looked for anew")
    func twoDeliveries() throws {
        try setPolicy(["reorder_point": .text("5")])
        let line = try ask(2, "7")
        #expect(try replenishments() == ["open 11"])
        let request = try #require(try world.serverRecords("replenishment").first).id
        let first = try announce("4", on: "2026-11-24", answering: request)
        // What is not ordered yet is asked for, until it is.
        #expect(try replenishments() == ["open 7", "ordered 11"])
        let second = try announce("7", on: "2026-11-25", answering: request)
        try receive("4", announced: first)
        #expect(try replenishments() == ["ordered 11", "withdrawn 7"])
        func day() throws -> String? { try world.serverValue("reservation", line.reservation, "expected_on").text }
        #expect(try day() == "2026-11-25")
        world.milliseconds += 3 * 86_400_000
        #expect(try world.server.tick(at: world.moment))
        #expect(try day() == nil)
        try receive("7", announced: second)
        #expect(try replenishments() == ["received 11", "withdrawn 7"] && reservation(line.reservation) == "granted 7 0")
    }

    @Test("a policy counts for the stock that its id and its fields name, and for no other")
    func foreignPolicy() throws {
        let entity = try world.schema.entity("stock_policy")
        try world.commit(company.dora) { editor in
            try editor.create(
                "stock_policy", id: StockBook.policyID(entity, location: company.depot, part: company.part),
                ["part": .reference(company.part), "location": .reference(company.vanA), "safety_stock": .text("1")])
        }
        try world.sync(company.dora)
        #expect(try world.server.availability(of: company.part, at: company.depot, at: world.moment).stock.safetyStock == .zero)
        #expect(try reservation(try ask(2, "1").reservation) == "granted 1 –")
    }

    @Test("a lease takes nothing that others wait for")
    func lease() throws {
        _ = try ask(2, "2")
        let lease = try company.lease("1", by: company.anna)
        #expect(try world.serverValue("lease", lease, "state") == .text("refused"))
    }
}
