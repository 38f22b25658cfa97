import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Stock counts: what somebody saw moves the book by the difference they saw")
struct CountTests {
    let company: Company
    var world: World { company.world }
    let board: RecordID

    /// The depot has one sensor, Anna's van two; the depot has the boards D1 and D2, the van A1.
    init() throws {
        company = try Company()
        let world = company.world
        let board = world.id()
        self.board = board
        let (depot, van) = (company.depot, company.vanA)
        try world.commit(world.importer) { editor in
            try editor.create(
                "part", id: board,
                ["number": .text("B-1"), "name": .text("Main board"), "unit": .text("pcs"), "serialised": .boolean(true)])
            for (serial, place) in [("D1", depot), ("D2", depot), ("A1", van)] {
                try editor.create(
                    "stock_entry",
                    [
                        "part": .reference(board), "serial": .text(serial), "to": .reference(place), "quantity": .text("1"),
                        "reason": .text("receipt"), "at": .text(editor.now.description),
                    ])
            }
        }
        try sync(world.importer, company.anna, company.dora)
    }

    private func sync(_ devices: World.Device...) throws { for device in devices { try world.sync(device) } }

    // MARK: What people do

    @discardableResult
    private func count(
        _ counted: String, of expected: String, _ part: RecordID? = nil, at place: RecordID, missing: [String] = [], found: [String] = [],
        by device: World.Device
    ) throws -> RecordID {
        let id = world.id()
        try world.commit(device, "count") { editor in
            try editor.create(
                "stock_count", id: id,
                [
                    "location": .reference(place), "part": .reference(part ?? company.part), "counted": .text(counted), "expected": .text(expected),
                    "missing": .list(missing.map { .text($0) }), "found": .list(found.map { .text($0) }), "at": .text(editor.now.description),
                    "by": .reference(editor.user),
                ])
        }
        return id
    }

    @discardableResult
    private func use(_ part: RecordID, _ quantity: String = "1", _ serial: String? = nil, from place: RecordID, by device: World.Device) throws
        -> RecordID
    {
        let id = world.id()
        try world.commit(device) { editor in
            try editor.create(
                "part_use", id: id,
                [
                    "order": .reference(company.order), "part": .reference(part), "quantity": .text(quantity),
                    "serial": serial.map { .text($0) } ?? .null, "from": .reference(place), "asset": .reference(company.asset),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        return id
    }

    // MARK: What the server has

    private func onHand(_ part: RecordID, at place: RecordID) throws -> String? {
        try world.serverValue("balance", StockBook.balanceID(try world.schema.entity("balance"), location: place, part: part), "on_hand").text
    }

    private func found(_ count: RecordID) throws -> String {
        try ["difference", "answer"].map { try world.serverValue("stock_count", count, $0).text ?? "–" }.joined(separator: " | ")
    }

    private func holder(_ serial: String) throws -> UnitHolder? {
        try world.serverRecords("unit").first { $0.text("serial") == serial }.flatMap { UnitHolder(unit: $0) }
    }

    private func openCases() throws -> [String] {
        try world.serverRecords("exception").filter { $0.text("state") == "open" }.compactMap { $0.text("kind") }.sorted()
    }

    @discardableResult
    private func hand(_ serial: String?, _ quantity: String = "1", from: RecordID, to: RecordID, by device: World.Device) throws -> RecordID {
        let id = HandOverCode.id(try world.schema.entity("hand_over"), code: "K1", to: to)
        try world.commit(device) { editor in
            try editor.create(
                "hand_over", id: id,
                [
                    "part": .reference(serial == nil ? company.part : board), "quantity": .text(quantity),
                    "serial": serial.map { .text($0) } ?? .null, "from": .reference(from), "to": .reference(to), "code": .text("K1"),
                    "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        return id
    }

    private func accept(_ offer: RecordID, at place: RecordID, by device: World.Device) throws {
        try world.commit(device) { editor in
            try editor.create(
                "hand_over_answer",
                [
                    "hand_over": .reference(offer), "action": .text("accept"), "location": .reference(place), "at": .text(editor.now.description),
                    "by": .reference(editor.user),
                ])
        }
    }

    // MARK: Hand-overs beside counts

    @Test("what was handed over before the count, and is accepted after it, was what was missing and what was found")
    func handedOverBefore() throws {
        let offer = try hand(nil, from: company.vanA, to: company.depot, by: company.anna)
        try accept(offer, at: company.depot, by: company.dora)
        // Both count before either has heard of the other.
        let short = try count("1", of: "2", at: company.vanA, by: company.anna)
        let more = try count("2", of: "1", at: company.depot, by: company.dora)
        try sync(company.dora)
        #expect(try onHand(company.part, at: company.depot) == "2")
        try sync(company.anna)
        #expect(try onHand(company.part, at: company.vanA) == "1" && onHand(company.part, at: company.depot) == "2")
        #expect(try found(more).contains("had been handed over before") || found(short).hasSuffix("Nothing is missing."))
    }

    @Test("a piece that was handed over before the count is with its receiver")
    func pieceHandedOverBefore() throws {
        let offer = try hand("A1", from: company.vanA, to: company.depot, by: company.anna)
        try count("0", of: "1", board, at: company.vanA, missing: ["A1"], by: company.anna)
        try accept(offer, at: company.depot, by: company.dora)
        try sync(company.anna)
        #expect(try holder("A1") == nil)
        try sync(company.dora)
        #expect(try holder("A1") == .location(company.depot) && onHand(board, at: company.depot) == "3" && onHand(board, at: company.vanA) == "0")
        #expect(try openCases().isEmpty)
    }

    // MARK: Tests

    @Test("a count that agrees changes nothing and asks nobody")
    func right() throws {
        let count = try count("2", of: "2", at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try found(count) == "0 | The book is right." && onHand(company.part, at: company.vanA) == "2" && openCases().isEmpty)
    }

    @Test("what is missing and what is more is booked, with an entry and a case")
    func wrong() throws {
        let less = try count("1", of: "2", at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try found(less) == "-1 | 1 booked off." && onHand(company.part, at: company.vanA) == "1")
        let more = try count("4", of: "1", at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try found(more) == "3 | 3 booked on." && onHand(company.part, at: company.vanA) == "4")
        #expect(try openCases() == ["stock_discrepancy", "stock_discrepancy"])
        let entries = try world.serverRecords("stock_entry").filter { $0.text("reason") == "count" }
        #expect(entries.compactMap { $0.reference("source") }.sorted() == [less, more].sorted())
    }

    @Test("what came into the stock while somebody counted offline is not undone by the count")
    func meanwhile() throws {
        try world.commit(world.importer) { editor in
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(company.part), "to": .reference(company.vanA), "quantity": .text("5"), "reason": .text("receipt"),
                    "at": .text(editor.now.description),
                ])
        }
        try sync(world.importer)
        let count = try count("1", of: "2", at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try found(count).hasPrefix("-1") && onHand(company.part, at: company.vanA) == "6")
    }

    @Test("more than lies there is never booked off, and nobody counts less than nothing")
    func limits() throws {
        let far = try count("0", of: "50", at: company.vanA, by: company.anna)
        let negative = try count("-3", of: "2", at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try found(far) == "-2 | 2 booked off." && onHand(company.part, at: company.vanA) == "0")
        #expect(try found(negative) == "0 | Nobody counts less than nothing. Count again.")
    }

    @Test("a use from before the count that comes after it explains what was missing, and closes the case")
    func explained() throws {
        let use = try use(company.part, from: company.depot, by: company.anna)
        let count = try count("0", of: "1", at: company.depot, by: company.dora)
        try sync(company.dora)
        #expect(try onHand(company.part, at: company.depot) == "0" && openCases() == ["stock_discrepancy"])
        try sync(company.anna)
        // It was taken without a promise: that question stays.
        let text = try world.serverRecords("exception").filter { $0.text("state") == "open" }.compactMap { $0.text("text") }
        #expect(text == ["The part was taken without a reservation or a lease."])
        #expect(try found(count).hasSuffix("Nothing is missing.") && onHand(company.part, at: company.depot) == "0")
        #expect(try world.serverRecords("stock_entry").contains { $0.text("reason") == "use" && $0.reference("source") == use })
    }

    @Test("a use from after the count takes its own")
    func after() throws {
        let count = try count("1", of: "2", at: company.vanA, by: company.dora)
        try use(company.part, from: company.vanA, by: company.anna)
        try sync(company.dora, company.anna)
        #expect(try found(count) == "-1 | 1 booked off." && onHand(company.part, at: company.vanA) == "0")
    }

    @Test("a piece that was not seen is nobody's; used before the count, it is where it was fitted")
    func pieces() throws {
        let count = try count("1", of: "2", board, at: company.depot, missing: ["D1"], by: company.dora)
        try sync(company.dora)
        #expect(try holder("D1") == nil && holder("D2") == .location(company.depot) && onHand(board, at: company.depot) == "1")
        let second = try self.count("0", of: "1", board, at: company.vanA, missing: ["A1"], by: company.dora)
        try sync(company.dora)
        #expect(try found(count).hasPrefix("-1") && found(second).hasPrefix("-1") && openCases().count == 2)
    }

    @Test("the piece that was not seen had been fitted: the case is closed when that is told")
    func pieceExplained() throws {
        let use = try use(board, "1", "A1", from: company.vanA, by: company.anna)
        let count = try count("0", of: "1", board, at: company.vanA, missing: ["A1"], by: company.dora)
        try sync(company.dora)
        #expect(try holder("A1") == nil && openCases() == ["stock_discrepancy"])
        try sync(company.anna)
        #expect(try holder("A1") == .asset(company.asset) && onHand(board, at: company.vanA) == "0" && openCases().isEmpty)
        #expect(try world.serverValue("part_use", use, "contested").boolean != true)
        #expect(try found(count).hasSuffix("Nothing is missing."))
    }

    @Test("a piece nobody had heard of is believed, one that is elsewhere by the book is a question and stays")
    func foundPieces() throws {
        let count = try count("4", of: "2", board, at: company.depot, found: ["A1", "NEW"], by: company.dora)
        try sync(company.dora)
        #expect(try holder("NEW") == .location(company.depot) && holder("A1") == .location(company.vanA))
        #expect(try found(count).hasPrefix("1 |") && onHand(board, at: company.depot) == "3" && openCases() == ["custody_conflict"])
        let text = try world.serverRecords("exception").first { $0.text("state") == "open" }?.text("text")
        #expect(text?.contains("A1 was seen, and by the book is in Van A.") == true)
    }

    @Test("a count and a movement of what it books off in one set: the movement is set aside, nothing goes below zero")
    func together() throws {
        try world.commit(company.dora) { editor in
            try editor.create(
                "stock_count",
                [
                    "location": .reference(company.depot), "part": .reference(company.part), "counted": .text("0"), "expected": .text("1"),
                    "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(company.part), "from": .reference(company.depot), "to": .reference(company.vanA), "quantity": .text("1"),
                    "reason": .text("transfer"), "at": .text(editor.now.description),
                ])
        }
        try sync(company.dora)
        #expect(try onHand(company.part, at: company.depot) == "0" && onHand(company.part, at: company.vanA) == "2")
    }

    @Test("one less and one more is a question, though the sum is right; what is named both ways is neither")
    func exchanged() throws {
        let count = try count("2", of: "2", board, at: company.depot, missing: ["D1"], found: ["X9"], by: company.dora)
        try sync(company.dora)
        #expect(try found(count) == "0 | 1 booked on, 1 booked off." && openCases() == ["stock_discrepancy"])
        #expect(try holder("D1") == nil && holder("X9") == .location(company.depot) && onHand(board, at: company.depot) == "2")
        let odd = try self.count("2", of: "2", board, at: company.depot, missing: ["D2"], found: ["D2"], by: company.dora)
        try sync(company.dora)
        #expect(try found(odd) == "0 | The book is right." && holder("D2") == .location(company.depot))
    }

    @Test("a piece used without its number and another that is missing: nothing goes below zero")
    func nameless() throws {
        let id = world.id()
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use", id: id,
                [
                    "order": .reference(company.order), "part": .reference(board), "quantity": .text("1"), "from": .reference(company.vanA),
                    "action": .text("consumed"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try sync(company.anna)
        #expect(try onHand(board, at: company.vanA) == "0")
        try count("0", of: "1", board, at: company.vanA, missing: ["A1"], by: company.dora)
        try sync(company.dora)
        #expect(try onHand(board, at: company.vanA) == "0" && holder("A1") == nil)
    }

    @Test("as long as another piece is missing, or something was found beside it, the case stays open")
    func partlyExplained() throws {
        try use(board, "1", "D1", from: company.depot, by: company.anna)
        let count = try count("1", of: "2", board, at: company.depot, missing: ["D1", "D2"], found: ["NEW"], by: company.dora)
        try sync(company.dora, company.anna)
        #expect(try !found(count).hasSuffix("Nothing is missing.") && openCases().contains("stock_discrepancy"))
    }

    @Test("a count by a clock that is ahead explains no use that came after the server had heard of it")
    func fastClock() throws {
        company.dora.world.offset += 7_200_000
        let count = try count("1", of: "2", at: company.vanA, by: company.dora)
        try sync(company.dora)
        company.dora.world.offset -= 7_200_000
        world.milliseconds += 3_600_000
        try use(company.part, from: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try found(count) == "-1 | 1 booked off." && onHand(company.part, at: company.vanA) == "0")
    }

    @Test("what somebody else had used before the count, and told, is not missing, though the counter's device had not heard of it")
    func unheard() throws {
        try use(company.part, from: company.vanA, by: company.anna)
        try sync(company.anna)
        let count = try count("1", of: "2", at: company.vanA, by: company.dora)
        try sync(company.dora)
        #expect(try found(count) == "0 | The book is right." && onHand(company.part, at: company.vanA) == "1" && openCases().isEmpty)
    }
}
