import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("The rules of order entry, and orders on hold")
struct OrderRulesTests {
    let company: Company
    var world: World { company.world }

    init() throws { company = try Company() }

    // MARK: What people do

    private func order(_ fields: [String: Value] = [:], taken: Bool = false, by device: World.Device? = nil) throws -> RecordID {
        let id = world.id()
        let device = device ?? company.dora
        try world.commit(device) { editor in
            let near = try editor.view("service_order", company.order)
            let whole: [String: Value] = [
                "number": .text("SO-\(id.low % 10_000)"), "channel": .text("office"), "customer": near?["customer"] ?? .null,
                "site": .reference(company.site), "kind": .text("repair"), "title": .text("Repair"), "requested_at": .text(editor.now.description),
            ]
            try editor.create("service_order", id: id, whole.merging(fields) { $1 })
            try editor.event(.create, order: id)
            try editor.event(taken ? .take : .submit, order: id)
        }
        try world.sync(device)
        return id
    }

    private func customer(_ fields: [String: Value]) throws {
        let id = try #require(try world.serverValue("service_order", company.order, "customer").reference)
        try world.commit(world.importer) { try $0.patch("customer", id, fields) }
        try world.sync(world.importer)
    }

    private func decide(_ event: ExceptionEvent, _ order: RecordID, _ text: String) throws -> RecordID {
        let exception = try #require(try exceptions(order).first { $0.text("kind") == "order_held" }?.id)
        let id = try world.commit(company.dora) { editor in
            try editor.create(
                "exception_event",
                [
                    "exception": .reference(exception), "event": .text(event.rawValue), "text": .text(text), "at": .text(editor.now.description),
                    "by": .reference(editor.user),
                ])
        }
        try world.sync(company.dora)
        return id
    }

    // MARK: What the server has

    private func state(_ order: RecordID) throws -> String? { try world.serverValue("service_order", order, "state").text }
    private func exceptions(_ order: RecordID) throws -> [RecordView] {
        try world.serverRecords("exception").filter { $0.reference("order") == order }
    }
    private func open(_ order: RecordID) throws -> [String] {
        try exceptions(order).filter { $0.text("state") == "open" }.compactMap { $0.text("kind") }.sorted()
    }
    private func verdicts(_ order: RecordID) throws -> [String] {
        try world.serverRecords("order_verdict").filter { $0.reference("order") == order }.map { view in
            let codes = (view["findings"].list ?? []).compactMap { $0.list?[1].text }.joined(separator: ",")
            return "\(view.text("rules") ?? "") \(view.text("verdict") ?? "fine") \(codes)"
        }.sorted()
    }

    /// What the office's device finds.
    private func office(_ order: RecordID) throws -> [String] {
        try world.sync(company.dora)
        return try #require(try company.dora.engine.read { try $0.rules.report(onOrder: order) }).findings.map(\.code)
    }

    // MARK: Tests

    @Test("an order in which nothing is found is ready to be planned, and the verdict names its rules")
    func fine() throws {
        let id = try order()
        #expect(try state(id) == "ready_to_plan" && open(id).isEmpty)
        #expect(try verdicts(id) == ["order-entry/2 hazardous-area/1 fine "])
    }

    @Test("28: an error holds the order, with an owner, and it cannot be planned")
    func held() throws {
        try customer(["credit_hold": .boolean(true)])
        let id = try order()
        #expect(try state(id) == "on_hold" && open(id) == ["order_held"])
        #expect(try exceptions(id).first?.text("owner") == "dispatcher")
        #expect(try exceptions(id).first?.text("text")?.contains("customer-account") == true)
        #expect(try verdicts(id) == ["order-entry/2 hazardous-area/1 error customer-account"])
        try world.commit(company.dora) { editor in
            try editor.create(
                "assignment_request",
                [
                    "order": .reference(id), "action": .text("assign"), "technician": .reference(company.annaUser),
                    "starts_at": .text(editor.now.description), "ends_at": .text(company.later(editor.now, hours: 1)),
                ])
        }
        try world.sync(company.dora)
        #expect(try state(id) == "on_hold")
        let request = try #require(try world.serverRecords("assignment_request").first { $0.reference("order") == id })
        #expect(request.text("state") == "refused" && request.text("answer")?.contains("on hold") == true)
        #expect(try world.serverRecords("appointment").allSatisfy { $0.reference("order") != id })
    }

    @Test("26: credit hold, a contract that is over and a product that is not approved are three findings")
    func account() throws {
        let model = try #require(try world.serverRecords("asset_model").first?.id)
        let customerID = try #require(try world.serverValue("service_order", company.order, "customer").reference)
        func approve(_ product: RecordID) throws {
            try world.commit(world.importer) {
                try $0.change("customer", customerID, "approved_products", element: .reference(product), op: .add)
            }
            try world.sync(world.importer)
        }
        try customer(["credit_hold": .boolean(true), "contract_until": .text("2026-11-22")])
        try approve(world.id())
        let id = try order(["assets": .list([.reference(company.asset)])])
        #expect(try verdicts(id) == ["order-entry/2 hazardous-area/1 error customer-account,customer-account,customer-account"])
        #expect(try office(id) == ["customer-credit", "customer-contract", "customer-product"])
        try customer(["credit_hold": .boolean(false), "contract_until": .text("2026-11-23")])
        #expect(try state(id) == "on_hold")
        try approve(model)
        #expect(try state(id) == "ready_to_plan" && open(id).isEmpty)
    }

    @Test("what is mended releases the order at once, with a verdict of its own")
    func mended() throws {
        try customer(["credit_hold": .boolean(true)])
        let id = try order()
        try customer(["credit_hold": .boolean(false)])
        #expect(try state(id) == "ready_to_plan" && open(id).isEmpty)
        #expect(try verdicts(id) == ["order-entry/2 hazardous-area/1 error customer-account", "order-entry/2 hazardous-area/1 fine "])
    }

    @Test("the case is not resolved while the error is there, and overriding it goes on with who and why")
    func overridden() throws {
        try customer(["credit_hold": .boolean(true)])
        let id = try order()
        let resolved = try decide(.resolve, id, "It is fine.")
        #expect(try state(id) == "on_hold" && open(id) == ["order_held"])
        #expect(try world.serverValue("exception_event", resolved, "ruling").text?.contains("on credit hold") == true)
        _ = try decide(.override, id, "Paid by hand this morning.")
        #expect(try state(id) == "ready_to_plan" && open(id).isEmpty)
        #expect(try exceptions(id).first?.text("resolution") == "Paid by hand this morning.")
        #expect(try exceptions(id).first?.reference("resolved_by") == company.dora.user)
        let release = try #require(try world.serverRecords("order_event").first { $0.reference("order") == id && $0.text("event") == "release" })
        #expect(release.reference("by") == company.dora.user && release.text("reason") == "Paid by hand this morning.")
    }

    @Test("a warning beside the error is looked at when the order is released")
    func warned() throws {
        try customer(["credit_hold": .boolean(true)])
        let id = try order(["kind": .text("inspection")])
        #expect(try open(id) == ["order_held"])
        try customer(["credit_hold": .boolean(false)])
        #expect(try state(id) == "ready_to_plan" && open(id) == ["order_review"])
    }

    @Test("an order that is changed before it is planned is asked about again")
    func changed() throws {
        try customer(["credit_hold": .boolean(true)])
        let id = try order(["priority": .text("emergency")])
        #expect(try state(id) == "ready_to_plan" && open(id) == ["order_review"])
        try world.sync(company.dora)
        try world.commit(company.dora) { try $0.patch("service_order", id, ["priority": .text("normal")]) }
        try world.sync(company.dora)
        #expect(try state(id) == "on_hold" && open(id) == ["order_held", "order_review"])
        _ = try decide(.override, id, "They have paid.")
        try world.commit(company.dora) { try $0.patch("service_order", id, ["title": .text("Repair the pump")]) }
        try world.sync(company.dora)
        #expect(try state(id) == "ready_to_plan")
    }

    @Test("what an importer brings in is judged by no rule of today")
    func imported() throws {
        try customer(["credit_hold": .boolean(true)])
        let id = try order(by: world.importer)
        #expect(try state(id) == "ready_to_plan" && open(id).isEmpty && verdicts(id).count == 1)
    }

    @Test("18: what a channel asks for holds an order that lacks it, until it is added")
    func channel() throws {
        let id = ChannelProfile.id(try world.schema.entity("channel_profile"), channel: "office")
        try world.commit(company.dora) { editor in
            try editor.create("channel_profile", id: id, ["channel": .text("office")])
            for field in ["po_reference", "assets", "problem"] {
                try editor.change("channel_profile", id, "required", element: .text(field), op: .add)
            }
        }
        try world.sync(company.dora)
        let held = try order(["po_reference": .text("PO 1"), "assets": .list([.reference(company.asset)])])
        #expect(try verdicts(held) == ["order-entry/2 hazardous-area/1 error order-field"])
        try world.commit(company.dora) { editor in
            try editor.create(
                "text", id: JointTextKind.problem.id(of: held), JointTextKind.problem.fields(order: held))
        }
        try world.sync(company.dora)
        #expect(try state(held) == "ready_to_plan")
        #expect(try state(try order(["channel": .text("phone")])) == "ready_to_plan")
        #expect(try open(try order(["priority": .text("emergency")])) == ["order_review"])
    }

    @Test("cancelling ends the case")
    func cancelled() throws {
        try customer(["credit_hold": .boolean(true)])
        let id = try order()
        try world.commit(company.dora) { try $0.event(.cancel, order: id) }
        try world.sync(company.dora)
        #expect(try state(id) == "cancelled" && open(id).isEmpty)
    }

    @Test("an emergency is not kept waiting for finance: somebody looks at it, and it can be planned")
    func emergency() throws {
        try customer(["credit_hold": .boolean(true)])
        for fields in [["kind": Value.text("emergency")], ["priority": .text("emergency")]] {
            let id = try order(fields)
            #expect(try state(id) == "ready_to_plan" && open(id) == ["order_review"])
        }
    }

    @Test("what a technician has taken up goes on, and somebody looks at it")
    func taken() throws {
        try customer(["credit_hold": .boolean(true)])
        let id = try order(taken: true, by: company.anna)
        #expect(try state(id) == "dispatched" && open(id) == ["order_review"])
    }

    @Test("the site is the customer's, and the assets stand there; a level whose higher one failed is not asked")
    func parties() throws {
        let (other, site, asset) = (world.id(), world.id(), world.id())
        try world.commit(world.importer) { editor in
            try editor.create("customer", id: other, ["number": .text("C2"), "name": .text("Other AG")])
            try editor.create("site", id: site, ["customer": .reference(other), "name": .text("Works 2")])
            let model = try editor.view("asset", company.asset)?["model"] ?? .null
            try editor.create("asset", id: asset, ["model": model, "serial": .text("SN9"), "site": .reference(site)])
        }
        try world.sync(world.importer)
        try world.sync(company.dora)
        let elsewhere = try order(["assets": .list([.reference(asset)])])
        #expect(try verdicts(elsewhere) == ["order-entry/2 hazardous-area/1 error order-asset"])
        let foreign = try order(["site": .reference(site), "assets": .list([.reference(company.asset)])])
        #expect(try verdicts(foreign) == ["order-entry/2 hazardous-area/1 error order-site"])
        let blank = try order(["title": .text(" "), "due_at": .text("2020-01-01T00:00:00Z"), "kind": .text("calibration")])
        #expect(try verdicts(blank) == ["order-entry/2 hazardous-area/1 error order-title,order-due,order-assets"])
    }

    @Test("9: a device finds the same as the server, and says what it cannot know")
    func same() throws {
        try customer(["credit_hold": .boolean(true)])
        try world.sync(company.anna)
        let id = try order(["title": .text(" "), "assets": .list([.reference(company.asset)])], taken: true, by: company.anna)
        let report = try #require(try company.anna.engine.read { try $0.rules.report(onOrder: id) })
        #expect(report.findings.map(\.code) == ["order-title"])
        #expect(report.skipped.filter { $0.code.hasPrefix("customer-") }.allSatisfy { $0.reason.contains("not told here") })
        #expect(try verdicts(id) == ["order-entry/2 hazardous-area/1 error order-title,customer-account"])
        #expect(try office(id) == ["order-title", "customer-credit"])
        // What finance says comes to no technician's device by another road.
        try world.sync(company.anna)
        let words = try company.anna.engine.read { reader in
            try reader.views("order_verdict").flatMap { $0["findings"].list ?? [] }.flatMap { $0.list ?? [] }.compactMap(\.text)
                + reader.views("exception").compactMap { $0.text("text") }
        }
        #expect(!words.isEmpty && !words.contains { $0.contains("credit") || $0.contains("contract") })
        let facet = try #require(try world.schema.entity("order_verdict")["account"]?.facet)
        func account(_ device: World.Device) throws -> Bool {
            try device.engine.read { reader in
                let entity = try reader.schema.entity("order_verdict")
                return try reader.views("order_verdict").contains {
                    try reader.record(RecordKey(type: entity.type, id: $0.id, facet: facet)) != nil
                }
            }
        }
        #expect(try !account(company.anna) && account(company.dora))
    }

    @Test("a company's weight makes an error of a warning, and the verdict names the settings")
    func weighed() throws {
        let id = RuleSettings.id(try world.schema.entity("rule_setting"), code: "order-assets")
        try world.commit(company.dora) { editor in
            try editor.create("rule_setting", id: id, ["code": .text("order-assets"), "weight": .text("error")])
        }
        try world.sync(company.dora)
        let held = try order(["kind": .text("inspection")])
        #expect(try state(held) == "on_hold")
        #expect(try verdicts(held).first?.hasPrefix("order-entry/2-") == true)
        try world.commit(company.dora) { try $0.patch("rule_setting", id, ["weight": .text("off")]) }
        try world.sync(company.dora)
        #expect(try state(held) == "ready_to_plan")
    }

    @Test("19: what does not fit its area stops an installation, and is looked at where it stands already")
    func areas() throws {
        let area = world.id()
        try world.commit(world.importer) { editor in
            try editor.create("hazardous_area", id: area, ["site": .reference(company.site), "name": .text("Pump room"), "gas_zone": .text("1")])
            try editor.patch("asset", company.asset, ["area": .reference(area)])
        }
        try world.sync(world.importer)
        let installation = try order(["kind": .text("installation"), "assets": .list([.reference(company.asset)])])
        #expect(try state(installation) == "on_hold")
        let repair = try order(["assets": .list([.reference(company.asset)])])
        #expect(try state(repair) == "ready_to_plan" && open(repair) == ["order_review"])
    }
}
