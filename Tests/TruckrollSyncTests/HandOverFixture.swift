import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Two vans and a depot with boards that have serial numbers, and sensors that have none.
struct HandOverFixture {
    let company: Company
    let board: RecordID
    let vanB: RecordID

    /// The depot has the boards D1 and D2 and one sensor, Anna's van the board A1 and two sensors, Ben's van nothing.
    init() throws {
        company = try Company()
        let world = company.world
        let (board, vanB) = (world.id(), world.id())
        (self.board, self.vanB) = (board, vanB)
        let ben = company.benUser
        try world.commit(world.importer) { editor in
            try editor.create("stock_location", id: vanB, ["kind": .text("van"), "name": .text("Van B"), "holder": .reference(ben)])
            try editor.create(
                "part", id: board,
                ["number": .text("B-1"), "name": .text("Main board"), "unit": .text("pcs"), "serialised": .boolean(true)])
        }
        try world.sync(world.importer)
        for (serial, place) in [("D1", company.depot), ("D2", company.depot), ("A1", company.vanA)] {
            try world.commit(world.importer) { editor in
                try editor.create(
                    "stock_entry",
                    [
                        "part": .reference(board), "serial": .text(serial), "to": .reference(place), "quantity": .text("1"),
                        "reason": .text("receipt"), "at": .text(editor.now.description),
                    ])
            }
        }
        for device in [world.importer, company.anna, company.ben, company.dora] { try world.sync(device) }
    }
}

/// A suite about parts that change hands, with what people do and what the server has of it.
protocol HandOverSuite {
    var fixture: HandOverFixture { get }
}

extension HandOverSuite {
    var company: Company { fixture.company }
    var world: World { company.world }
    var board: RecordID { fixture.board }
    var vanB: RecordID { fixture.vanB }

    // MARK: What people do

    func sync(_ devices: World.Device...) throws { for device in devices { try world.sync(device) } }

    func id(_ code: String, to place: RecordID) throws -> RecordID {
        HandOverCode.id(try world.schema.entity("hand_over"), code: code, to: place)
    }

    /// Hands over a board by its number, or sensors.
    @discardableResult
    func hand(
        _ code: String, _ serial: String? = nil, _ quantity: String = "1", from: RecordID?, to: RecordID, for order: RecordID? = nil,
        by device: World.Device
    ) throws -> RecordID {
        let id = try id(code, to: to)
        try world.commit(device, "hand-over") { editor in
            try editor.create(
                "hand_over", id: id,
                [
                    "part": .reference(serial == nil ? company.part : board), "quantity": .text(quantity),
                    "serial": serial.map { .text($0) } ?? .null,
                    "from": from.map { .reference($0) } ?? .null, "to": .reference(to), "code": .text(code),
                    "order": order.map { .reference($0) } ?? .null, "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        return id
    }

    @discardableResult
    func answer(
        _ handOver: RecordID, _ action: HandOverAction, at place: RecordID?, _ received: [String: Value] = [:], by device: World.Device
    ) throws -> RecordID {
        let id = world.id()
        try world.commit(device, "answer") { editor in
            let fields: [String: Value] = [
                "hand_over": .reference(handOver), "action": .text(action.rawValue), "location": place.map { .reference($0) } ?? .null,
                "at": .text(editor.now.description), "by": .reference(editor.user),
            ]
            try editor.create("hand_over_answer", id: id, fields.merging(received) { $1 })
        }
        return id
    }

    @discardableResult
    func use(_ serial: String, from: RecordID?, action: String = "fitted", by device: World.Device) throws -> RecordID {
        let id = world.id()
        try world.commit(device) { editor in
            try editor.create(
                "part_use", id: id,
                [
                    "order": .reference(company.order), "part": .reference(board), "quantity": .text("1"), "serial": .text(serial),
                    "from": from.map { .reference($0) } ?? .null, "asset": .reference(company.asset), "action": .text(action),
                    "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        return id
    }

    func reserve(_ quantity: String) throws -> RecordID { try company.reserve(quantity, for: company.order) }

    // MARK: What the server has

    func holder(_ serial: String) throws -> UnitHolder? {
        try world.serverRecords("unit").first { $0.text("serial") == serial }.flatMap { UnitHolder(unit: $0) }
    }

    func state(_ handOver: RecordID) throws -> String? { try world.serverValue("hand_over", handOver, "state").text }

    func balance(_ part: RecordID, at place: RecordID) throws -> String {
        let id = StockBook.balanceID(try world.schema.entity("balance"), location: place, part: part)
        return try ["on_hand", "reserved"].map { try world.serverValue("balance", id, $0).text ?? "–" }.joined(separator: " ")
    }

    func reservation(_ id: RecordID) throws -> String {
        try ["state", "granted", "picked", "loaded"].map { try world.serverValue("reservation", id, $0).text ?? "–" }.joined(separator: " ")
    }

    func openCases() throws -> [String] {
        try world.serverRecords("exception").filter { $0.text("state") == "open" }.compactMap { $0.text("kind") }.sorted()
    }

    func ruling(_ answer: RecordID) throws -> String? { try world.serverValue("hand_over_answer", answer, "ruling").text }
}
