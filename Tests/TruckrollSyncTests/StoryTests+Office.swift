import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Those of stock, of rules and of a lost device.
extension StoryTests {
    // MARK: Stock

    /// An order with a reservation of the depot's stock, made offline.
    private func reserve(_ quantity: String, of part: RecordID, by device: World.Device) throws -> RecordID {
        let order = world.id()
        let id = RecordID.derived(type: try world.schema.entity("reservation").type, key: [order.bytes, part.bytes, company.depot.bytes])
        try world.commit(device) { editor in
            try editor.create(
                "service_order", id: order,
                [
                    "number": .text("SO-\(order.low % 100_000)"), "channel": .text("office"),
                    "customer": try editor.view("service_order", company.order)?["customer"] ?? .null, "site": .reference(company.site),
                    "kind": .text("repair"), "title": .text("Repair"), "requested_at": .text(editor.now.description),
                ])
            try editor.event(.create, order: order)
            try editor.create(
                "reservation", id: id,
                [
                    "order": .reference(order), "part": .reference(part), "location": .reference(company.depot), "quantity": .text(quantity),
                    "requested_by": .reference(editor.user),
                ])
        }
        return id
    }

    @Test("D16: of five pieces never ten are promised, and of one serial number never two, though two desks ask at once", arguments: [false, true])
    func oversold(reversed: Bool) throws {
        let sensor = world.id()
        try world.commit(world.importer) { editor in
            try editor.create(
                "part", id: sensor, ["number": .text("P-2"), "name": .text("Sensor"), "unit": .text("pcs"), "serialised": .boolean(true)])
            try editor.create(
                "stock_entry",
                [
                    "part": .reference(sensor), "serial": .text("S-1"), "to": .reference(company.depot), "quantity": .text("1"),
                    "reason": .text("receipt"), "at": .text(editor.now.description),
                ])
        }
        try company.receive("4")
        let other = try world.device("other desk", user: company.dora.user)
        try world.sync(company.dora)
        let desks = [company.dora, other]
        let pieces = try desks.map { try reserve("5", of: company.part, by: $0) }
        let serials = try desks.map { try reserve("1", of: sensor, by: $0) }
        for desk in reversed ? desks.reversed() : desks { try world.sync(desk) }
        let (winner, loser) = reversed ? (1, 0) : (0, 1)
        for reservations in [pieces, serials] {
            #expect(try world.serverValue("reservation", reservations[winner], "state") == .text("granted"))
            #expect(try world.serverValue("reservation", reservations[loser], "state") == .text("backordered"))
            #expect(["0", nil].contains(try world.serverValue("reservation", reservations[loser], "granted").text))
        }
        #expect(try balance(company.depot) == ["5", "5"] && balance(company.depot, sensor) == ["1", "1"])
        try gather(company.dora, other)
        for desk in desks {
            let states = try (pieces + serials).map { try world.value(desk, "reservation", $0, "state").text ?? "" }.sorted()
            #expect(states == ["backordered", "backordered", "granted", "granted"])
        }
    }

    @Test("D18: what is reserved and given back in tenths is exactly nothing in the end, and nobody is kept from giving it back")
    func drift() throws {
        try company.receive("0.3")
        let asked = try (2..<15).map { try company.ask($0, "0.1") }
        #expect(try balance(company.depot) == ["1.3", "1.3"])
        let late = try company.ask(20, "0.1")
        #expect(try world.serverValue("reservation", late.reservation, "state") == .text("backordered"))
        for order in [late.order] + asked.map(\.order) { try world.commit(company.dora) { try $0.event(.cancel, order: order) } }
        try world.sync(company.dora)
        #expect(try balance(company.depot) == ["1.3", "0"])
        // The whole of it can be promised again, and is used up to the last tenth.
        let all = try company.reserve("1.3", for: company.order)
        #expect(try world.serverValue("reservation", all, "state") == .text("granted") && balance(company.depot) == ["1.3", "1.3"])
        try world.sync(company.anna)
        for _ in 0..<13 { try use("0.1", from: company.depot, by: company.anna) }
        try gather(company.anna)
        #expect(try balance(company.depot) == ["0", "0"])
        let told = try world.serverRecords("exception").filter { $0.text("state") == "open" }.compactMap { $0.text("text") }
        #expect(told == [])
        // The balance is what the ledger says.
        func sum(_ records: [RecordView]) throws -> Quantity {
            try records.reduce(.zero) { sum, view in
                let quantity = try #require(view.quantity("quantity"))
                return try #require(sum.adding(quantity))
            }
        }
        let received = try sum(world.serverRecords("stock_entry").filter { $0.reference("to") == company.depot })
        let used = try sum(world.serverRecords("part_use"))
        #expect(received == used)
    }

    @Test("D19: work that two connections and a file bring at once is there once")
    func sentTwice() throws {
        try company.event(company.anna, .accept)
        try note("once", by: company.anna)
        try use("1", from: company.vanA, by: company.anna)
        let request = try company.anna.engine.nextRequest()
        var file = PBCarryRequest()
        file.sets = try company.anna.engine.read { try $0.outbox() }.map { PBSignedSet($0.set) }
        for _ in 0..<2 { _ = try world.server.sync(request, replica: company.anna.replica, at: world.moment) }
        #expect(try world.server.carry(file, revoked: [], at: world.moment).receipts.map(\.duplicate) == [true, true, true])
        try gather(company.anna)
        #expect(try texts("note", "text") == ["once"] && world.serverRecords("part_use").count == 1)
        #expect(try balance(company.vanA)[0] == "1")
        #expect(try world.serverRecords("order_event").filter { $0.text("event") == "accept" }.count == 1)
    }

    // MARK: Rules

    @Test("D22: an order that cannot go on says what is missing, goes on by itself when that is there, and keeps no visit running")
    func stuck() throws {
        let visit = try #require(try world.serverRecords("appointment").first { $0.reference("order") == company.order })
        try company.event(company.anna, .accept, .travel, .arrive, .start, .complete)
        try world.sync(company.anna)
        #expect(try company.state() == "in_progress")
        let told = try #require(try world.serverRecords("exception").first { $0.text("kind") == "incomplete" && $0.text("state") == "open" })
        #expect(told.text("text")?.contains("Check") == true, "\(told.text("text") ?? "")")
        try world.sync(company.dora)
        #expect(try world.value(company.dora, "exception", told.id, "state") == .text("open"))
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete, .customer_absent)
        try gather(company.anna)
        #expect(try company.state() == "closed")
        #expect(try cases(of: company.order).isEmpty && cases(of: company.order, state: "resolved") == ["incomplete"])
        // The technician is free at the time of the visit, though nobody has ended it by hand.
        let next = world.id()
        try company.createOrder(next, "SO-2", "At the same time")
        let again = try request(
            "assign",
            ["order": .reference(next), "technician": .reference(company.annaUser), "starts_at": visit["starts_at"], "ends_at": visit["ends_at"]])
        #expect(try world.serverValue("assignment_request", again, "state") == .text("granted"))
    }

    @Test("D24: what the rules find in an order is said on the device before it is sent, and the server finds the same")
    func sameRules() throws {
        let entries: [(fields: [String: Value], finds: [String])] = [
            ([:], []), (["title": .text(" ")], ["order-title"]), (["kind": .text("calibration")], ["order-assets"]),
            (
                ["title": .text(" "), "due_at": .text("2020-01-01T00:00:00Z"), "kind": .text("calibration")],
                ["order-title", "order-due", "order-assets"]
            ),
        ]
        for entry in entries {
            let id = world.id()
            try world.commit(company.anna) { editor in
                let whole: [String: Value] = [
                    "number": .text("SO-\(id.low % 10_000)"), "channel": .text("field"),
                    "customer": try editor.view("service_order", company.order)?["customer"] ?? .null, "site": .reference(company.site),
                    "kind": .text("repair"), "title": .text("Repair"), "requested_at": .text(editor.now.description),
                ]
                try editor.create("service_order", id: id, whole.merging(entry.fields) { $1 })
                try editor.event(.create, order: id)
                try editor.event(.take, order: id)
            }
            let said = try #require(try company.anna.engine.read { try $0.rules.report(onOrder: id) })
            #expect(said.findings.map(\.code) == entry.finds)
            try world.sync(company.anna)
            let verdict = try #require(try world.serverRecords("order_verdict").first { $0.reference("order") == id })
            #expect((verdict["findings"].list ?? []).compactMap { $0.list?[1].text } == said.findings.map(\.code))
            #expect(verdict.text("verdict") == said.verdict.map { "\($0)" })
            #expect(try company.anna.engine.read { try $0.unresolved() }.isEmpty)
        }
    }

    @Test("D25: a lost device is shown nothing any more, and its work is not lost: a file of it waits for a person, who lets it in")
    func lostDevice() throws {
        try company.event(company.anna, .accept)
        try note("unsent", by: company.anna)
        let device = try #require(try company.anna.engine.read { try $0.identity() }).device
        try world.signIn(company.anna)
        try world.server.revoke(device, at: world.moment)
        let refusal = #expect(throws: EngineProblem.self) { try world.signIn(company.anna) }
        #expect(refusal?.code == "device-revoked" && refusal?.next.contains("Export the outbox") == true)
        var file = PBCarryRequest()
        file.sets = try company.anna.engine.read { try $0.outbox() }.map { PBSignedSet($0.set) }
        let reply = try world.server.carry(file, revoked: [], at: world.moment)
        #expect(reply.receipts.map(\.outcome) == [UInt32](repeating: UInt32(Outcome.quarantined.rawValue), count: 2))
        #expect(try company.state() == "dispatched" && texts("note", "text").isEmpty)
        for sequence in [UInt64(1), 2] {
            #expect(try world.server.release(WriteID(replica: company.anna.replica, sequence: sequence), at: world.moment).outcome == .applied)
        }
        #expect(try company.state() == "accepted" && texts("note", "text") == ["unsent"])
        // Whoever drives on has a device of their own.
        let spare = try world.device("spare", user: company.annaUser)
        #expect(try world.value(spare, "service_order", company.order, "state") == .text("accepted"))
    }
}
