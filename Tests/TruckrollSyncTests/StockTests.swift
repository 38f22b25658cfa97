import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Stock and its promises")
struct StockTests {
    let company: Company
    var world: World { company.world }

    /// Anna has an order and two pieces in her van; the depot has five.
    init() throws {
        company = try Company()
        try receive(at: company.depot, "4")
    }

    private func receive(at place: RecordID, _ quantity: String) throws {
        try world.commit(world.importer) { editor in
            try editor.create("stock_entry", entry(editor, quantity, to: place))
        }
        try world.sync(world.importer)
    }

    private func entry(_ editor: LocalEditor, _ quantity: String, from: RecordID? = nil, to: RecordID? = nil) -> [String: Value] {
        [
            "part": .reference(company.part), "from": from.map { .reference($0) } ?? .null, "to": to.map { .reference($0) } ?? .null,
            "quantity": .text(quantity), "reason": .text(from == nil ? "receipt" : "transfer"), "at": .text(editor.now.description),
        ]
    }

    @discardableResult
    private func use(_ quantity: String, from place: RecordID, lease: RecordID? = nil, corrects: RecordID? = nil) throws -> RecordID {
        let id = world.id()
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use", id: id,
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text(quantity), "from": .reference(place),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                    "lease": lease.map { .reference($0) } ?? .null, "corrects": corrects.map { .reference($0) } ?? .null,
                ])
        }
        return id
    }

    private func ask(_ entity: String, _ quantity: String, at place: RecordID, _ device: World.Device? = nil) throws -> RecordID {
        let isLease = entity == "lease"
        let id =
            isLease
            ? world.id()
            : RecordID.derived(type: try world.schema.entity(entity).type, key: [company.order.bytes, company.part.bytes, place.bytes])
        let device = device ?? company.anna
        try world.commit(device) { editor in
            try editor.create(entity, id: id, request(editor, quantity, at: place, isLease: isLease))
        }
        try world.sync(device)
        return id
    }

    private func request(_ editor: LocalEditor, _ quantity: String, at place: RecordID, isLease: Bool) -> [String: Value] {
        let common: [String: Value] = ["part": .reference(company.part), "location": .reference(place)]
        guard isLease else {
            return common.merging(
                ["order": .reference(company.order), "quantity": .text(quantity), "requested_by": .reference(editor.user)]) { $1 }
        }
        return common.merging(["kind": .text("depot_stock"), "user": .reference(editor.user), "amount": .text(quantity)]) { $1 }
    }

    /// On hand, reserved and leased.
    private func balance(_ place: RecordID) throws -> [String] {
        let view = try #require(try world.serverRecords("balance").first { $0.reference("location") == place })
        return ["on_hand", "reserved", "leased"].map { view.text($0) ?? "0" }
    }

    private func cases() throws -> [String] { try world.serverRecords("exception").compactMap { $0.text("kind") } }

    @Test("a corrected part use puts back what it replaces, once")
    func corrected() throws {
        let first = try use("2", from: company.vanA)
        try use("1", from: company.vanA, corrects: first)
        try use("1", from: company.vanA, corrects: first)
        try world.sync(company.anna)
        #expect(try balance(company.vanA)[0] == "0")
        #expect(try cases().isEmpty)
    }

    @Test(
        "a correction puts back what the book gave, and not what was missing from it",
        arguments: [("30", "2", "0"), ("30", "1", "1"), ("3", "1", "1"), ("30", "4", "0"), ("1", "30", "0")])
    func overbooked(typed: String, meant: String, left: String) throws {
        let first = try use(typed, from: company.vanA)
        try use(meant, from: company.vanA, corrects: first)
        try world.sync(company.anna)
        #expect(try balance(company.vanA)[0] == left)
    }

    @Test("a chain of corrections ends with what the last one says")
    func chain() throws {
        let first = try use("30", from: company.vanA)
        let second = try use("20", from: company.vanA, corrects: first)
        try world.sync(company.anna)
        try receive(at: company.vanA, "10")
        try use("1", from: company.vanA, corrects: second)
        try world.sync(company.anna)
        #expect(try balance(company.vanA)[0] == "11")
    }

    @Test(
        "a corrected use on a lease gives back its spend, and doubts only what goes beyond", arguments: [("1", "1", 0), ("2", "0", 0), ("3", "0", 1)])
    func lease(meant: String, leased: String, doubts: Int) throws {
        let lease = try ask("lease", "2", at: company.depot)
        let first = try use("2", from: company.depot, lease: lease)
        try use(meant, from: company.depot, lease: lease, corrects: first)
        try world.sync(company.anna)
        #expect(try balance(company.depot) == ["\(5 - (Int(meant) ?? 0))", "0", leased])
        #expect(try world.serverValue("lease", lease, "used") == .text(meant))
        #expect(try cases() == [String](repeating: "lease_overrun", count: doubts))
    }

    @Test("a lease gets a corrected spend back once, also where the book had nothing to give")
    func leaseOnce() throws {
        let lease = try ask("lease", "2", at: company.depot)
        let first = try use("9", from: company.depot, lease: lease)
        try use("1", from: company.depot, lease: lease, corrects: first)
        try use("1", from: company.depot, lease: lease, corrects: first)
        try world.sync(company.anna)
        #expect(try world.serverValue("lease", lease, "used") == .text("2"))
        #expect(try balance(company.depot) == ["3", "0", "0"])
    }

    @Test("a corrected use of what was reserved needs no second promise")
    func reservation() throws {
        _ = try ask("reservation", "2", at: company.depot)
        let first = try use("2", from: company.depot)
        try use("1", from: company.depot, corrects: first)
        try world.sync(company.anna)
        #expect(try balance(company.depot) == ["4", "0", "0"])
        #expect(try cases().isEmpty)
    }

    @Test("what lies in a van is promised to its device already and to nobody else", arguments: ["reservation", "lease"])
    func van(entity: String) throws {
        let id = try ask(entity, "1", at: company.vanA)
        #expect(try world.serverValue(entity, id, "state") == .text("refused"))
        #expect(try balance(company.vanA) == ["2", "0", "0"])
    }

    @Test("a movement in one set with a request or a use waits its turn", arguments: ["reservation", "lease", "part_use"])
    func oneSet(entity: String) throws {
        let worker = world.importer
        try world.commit(worker) { editor in
            if entity == "part_use" {
                try editor.create(
                    "part_use",
                    [
                        "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("5"),
                        "from": .reference(company.depot),
                        "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                    ])
            } else {
                let key = [company.order.bytes, company.part.bytes, company.depot.bytes]
                let id = entity == "lease" ? world.id() : RecordID.derived(type: try editor.schema.entity(entity).type, key: key)
                try editor.create(entity, id: id, request(editor, "5", at: company.depot, isLease: entity == "lease"))
            }
            try editor.create("stock_entry", entry(editor, "5", from: company.depot, to: company.vanA))
        }
        #expect(try world.sync(worker).needAttention == 1)
        let held = try balance(company.depot).compactMap { Quantity($0) }
        #expect(held[0] >= .zero)
        #expect(held[1].millionths + held[2].millionths <= held[0].millionths)
    }

    @Test("a place holds no more than a quantity can say")
    func tooMuch() throws {
        for expected in [0, 1] {
            try world.commit(world.importer) { editor in
                try editor.create("stock_entry", entry(editor, "999999999990", to: company.depot))
            }
            #expect(try world.sync(world.importer).needAttention == expected)
        }
        #expect(try balance(company.depot)[0] == "999999999995")
        // Two that would fit each by itself.
        try world.commit(world.importer) { editor in
            for _ in 0..<2 { try editor.create("stock_entry", entry(editor, "3", to: company.depot)) }
        }
        #expect(try world.sync(world.importer).needAttention == 1)
        #expect(try balance(company.depot)[0] == "999999999995")
    }
}
