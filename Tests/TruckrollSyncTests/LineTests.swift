import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("What orders are to bring, and whether it works together")
struct LineTests {
    let company: Company
    var world: World { company.world }

    init() throws { company = try Company() }

    private func line(_ order: RecordID, _ quantity: String, _ part: RecordID? = nil, serials: [String] = [], by device: World.Device? = nil) throws
        -> RecordID
    {
        let id = world.id()
        let device = device ?? company.dora
        try world.commit(device, "order-line") { editor in
            try editor.create(
                "order_line", id: id,
                [
                    "order": .reference(order), "part": .reference(part ?? company.part), "quantity": .text(quantity),
                    "asset": .reference(company.asset),
                    "serials": serials.isEmpty ? .null : .list(serials.map { .text($0) }), "made_by": .reference(editor.user),
                ].filter { $0.value != .null })
        }
        try world.sync(device)
        return id
    }

    private func part(_ number: String, serialised: Bool = false, attributes: [String] = []) throws -> RecordID {
        let id = world.id()
        try world.commit(world.importer) { editor in
            try editor.create(
                "part", id: id,
                [
                    "number": .text(number), "name": .text(number), "unit": .text("pcs"), "serialised": .boolean(serialised),
                ].filter { $0.value != .null })
        }
        try world.sync(world.importer)
        try world.sync(company.dora)
        if !attributes.isEmpty { try describe("part", id, attributes) }
        return id
    }

    private func describe(_ kind: String, _ product: RecordID, _ attributes: [String]) throws {
        try world.commit(company.dora) { editor in
            let id = Product.setID(try editor.schema.entity("attribute_set"), of: product)
            try editor.create("attribute_set", id: id, [kind: .reference(product), "attributes": .list(attributes.map { .text($0) })])
        }
        try world.sync(company.dora)
    }

    private func reservations(_ order: RecordID) throws -> [String] {
        try world.serverRecords("reservation").filter { $0.reference("order") == order }.map {
            "\($0.text("quantity") ?? "") \($0.text("state") ?? "")"
        }.sorted()
    }

    private func cases(_ kind: String) throws -> [RecordView] { try world.serverRecords("exception").filter { $0.text("kind") == kind } }

    // MARK: 127

    @Test("127: who is planned gets what the order is to bring promised at his depot, once, and what is added later too")
    func reserved() throws {
        let order = world.id()
        try company.createOrder(order, "SO-9", "Bring it")
        _ = try line(order, "1")
        #expect(try reservations(order).isEmpty)
        try assign(order, company.annaUser)
        #expect(try reservations(order) == ["1 granted"])
        // Nothing is asked for twice, by whomever it is brought.
        try assign(order, company.benUser, hours: 4)
        #expect(try reservations(order) == ["1 granted"])
        let grease = try part("G-1")
        _ = try line(order, "3", grease)
        #expect(try reservations(order) == ["1 granted", "3 backordered"])
    }

    private func assign(_ order: RecordID, _ technician: RecordID, hours: Int64 = 24) throws {
        try world.commit(company.dora, "assign") { editor in
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(order), "action": .text("assign"), "technician": .reference(technician),
                    "starts_at": .text(company.later(editor.now, hours: hours)), "ends_at": .text(company.later(editor.now, hours: hours + 1)),
                ])
        }
        try world.sync(company.dora)
    }

    // MARK: 29

    @Test("29, I6: a line of pieces is not complete before each is named, on the line or by its use, on device and server alike")
    func pieces() throws {
        let detector = try part("D-1", serialised: true)
        let id = try line(company.order, "2", detector)
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try world.sync(company.anna)
        #expect(try company.anna.engine.read { try $0.unnamedPieces(of: company.order) } == ["D-1 0 of 2"])
        try company.event(company.anna, .complete)
        try world.sync(company.anna)
        #expect(try company.state() == "in_progress")
        #expect(try cases("incomplete").contains { $0.text("text")?.contains("D-1 0 of 2") == true })
        // The same piece by another spelling is no second one.
        for serials in [["A 1", "A1"], ["A1", "B2"]] {
            #expect(try company.state() == "in_progress")
            try world.commit(company.anna) { editor in
                for serial in serials { try editor.change("order_line", id, "serials", element: .text(serial), op: .add) }
            }
            try company.event(company.anna, .complete)
            try world.sync(company.anna)
        }
        #expect(try company.state() == "work_complete")
    }

    @Test("29: a piece is brought by one order at a time, and who names it twice is told once; one that is over counts no more")
    func twice() throws {
        let detector = try part("D-1", serialised: true)
        let other = world.id()
        try company.createOrder(other, "SO-9", "The other one")
        _ = try line(company.order, "1", detector, serials: ["A1"])
        _ = try line(other, "2", detector, serials: ["A1", "B2"])
        #expect(try cases("custody_conflict").count == 1)
        let third = world.id()
        try company.createOrder(third, "SO-10", "The third one")
        try world.commit(company.dora) { try $0.event(.cancel, order: other, reason: "not wanted") }
        try world.sync(company.dora)
        _ = try line(third, "1", detector, serials: ["B2"])
        #expect(try cases("custody_conflict").count == 1)
    }

    @Test("two who change a line's quantity without seeing each other: both stand, and the greater one is enough")
    func quantities() throws {
        try company.assign(company.benUser)
        let detector = try part("D-1", serialised: true)
        let id = try line(company.order, "1", detector)
        for device in [company.anna, company.ben] { try world.sync(device) }
        for (device, quantity) in [(company.anna, "2"), (company.ben, "3")] {
            try world.commit(device) { try $0.patch("order_line", id, ["quantity": .text(quantity)]) }
        }
        for device in [company.anna, company.ben, company.anna] { try world.sync(device) }
        #expect(try company.anna.engine.read { try $0.unnamedPieces(of: company.order) } == ["D-1 0 of 3"])
    }

    // MARK: 23, 88

    private func rule(_ name: String, when: (String, [String]), excludes: (String, [String]), by device: World.Device? = nil) throws -> RecordID {
        let id = world.id()
        let device = device ?? company.dora
        try world.commit(device) { editor in
            try editor.create(
                "compatibility_rule", id: id,
                [
                    "name": .text(name), "when_attribute": .text(when.0), "when_values": .list(when.1.map { .text($0) }), "kind": .text("excludes"),
                    "attribute": .text(excludes.0), "values": .list(excludes.1.map { .text($0) }), "status": .text("active"),
                ])
        }
        return id
    }

    @Test(
        "88: an order that brings what does not work with what stands there is on hold, by whatever channel it comes in",
        arguments: ["office", "phone", "portal", "contract"])
    func forbidden(channel: String) throws {
        let copper = try part("C-1", attributes: ["piping=copper"])
        let model = try #require(try world.serverValue("asset", company.asset, "model").reference)
        try describe("model", model, ["Gas=Acetylene"])
        _ = try rule("No copper", when: ("gas", ["acetylene"]), excludes: ("piping", ["copper"]))
        try world.sync(company.dora)
        let order = world.id()
        try world.commit(company.dora) { editor in
            let near = try editor.view("service_order", company.order)
            try editor.create(
                "service_order", id: order,
                [
                    "number": .text("SO-9"), "channel": .text(channel), "customer": near?["customer"] ?? .null, "site": .reference(company.site),
                    "kind": .text("repair"), "title": .text("Repair"), "assets": .list([.reference(company.asset)]),
                    "requested_at": .text(editor.now.description),
                ])
            try editor.create(
                "order_line", ["order": .reference(order), "part": .reference(copper), "quantity": .text("1"), "made_by": .reference(editor.user)])
            try editor.event(.create, order: order)
            try editor.event(.submit, order: order)
            // The device says the same before the server has heard of it.
            #expect(try editor.rules.report(onOrder: order)?.findings.contains { $0.code == "combination" } == true)
        }
        try world.sync(company.dora)
        #expect(try world.serverValue("service_order", order, "state") == .text("on_hold"))
        let verdict = try #require(try world.serverRecords("order_verdict").first { $0.reference("order") == order })
        #expect(verdict.text("rules")?.contains(" compatibility-") == true)
        // Taken off the order, it can be planned.
        let brought = try #require(try world.serverRecords("order_line").first { $0.reference("order") == order })
        try world.commit(company.dora) { try $0.delete("order_line", brought.id) }
        try world.sync(company.dora)
        #expect(try world.serverValue("service_order", order, "state") == .text("ready_to_plan"))
    }

    @Test(
        "23: of two rules that two people make apart and that contradict each other, the one admitted first holds, and the other says why it does not"
    )
    func apart() throws {
        let otto = try company.secondDispatcher()
        let first = try rule("First", when: ("a", ["1"]), excludes: ("b", ["2"]))
        let second = world.id()
        try world.commit(otto) { editor in
            try editor.create(
                "compatibility_rule", id: second,
                [
                    "name": .text("Second"), "when_attribute": .text("a"), "when_values": .list([.text("1")]), "kind": .text("requires"),
                    "attribute": .text("b"), "values": .list([.text("2")]), "status": .text("active"),
                ])
        }
        try world.sync(company.dora)
        try world.sync(otto)
        #expect(try world.serverValue("compatibility_rule", first, "standing") == .text("active"))
        #expect(try world.serverValue("compatibility_rule", second, "standing") == .text("refused"))
        #expect(try world.serverValue("compatibility_rule", second, "answer").text?.contains("First") == true)
        #expect(try otto.engine.read { try $0.rules.compatibility().rules.map(\.name) } == ["First"])
        // Withdrawn, it makes room: the other one is asked for anew.
        try world.sync(company.dora)
        try world.commit(company.dora) { editor in
            try editor.patch("compatibility_rule", first, ["status": .text("withdrawn")])
        }
        try world.sync(company.dora)
        try world.sync(otto)
        try world.commit(otto) { try $0.patch("compatibility_rule", second, ["reason": .text("once more")]) }
        try world.sync(otto)
        #expect(try world.serverValue("compatibility_rule", second, "standing") == .text("active"))
    }

    @Test("88: a part that does not work with what is fitted is told to quality when it is fitted all the same")
    func fitted() throws {
        let copper = try part("C-1", attributes: ["piping=copper"])
        let acetylene = try part("A-1", attributes: ["gas=acetylene"])
        _ = try rule("No copper", when: ("gas", ["acetylene"]), excludes: ("piping", ["copper"]))
        try world.sync(company.dora)
        try world.sync(company.anna)
        for part in [acetylene, copper] {
            #expect(try cases("unapproved_part").isEmpty)
            try world.commit(company.anna) { editor in
                try editor.create(
                    "part_use",
                    [
                        "order": .reference(company.order), "part": .reference(part), "quantity": .text("1"), "action": .text("fitted"),
                        "asset": .reference(company.asset), "at": .text(editor.now.description), "by": .reference(editor.user),
                    ])
            }
            try world.sync(company.anna)
        }
        #expect(try cases("unapproved_part").count == 1)
    }
}
