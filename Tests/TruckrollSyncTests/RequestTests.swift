import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Requests the server answers")
struct RequestTests {
    @Test(
        "D13: a technician is not planned twice at one time, the travel before the later one included",
        arguments: [(0, "granted"), (60, "refused"), (119, "refused"), (120, "refused"), (150, "granted"), (-89, "refused"), (-90, "granted")])
    func overlap(minutes: Int64, expected: String) throws {
        let company = try Company()
        let world = company.world
        // Anna is planned for two hours from now on; travel before an appointment is half an hour.
        let taken = try #require(try world.serverRecords("appointment").first?.time("starts_at"))
        let order = world.id()
        let request = world.id()
        let technician = expected == "granted" && minutes == 0 ? company.benUser : company.annaUser
        try world.commit(company.dora) { editor in
            try editor.create(
                "service_order", id: order,
                [
                    "number": .text("SO-2"), "channel": .text("phone"),
                    "customer": try editor.view("service_order", company.order)?["customer"] ?? .null, "site": .reference(company.site),
                    "kind": .text("repair"), "title": .text("Second"), "requested_at": .text(editor.now.description),
                ])
            try editor.event(.create, order: order)
            try editor.event(.submit, order: order)
            let starts = taken.milliseconds + minutes * 60_000
            try editor.create(
                "assignment_request", id: request,
                [
                    "order": .reference(order), "action": .text("assign"), "technician": .reference(technician),
                    "starts_at": .text(DeviceTime(milliseconds: starts, offsetMinutes: 60).description),
                    "ends_at": .text(DeviceTime(milliseconds: starts + 3_600_000, offsetMinutes: 60).description),
                ])
        }
        try world.sync(company.dora)
        #expect(try world.serverValue("assignment_request", request, "state") == .text(expected))
        #expect(try world.serverValue("service_order", order, "state") == .text(expected == "granted" ? "dispatched" : "ready_to_plan"))
        let answer = try world.serverValue("assignment_request", request, "answer").text ?? ""
        guard expected == "refused" else { return }
        // The one that is there lasts two hours: after it, or before it, only the travel does not fit.
        switch minutes {
        case 120...: #expect(answer.contains("less than 30 min to travel from it to this one"), "\(answer)")
        case ...(-60): #expect(answer.contains("less than 30 min to travel to it after this one"), "\(answer)")
        default: #expect(answer.contains("already has an appointment"), "\(answer)")
        }
    }

    @Test("who is refused a reassignment is told what fits the order's state: a second technician only while it is worked on")
    func cannotChangeHands() throws {
        let company = try Company()
        let world = company.world
        func answer() throws -> String {
            var request: RecordID?
            try world.commit(company.dora) { editor in
                request = try editor.create(
                    "assignment_request",
                    [
                        "order": .reference(company.order), "action": .text("reassign"), "technician": .reference(company.benUser),
                        "instead_of": .reference(company.annaUser),
                    ])
            }
            try world.sync(company.dora)
            #expect(try world.serverValue("assignment_request", try #require(request), "state") == .text("refused"))
            return try world.serverValue("assignment_request", try #require(request), "answer").text ?? ""
        }
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try world.sync(company.anna)
        #expect(try answer().contains("Assign the second technician beside the first"))
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete)
        try world.sync(company.anna)
        #expect(try company.state() == "work_complete")
        let completed = try answer()
        #expect(!completed.contains("second technician") && completed.contains("an order of its own"), "\(completed)")
    }

    @Test("taking the last technician off brings the order back to planning")
    func withdrawn() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.dora) { editor in
            try editor.create(
                "assignment_request",
                ["order": .reference(company.order), "action": .text("unassign"), "technician": .reference(company.annaUser)])
        }
        try world.sync(company.dora)
        #expect(try company.state() == "ready_to_plan")
        try world.sync(company.anna)
        #expect(try world.value(company.anna, "service_order", company.order, "title") == .null)
    }

    @Test("an appointment that is active again does not say why it had ended")
    func activeAgain() throws {
        let company = try Company()
        let (world, ben) = (company.world, company.benUser)
        try company.reassign(from: company.annaUser, to: ben)
        func reasons() throws -> [Value: Value] {
            Dictionary(uniqueKeysWithValues: try world.serverRecords("appointment").map { ($0["state"], $0["ended_because"]) })
        }
        #expect(try reasons()[.text("ended")] == .text("Given to somebody else."))
        try company.reassign(from: ben, to: company.annaUser)
        #expect(try reasons() == [.text("active"): .null, .text("ended"): .text("Given to somebody else.")])
    }

    @Test("who works on an order alone is not taken off it; beside a second one that is possible")
    func workedOn() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try world.sync(company.anna)
        func takeOff() throws -> Value {
            var request: RecordID?
            try world.commit(company.dora) { editor in
                request = try editor.create(
                    "assignment_request",
                    ["order": .reference(company.order), "action": .text("unassign"), "technician": .reference(company.annaUser)])
            }
            try world.sync(company.dora)
            return try world.serverValue("assignment_request", try #require(request), "state")
        }
        #expect(try takeOff() == .text("refused"))
        try world.sync(company.anna)
        #expect(try world.value(company.anna, "service_order", company.order, "title") != .null)
        #expect(try company.state() == "in_progress")
        try company.assign(company.benUser)
        #expect(try takeOff() == .text("granted"))
    }

    @Test("what is kept back as safety stock is not granted, and a discontinued part is refused with its replacement")
    func partRules() throws {
        let company = try Company()
        let world = company.world
        let old = world.id()
        try world.commit(world.importer) { editor in
            try editor.patch("part", company.part, ["safety_stock": .text("1")])
            try editor.create(
                "part", id: old,
                [
                    "number": .text("P-0"), "name": .text("Old sensor"), "unit": .text("pcs"), "status": .text("discontinued"),
                    "replaced_by": .reference(company.part),
                ])
        }
        try world.sync(world.importer)
        for part in [company.part, old] {
            try world.commit(company.anna) { editor in
                let id = RecordID.derived(
                    type: try editor.schema.entity("reservation").type, key: [company.order.bytes, part.bytes, company.depot.bytes])
                try editor.create(
                    "reservation", id: id,
                    [
                        "order": .reference(company.order), "part": .reference(part), "location": .reference(company.depot), "quantity": .text("1"),
                        "requested_by": .reference(editor.user),
                    ])
            }
        }
        try world.sync(company.anna)
        let states = try world.serverRecords("reservation").map { "\($0.text("state") ?? "") \($0.text("answer") ?? "")" }.sorted()
        #expect(states.count == 2)
        #expect(states[0].hasPrefix("backordered Only 0 free there."))
        #expect(states[1] == "refused The part is discontinued. It is replaced by P-1.")
    }

    @Test("a granted reservation is consumed by the use, and stock never goes below zero")
    func consumed() throws {
        let company = try Company()
        let world = company.world
        let reservation = RecordID.derived(
            type: try world.schema.entity("reservation").type, key: [company.order.bytes, company.part.bytes, company.depot.bytes])
        try world.commit(company.anna) { editor in
            try editor.create(
                "reservation", id: reservation,
                [
                    "order": .reference(company.order), "part": .reference(company.part), "location": .reference(company.depot),
                    "quantity": .text("1"),
                    "requested_by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"), "from": .reference(company.depot),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        #expect(try world.serverValue("reservation", reservation, "state") == .text("consumed"))
        let balance = try #require(try world.serverRecords("balance").first { $0.reference("location") == company.depot })
        #expect(balance.text("on_hand") == "0")
        #expect(balance.text("reserved") == "0")
        #expect(try world.serverRecords("exception").isEmpty)
    }

    @Test("an order closes when the bytes of its attachments have arrived, not before")
    func attachments() throws {
        let company = try Company()
        let world = company.world
        let hash = ContentDigest.sha256([1, 2, 3])
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try world.commit(company.anna) { editor in
            try editor.create(
                "attachment",
                [
                    "sha256": .bytes(hash), "media_type": .text("image/jpeg"), "size": .integer(3), "order": .reference(company.order),
                    "taken_at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try company.event(company.anna, .complete, .customer_sign)
        try world.sync(company.anna)
        #expect(try company.state() == "signed_off")
        #expect(try world.server.isAttachmentVisible(hash, to: company.anna.replica))
        #expect(try !world.server.isAttachmentVisible(hash, to: company.ben.replica))
        try world.server.attachmentStored(hash, by: company.anna.replica, at: world.moment)
        #expect(try company.state() == "closed")
        let closing = try world.serverRecords("order_event").first { $0.text("event") == "close" }
        #expect(closing?.reference("by") == company.annaUser)
    }

    @Test("an order that needs a certificate is not certified without one, and not closed before it is")
    func documents() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.dora) {
            try $0.change("service_order", company.order, "required_documents", element: .text("calibration_certificate"), op: .add)
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete, .customer_sign, .certify)
        try world.sync(company.anna)
        #expect(try company.state() == "signed_off")
        try world.commit(company.anna) { editor in
            try editor.create(
                "certificate",
                [
                    "number": .text("N-1"), "kind": .text("calibration_certificate"), "revision": .integer(0), "order": .reference(company.order),
                    "asset": .reference(company.asset),
                    "content": .bytes([1]), "content_hash": .bytes(ContentDigest.sha256([1])),
                    "device_signature": .bytes([UInt8](repeating: 0, count: 64)),
                    "device": .bytes([UInt8](repeating: 0, count: 16)), "issued_at": .text(editor.now.description), "by": .reference(editor.user),
                ])
            try editor.event(.certify, order: company.order)
        }
        try world.sync(company.anna)
        #expect(try company.state() == "closed")
    }

    /// Who replaces a certificate of Anna's, in the order in which their devices come.
    enum Replacement: String, CaseIterable {
        case byItsIssuer, byAnother, byTwo, byItsIssuerTwice, beforeItCame
    }

    @Test(
        "a certificate that is replaced twice, or by another device, stands with all of them, and a person is told", arguments: Replacement.allCases)
    func superseded(_ replacement: Replacement) throws {
        let company = try Company()
        let world = company.world
        try company.assign(company.benUser)
        for device in [company.anna, company.ben] { try world.sync(device) }
        let former = world.id()
        func issue(_ number: String, _ id: RecordID, by device: World.Device, for replaced: RecordID? = nil) throws {
            try world.commit(device) { editor in
                try editor.create(
                    "certificate", id: id,
                    [
                        "number": .text("\(number)-K7QX"), "kind": .text("calibration_certificate"), "revision": .integer(replaced == nil ? 0 : 1),
                        "order": .reference(company.order), "asset": .reference(company.asset), "content": .bytes([1]),
                        "content_hash": .bytes(ContentDigest.sha256([1])), "device_signature": .bytes([UInt8](repeating: 0, count: 64)),
                        "device": .bytes([UInt8](repeating: 0, count: 16)), "issued_at": .text(editor.now.description),
                        "by": .reference(editor.user), "supersedes": replaced.map { .reference($0) } ?? .null,
                    ])
            }
        }
        try issue("A-1", former, by: company.anna)
        if replacement != .beforeItCame { try world.sync(company.anna) }
        if replacement == .byItsIssuer || replacement == .byItsIssuerTwice || replacement == .byTwo {
            try issue("A-2", world.id(), by: company.anna, for: former)
        }
        if replacement == .byItsIssuerTwice { try issue("A-3", world.id(), by: company.anna, for: former) }
        if replacement == .byAnother || replacement == .byTwo || replacement == .beforeItCame {
            try issue("B-1", world.id(), by: company.ben, for: former)
        }
        for device in [company.ben, company.anna] { try world.sync(device) }
        let states = try world.serverRecords("certificate").map { ($0.id, $0.text("state")) }
        for (id, state) in states { #expect(state == (id == former ? "superseded" : "registered")) }
        let cases = try world.serverRecords("exception").filter { $0.text("kind") == "series_conflict" }
        #expect(cases.count == (replacement == .byItsIssuer ? 0 : replacement == .byTwo ? cases.count : 1))
        #expect(!cases.isEmpty || replacement == .byItsIssuer)
        #expect(cases.allSatisfy { $0.text("owner") == "quality" && $0.text("state") == "open" && $0.reference("order") == company.order })
    }

    @Test("an open exception holds the closing up until a person has resolved it")
    func resolved() throws {
        let company = try Company()
        let world = company.world
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("3"), "from": .reference(company.vanA),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try company.event(company.anna, .complete, .customer_sign)
        try world.sync(company.anna)
        #expect(try company.state() == "signed_off")
        try world.sync(company.dora)
        let exception = try #require(try company.dora.engine.read { try $0.views("exception").first { $0.text("state") == "open" } })
        try world.commit(company.dora) { try $0.patch("exception", exception.id, ["resolution": .text("Counted: the van had three.")]) }
        try world.sync(company.dora)
        #expect(try world.serverValue("exception", exception.id, "state") == .text("resolved"))
        #expect(try company.state() == "closed")
    }

    @Test("a push that takes too long is halved until it is one set, and all of it arrives in order")
    func slowLine() throws {
        let company = try Company()
        let world = company.world
        for number in 1...9 {
            try world.commit(company.anna, "note") { editor in
                try editor.create(
                    "note",
                    [
                        "order": .reference(company.order), "text": .text("note \(number)"), "at": .text(editor.now.description),
                        "by": .reference(editor.user),
                    ])
            }
        }
        var conversation = SyncConversation(company.anna.engine)
        var sizes: [Int] = []
        var isSlow = true
        while let request = try conversation.next() {
            guard case .sync(let message) = request else { break }
            sizes.append(message.push.count)
            if isSlow {
                isSlow = conversation.sendLess()
                continue
            }
            let reply = try world.server.sync(message, replica: company.anna.replica, at: world.moment)
            try conversation.receive(.sync(reply), sentAt: world.milliseconds, receivedAt: world.milliseconds)
        }
        #expect(sizes.first == 9)
        #expect(zip(sizes, sizes.dropFirst()).prefix { $0.1 > 0 }.allSatisfy { $0.1 <= max(1, $0.0 / 2 + 1) }, "\(sizes)")
        #expect(sizes.contains(1))
        #expect(try world.serverRecords("note").count == 9)
        #expect(try company.anna.engine.read { try $0.outbox() }.isEmpty)
    }
}
