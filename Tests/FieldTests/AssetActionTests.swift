import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Assets on the device")
struct AssetActionTests {
    private func bench() throws -> Bench {
        try Bench(state: .in_progress) { all, world in
            all = all.map { draft in
                draft.id == world.serialised && draft.entity == "part"
                    ? RecordDraft("part", id: draft.id, draft.fields.merging(["model": .reference(world.model)]) { $1 }) : draft
            }
        }
    }

    private func problem(_ body: () throws -> Recorded) -> DeviceProblem? {
        do { _ = try body() } catch { return error as? DeviceProblem }
        return nil
    }

    private func quantity(_ text: String) -> Quantity { Quantity(text) ?? .zero }

    @Test("134: a move is shown at once and says what it replaces; one that changes nothing, or to an area of another site, is refused")
    func move() throws {
        let bench = try bench()
        let asset = bench.world.asset
        var entry = PlacementEntry()
        #expect(problem { try bench.client.moveAsset(asset, entry) }?.code == "value-unfit")
        (entry.mounting, entry.reason, entry.leavesArea) = ("North wall", "Draught", true)
        let first = try #require(try bench.client.moveAsset(asset, entry, on: bench.world.order).record)
        var profile = try bench.client.profile(of: asset)
        #expect(profile.card.mounting == "North wall" && profile.card.area == nil && profile.site == "Works 2" && profile.owner == "Plant AG")
        #expect(profile.placements.last?.reason == "Draught" && profile.placements.last?.until == nil)
        var slip = PlacementEntry()
        (slip.corrects, slip.mounting) = (first, "South wall")
        _ = try bench.client.moveAsset(asset, slip)
        profile = try bench.client.profile(of: asset)
        #expect(profile.card.mounting == "South wall" && profile.placements.count == 1)
        // A move ahead holds when its moment has come.
        var ahead = PlacementEntry()
        (ahead.mounting, ahead.since) = ("Roof", DeviceTime(milliseconds: Bench.morning + 86_400_000, offsetMinutes: 60))
        #expect(try bench.client.moveAsset(asset, ahead).notices.isEmpty)
        profile = try bench.client.profile(of: asset)
        #expect(profile.card.mounting == "South wall" && profile.placements.map(\.mounting) == ["South wall", "Roof"])
        ahead.mounting = "Gate"
        ahead.since = DeviceTime(milliseconds: Bench.morning + 43_200_000, offsetMinutes: 60)
        #expect(try bench.client.moveAsset(asset, ahead).notices.count == 1)
    }

    @Test("an asset is no part of itself, nor of a part of its own")
    func parts() throws {
        let bench = try bench()
        var entry = PlacementEntry()
        entry.parent = bench.world.asset
        #expect(problem { try bench.client.moveAsset(bench.world.asset, entry) }?.code == "value-unfit")
        _ = try bench.client.moveAsset(bench.world.otherAsset, entry)
        #expect(try bench.client.profile(of: bench.world.asset).parts == ["GD-102"])
        #expect(try bench.client.profile(of: bench.world.otherAsset).parent == "GD-101")
        entry.parent = bench.world.otherAsset
        #expect(problem { try bench.client.moveAsset(bench.world.asset, entry) }?.code == "value-unfit")
    }

    @Test("32: a piece that is put up leaves the van, is an asset with its place and first day, and is on the job, in one change set")
    func install() throws {
        let bench = try bench()
        var entry = InstallationEntry(part: bench.world.serialised, serial: "FX-9001")
        (entry.tag, entry.mounting) = ("GD-107", "Compressor house")
        let recorded = try bench.client.installAsset(entry, on: bench.world.order)
        let asset = try bench.client.findAsset("GD-107")
        let profile = try bench.client.profile(of: asset)
        #expect(profile.card.serial == "FX-9001" && profile.stage == .installed && profile.site == "Works 2")
        #expect(profile.placements.map(\.mounting) == ["Compressor house"] && profile.fitted.map(\.serial) == ["FX-9001"])
        #expect(try bench.client.job(bench.world.order).assets.map(\.id).contains(asset))
        let sets = try bench.client.read { try $0.outbox() }
        #expect(sets.count == 1 && sets.first?.set.writeID == recorded.set)
        #expect(profile.timeline.map(\.kind).contains("asset_event"))
        // A part that becomes no asset is refused, and nothing is recorded.
        #expect(problem { try bench.client.installAsset(InstallationEntry(part: bench.world.part, serial: "X"), on: bench.world.order) } != nil)
        #expect(try bench.client.read { try $0.outbox() }.count == 1)
    }

    @Test("141: a serial number that was typed is confirmed by its check digit, or by being typed twice alike")
    func typed() throws {
        let bench = try bench()
        let order = bench.world.order
        let once = try #require(problem { try bench.client.scan("AB24-000123", .typed(again: nil), on: order) })
        #expect(once.code == "misread" && once.next.contains("--again"))
        #expect(problem { try bench.client.scan("AB24-000123", .typed(again: "AB24-000132"), on: order) }?.code == "misread")
        func source(_ recorded: Recorded) throws -> String? {
            try recorded.record.flatMap { id in try bench.client.read { try $0.view("scan", id)?.text("source") } }
        }
        #expect(try source(bench.client.scan("AB24-000123", .typed(again: " AB24-000123"), on: order)) == "typed")
        #expect(try source(bench.client.scan("(01)04012345678901(21)AB24-000123", .typed(again: nil), on: order)) == "typed")
        #expect(try source(bench.client.scan("AB24-000123", .machine, on: order)) == "machine")
        var entry = InstallationEntry(part: bench.world.serialised, serial: "FX-9002")
        entry.entry = .typed(again: nil)
        #expect(problem { try bench.client.installAsset(entry, on: order) }?.code == "misread")
    }

    @Test("136: a meter's value below the last is asked about; a roll-over, another meter and a slip count on")
    func meter() throws {
        let bench = try bench()
        let asset = bench.world.asset
        let meter = try #require(try bench.client.addMeter("hours", to: asset, unit: "h", rollsOverAt: quantity("1000")).record)
        #expect(problem { try bench.client.addMeter("hours", to: asset, unit: "h", rollsOverAt: nil) }?.code == "value-unfit")
        #expect(try bench.client.findMeter(nil, of: asset) == meter)
        let first = try #require(try bench.client.readMeter(meter, MeterReadingEntry(quantity("990"))).record)
        for wrong in ["12", "1000", "-1"] { #expect(problem { try bench.client.readMeter(meter, MeterReadingEntry(quantity(wrong))) } != nil) }
        var next = MeterReadingEntry(quantity("12"))
        next.begunBy = .rollover
        #expect(try bench.client.readMeter(meter, next).notices == ["It has counted 1012 h in all."])
        var slip = MeterReadingEntry(quantity("890"))
        slip.corrects = first
        #expect(try bench.client.readMeter(meter, slip).notices == ["It has counted 1012 h in all."])
        next = MeterReadingEntry(quantity("5"))
        (next.begunBy, next.begunAt) = (.replacement, quantity("3"))
        #expect(try bench.client.readMeter(meter, next).notices == ["It has counted 1014 h in all."])
        let line = try #require(try bench.client.meters(of: asset).first)
        #expect(line.count?.life == 3 && line.count?.value == quantity("5"))
    }

    @Test("35: all that happened to an asset is one list in time, with where each was written")
    func history() throws {
        let bench = try bench()
        let (asset, order) = (bench.world.asset, bench.world.order)
        var use = PartEntry(part: bench.world.serialised, quantity: .one)
        (use.asset, use.serial, use.channel, use.expires) = (asset, "S-77", bench.world.channel, CalendarDate("2029-05-31"))
        _ = try bench.client.usePart(use, on: order)
        _ = try bench.client.recordAlert("alarm_count", of: asset, value: quantity("4"), unit: nil, source: "PLC 2")
        _ = try bench.client.recordAssetEvent(.repair, of: asset, on: nil, text: "bench", order: order)
        var entry = PlacementEntry()
        entry.mounting = "Workshop"
        _ = try bench.client.moveAsset(asset, entry, on: order)
        let profile = try bench.client.profile(of: asset)
        #expect(profile.timeline.map(\.kind) == ["order", "part_use", "alert", "asset_event", "placement"])
        #expect(profile.stage == .in_repair && profile.fitted.first?.channel == 1)
        #expect(try bench.client.read { try $0.view("sensor_channel", bench.world.channel)?.text("sensor_serial") } == "S-77")
        #expect(profile.card.channels.first?.sensorExpires == "2029-05-31")
        let refused = try #require(problem { try bench.client.recordAssetEvent(.ship, of: asset, on: nil, text: nil) })
        #expect(refused.code == "transition" && refused.next.contains("return"))
        use.action = .removed
        _ = try bench.client.usePart(use, on: order)
        #expect(try bench.client.profile(of: asset).fitted.isEmpty)
    }

    @Test("137: a plan says when it is due, refuses a rule that cannot be read or never falls on a day, and makes what is due offline, once")
    func plan() throws {
        let bench = try bench()
        // Plans are the office's to make.
        try bench.confirm([
            RecordDraft("user", id: bench.world.ana, ["number": .text("P1"), "name": .text("Ana Torres"), "role": .text("dispatcher")])
        ])
        let asset = bench.world.asset
        func entry(_ rule: String, _ start: String = "2026-11-25") throws -> PlanEntry {
            PlanEntry(asset: asset, title: "Look at it", trigger: .calendar(rule: rule, startsOn: try #require(CalendarDate(start))))
        }
        for wrong in ["FREQ=HOURLY", "FREQ=MONTHLY;BYDAY=9MO", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"] {
            #expect(problem { try bench.client.addPlan(entry(wrong)) }?.code == "value-unfit", "\(wrong)")
        }
        let id = try #require(try bench.client.addPlan(entry("FREQ=MONTHLY")).record)
        let line = try #require(try bench.client.plans(of: asset).first)
        #expect(line.dueOn?.description == "2026-11-25" && line.due.map(\.period) == ["2026-11-25"] && !line.isOverdue)
        let order = try #require(try bench.client.orderDue(of: id).record)
        #expect(try bench.client.job(order).line.number == "\(line.number)-20261125")
        #expect(problem { try bench.client.orderDue(of: id) }?.code == "value-unfit")
        #expect(try bench.client.plans(of: asset).first?.due.isEmpty == true)
        _ = try bench.client.setPlan(id, status: "ended")
        #expect(problem { try bench.client.setPlan(id, status: "active") }?.code == "transition")
        let watch = PlanEntry(
            asset: asset, title: "x", trigger: .condition(alert: "drift", isAbove: true, tripsAt: quantity("5"), clearsAt: quantity("5")))
        #expect(problem { try bench.client.addPlan(watch) }?.code == "value-unfit")
    }
}
