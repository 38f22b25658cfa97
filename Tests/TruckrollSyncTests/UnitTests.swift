import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Serialised pieces and who has them")
struct UnitTests {
    let company: Company
    var world: World { company.world }
    let board: RecordID

    /// The depot has the boards D1 and D2, Anna's van has A1 and A2.
    init() throws {
        company = try Company()
        let world = company.world
        let board = world.id()
        self.board = board
        try world.commit(world.importer) { editor in
            try editor.create(
                "part", id: board,
                ["number": .text("B-1"), "name": .text("Main board"), "unit": .text("pcs"), "serialised": .boolean(true)])
        }
        try world.sync(world.importer)
        for (serial, place) in [("D1", company.depot), ("D2", company.depot), ("A1", company.vanA), ("A2", company.vanA)] {
            try move(serial, to: place)
        }
        try world.sync(world.importer)
        try world.sync(company.anna)
    }

    // MARK: What people do

    @discardableResult
    private func move(
        _ serial: String?, _ quantity: String = "1", from: RecordID? = nil, to: RecordID? = nil, reason: String? = nil
    ) throws -> RecordID {
        let id = world.id()
        try world.commit(world.importer) { editor in
            try editor.create(
                "stock_entry", id: id,
                [
                    "part": .reference(board), "serial": serial.map { .text($0) } ?? .null, "from": from.map { .reference($0) } ?? .null,
                    "to": to.map { .reference($0) } ?? .null,
                    "quantity": .text(quantity), "reason": .text(reason ?? (from == nil ? "receipt" : "transfer")),
                    "at": .text(editor.now.description),
                ])
        }
        return id
    }

    @discardableResult
    private func use(
        _ serial: String?, from: RecordID? = nil, action: String = "fitted", on asset: RecordID? = nil, corrects: RecordID? = nil,
        by device: World.Device? = nil
    ) throws -> RecordID {
        let id = world.id()
        try world.commit(device ?? company.anna) { editor in
            try editor.create(
                "part_use", id: id,
                [
                    "order": .reference(company.order), "part": .reference(board), "quantity": .text("1"),
                    "serial": serial.map { .text($0) } ?? .null,
                    "from": from.map { .reference($0) } ?? .null, "asset": .reference(asset ?? company.asset), "action": .text(action),
                    "at": .text(editor.now.description), "by": .reference(editor.user), "corrects": corrects.map { .reference($0) } ?? .null,
                ])
        }
        return id
    }

    // MARK: What the server has

    private func holder(_ serial: String) throws -> UnitHolder? {
        try world.serverRecords("unit").first { $0.text("serial") == serial }.flatMap { UnitHolder(unit: $0) }
    }

    private func onHand(_ place: RecordID) throws -> String? { try balance(place)?.text("on_hand") }

    private func balance(_ place: RecordID) throws -> RecordView? {
        try world.serverRecords("balance").first { $0.reference("location") == place && $0.reference("part") == board }
    }

    private func cases(_ kind: String) throws -> [RecordView] { try world.serverRecords("exception").filter { $0.text("kind") == kind } }

    /// What the ledger says: where each piece lies after every entry, counted by nothing but the entries.
    private func places(_ serial: String) throws -> [RecordID] {
        var sums: [RecordID: Int64] = [:]
        for entry in try world.serverRecords("stock_entry") where entry.text("serial") == serial {
            if let from = entry.reference("from") { sums[from, default: 0] -= entry.quantity("quantity")?.millionths ?? 0 }
            if let to = entry.reference("to") { sums[to, default: 0] += entry.quantity("quantity")?.millionths ?? 0 }
        }
        #expect(sums.values.allSatisfy { $0 == 0 || $0 == 1_000_000 })
        return sums.filter { $0.value != 0 }.map(\.key)
    }

    // MARK: Tests

    @Test("a piece passes from the depot to a van, to an asset, into a hand, and back into the depot")
    func life() throws {
        try move("D1", from: company.depot, to: company.vanA)
        try world.sync(world.importer)
        #expect(try holder("D1") == .location(company.vanA))
        #expect(try places("D1") == [company.vanA])
        try use("D1", from: company.vanA)
        try world.sync(company.anna)
        #expect(try holder("D1") == .asset(company.asset))
        #expect(try places("D1").isEmpty)
        try use("D1", action: "removed")
        try world.sync(company.anna)
        #expect(try holder("D1") == .person(company.annaUser))
        try move("D1", to: company.depot, reason: "return")
        #expect(try world.sync(world.importer).needAttention == 0)
        #expect(try holder("D1") == .location(company.depot))
        #expect(try onHand(company.depot) == "2")
        #expect(try world.serverRecords("exception").isEmpty)
    }

    @Test("a piece that two fitted is held by the first; the second use is a fact, moves nothing, and its author is told")
    func heldByTwo() throws {
        let other = RecordID(high: 0xA55E7, low: 2)
        try world.commit(world.importer) { editor in
            let near = try #require(try editor.view("asset", company.asset))
            try editor.create(
                "asset", id: other,
                ["model": near["model"], "serial": .text("SN2"), "site": .reference(company.site), "fitness": .text("in_service")])
        }
        try world.sync(world.importer)
        try company.assign(company.benUser)
        try world.sync(company.anna)
        try world.sync(company.ben)
        try use("D1", from: company.depot, by: company.anna)
        let second = try use("D1", from: company.depot, on: other, by: company.ben)
        try world.sync(company.anna)
        try world.sync(company.ben)
        #expect(try holder("D1") == .asset(company.asset))
        #expect(try world.serverRecords("part_use").count == 2)
        #expect(try world.serverValue("part_use", second, "contested") == .boolean(true))
        // The second piece, whatever it was, is not taken from those that lie there.
        #expect(try onHand(company.depot) == "1")
        #expect(try places("D1").isEmpty)
        let conflict = try #require(try cases("custody_conflict").first)
        #expect(conflict.reference("about") == company.benUser)
        #expect(conflict.text("text")?.contains("D1 is fitted to an asset") == true)
        try world.sync(company.ben)
        #expect(try world.value(company.ben, "exception", conflict.id, "kind") == .text("custody_conflict"))
    }

    @Test("a piece that lies elsewhere by the book stays there until it is written off; then who has it is who said so")
    func elsewhere() throws {
        let use = try use("D1", from: company.vanA)
        try world.sync(company.anna)
        #expect(try holder("D1") == .location(company.depot))
        #expect(try onHand(company.vanA) == "2")
        #expect(try cases("custody_conflict").count == 1)
        try move("D1", from: company.depot, reason: "count")
        #expect(try world.sync(world.importer).needAttention == 0)
        #expect(try holder("D1") == .asset(company.asset))
        #expect(try world.serverValue("part_use", use, "prevailed") == .boolean(true))
        #expect(try onHand(company.depot) == "1")
        #expect(try places("D1").isEmpty)
    }

    @Test("a mistyped number is corrected: the piece lies in the van again, the right one is on the asset, and both counts hold")
    func corrected() throws {
        let wrong = try use("A1", from: company.vanA)
        try use("A2", from: company.vanA, corrects: wrong)
        try world.sync(company.anna)
        #expect(try holder("A1") == .location(company.vanA))
        #expect(try holder("A2") == .asset(company.asset))
        #expect(try places("A1") == [company.vanA])
        #expect(try places("A2").isEmpty)
        #expect(try onHand(company.vanA) == "1")
        #expect(try balance(company.vanA)?.integer("units") == 1)
        #expect(try world.serverRecords("exception").isEmpty)
    }

    @Test("a correction of what has gone on since gives nothing back")
    func correctedLate() throws {
        let first = try use("A1", from: company.vanA)
        try use("A1", action: "removed")
        try use("A2", from: company.vanA, corrects: first)
        try world.sync(company.anna)
        #expect(try holder("A1") == .person(company.annaUser))
        #expect(try places("A1").isEmpty)
        #expect(try onHand(company.vanA) == "0")
        #expect(try cases("stock_discrepancy").count == 1)
    }

    @Test("a correction of a contested use withdraws it")
    func contestWithdrawn() throws {
        let wrong = try use("D1", from: company.vanA)
        try use("A1", from: company.vanA, corrects: wrong)
        try world.sync(company.anna)
        try move("D1", from: company.depot, reason: "count")
        try world.sync(world.importer)
        #expect(try holder("D1") == nil)
        #expect(try holder("A1") == .asset(company.asset))
        #expect(try onHand(company.vanA) == "1")
        #expect(try world.serverRecords("exception").map { $0.text("state") } == ["resolved"])
    }

    @Test("a correction of a correction that was contested itself leaves the piece where the book has it, and takes it from there")
    func correctedTwice() throws {
        let first = try use("A1", from: company.vanA)
        let wrong = try use("A1", from: company.depot, corrects: first)
        try world.sync(company.anna)
        #expect(try holder("A1") == .location(company.vanA))
        try use("A1", from: company.vanA, corrects: wrong)
        try world.sync(company.anna)
        #expect(try holder("A1") == .asset(company.asset))
        #expect(try onHand(company.vanA) == "1")
        #expect(try balance(company.vanA)?.integer("units") == 1)
        #expect(try onHand(company.depot) == "2")
    }

    @Test("a removal that came to hold, and is corrected, leaves the piece with nobody")
    func correctedAfterPrevailing() throws {
        let removal = try use("D1", action: "removed")
        try world.sync(company.anna)
        try move("D1", from: company.depot, reason: "count")
        try world.sync(world.importer)
        #expect(try holder("D1") == .person(company.annaUser))
        try use("OLD", action: "removed", corrects: removal)
        try world.sync(company.anna)
        #expect(try holder("D1") == nil)
        #expect(try holder("OLD") == .person(company.annaUser))
    }

    @Test("in one set with a use that the book contradicts, a piece is moved from where it is and from nowhere else")
    func oneSet() throws {
        for (from, needAttention) in [(RecordID?.none, 1), (company.depot, 0)] {
            try world.commit(world.importer) { editor in
                try editor.create(
                    "part_use",
                    [
                        "order": .reference(company.order), "part": .reference(board), "quantity": .text("1"), "serial": .text("D1"),
                        "from": .reference(company.vanA), "action": .text("consumed"), "at": .text(editor.now.description),
                        "by": .reference(editor.user),
                    ])
                try editor.create(
                    "stock_entry",
                    [
                        "part": .reference(board), "serial": .text("D1"), "from": from.map { .reference($0) } ?? .null,
                        "to": .reference(company.vanA), "quantity": .text("1"), "reason": .text(from == nil ? "receipt" : "transfer"),
                        "at": .text(editor.now.description),
                    ])
            }
            #expect(try world.sync(world.importer).needAttention == needAttention)
        }
        #expect(try holder("D1") == .location(company.vanA))
        #expect(try places("D1") == [company.vanA])
    }

    @Test("in one set with a use, its correction and a receipt of the piece, the piece does not come to lie in two places")
    func oneSetWithCorrection() throws {
        try world.commit(world.importer) { editor in
            let uses = [world.id(), world.id()]
            for (index, serial) in ["D1", "D2"].enumerated() {
                try editor.create(
                    "part_use", id: uses[index],
                    [
                        "order": .reference(company.order), "part": .reference(board), "quantity": .text("1"), "serial": .text(serial),
                        "from": .reference(company.depot), "action": .text("consumed"), "at": .text(editor.now.description),
                        "by": .reference(editor.user), "corrects": index == 1 ? .reference(uses[0]) : .null,
                    ])
            }
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(board), "serial": .text("D1"), "to": .reference(company.vanA), "quantity": .text("1"),
                    "reason": .text("receipt"), "at": .text(editor.now.description),
                ])
        }
        #expect(try world.sync(world.importer).needAttention == 1)
        #expect(try holder("D1") == .location(company.depot))
        #expect(try places("D1") == [company.depot])
        #expect(try holder("D2") == nil)
        #expect(try onHand(company.depot) == "1")
    }

    @Test("a number that is given for more than a quantity holds, or for several pieces, takes no balance below nothing")
    func tooMany() throws {
        for (serial, quantity) in [("X9", "999999999999.999999"), ("D1", "999999999999"), ("A1", "3")] {
            try world.commit(company.anna) { editor in
                try editor.create(
                    "part_use",
                    [
                        "order": .reference(company.order), "part": .reference(board), "quantity": .text(quantity), "serial": .text(serial),
                        "from": .reference(company.vanA), "action": .text("fitted"), "at": .text(editor.now.description),
                        "by": .reference(editor.user),
                    ])
            }
        }
        try world.sync(company.anna)
        #expect(try onHand(company.vanA) == "0")
        #expect(try cases("stock_discrepancy").count == 3)
        #expect(try holder("A1") == .location(company.vanA))
        // The count is set right, and what is not there is written off.
        try world.commit(world.importer) { editor in
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(board), "to": .reference(company.vanA), "quantity": .text("2"), "reason": .text("count"),
                    "at": .text(editor.now.description),
                ])
        }
        for serial in ["A1", "A2"] { try move(serial, from: company.vanA, reason: "count") }
        #expect(try world.sync(world.importer).needAttention == 0)
        #expect(try holder("A1") == nil)
        #expect(try onHand(company.vanA) == "0")
        #expect(try balance(company.vanA)?.integer("units") == 0)
    }

    @Test("a piece that is promised and not there can be written off; somebody is told of the promise")
    func promised() throws {
        for serial in ["D1", "D2"] {
            let id = RecordID.derived(
                type: try world.schema.entity("reservation").type, key: [company.order.bytes, board.bytes, company.depot.bytes])
            if serial == "D1" {
                try world.commit(company.dora) { editor in
                    try editor.create(
                        "reservation", id: id,
                        [
                            "order": .reference(company.order), "part": .reference(board), "location": .reference(company.depot),
                            "quantity": .text("2"), "requested_by": .reference(editor.user),
                        ])
                }
                try world.sync(company.dora)
                #expect(try world.serverValue("reservation", id, "state") == .text("granted"))
            }
            try move(serial, from: company.depot, reason: "count")
        }
        #expect(try world.sync(world.importer).needAttention == 0)
        #expect(try onHand(company.depot) == "0")
        #expect(try cases("stock_discrepancy").count == 2)
    }

    @Test("a number nobody has seen is believed, and takes none of the pieces that are known by theirs")
    func unknown() throws {
        try use("X9", from: company.vanA)
        try world.sync(company.anna)
        #expect(try holder("X9") == .asset(company.asset))
        #expect(try onHand(company.vanA) == "2")
        #expect(try places("X9").isEmpty)
        #expect(try cases("stock_discrepancy").count == 1)
        // One that was on the customer's asset before anybody kept a book.
        try use("OLD", action: "removed")
        try world.sync(company.anna)
        #expect(try holder("OLD") == .person(company.annaUser))
        #expect(try world.serverRecords("exception").count == 1)
    }

    @Test("a piece used without its number is counted, and somebody is asked which one it was")
    func numberless() throws {
        try use(nil, from: company.vanA)
        try world.sync(company.anna)
        #expect(try onHand(company.vanA) == "1")
        #expect(try cases("stock_discrepancy").first?.text("text")?.contains("serial number is missing") == true)
    }

    @Test("the office moves pieces one by one, each from where it is, and receives none twice")
    func judged() throws {
        func isSetAside(_ code: String, _ body: () throws -> Void) throws {
            try body()
            #expect(try world.sync(world.importer).needAttention == 1)
            let answered = try world.importer.engine.read { try $0.unresolved() }.last?.receipt
            #expect(answered?.remarks.map(\.code) == [code])
        }
        try isSetAside("serial-elsewhere") { try move("D1", to: company.depot) }
        try isSetAside("serial-elsewhere") { try move("A1", from: company.depot, to: company.vanA) }
        try isSetAside("serial-missing") { try move(nil, to: company.depot) }
        try isSetAside("serial-missing") { try move("D3", "2", to: company.depot) }
        try use("A1", from: company.vanA)
        try world.sync(company.anna)
        try isSetAside("serial-elsewhere") { try move("A1", to: company.depot, reason: "return") }
        #expect(try holder("A1") == .asset(company.asset))
        #expect(try onHand(company.depot) == "2")
        // Twice in one set.
        try isSetAside("serial-elsewhere") {
            try world.commit(world.importer) { editor in
                for _ in 0..<2 {
                    try editor.create(
                        "stock_entry",
                        [
                            "part": .reference(board), "serial": .text("D4"), "to": .reference(company.depot), "quantity": .text("1"),
                            "reason": .text("receipt"), "at": .text(editor.now.description),
                        ])
                }
            }
        }
        #expect(try onHand(company.depot) == "2")
    }

    @Test("a technician sees the pieces in depots, in the own van and on the assets at hand, and none of anybody else's")
    func seen() throws {
        try use("A1", from: company.vanA)
        try world.sync(company.anna)
        let shown = try company.anna.engine.read { try $0.views("unit") }.compactMap { $0.text("serial") }
        #expect(shown.sorted() == ["A1", "A2", "D1", "D2"])
        try world.sync(company.ben)
        #expect(try company.ben.engine.read { try $0.views("unit") }.compactMap { $0.text("serial") }.sorted() == ["D1", "D2"])
    }
}
