import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// The hard pairs of what two people do at the same time, each in both orders of arrival, with a third who watches.
@Suite("Pairs of concurrent decisions and work")
struct PairTests {
    let company: Company
    var world: World { company.world }
    /// A second dispatcher, who sees the first part of the pair before the second has arrived.
    let otto: World.Device

    init() throws {
        company = try Company()
        let (world, user) = (company.world, company.world.id())
        try world.commit(world.importer) { editor in
            try editor.create("user", id: user, ["number": .text("D2"), "name": .text("Otto Oden"), "role": .text("dispatcher")])
        }
        try world.sync(world.importer)
        otto = try world.device("otto", user: user)
        try world.sync(otto)
    }

    /// Lets two devices arrive one after the other; the watcher looks after each, and in the end everybody holds what the server holds.
    private func arrive(_ first: World.Device, _ second: World.Device, reversed: Bool) throws {
        for device in reversed ? [second, first] : [first, second] {
            try world.sync(device)
            try world.sync(otto)
            #expect(try world.audit(otto).isEmpty)
        }
        for device in [first, second, otto, first, second] { try world.sync(device) }
        for device in [first, second, otto] {
            #expect(try world.audit(device).isEmpty)
            #expect(try device.engine.read { try $0.outbox() }.isEmpty)
        }
        #expect(try world.value(otto, "service_order", company.order, "state") == world.serverValue("service_order", company.order, "state"))
    }

    private func facts(_ entity: String, by user: RecordID) throws -> Int {
        try world.serverRecords(entity).filter { $0.reference("by") == user }.count
    }

    private func open() throws -> [String] {
        try world.serverRecords("exception").filter { $0.text("state") == "open" }.compactMap { $0.text("kind") }.sorted()
    }

    private func use(_ quantity: String, _ device: World.Device, from place: RecordID? = nil, lease: RecordID? = nil) throws {
        try world.commit(device) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text(quantity), "action": .text("consumed"),
                    "from": .reference(place ?? company.vanA), "lease": lease.map { .reference($0) } ?? .null, "at": .text(editor.now.description),
                    "by": .reference(editor.user),
                ].filter { $0.value != .null })
        }
    }

    // MARK: The pairs

    @Test(
        "cancelled beside work: the start is the line, whichever arrives first, and work stands in every case", arguments: [true, false],
        [true, false])
    func cancelAgainstWork(started: Bool, reversed: Bool) throws {
        try company.event(company.anna, .accept, .travel, .arrive)
        if started { try company.event(company.anna, .start) }
        try use("1", company.anna)
        try world.commit(company.dora, "cancel") { try $0.event(.cancel, order: company.order, reason: "customer called") }
        try arrive(company.dora, company.anna, reversed: reversed)
        #expect(try company.state() == (started ? "in_progress" : "cancelled"))
        #expect(try open().contains("cancel_requested") == started)
        #expect(try facts("order_event", by: company.annaUser) == (started ? 4 : 3) && facts("part_use", by: company.annaUser) == 1)
    }

    @Test(
        "reassigned beside work: before the start the reassignment stands, after it both are on it, after completion it is void",
        arguments: [0, 1, 2], [true, false])
    func reassignAgainstWork(progress: Int, reversed: Bool) throws {
        try company.event(company.anna, .accept, .travel, .arrive)
        if progress > 0 { try company.event(company.anna, .start) }
        if progress > 1 {
            try company.finishTask(company.anna)
            try company.event(company.anna, .complete)
        }
        try use("1", company.anna)
        try world.commit(company.dora, "reassign") { editor in
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(company.order), "action": .text("reassign"), "technician": .reference(company.benUser),
                    "instead_of": .reference(company.annaUser),
                ])
        }
        try arrive(company.dora, company.anna, reversed: reversed)
        let active = Set(
            try world.serverRecords("appointment").filter { $0.reference("order") == company.order && $0.text("state") == "active" }
                .compactMap { $0.reference("technician") })
        #expect(try facts("part_use", by: company.annaUser) == 1)
        // A request that comes to know of the start before it is decided is the server's to refuse; one decided before meets it as a pair.
        switch progress {
        case 0: #expect(active == [company.benUser])
        case 1: #expect(try active.contains(company.annaUser) && company.state() == "in_progress")
        default: #expect(try active == [company.annaUser] && company.state() == "work_complete")
        }
        if progress == 1, !reversed { #expect(try open().contains("double_assignment") && active.count == 2) }
    }

    @Test(
        "two complete one job: the first completion is the order's, the second a confirmation, and all their work is there", arguments: [true, false])
    func twoComplete(reversed: Bool) throws {
        try company.assign(company.benUser)
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try world.sync(company.anna)
        try world.sync(company.ben)
        let other = world.id()
        for (device, remark) in [(company.anna, "as found 47"), (company.ben, "as found 48")] {
            try company.finishTask(device)
            try world.commit(device) { try $0.patch("task", company.mandatoryTask, ["answer": .text(remark)]) }
            try company.event(device, .complete)
        }
        try world.commit(company.ben) { editor in
            try editor.create(
                "note", id: other,
                ["order": .reference(company.order), "text": .text("B"), "at": .text(editor.now.description), "by": .reference(editor.user)])
        }
        try arrive(company.anna, company.ben, reversed: reversed)
        #expect(try company.state() == "work_complete")
        let completions = try world.serverRecords("order_event").filter { $0.text("event") == "complete" }
        #expect(completions.count == 2 && completions.filter { $0.boolean("effective") }.count == 1)
        #expect(try world.serverRecords("note").contains { $0.id == other })
        // Answers that differ stand side by side until somebody has chosen.
        let task = try #require(try world.serverRecords("task").first { $0.id == company.mandatoryTask })
        let answers = try #require(task.entity["answer"].flatMap { task.state($0) })
        if case .siblings(let set) = answers { #expect(Set(set.siblings.compactMap(\.value.text)) == ["as found 47", "as found 48"]) }
    }

    @Test(
        "two releases exhaust a blanket: the server's order decides, and who comes later waits and is offered the rest", arguments: [true, false])
    func lastOfBlanket(reversed: Bool) throws {
        try company.assign(company.benUser)
        let blanket = try company.agree("10", ["approval_from": .text("100")])
        let releases = try [company.anna, company.ben].map { device in
            try world.sync(device)
            return try company.callOff("6", of: blanket, by: device)
        }
        try arrive(company.anna, company.ben, reversed: reversed)
        let (first, second) = reversed ? (releases[1], releases[0]) : (releases[0], releases[1])
        #expect(try world.serverValue("blanket_release", first, "state") == .text("granted"))
        #expect(try world.serverValue("blanket_release", second, "state") == .text("pending"))
        #expect(try world.serverValue("blanket_release", second, "offered") == .text("4"))
        for device in [otto, company.anna, company.ben] {
            #expect(try world.value(device, "blanket_release", second, "offered") == .text("4"))
            #expect(try world.value(device, "blanket_order", blanket, "released") == .text("6"))
        }
    }

    @Test(
        "the last unit of a depot, used by two without a network: a lease covers one, the other is a fact and a discrepancy",
        arguments: [true, false])
    func lastUnit(reversed: Bool) throws {
        try company.assign(company.benUser)
        try world.sync(company.ben)
        let lease = try company.lease("1", by: company.anna)
        try use("1", company.anna, from: company.depot, lease: lease)
        try use("1", company.ben, from: company.depot)
        try arrive(company.anna, company.ben, reversed: reversed)
        let balance = StockBook.balanceID(try world.schema.entity("balance"), location: company.depot, part: company.part)
        #expect(try world.serverValue("balance", balance, "on_hand").text == "0")
        #expect(try world.serverRecords("part_use").count == 2 && open().contains("stock_discrepancy"))
        #expect(try world.serverValue("lease", lease, "used").text == "1")
    }

    @Test("quarantine beside release: quarantine stands", arguments: [true, false])
    func quarantineAgainstRelease(reversed: Bool) throws {
        try world.commit(company.dora) { try $0.change("asset", company.asset, "fitness", element: .text("overdue"), op: .raise) }
        for device in [company.dora, company.anna, otto] { try world.sync(device) }
        try world.commit(company.anna) { try $0.change("asset", company.asset, "fitness", element: .text("quarantined"), op: .raise) }
        try world.commit(company.dora) { try $0.change("asset", company.asset, "fitness", element: .text("in_service"), op: .release) }
        try arrive(company.dora, company.anna, reversed: reversed)
        #expect(try world.serverValue("asset", company.asset, "fitness") == .text("quarantined"))
        #expect(try world.value(company.dora, "asset", company.asset, "fitness") == .text("quarantined"))
    }

    @Test(
        "a qualification withdrawn beside work done before the news: the work stands, and quality looks at the certificate", arguments: [true, false])
    func qualificationAgainstWork(reversed: Bool) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Protocol/vectors/certificate-contents.json")
        let vectors = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]])
        let content = Array(try #require(vectors.first { $0["name"] as? String == "whole" }?["content"] as? String).utf8)
        let technician = try CertificateContent(canonicalBytes: content).technician
        let (qualification, certificate) = (world.id(), world.id())
        try world.commit(world.importer) { editor in
            try editor.create(
                "qualification", id: qualification,
                [
                    "user": .reference(company.annaUser), "scheme": .text(technician.qualification), "number": .text(technician.qualificationNumber),
                    "issuer": .text("Body"), "valid_from": .text("2024-01-01"), "valid_to": .text("2028-01-01"), "revoked": .text("no"),
                ])
        }
        try world.sync(world.importer)
        try world.sync(company.anna)
        try world.commit(company.anna) { editor in
            try editor.create(
                "certificate", id: certificate,
                [
                    "number": .text("ACME-D07-000001-K7QX"), "kind": .text("calibration_certificate"), "revision": .integer(0),
                    "order": .reference(company.order), "asset": .reference(company.asset), "content": .bytes(content),
                    "content_hash": .bytes(ContentDigest.sha256(content)), "device_signature": .bytes([UInt8](repeating: 0, count: 64)),
                    "device": .bytes([UInt8](repeating: 0, count: 16)), "issued_at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.commit(world.importer) { try $0.change("qualification", qualification, "revoked", element: .text("yes"), op: .raise) }
        try arrive(world.importer, company.anna, reversed: reversed)
        #expect(try world.serverValue("certificate", certificate, "state").text == "registered")
        #expect(try world.serverValue("certificate", certificate, "review").text?.contains("was withdrawn") == true)
        let cases = try world.serverRecords("exception").filter { $0.text("kind") == "qualification_revoked" }
        #expect(cases.count == 1 && cases[0].text("owner") == "quality" && cases[0].reference("subject") == certificate)
        #expect(try world.value(company.anna, "certificate", certificate, "review").text != nil)
    }

    @Test("a task edited beside its deletion stays with what was written, and the deletion is kept as a ruling", arguments: [true, false])
    func editAgainstDelete(reversed: Bool) throws {
        try world.commit(company.dora) { try $0.delete("task", company.mandatoryTask) }
        try world.commit(company.anna) { try $0.patch("task", company.mandatoryTask, ["remark": .text("seen")]) }
        try arrive(company.dora, company.anna, reversed: reversed)
        for device in [company.anna, company.dora, otto] {
            #expect(try world.value(device, "task", company.mandatoryTask, "remark") == .text("seen"))
        }
        #expect(try world.serverRecords("ruling").contains { $0.text("rule") == "content-wins" })
    }

    @Test("one field by two: the later stamp wins, the other is kept in a ruling, whichever arrives first", arguments: [true, false])
    func sameField(reversed: Bool) throws {
        try world.commit(company.anna) { try $0.patch("service_order", company.order, ["title": .text("Anna's")]) }
        world.milliseconds += 1000
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["title": .text("Dora's")]) }
        try arrive(company.dora, company.anna, reversed: reversed)
        for device in [company.anna, company.dora, otto] {
            #expect(try world.value(device, "service_order", company.order, "title") == .text("Dora's"))
        }
        let rulings = try world.serverRecords("ruling").filter { $0["loser_value"] == .text("Anna's") }
        #expect(rulings.count == 1 && rulings[0].reference("loser_user") == company.annaUser)
    }

    @Test("one safety field by two: both values stand until a person picks", arguments: [true, false])
    func siblings(reversed: Bool) throws {
        try world.commit(company.anna) { try $0.patch("service_order", company.order, ["priority": .text("high")]) }
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["priority": .text("low")]) }
        try arrive(company.dora, company.anna, reversed: reversed)
        let order = try #require(try world.serverRecords("service_order").first { $0.id == company.order })
        guard let field = order.entity["priority"], case .siblings(let set)? = order.state(field) else {
            Issue.record("priority is no sibling set")
            return
        }
        #expect(Set(set.siblings.compactMap(\.value.text)) == ["high", "low"])
    }

    @Test("a fact for a closed job is kept as a late one and changes nothing that is sealed", arguments: [true, false])
    func lateFact(reversed: Bool) throws {
        try company.assign(company.benUser)
        try world.sync(company.ben)
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete, .customer_absent)
        let note = try company.note(by: company.ben)
        try arrive(company.anna, company.ben, reversed: reversed)
        #expect(try company.state() == "closed")
        #expect(try world.serverRecords("note").contains { $0.id == note })
        // Before the closing it is a fact like any other.
        #expect(try open().contains("late_fact") == !reversed)
    }

    @Test(
        "a clock that is hours off: its stamp is at most five minutes ahead, both times are kept, and who saw the value wins over it",
        arguments: [-5, 5] as [Int64], [true, false])
    func wrongClock(hours: Int64, reversed: Bool) throws {
        company.anna.world.offset = hours * 3_600_000
        let note = try company.note(by: company.anna)
        let claimed = try company.anna.engine.read { try $0.view("note", note)?.text("at") }
        try world.commit(company.anna) { try $0.patch("service_order", company.order, ["title": .text("Anna's")]) }
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["po_reference": .text("PO 1")]) }
        try arrive(company.dora, company.anna, reversed: reversed)
        let view = try #require(try world.serverRecords("note").first { $0.id == note })
        #expect(view.text("at") == claimed)
        let stamp = try #require(view.entity["at"].flatMap { view.record[$0.id]?.version.stamp.milliseconds })
        #expect(Int64(stamp) <= world.milliseconds + Int64(Limits.aheadMilliseconds))
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["title": .text("Dora's, having seen Anna's")]) }
        try world.sync(company.dora)
        #expect(try world.serverValue("service_order", company.order, "title") == .text("Dora's, having seen Anna's"))
    }

    @Test("a client of the schema before edits a record with fields it does not know: they stay byte for byte", arguments: [true, false])
    func olderClient(reversed: Bool) throws {
        let documents = try Schema.documents.map { document in
            guard var entity = try JSONSerialization.jsonObject(with: document) as? [String: Any], entity["title"] as? String == "Service order",
                var properties = entity["properties"] as? [String: Any]
            else { return document }
            properties["po_reference"] = nil
            entity["properties"] = properties
            return try JSONSerialization.data(withJSONObject: entity)
        }
        let older = World.Device(
            name: company.anna.name, engine: DeviceEngine(schema: try Schema(documents: documents, version: 7), store: company.anna.engine.store),
            world: company.anna.world, replica: company.anna.replica, user: company.anna.user)
        try world.commit(company.dora) { try $0.patch("service_order", company.order, ["po_reference": .text("PO 77")]) }
        try world.commit(older) { try $0.patch("service_order", company.order, ["title": .text("By the older one")]) }
        try arrive(company.dora, older, reversed: reversed)
        #expect(try world.serverValue("service_order", company.order, "po_reference") == .text("PO 77"))
        #expect(try world.serverValue("service_order", company.order, "title") == .text("By the older one"))
        // It holds what it does not know, and gives it back when it has learnt it.
        #expect(try world.value(company.anna, "service_order", company.order, "po_reference") == .text("PO 77"))
    }
}
