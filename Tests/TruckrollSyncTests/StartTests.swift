import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("Permits and qualifications at the start")
struct StartTests {
    let company: Company
    var world: World { company.world }

    init() throws {
        company = try Company()
        try company.event(company.anna, .accept, .travel, .arrive)
        try world.sync(company.anna)
    }

    // MARK: What people do

    private func ask(permits: [String] = [], qualifications: [String] = [], inArea: Bool = false) throws {
        let area = world.id()
        try world.commit(world.importer) { editor in
            for kind in permits { try editor.change("site", company.site, "permits_needed", element: .text(kind), op: .add) }
            if inArea {
                try editor.create("hazardous_area", id: area, ["site": .reference(company.site), "name": .text("Pump room")])
                try editor.patch("asset", company.asset, ["area": .reference(area)])
            }
            for scheme in qualifications {
                try editor.change(
                    inArea ? "hazardous_area" : "site", inArea ? area : company.site, "qualifications_needed", element: .text(scheme), op: .add)
            }
        }
        try world.sync(world.importer)
        try world.sync(company.anna)
    }

    @discardableResult
    private func permit(_ kind: String, _ fields: [String: Value] = [:], by device: World.Device? = nil) throws -> RecordID {
        let device = device ?? company.anna
        let id = try world.commit(device) { editor in
            let whole: [String: Value] = [
                "site": .reference(company.site), "order": .reference(company.order), "kind": .text(kind), "number": .text("HW-1"),
                "issuer": .text("Shift leader"), "state": .text("active"),
            ]
            return try editor.create("permit", whole.merging(fields) { $1 }.filter { $0.value != .null })
        }
        try world.sync(device)
        return id
    }

    private func qualify(_ scheme: String, to: String, revoked: String = "no") throws {
        try world.commit(world.importer) { editor in
            try editor.create(
                "qualification",
                [
                    "user": .reference(company.annaUser), "scheme": .text(scheme), "number": .text("Q"), "issuer": .text("Body"),
                    "valid_from": .text("2024-01-01"), "valid_to": .text(to), "revoked": .text(revoked),
                ])
        }
        try world.sync(world.importer)
        try world.sync(company.anna)
    }

    /// What the device says of starting now, and what the server makes of it.
    private func start(reason: String? = nil) throws -> (device: [String], server: [String]) {
        let device = try #require(
            try company.anna.engine.read { reader in
                try reader.rules.report(
                    onStart: company.order, by: company.annaUser, at: DeviceTime(milliseconds: world.milliseconds, offsetMinutes: 60))
            })
        try world.commit(company.anna) { try $0.event(.start, order: company.order, reason: reason) }
        try world.sync(company.anna)
        #expect(try company.state() == "in_progress")
        let cases = try world.serverRecords("exception").filter { $0.text("kind") == "unfit_start" }
        #expect(cases.allSatisfy { $0.text("owner") == "quality" && $0.text("state") == "open" })
        return (device.findings.map(\.text), cases.compactMap { $0.text("text") })
    }

    // MARK: Tests

    @Test("where nothing is asked for, nothing is found")
    func free() throws {
        let result = try start()
        #expect(result.device.isEmpty && result.server.isEmpty)
    }

    @Test("129: without a permit of each kind the start is a fact, and quality is told with the reason")
    func missing() throws {
        try ask(permits: ["hot_work", "confined_space"])
        try permit("hot_work")
        let result = try start(reason: "The shift leader has it in writing.")
        #expect(result.device == ["Works 1 asks for a permit (confined space), and none is recorded."])
        #expect(result.server.count == 1 && result.server[0].contains("start-permit") && result.server[0].contains("has it in writing"))
    }

    @Test(
        "a permit counts where, when and for whom it is",
        arguments: [
            (["valid_to": Value.text("2026-11-23T08:00:30Z")], "held until"), (["valid_from": .text("2026-11-24T00:00:00Z")], "does not hold before"),
            (["state": .text("suspended")], "is suspended"), (["person": .reference(RecordID(high: 5, low: 5))], "is somebody else's"),
            (["order": .null], nil as String?), (["valid_to": .text("2026-11-23T18:00:00Z")], nil),
        ])
    func counts(_ fields: [String: Value], _ problem: String?) throws {
        try ask(permits: ["hot_work"])
        try permit("hot_work", fields)
        world.milliseconds += 60_000
        let result = try start()
        #expect((result.device.isEmpty, result.server.isEmpty) == (problem == nil, problem == nil))
        if let problem { #expect(result.device[0].contains(problem)) }
    }

    @Test("a permit without a state does not hold, and a scheme is not met by one that only begins alike")
    func strict() throws {
        try ask(permits: ["hot_work"], qualifications: ["Ex 01"])
        try permit("hot_work", ["state": .null])
        try qualify("Ex 010", to: "2027-01-01")
        let result = try start()
        #expect(result.device.count == 2 && result.server.count == 1)
    }

    @Test("what was suspended stays so beside whoever says that it is active, until the office lifts it")
    func suspended() throws {
        try ask(permits: ["hot_work"])
        let id = try permit("hot_work")
        try world.sync(company.dora)
        try world.commit(company.dora) { try $0.patch("permit", id, ["state": .text("suspended")]) }
        try world.commit(company.anna) { try $0.patch("permit", id, ["state": .text("active"), "note": .text("still on")]) }
        try world.sync(company.dora)
        try world.sync(company.anna)
        #expect(try world.serverValue("permit", id, "state").text == "suspended")
        try world.sync(company.dora)
        try world.commit(company.dora) { try $0.change("permit", id, "state", element: .text("active"), op: .release) }
        try world.sync(company.dora)
        #expect(try world.serverValue("permit", id, "state").text == "active")
    }

    @Test(
        "I9: a qualification of the scheme that the site or the area asks for holds on that day",
        arguments: [
            ("IECEx CoPC Ex 007", "2026-11-23", "no", true), ("IECEx CoPC Ex 007", "2026-11-22", "no", false),
            ("IECEx CoPC Ex 007", "2027-01-01", "yes", false), ("Rope access", "2027-01-01", "no", false),
        ], [true, false])
    func qualified(_ one: (String, String, String, Bool), _ inArea: Bool) throws {
        try ask(qualifications: ["IECEx CoPC"], inArea: inArea)
        try qualify(one.0, to: one.1, revoked: one.2)
        let result = try start()
        #expect(result.device.isEmpty == one.3 && result.server.isEmpty == one.3)
    }
}
