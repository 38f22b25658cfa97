import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

@Suite("The register of assets")
struct AssetRegisterTests {
    let company: Company
    var world: World { company.world }
    private let other: RecordID
    private static let hour: Int64 = 3_600_000

    init() throws {
        company = try Company()
        let world = company.world
        other = world.id()
        let customer = world.id()
        let site = other
        try world.commit(world.importer) { editor in
            try editor.create("customer", id: customer, ["number": .text("C2"), "name": .text("Works GmbH")])
            try editor.create("site", id: site, ["customer": .reference(customer), "name": .text("Works 2")])
        }
        try world.sync(world.importer)
        for device in [company.dora, company.anna] { try world.sync(device) }
    }

    // MARK: What people do

    private func stands(_ site: RecordID, _ mounting: String) -> [String: Value] {
        ["owner": .null, "site": .reference(site), "area": .null, "mounting": .text(mounting), "parent": .null]
    }

    private func place(_ device: World.Device, _ mounting: String, at site: RecordID? = nil, since hours: Int64 = 0) throws {
        try world.commit(device, "move") { editor in
            let since = DeviceTime(milliseconds: editor.now.milliseconds + hours * Self.hour, offsetMinutes: 60)
            try editor.place(company.asset, stands(site ?? company.site, mounting), since: since)
        }
    }

    private func event(_ device: World.Device, _ event: AssetEvent, on day: String, asset: RecordID? = nil) throws -> RecordID {
        let id = world.id()
        try world.commit(device, "event") { editor in
            try editor.create(
                "asset_event", id: id,
                [
                    "asset": .reference(asset ?? company.asset), "event": .text(event.rawValue), "on": .text(day),
                    "at": .text(editor.now.description),
                    "by": .reference(editor.user),
                ])
        }
        try world.sync(device)
        return id
    }

    // MARK: What the server has

    private func history() throws -> PlacementHistory {
        PlacementHistory(try world.serverRecords("asset_placement").filter { $0.reference("asset") == company.asset })
    }

    private func mountings() throws -> [String] { try history().placements.map { $0.mounting ?? "–" } }
    private func asset(_ field: String, _ id: RecordID? = nil) throws -> Value { try world.serverValue("asset", id ?? company.asset, field) }

    // MARK: Places

    @Test("134: two who move an asset offline leave one history, whoever is heard of first, and the asset says what holds", arguments: [false, true])
    func twoMove(isReversed: Bool) throws {
        try place(company.anna, "North wall", since: -2)
        try place(company.dora, "South wall", at: other, since: -1)
        for device in isReversed ? [company.dora, company.anna] : [company.anna, company.dora] { try world.sync(device) }
        for device in [company.anna, company.dora] { try world.sync(device) }
        #expect(try mountings() == ["–", "North wall", "South wall"])
        #expect(try asset("mounting") == .text("South wall") && asset("site") == .reference(other))
        for device in [company.anna, company.dora] {
            let shown = try device.engine.read { try $0.view("asset", company.asset) }
            #expect(shown?["mounting"] == .text("South wall") && shown?["site"] == .reference(other))
        }
    }

    @Test("134: what becomes known later of an earlier time moves nothing that holds now")
    func late() throws {
        try place(company.dora, "South wall", since: -1)
        try world.sync(company.dora)
        try place(company.anna, "North wall", since: -5)
        try world.sync(company.anna)
        #expect(try mountings() == ["–", "North wall", "South wall"] && asset("mounting") == .text("South wall"))
    }

    @Test("a move ahead holds from its moment on, not before, also where the server was down then")
    func ahead() throws {
        try place(company.dora, "Roof", at: other, since: 10)
        try world.sync(company.dora)
        #expect(try asset("site") == .reference(company.site))
        let begins = try #require(try asset("moves_at").text.flatMap { DeviceTime($0) }).milliseconds
        world.milliseconds = begins - 1
        _ = try world.server.tick(at: world.moment)
        #expect(try asset("site") == .reference(company.site))
        world.milliseconds = begins + 5 * Self.hour
        _ = try world.server.tick(at: world.moment)
        #expect(try asset("site") == .reference(other) && asset("mounting") == .text("Roof") && asset("moves_at") == .null)
        let positions = try world.server.tick(at: world.moment)
        #expect(!positions)
    }

    @Test("134: what a device wrote whose clock is ahead stands no longer than it is ahead")
    func clockAhead() throws {
        try place(company.anna, "Hall", since: -50)
        for device in [company.anna, company.dora] { try world.sync(device) }
        company.dora.world.offset = 240_000
        try place(company.dora, "Gate", since: -30)
        company.dora.world.offset = 0
        try world.sync(company.dora)
        try place(company.anna, "Roof", since: -3)
        try world.sync(company.anna)
        let last = try #require(try history().placement(at: world.milliseconds)?.mounting)
        #expect(try asset("mounting") == .text("Gate"))
        world.milliseconds += 600_000
        _ = try world.server.tick(at: world.moment)
        #expect(try last == "Roof" && asset("mounting") == .text("Roof"))
    }

    @Test("134: a first day in service that lies after a move says nothing of where the asset stood before")
    func moveBeforeService() throws {
        let asset = world.id()
        try world.commit(world.importer) { editor in
            let model = try editor.view("asset", company.asset)?["model"] ?? .null
            try editor.create(
                "asset", id: asset,
                ["model": model, "serial": .text("SN3"), "site": .reference(company.site), "commissioned_on": .text("2027-01-10")])
        }
        try world.sync(world.importer)
        try world.sync(company.dora)
        try world.commit(company.dora) { editor in try editor.place(asset, stands(other, "Store"), since: editor.now) }
        try world.sync(company.dora)
        world.milliseconds += 60 * 24 * Self.hour
        _ = try world.server.tick(at: world.moment)
        #expect(try self.asset("site", asset) == .reference(other) && self.asset("mounting", asset) == .text("Store"))
    }

    @Test("a client that knows no placements moves an asset by its fields: both places are in the history")
    func byFields() throws {
        try world.commit(company.anna) { try $0.patch("asset", company.asset, ["mounting": .text("Pump room")]) }
        try world.sync(company.anna)
        try world.commit(company.anna) { try $0.patch("asset", company.asset, ["mounting": .text("Gate")]) }
        try world.sync(company.anna)
        #expect(try mountings() == ["–", "Pump room", "Gate"])
        // What is no move leaves the history alone.
        try world.commit(company.anna) { try $0.patch("asset", company.asset, ["tag": .text("GD-9")]) }
        try world.sync(company.anna)
        #expect(try mountings().count == 3)
    }

    // MARK: Life

    @Test("35: events move the asset's life; one that is not possible is kept and moves nothing")
    func life() throws {
        let retired = try event(company.anna, .retire, on: "2026-11-20")
        #expect(try asset("lifecycle") == .text("retired"))
        let repaired = try event(company.anna, .repair, on: "2026-11-21")
        #expect(try asset("lifecycle") == .text("retired"))
        #expect(try world.serverValue("asset_event", retired, "effective") == .boolean(true))
        #expect(try world.serverValue("asset_event", repaired, "effective") == .boolean(false))
        #expect(try world.serverValue("asset_event", repaired, "ruling").text?.contains("retired") == true)
    }

    @Test("33: shipping begins a warranty some days later, an earlier installation begins it then, and a second one begins none")
    func warranty() throws {
        let (model, asset) = (world.id(), world.id())
        try world.commit(world.importer) { editor in
            try editor.create(
                "asset_model", id: model,
                [
                    "maker": .text("Maker"), "name": .text("GD-2"), "kind": .text("fixed_detector"), "warranty_months": .integer(24),
                    "warranty_shipping_days": .integer(30),
                ])
            try editor.create("asset", id: asset, ["model": .reference(model), "serial": .text("SN2"), "site": .reference(company.site)])
        }
        try world.sync(world.importer)
        #expect(try self.asset("warranty_until", asset) == .null)
        _ = try event(company.dora, .ship, on: "2026-01-31", asset: asset)
        #expect(try self.asset("warranty_from", asset) == .text("2026-03-02") && self.asset("warranty_until", asset) == .text("2028-03-02"))
        try world.sync(company.anna)
        _ = try event(company.anna, .install, on: "2026-02-28", asset: asset)
        #expect(try self.asset("installed_on", asset) == .text("2026-02-28") && self.asset("warranty_until", asset) == .text("2028-02-28"))
        for next in [AssetEvent.retire, .install] { _ = try event(company.anna, next, on: "2026-06-01", asset: asset) }
        #expect(try self.asset("installed_on", asset) == .text("2026-02-28") && self.asset("warranty_until", asset) == .text("2028-02-28"))
    }

    // MARK: Meters

    @Test("136: a meter's total follows from its readings, whatever the order in which two technicians' are heard of", arguments: [false, true])
    func meter(isReversed: Bool) throws {
        let meter = MeterCount.id(try world.schema.entity("meter"), asset: company.asset, name: "hours")
        try world.commit(company.dora) {
            try $0.create(
                "meter", id: meter, ["asset": .reference(company.asset), "name": .text("hours"), "unit": .text("h"), "rolls_over_at": .text("1000")])
        }
        try world.sync(company.dora)
        func read(_ device: World.Device, _ value: String, life: Int64 = 1, _ more: [String: Value] = [:]) throws {
            try world.commit(device) { editor in
                try editor.create(
                    "meter_reading",
                    [
                        "meter": .reference(meter), "asset": .reference(company.asset), "life": .integer(life), "value": .text(value),
                        "at": .text(editor.now.description), "by": .reference(editor.user),
                    ].merging(more) { $1 })
            }
        }
        try world.sync(company.anna)
        try read(company.anna, "990")
        try read(company.dora, "12", life: 2, ["begun_by": .text("rollover")])
        for device in isReversed ? [company.dora, company.anna] : [company.anna, company.dora] { try world.sync(device) }
        #expect(try world.serverValue("meter", meter, "total") == .text("1012") && world.serverValue("meter", meter, "value") == .text("12"))
        #expect(try world.serverValue("meter", meter, "life") == .integer(2))
    }
}
