import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Parts and gases that are approved, offline")
struct ApprovalTests {
    private func bench(_ drafts: [RecordDraft]) throws -> Bench {
        try Bench(state: .in_progress) { all, _ in all += drafts }
    }

    private let world = World()

    private func refusal(_ body: () throws -> Recorded) -> DeviceProblem? {
        do { _ = try body() } catch { return error as? DeviceProblem }
        return nil
    }

    @Test("21: a part beyond its serial range is refused with the reason, recorded with one, and told")
    func part() throws {
        let bench = try bench([
            RecordDraft(
                "part_approval", id: World.id(70),
                [
                    "part": world.ref(world.part), "model": world.ref(world.model), "serial_from": .text("AB24-000100"),
                    "serial_to": .text("AB24-000199"),
                ])
        ])
        var entry = PartEntry(part: world.part, quantity: .one)
        entry.asset = world.asset
        #expect(try bench.client.usePart(entry, on: world.order).notices == ["4 pcs left."])
        entry.asset = world.otherAsset
        let problem = try #require(refusal { try bench.client.usePart(entry, on: world.order) })
        #expect(problem.code == "part-unapproved" && problem.isRefusal)
        #expect(problem.detail.contains("units AB24-000100 to AB24-000199, this one is AB24-000777"))
        entry.override = "The customer asked for it."
        let notices = try bench.client.usePart(entry, on: world.order).notices
        #expect(notices.contains("Quality is told."))
        // What comes off is not asked about.
        entry.override = nil
        entry.action = .removed
        #expect(refusal { try bench.client.usePart(entry, on: world.order) } == nil)
    }

    @Test("24: a part whose certificate does not count in the country is refused where something may explode")
    func region() throws {
        let certificate = RecordDraft(
            "type_certificate", id: World.id(71), ["part": world.ref(world.part), "scheme": .text("NEC"), "number": .text("FM 1")])
        let bench = try Bench(state: .in_progress) { all, world in
            all += [certificate]
            all = all.map { draft in
                draft.entity == "site" ? RecordDraft("site", id: world.site, draft.fields.merging(["country": .text("DE")]) { $1 }) : draft
            }
        }
        var entry = PartEntry(part: world.part, quantity: .one)
        entry.asset = world.asset
        #expect(refusal { try bench.client.usePart(entry, on: world.order) }?.detail.contains("NEC FM 1 does not count in DE.") == true)
        entry.asset = world.otherAsset
        #expect(refusal { try bench.client.usePart(entry, on: world.order) } == nil)
    }

    @Test(
        "where the maker has withdrawn what was listed, or nobody can read it, nothing is allowed",
        arguments: [["withdrawn": Value.text("yes")], ["concentration_to": .text("1")]])
    func withdrawn(_ fields: [String: Value]) throws {
        let whole: [String: Value] = [
            "model": world.ref(world.model), "cas": .text("74-82-8"), "concentration_from": .text("2"), "concentration_to": .text("2.5"),
            "unit": .text("%vol"),
        ]
        let bench = try bench([RecordDraft("gas_approval", id: World.id(72), whole.merging(fields) { $1 })])
        let entry = ReadingEntry(channel: world.channel, phase: .asFound, point: .span, applied: "50", indicated: "47", cylinder: "CYL-50")
        #expect(refusal { try bench.client.recordReading(entry, on: world.order) }?.code == "gas-unlisted")
    }

    @Test(
        "20: a gas that is not listed for the model is refused with those that are",
        arguments: [
            ("74-82-8", "2", "2.5", "synthetic air", "0.5", nil as String?), ("74-98-6", "0.8", "0.9", "synthetic air", "0.5", "not listed for FX-4"),
            ("74-82-8", "2.3", "2.5", "synthetic air", "0.5", "Methane of 2.2 %vol is not listed"),
            ("74-82-8", "2", "2.5", "nitrogen", "0.5", "nitrogen is listed"),
            ("74-82-8", "2", "2.5", "synthetic air", "1.5", "1.5 l/min were applied"),
        ])
    func gas(_ cas: String, _ from: String, _ to: String, _ balance: String, _ flow: String, _ expected: String?) throws {
        let bench = try bench([
            RecordDraft(
                "gas_approval", id: World.id(72),
                [
                    "model": world.ref(world.model), "cas": .text(cas), "concentration_from": .text(from), "concentration_to": .text(to),
                    "unit": .text("%vol"), "balance_gas": .text(balance), "flow_from": .text("0.3"), "flow_to": .text("1"), "kit": .text("K-7"),
                ])
        ])
        var entry = ReadingEntry(channel: world.channel, phase: .asFound, point: .span, applied: "50", indicated: "47", cylinder: "CYL-50")
        entry.flow = flow
        let problem = refusal { try bench.client.recordReading(entry, on: world.order) }
        #expect((problem == nil) == (expected == nil))
        if let expected {
            #expect(problem?.code == "gas-unlisted" && problem?.detail.contains(expected) == true)
            if flow == "0.5" { #expect(problem?.next.contains("\(from) to \(to) %vol in \(balance) (kit K-7)") == true) }
        }
        entry.override = "Nothing else was in the van."
        #expect(refusal { try bench.client.recordReading(entry, on: world.order) } == nil)
        (entry.override, entry.point, entry.applied, entry.indicated) = (nil, .zero, "0", "0")
        #expect(refusal { try bench.client.recordReading(entry, on: world.order) } == nil)
    }
}
