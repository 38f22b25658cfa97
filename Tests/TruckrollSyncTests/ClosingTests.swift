import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("What closing waits for, and what it frees")
struct ClosingTests {
    let company: Company
    var world: World { company.world }

    init() throws { company = try Company() }

    private func require(_ document: String) throws {
        try world.commit(company.dora) {
            try $0.change("service_order", company.order, "required_documents", element: .text(document), op: .add)
        }
        try world.sync(company.dora)
        try world.sync(company.anna)
    }

    /// Takes the order through its work; the last event is how the customer answered.
    private func work(_ answer: OrderEvent) throws {
        try company.event(company.anna, .accept, .travel, .arrive, .start)
        try company.finishTask(company.anna)
        try company.event(company.anna, .complete, answer)
        try world.sync(company.anna)
    }

    private func sign(_ meaning: String) throws {
        try world.commit(company.anna) { editor in
            try editor.create(
                "signature",
                [
                    "order": .reference(company.order), "signer": .text("R. Meier"), "meaning": .text(meaning), "at": .text(editor.now.description),
                    "document_hash": .bytes(ContentDigest.sha256([1])), "by": .reference(editor.user),
                ])
        }
    }

    @Test("an order that requires the customer's signature does not close without one")
    func unsigned() throws {
        try require("customer_signature")
        try work(.customer_absent)
        #expect(try company.state() == "signed_off")
    }

    @Test(
        "a refusal is no signature of acceptance; an acceptance lets the order close", arguments: [("refused", "signed_off"), ("accepted", "closed")])
    func signature(meaning: String, state: String) throws {
        try require("customer_signature")
        try sign(meaning)
        try work(meaning == "accepted" ? .customer_sign : .customer_refuse)
        #expect(try company.state() == state)
    }

    @Test("a required report holds the closing up", arguments: ["completion_report", "inspection_report"])
    func report(kind: String) throws {
        try require(kind)
        try work(.customer_sign)
        #expect(try company.state() == "signed_off")
    }

    // MARK: Stock

    private var reservation: RecordID {
        get throws {
            RecordID.derived(
                type: try world.schema.entity("reservation").type, key: [company.order.bytes, company.part.bytes, company.depot.bytes])
        }
    }

    private func reserve() throws {
        let id = try reservation
        try world.commit(company.anna) { editor in
            try editor.create(
                "reservation", id: id,
                [
                    "order": .reference(company.order), "part": .reference(company.part), "location": .reference(company.depot),
                    "quantity": .text("1"), "requested_by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        #expect(try world.serverValue("reservation", id, "state") == .text("granted"))
        #expect(try balance("reserved") == "1")
    }

    private func balance(_ field: String) throws -> String? {
        try world.serverRecords("balance").first { $0.reference("location") == company.depot }?.text(field)
    }

    @Test("what an order was granted and did not take is free again when it closes")
    func releasedAtClose() throws {
        try reserve()
        try work(.customer_sign)
        #expect(try company.state() == "closed")
        #expect(try world.serverValue("reservation", try reservation, "state") == .text("released"))
        #expect(try balance("reserved") == "0" && balance("on_hand") == "1")
    }

    @Test("and when it is cancelled; then another order gets it")
    func releasedAtCancel() throws {
        try reserve()
        try world.sync(company.dora)
        try company.event(company.dora, .cancel)
        try world.sync(company.dora)
        #expect(try company.state() == "cancelled")
        #expect(try world.serverValue("reservation", try reservation, "state") == .text("released"))
        #expect(try balance("reserved") == "0")
        let order = world.id()
        try world.commit(company.dora) { editor in
            try editor.create(
                "service_order", id: order,
                [
                    "number": .text("SO-2"), "channel": .text("phone"),
                    "customer": try editor.view("service_order", company.order)?["customer"] ?? .null, "site": .reference(company.site),
                    "kind": .text("repair"), "title": .text("Second"), "requested_at": .text(editor.now.description),
                ])
            let id = RecordID.derived(
                type: try editor.schema.entity("reservation").type, key: [order.bytes, company.part.bytes, company.depot.bytes])
            try editor.create(
                "reservation", id: id,
                [
                    "order": .reference(order), "part": .reference(company.part), "location": .reference(company.depot), "quantity": .text("1"),
                    "requested_by": .reference(editor.user),
                ])
        }
        try world.sync(company.dora)
        let second = try #require(try world.serverRecords("reservation").first { $0.reference("order") == order })
        #expect(second.text("state") == "granted")
    }

    @Test("a lease leaves the safety stock where it is", arguments: [("1", "refused"), ("0", "granted")])
    func lease(kept: String, state: String) throws {
        try world.commit(world.importer) { try $0.patch("part", company.part, ["safety_stock": .text(kept)]) }
        try world.sync(world.importer)
        let lease = try company.lease("1", by: company.anna)
        #expect(try world.serverValue("lease", lease, "state") == .text(state))
        #expect(try balance("leased") ?? "0" == (state == "granted" ? "1" : "0"))
        if state == "refused" { #expect(try world.serverValue("lease", lease, "answer") == .text("Only 0 free there.")) }
    }
}
