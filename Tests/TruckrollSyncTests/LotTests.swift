import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Lots and their shelf life")
struct LotTests {
    let company: Company
    var world: World { company.world }
    let grease: RecordID
    let quarantine: RecordID

    /// The depot has 4 of lot A, which may be used for three days yet, and 6 of lot B, of which nobody has said; the van has 2 of lot A.
    init() throws {
        company = try Company()
        let world = company.world
        let (grease, quarantine) = (world.id(), world.id())
        (self.grease, self.quarantine) = (grease, quarantine)
        try world.commit(world.importer) { editor in
            try editor.create("stock_location", id: quarantine, ["kind": .text("quarantine"), "name": .text("Quarantine")])
            try editor.create(
                "part", id: grease,
                [
                    "number": .text("G-1"), "name": .text("Grease"), "unit": .text("pcs"), "lot_tracked": .boolean(true),
                    "shelf_life_days": .integer(30),
                ])
        }
        for (lot, quantity, place) in [("A", "4", company.depot), ("B", "6", company.depot), ("A", "2", company.vanA)] {
            try move(lot, quantity, to: place)
        }
        try setLot("A", ["expires_on": .text(day(3))])
        try sync(world.importer, company.anna, company.dora)
    }

    private func sync(_ devices: World.Device...) throws { for device in devices { try world.sync(device) } }

    private var today: CalendarDate { world.moment.calendar.local(world.moment.milliseconds).date }
    private func day(_ later: Int) -> String { CalendarDate(daysSince1970: today.daysSince1970 + later).description }

    // MARK: What people do

    private func lotID(_ number: String) throws -> RecordID { LotBook.lotID(try world.schema.entity("lot"), part: grease, number: number) }

    private func setLot(_ number: String, _ fields: [String: Value]) throws {
        let id = try lotID(number)
        try world.commit(world.importer) { editor in
            if try editor.view("lot", id) == nil {
                try editor.create("lot", id: id, fields.merging(["part": .reference(grease), "number": .text(number)]) { $1 })
            } else if fields["withdrawn"] != nil {
                try editor.change("lot", id, "withdrawn", element: .text("yes"), op: .raise)
            } else {
                try editor.patch("lot", id, fields)
            }
        }
        try sync(world.importer)
    }

    @discardableResult
    private func move(_ lot: String?, _ quantity: String, from: RecordID? = nil, to: RecordID? = nil, reason: String? = nil) throws -> RecordID {
        let id = world.id()
        try world.commit(world.importer) { editor in
            try editor.create(
                "stock_entry", id: id,
                [
                    "part": .reference(grease), "lot": lot.map { .text($0) } ?? .null, "from": from.map { .reference($0) } ?? .null,
                    "to": to.map { .reference($0) } ?? .null, "quantity": .text(quantity),
                    "reason": .text(reason ?? (from == nil ? "receipt" : "transfer")), "at": .text(editor.now.description),
                ])
        }
        try sync(world.importer)
        return id
    }

    @discardableResult
    private func use(_ lot: String?, _ quantity: String = "1", from: RecordID? = nil) throws -> RecordID {
        let id = world.id()
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use", id: id,
                [
                    "order": .reference(company.order), "part": .reference(grease), "quantity": .text(quantity),
                    "lot": lot.map { .text($0) } ?? .null,
                    "from": .reference(from ?? company.vanA), "action": .text("consumed"), "at": .text(editor.now.description),
                    "by": .reference(editor.user),
                ])
        }
        try sync(company.anna)
        return id
    }

    // MARK: What the server has

    private func lots(_ place: RecordID) throws -> [String] {
        try world.serverRecords("lot_balance").filter { $0.reference("location") == place && $0.text("on_hand") != "0" }
            .map { "\($0.text("lot") ?? "") \($0.text("on_hand") ?? "")" }.sorted()
    }

    private func isBooked(_ entry: RecordID) throws -> Bool { try world.serverRecords("stock_entry").contains { $0.id == entry } }

    private func cases(_ kind: String) throws -> [String] {
        try world.serverRecords("exception").filter { $0.text("kind") == kind && $0.text("state") == "open" }.compactMap { $0.text("text") }
    }

    private func available(on later: Int = 0) throws -> String {
        let stock = try world.server.availability(of: grease, at: company.depot, at: world.moment).stock
        return "\(stock.available(on: CalendarDate(daysSince1970: today.daysSince1970 + later), today: today))"
    }

    // MARK: Movements

    @Test("movements and uses keep how much of each lot lies where")
    func moved() throws {
        #expect(try lots(company.depot) == ["A 4", "B 6"] && lots(company.vanA) == ["A 2"])
        try move("A", "1", from: company.depot, to: company.vanA)
        try use("A")
        #expect(try lots(company.depot) == ["A 3", "B 6"] && lots(company.vanA) == ["A 2"])
        #expect(try cases("stock_discrepancy").isEmpty)
    }

    @Test("a movement names its lot, and takes no more of it than can lie there; with others of its set counted")
    func refused() throws {
        #expect(try !isBooked(move(nil, "1", from: company.depot, to: company.vanA)))
        #expect(try !isBooked(move("A", "5", from: company.depot, to: company.vanA)))
        #expect(try !isBooked(move("C", "1", from: company.depot, to: company.vanA)))
        #expect(try isBooked(move("A", "4", from: company.depot, to: company.vanA)))
        #expect(try lots(company.depot) == ["B 6"] && lots(company.vanA) == ["A 6"])
        // A count that was wrong is set right without a lot.
        #expect(try isBooked(move(nil, "1", from: company.depot, reason: "count")))
    }

    @Test("a use that names another lot than lies there, or none, is a question and takes what it took")
    func doubtful() throws {
        try use("B")
        #expect(try cases("stock_discrepancy").first?.contains("By the book 0 of lot B lie there.") == true)
        try use(nil)
        #expect(try cases("stock_discrepancy").count == 2 && lots(company.vanA) == ["A 2"])
    }

    // MARK: Shelf life

    @Test("what expires is promised only until then, and what has expired not at all")
    func promised() throws {
        #expect(try available() == "10" && available(on: 3) == "10" && available(on: 4) == "6")
        let device = try company.dora.engine.read { try $0.availability(of: grease, at: company.depot, today: today) }
        #expect(try device == world.server.availability(of: grease, at: company.depot, at: world.moment).stock)
        world.milliseconds += 4 * 86_400_000
        #expect(try available() == "6")
        #expect(try world.server.availability(of: grease, at: company.depot, at: world.moment).stock.unusable == Quantity("4"))
    }

    @Test("a lot that has expired goes into quarantine and nowhere else, and quality is told of it once")
    func expired() throws {
        world.milliseconds += 4 * 86_400_000
        _ = try world.server.tick(at: world.moment)
        _ = try world.server.tick(at: world.moment)
        let told = try cases("lot_unfit")
        #expect(told.count == 1 && told.first?.contains("4 at Depot North") == true && told.first?.contains("2 at Van A") == true)
        #expect(try !isBooked(move("A", "1", from: company.depot, to: company.vanA)))
        #expect(try !isBooked(move("A", "1", to: company.depot)))
        #expect(try isBooked(move("A", "4", from: company.depot, to: quarantine)))
        #expect(try lots(quarantine) == ["A 4"])
    }

    @Test("what is used after its last day stands, and quality decides about the asset; used before, nothing is asked, whenever it comes")
    func usedTooLate() throws {
        try use("A")
        #expect(try cases("lot_unfit").isEmpty)
        world.milliseconds += 4 * 86_400_000
        let use = try use("A")
        #expect(try cases("lot_unfit").count == 1 && world.serverRecords("part_use").contains { $0.id == use })
        #expect(try cases("lot_unfit").first?.contains("after its last day, \(day(-1))") == true)
    }

    @Test("a withdrawn lot tells where it lies and how often it was used, is promised no more, and using it is a question")
    func withdrawn() throws {
        try use("A")
        try setLot("A", ["withdrawn": .text("yes")])
        let told = try cases("lot_unfit")
        #expect(told.count == 1 && told.first?.contains("is withdrawn. Of it lie 1 at Van A, 4 at Depot North") == true)
        #expect(told.first?.contains("It was used 1 time") == true)
        #expect(try available() == "6")
        try use("A")
        #expect(try cases("lot_unfit").count == 2)
    }

    @Test("a reservation is not granted what has expired")
    func reserved() throws {
        world.milliseconds += 4 * 86_400_000
        let id = RecordID.derived(
            type: try world.schema.entity("reservation").type, key: [company.order.bytes, grease.bytes, company.depot.bytes])
        try world.commit(company.dora) { editor in
            try editor.create(
                "reservation", id: id,
                [
                    "order": .reference(company.order), "part": .reference(grease), "location": .reference(company.depot), "quantity": .text("8"),
                    "requested_by": .reference(editor.user),
                ])
        }
        try sync(company.dora)
        #expect(try world.serverValue("reservation", id, "state").text == "backordered")
        // A mistyped date is set right: who waits is served.
        try setLot("A", ["expires_on": .text(day(300))])
        #expect(try world.serverValue("reservation", id, "state").text == "granted")
    }

    @Test("a lot keeps as long as its part does, where only the day it was made is known")
    func made() throws {
        let part = try #require(try world.serverRecords("part").first { $0.id == grease })
        try setLot("B", ["made_on": .text("2026-01-31")])
        let lot = try #require(try world.serverRecords("lot").first { $0.text("number") == "B" })
        #expect(CalendarDate("2026-03-02").map { ShelfLife(lot: lot, part: part) == .until($0) } == true)
        // The server notes it, so that the clock finds it; it was long ago.
        #expect(lot.text("expires_on") == "2026-03-02")
        #expect(try cases("lot_unfit").first?.contains("6 at Depot North") == true && available() == "4")
    }
}
