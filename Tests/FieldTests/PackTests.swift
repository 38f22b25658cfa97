import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("What is packed for the day")
struct PackTests {
    private let world = World()

    /// What is found about the day's first job, but for the age of the last sync, which a test without a server never had.
    private func found(_ change: @escaping (inout [RecordDraft], World) -> Void) throws -> [String] {
        let bench = try Bench(state: .dispatched, change)
        let packs = try bench.client.packs(on: try #require(CalendarDate("2026-11-23")))
        #expect(packs.map(\.job.id) == [bench.world.order])
        return try #require(packs.first).report.findings.filter { $0.code != "pack-stale" }.map { "\($0.code): \($0.text)" }
    }

    private func edited(_ all: [RecordDraft], _ id: RecordID, _ fields: [String: Value]) -> [RecordDraft] {
        all.map { $0.id == id ? RecordDraft($0.entity, id: id, $0.fields.merging(fields) { $1 }) : $0 }
    }

    @Test("132: where all is there, nothing is found; a gas, a tool, a part, a paper and a qualification that are missing are each named")
    func missing() throws {
        #expect(try found { _, _ in }.isEmpty)
        let result = try found { all, world in
            all = edited(all, world.order, ["tools_needed": .list([.text("Flow meter"), .text("torque wrench")])])
            all = edited(all, world.site, ["qualifications_needed": .list([.text("Rope access")])])
            all = edited(all, world.cylinder, ["withdrawn": .text("yes")])
            all += [
                RecordDraft(
                    "tool", id: World.id(80),
                    ["kind": .text("flow meter"), "number": .text("FM-1"), "location": world.ref(world.van), "calibration_due": .text("2026-11-22")]),
                RecordDraft(
                    "tool", id: World.id(81),
                    [
                        "kind": .text("Torque wrench"), "number": .text("TW-1"), "location": world.ref(world.van),
                        "calibration_due": .text("2026-11-23"),
                    ]),
                RecordDraft(
                    "reservation", id: World.id(82),
                    [
                        "order": world.ref(world.order), "part": world.ref(world.part), "location": world.ref(world.depot), "quantity": .text("3"),
                        "requested_by": world.ref(world.ben), "state": .text("backordered"), "granted": .text("1"), "backordered": .text("1"),
                        "loaded": .text("1"),
                    ]),
                RecordDraft(
                    "document", id: World.id(83),
                    [
                        "model": world.ref(world.model), "title": .text("FX-4 manual"), "kind": .text("manual"),
                        "sha256": .bytes(Array(repeating: 3, count: 32)),
                    ]),
            ]
        }
        #expect(
            result == [
                "pack-part: 1 of FILTER-9 are not there yet.",
                "pack-tool: No Flow meter that may be used is in the van: FM-1 was to be calibrated by 2026-11-22.",
                "pack-gas: No cylinder of Methane that may be used is in the van: CYL-50 is withdrawn, CYL-OLD expired on 2026-06-30.",
                "pack-qualification: Works 2 asks for Rope access, and Ana Torres has none that holds.",
                "pack-document: “FX-4 manual” is not on this device.",
            ])
    }

    @Test("what is promised and lies in the depot is to be fetched, and what was brought into the van is there")
    func parts() throws {
        func reservation(_ fields: [String: Value]) throws -> [String] {
            try found { all, world in
                let whole: [String: Value] = [
                    "order": world.ref(world.order), "part": world.ref(world.part), "location": world.ref(world.depot), "quantity": .text("2"),
                    "requested_by": world.ref(world.ben),
                ]
                all.append(RecordDraft("reservation", id: World.id(82), whole.merging(fields) { $1 }))
            }
        }
        #expect(
            try reservation(["state": .text("granted"), "granted": .text("2")]) == ["pack-part: 2 of FILTER-9 lie ready in Depot North."])
        #expect(try reservation(["state": .text("loaded"), "granted": .text("0"), "loaded": .text("2")]).isEmpty)
        #expect(try reservation(["state": .text("consumed"), "granted": .text("2")]).isEmpty)
    }

    @Test("a device that has not synced for half a day is told, one that never did may not leave")
    func stale() {
        var pack = PackCheck.Subject()
        func verdict(_ seconds: Int?) -> RuleFinding.Severity? {
            pack.secondsSinceSync = seconds
            return PackCheck.rules.report(on: pack).verdict
        }
        #expect(verdict(nil) == .error && verdict(43_200) == nil && verdict(43_201) == .warning)
        pack.isViewWhole = false
        #expect(verdict(0) == .error)
    }

    @Test("an asset or a site that has not come is named")
    func records() throws {
        #expect(
            try found { all, world in all.removeAll { $0.id == world.site } }.first?.hasPrefix("pack-record: This device does not hold the site")
                == true)
        #expect(try Bench(state: .dispatched).client.packs(on: try #require(CalendarDate("2026-11-24"))).isEmpty)
    }
}
