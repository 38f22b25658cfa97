import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Facts that rules find an error in")
struct FactRulesTests {
    let company: Company
    var world: World { company.world }

    init() throws { company = try Company() }

    /// What was raised about the order.
    private func cases(_ kind: ExceptionKind) throws -> [RecordView] {
        try world.serverRecords("exception").filter { $0.reference("order") == company.order && $0.text("kind") == kind.rawValue }
    }

    @Test("21: a part that is not approved is a fact, and quality is told with the reason")
    func unapproved() throws {
        let model = world.id()
        try world.commit(world.importer) { editor in
            try editor.create("asset_model", id: model, ["maker": .text("Other"), "name": .text("X-1"), "kind": .text("fixed_detector")])
            try editor.create("part_approval", ["part": .reference(company.part), "model": .reference(model)])
        }
        try world.sync(world.importer)
        for reason in [nil, "Nothing else was there."] {
            try world.commit(company.anna) { editor in
                try editor.create(
                    "part_use",
                    [
                        "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"),
                        "asset": .reference(company.asset), "from": .reference(company.vanA), "action": .text("fitted"),
                        "at": .text(editor.now.description), "by": .reference(editor.user), "override": reason.map { .text($0) } ?? .null,
                    ])
            }
        }
        try world.sync(company.anna)
        let cases = try self.cases(.unapproved_part)
        #expect(cases.count == 2 && cases.allSatisfy { $0.text("owner") == "quality" && $0.text("text")?.contains("part-model") == true })
        #expect(cases.contains { $0.text("text")?.contains("Nothing else was there.") == true })
        #expect(try world.serverRecords("part_use").count == 2)
        // A correction that takes it back ends the case of what it corrects.
        let wrong = try #require(try world.serverRecords("part_use").first { $0["override"] == .null })
        try world.sync(company.anna)
        try world.commit(company.anna) { editor in
            try editor.create(
                "part_use",
                [
                    "order": .reference(company.order), "part": .reference(company.part), "quantity": .text("1"), "action": .text("consumed"),
                    "from": .reference(company.vanA), "at": .text(editor.now.description), "by": .reference(editor.user),
                    "corrects": .reference(wrong.id),
                ])
        }
        try world.sync(company.anna)
        #expect(try self.cases(.unapproved_part).filter { $0.text("state") == "open" }.count == 1)
    }

    @Test("20: a gas that is not listed for the model is a fact, and quality is told")
    func unlisted() throws {
        let (channel, cylinder) = (world.id(), world.id())
        try world.commit(world.importer) { editor in
            let model = try editor.view("asset", company.asset)?["model"] ?? .null
            try editor.create(
                "sensor_channel", id: channel,
                [
                    "asset": .reference(company.asset), "number": .integer(1), "gas_name": .text("Methane"), "cas": .text("74-82-8"),
                    "unit": .text("%LEL"), "range_high": .text("100"), "resolution": .text("1"), "technology": .text("catalytic"),
                ])
            try editor.create(
                "gas_approval",
                [
                    "model": model, "cas": .text("74-82-8"), "concentration_from": .text("2"), "concentration_to": .text("2.5"),
                    "unit": .text("%vol"),
                ])
            try editor.create(
                "reference_gas", id: cylinder,
                [
                    "cylinder": .text("C1"), "lot": .text("L"), "maker": .text("M"), "cas": .text("74-98-6"), "gas_name": .text("Propane"),
                    "concentration": .text("1"), "unit": .text("%vol"), "uncertainty": .text("0.01"), "coverage_factor": .text("2"),
                    "certificate": .text("Z"), "certified_on": .text("2026-01-01"), "expires_on": .text("2027-01-01"),
                ])
        }
        try world.sync(world.importer)
        try world.sync(company.anna)
        for point in ["zero", "span"] {
            try world.commit(company.anna) { editor in
                try editor.create(
                    "reading",
                    [
                        "order": .reference(company.order), "asset": .reference(company.asset), "channel": .reference(channel), "kind": .text("full"),
                        "phase": .text("as_found"), "point": .text(point), "applied": .text("50"), "indicated": .text("47"), "unit": .text("%LEL"),
                        "cylinder": .reference(cylinder), "at": .text(editor.now.description), "by": .reference(editor.user),
                    ])
            }
        }
        try world.sync(company.anna)
        let cases = try self.cases(.unlisted_gas)
        #expect(cases.count == 1)
        #expect(cases.first?.text("text")?.contains("gas-unlisted") == true)
    }
}
