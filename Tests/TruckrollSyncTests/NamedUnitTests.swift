import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Pieces that are named for who asks for certain ones")
struct NamedUnitTests: HandOverSuite {
    let fixture: HandOverFixture
    private let certificate: RecordID
    private let asked: [String: Value] = [
        "scheme": .text("IECEx"), "zone": .text("1"), "protection_group": .text("IIC"), "valid_days": .integer(90),
    ]

    /// The boards D1 to D4 of the depot are certified until the end of June, D5 and D6 are not.
    init() throws {
        fixture = try HandOverFixture()
        let (world, board, depot) = (fixture.company.world, fixture.board, fixture.company.depot)
        certificate = world.id()
        let id = certificate
        try world.commit(world.importer) { editor in
            try editor.create(
                "type_certificate", id: id,
                [
                    "part": .reference(board), "scheme": .text("IECEx"), "number": .text("BVS 21.0012"), "marking": .text("Ex db IIC T6 Gb"),
                    "serial_from": .text("D1"), "serial_to": .text("D4"), "valid_to": .text("2027-06-30"),
                ])
            for serial in ["D3", "D4", "D5", "D6"] {
                try editor.create(
                    "stock_entry",
                    [
                        "part": .reference(board), "serial": .text(serial), "to": .reference(depot), "quantity": .text("1"),
                        "reason": .text("receipt"), "at": .text(editor.now.description),
                    ])
            }
        }
        try world.sync(world.importer)
    }

    // MARK: What people do

    @discardableResult
    private func ask(_ quantity: String, for order: RecordID, _ terms: [String: Value] = [:], scheme: String = "IECEx") throws -> RecordID {
        let id = RecordID.derived(
            type: try world.schema.entity("reservation").type, key: [order.bytes, board.bytes, company.depot.bytes])
        try world.commit(company.dora) { editor in
            let fields: [String: Value] = [
                "order": .reference(order), "part": .reference(board), "location": .reference(company.depot), "quantity": .text(quantity),
                "requested_by": .reference(editor.user),
            ]
            try editor.create("reservation", id: id, fields.merging(asked.merging(["scheme": .text(scheme)]) { $1 }) { $1 }.merging(terms) { $1 })
        }
        try world.sync(company.dora)
        return id
    }

    private func order(_ number: Int) throws -> RecordID {
        let id = world.id()
        try company.createOrder(id, "SO-9\(number)", "Order \(number)")
        return id
    }

    private func move(_ serial: String, to place: RecordID?) throws -> SyncReport {
        try world.commit(world.importer) { editor in
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(board), "serial": .text(serial), "from": .reference(company.depot),
                    "to": place.map { .reference($0) } ?? .null,
                    "quantity": .text("1"), "reason": .text(place == nil ? "count" : "transfer"), "at": .text(editor.now.description),
                ])
        }
        return try world.sync(world.importer)
    }

    // MARK: What the server has

    private func texts(_ id: RecordID, _ field: String) throws -> [String] {
        (try world.serverValue("reservation", id, field).list ?? []).compactMap(\.text)
    }

    private func named(_ id: RecordID) throws -> [String] {
        try world.serverRecords("unit").filter { $0.reference("reserved_for") == id }.compactMap { $0.text("serial") }.sorted()
    }

    private func state(of id: RecordID) throws -> String {
        try ["state", "granted", "backordered"].map { try world.serverValue("reservation", id, $0).text ?? "–" }.joined(separator: " ")
    }

    // MARK: Tests

    @Test("67: three pieces that meet all are named for the order, and nobody else gets them")
    func three() throws {
        let first = try ask("3", for: company.order)
        #expect(try state(of: first) == "granted 3 –")
        #expect(try texts(first, "serials") == ["D1", "D2", "D3"] && named(first) == ["D1", "D2", "D3"])
        let second = try ask("3", for: try order(1))
        #expect(try state(of: second) == "backordered 0 3")
        #expect(try texts(second, "serials").isEmpty && named(second).isEmpty)
        let lacking = try texts(second, "shortcomings")
        #expect(lacking.count == 5)
        #expect(lacking.filter { $0.hasSuffix("it is named for another order.") }.count == 3)
        #expect(lacking.contains("D5: No certificate by IECEx covers it."))
        #expect(try world.serverRecords("exception").contains { $0.text("kind") == "shortage" && $0.reference("subject") == second })
        // Who takes any piece still gets one of the three that are left.
        let plain = try ask("3", for: try order(2), asked.mapValues { _ in .null }.merging(["scheme": .null]) { $1 })
        #expect(try state(of: plain) == "granted 3 –" && named(plain).isEmpty)
    }

    @Test("67: which criterion fails is said of each piece")
    func criteria() throws {
        let id = try ask("1", for: company.order, ["zone": .text("0"), "valid_days": .integer(3000)])
        #expect(try state(of: id) == "backordered 0 1")
        let lacking = try texts(id, "shortcomings")
        #expect(lacking.first?.hasPrefix("D1: IECEx BVS 21.0012 ends on 2027-06-30") == true)
        #expect(lacking.first?.contains("Zone 0 asks for Ga or better, it is Gb.") == true)
        #expect(try world.serverValue("reservation", id, "answer").text?.contains("IECEx, zone 0, IIC, valid for 3000 days") == true)
        let other = try ask("1", for: try order(1), scheme: "ATEX")
        #expect(try texts(other, "shortcomings").contains("D1: No certificate by ATEX covers it; it has one by IECEx."))
    }

    @Test("who takes less gets what there is, and the rest from a receipt that is what was asked for, in the same set")
    func receipts() throws {
        let id = try ask("5", for: company.order, ["partial": .boolean(true)])
        #expect(try state(of: id) == "backordered 4 1")
        #expect(try named(id) == ["D1", "D2", "D3", "D4"])
        try world.commit(world.importer) { editor in
            try editor.create(
                "type_certificate",
                [
                    "part": .reference(board), "scheme": .text("IECEx"), "number": .text("BVS 26.1"), "marking": .text("Ex db IIC T6 Gb"),
                    "serial_from": .text("D6"), "serial_to": .text("D6"),
                ])
        }
        try world.sync(world.importer)
        #expect(try state(of: id) == "granted 5 0")
        #expect(try named(id) == ["D1", "D2", "D3", "D4", "D6"] && texts(id, "shortcomings").isEmpty)
        #expect(try !openCases().contains("shortage"))
    }

    @Test("a named piece is handed out for its order alone, and another one not for it")
    func handOut() throws {
        let id = try ask("1", for: company.order)
        #expect(try named(id) == ["D1"])
        let other = try hand("AAAA22", "D1", from: company.depot, to: vanB, by: company.dora)
        let wrong = try hand("AAAA23", "D2", from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        let right = try hand("AAAA24", "D1", from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        try sync(company.dora)
        #expect(try state(other) == "refused" && state(wrong) == "refused" && state(right) == "offered")
        #expect(try world.serverValue("hand_over", wrong, "answer").text == "Named for the order are D1.")
        #expect(try reservation(id) == "picked 0 1 –" && named(id) == ["D1"])
        try answer(right, .accept, at: company.vanA, by: company.anna)
        try sync(company.anna)
        #expect(try reservation(id) == "loaded 0 0 1" && named(id).isEmpty)
        #expect(try holder("D1") == .location(company.vanA))
    }

    @Test("a named piece is moved nowhere, and one that is written off is replaced by another, or waited for again")
    func gone() throws {
        let id = try ask("3", for: company.order)
        _ = try move("D1", to: company.vanA)
        #expect(try holder("D1") == .location(company.depot) && named(id) == ["D1", "D2", "D3"])
        _ = try move("D1", to: nil)
        #expect(try holder("D1") == nil && named(id) == ["D2", "D3", "D4"])
        #expect(try state(of: id) == "granted 3 –")
        _ = try move("D3", to: nil)
        #expect(try state(of: id) == "backordered 2 1" && named(id) == ["D2", "D4"])
        #expect(try balance(board, at: company.depot) == "4 2")
        #expect(try openCases().contains("shortage"))
    }

    @Test("somebody else's use of a named piece stands, and the order is given another")
    func usedElsewhere() throws {
        let id = try ask("2", for: try order(1))
        #expect(try named(id) == ["D1", "D2"])
        try use("D1", from: company.depot, by: company.anna)
        try sync(company.anna)
        #expect(try holder("D1") == .asset(company.asset))
        #expect(try named(id) == ["D2", "D3"] && state(of: id) == "granted 2 –")
    }

    @Test("pieces of an order that is over are nobody's, and go to who waits")
    func released() throws {
        let first = try ask("4", for: company.order)
        let second = try ask("2", for: try order(1))
        #expect(try state(of: second) == "backordered 0 2")
        try company.event(company.dora, .cancel)
        try sync(company.dora)
        #expect(try named(first).isEmpty && texts(first, "serials").isEmpty)
        #expect(try state(of: second) == "granted 2 0" && named(second) == ["D1", "D2"])
    }

    @Test("a certificate that is withdrawn takes the pieces away, time that goes by does not")
    func withdrawn() throws {
        let id = try ask("2", for: company.order)
        world.milliseconds += 150 * 86_400_000
        try company.receive("1")
        #expect(try named(id) == ["D1", "D2"])
        try world.commit(world.importer) { try $0.patch("type_certificate", certificate, ["withdrawn": .text("yes")]) }
        try world.sync(world.importer)
        #expect(try named(id).isEmpty && state(of: id) == "backordered 0 2")
        #expect(try texts(id, "shortcomings").first == "D1: IECEx BVS 21.0012 is withdrawn.")
    }

    @Test("a piece that is named can be put aside, and another takes its place; a number nobody has seen is not handed out for the order")
    func putAside() throws {
        let id = try ask("1", for: company.order)
        let quarantine = world.id()
        try world.commit(world.importer) {
            try $0.create("stock_location", id: quarantine, ["kind": .text("quarantine"), "name": .text("Quarantine")])
        }
        try world.sync(world.importer)
        _ = try move("D1", to: quarantine)
        #expect(try holder("D1") == .location(quarantine) && named(id) == ["D2"])
        try world.sync(company.dora)
        let unknown = try hand("AAAA25", "D99", from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        try sync(company.dora)
        #expect(try state(unknown) == "refused" && reservation(id) == "granted 1 – –")
    }

    @Test("a certificate that is withdrawn ends the hand-over of a piece that was picked for its sake")
    func withdrawnWhilePicked() throws {
        let id = try ask("1", for: company.order)
        let offer = try hand("AAAA26", "D1", from: company.depot, to: company.vanA, for: company.order, by: company.dora)
        try sync(company.dora)
        #expect(try reservation(id) == "picked 0 1 –")
        try world.commit(world.importer) { try $0.patch("type_certificate", certificate, ["withdrawn": .text("yes")]) }
        try world.sync(world.importer)
        #expect(try state(offer) == "refused" && state(of: id) == "backordered 0 1" && named(id).isEmpty)
    }

    @Test("criteria that somebody adds to a request that was answered without any count for nothing, and he is told")
    func addedLater() throws {
        let plain = asked.mapValues { _ in Value.null }
        let id = try ask("2", for: company.order, plain)
        #expect(try state(of: id) == "granted 2 –")
        try world.commit(company.anna) { editor in
            let fields: [String: Value] = [
                "order": .reference(company.order), "part": .reference(board), "location": .reference(company.depot), "quantity": .text("2"),
                "requested_by": .reference(editor.user),
            ]
            try editor.create("reservation", id: id, fields.merging(asked) { $1 })
        }
        try world.sync(company.anna)
        #expect(try world.serverValue("reservation", id, "scheme").text == "IECEx")
        #expect(try state(of: id) == "granted 2 –" && named(id).isEmpty && world.serverValue("reservation", id, "serials") == .null)
        let order = try order(1)
        let other = try ask("1", for: order)
        #expect(try state(of: other) == "granted 1 –" && named(other) == ["D1"])
    }

    @Test("a request of which nothing can be is refused, and one that has waited its time and loses a piece waits no more")
    func ends() throws {
        let odd = try ask("1", for: company.order, ["zone": .text("21")])
        #expect(try state(of: odd).hasPrefix("refused"))
        let end = DeviceTime(milliseconds: world.milliseconds + 3_600_000, offsetMinutes: 0)
        let id = try ask("5", for: try order(1), ["partial": .boolean(true), "cancel_after": .text(end.description)])
        #expect(try state(of: id) == "backordered 4 1")
        world.milliseconds += 3_700_000
        _ = try world.server.tick(at: world.moment)
        #expect(try state(of: id) == "granted 4 0")
        _ = try move("D1", to: nil)
        #expect(try state(of: id) == "granted 3 0" && named(id) == ["D2", "D3", "D4"])
        #expect(try !openCases().contains("shortage"))
    }

    @Test("of a part whose pieces are not told apart none can be named")
    func untold() throws {
        let id = try company.reserve("1", for: company.order, asked)
        #expect(try world.serverValue("reservation", id, "state").text == "refused")
    }
}
