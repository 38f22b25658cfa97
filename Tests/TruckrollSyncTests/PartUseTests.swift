import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Leases and what is used")
struct PartUseTests {
    @Test("a depot lease can be spent offline; what is left returns when it runs out; a late spend is a fact with an exception")
    func lease() throws {
        let company = try Company()
        let world = company.world
        let lease = try company.lease("1", by: company.anna)
        #expect(try world.value(company.anna, "lease", lease, "state") == .text("granted"))
        func balance(_ field: String) throws -> String? {
            try world.serverRecords("balance").first { $0.reference("location") == company.depot }?.text(field)
        }
        #expect(try balance("leased") == "1")
        // Nobody else gets the unit meanwhile.
        let other = RecordID.derived(
            type: try world.schema.entity("reservation").type, key: [company.order.bytes, company.part.bytes, company.depot.bytes])
        try world.commit(company.dora) { editor in
            try editor.create(
                "reservation", id: other,
                [
                    "order": .reference(company.order), "part": .reference(company.part), "location": .reference(company.depot),
                    "quantity": .text("1"),
                    "requested_by": .reference(editor.user),
                ])
        }
        try world.sync(company.dora)
        #expect(try world.serverValue("reservation", other, "state") == .text("backordered"))
        world.milliseconds += 73 * 3_600_000
        _ = try world.server.tick(at: world.moment)
        #expect(try world.serverValue("lease", lease, "state") == .text("expired"))
        #expect(try balance("leased") == "0")
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"), "from": .reference(company.depot),
                    "action": .text("fitted"), "lease": .reference(lease), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        #expect(try balance("on_hand") == "0")
        #expect(try world.serverRecords("exception").contains { $0.text("kind") == "lease_overrun" })
        #expect(try world.serverRecords("part_use").count == 1)
    }

    @Test("one use opens one case, also when it had no promise behind it and the book had too little")
    func oneCase() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("99"), "from": .reference(company.depot),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        let cases = try world.serverRecords("exception").filter { $0.text("kind") == "stock_discrepancy" }
        #expect(cases.count == 1)
        let text = try #require(cases.first?.text("text"))
        #expect(text.contains("without a reservation or a lease") && text.contains("more were used than the book had"))
    }

    @Test("using more than the van's book has is a fact, balanced by a discrepancy, never a negative")
    func discrepancy() throws {
        let company = try Company()
        let world = company.world
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("5"), "from": .reference(company.vanA),
                    "action": .text("fitted"), "at": .text(editor.now.description), "by": .reference(editor.user),
                ])
        }
        try world.sync(company.anna)
        let balance = try world.serverRecords("balance").first { $0.reference("location") == company.vanA }
        #expect(balance?.text("on_hand") == "0")
        #expect(try world.serverRecords("stock_entry").filter { $0.text("reason") == "discrepancy" }.map { $0.text("quantity") } == ["3"])
        #expect(try world.serverRecords("exception").contains { $0.text("kind") == "stock_discrepancy" })
        // On hand is what the entries sum to.
        var sum: Int64 = 0
        for entry in try world.serverRecords("stock_entry") {
            let quantity = entry.quantity("quantity")?.millionths ?? 0
            if entry.reference("to") == company.vanA { sum += quantity }
            if entry.reference("from") == company.vanA { sum -= quantity }
        }
        #expect(sum == 0)
    }
}
