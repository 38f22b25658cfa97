import Testing
import TruckrollCore

@testable import TruckrollDomain

@Suite("Assets: places, life, warranty, meters")
struct AssetTests {
    let schema: Schema
    let calendar = TenantCalendar(timeZone: "Europe/Berlin")

    init() throws { schema = try Schema.load() }

    private func record(_ entity: String, _ number: UInt64, stamp: UInt64 = 1000, _ fields: [String: Value]) throws -> RecordView {
        let entity = try schema.entity(entity)
        let id = RecordID(high: 7, low: number)
        let version = Version(stamp: Stamp(milliseconds: stamp, counter: 0, replica: ReplicaID(rawValue: 9)), sequence: number)
        var record = Record(key: RecordKey(type: entity.type, id: id))
        for (name, value) in fields where value != .null {
            let field = try #require(entity[name])
            record.set(FieldEntry(field: field.id, version: version, value: FieldState.single(value, notes: []).encoded(rule: field.rule)))
        }
        return RecordView(record, entity)
    }

    private func time(_ hours: Int64) -> Value { .text(DeviceTime(milliseconds: hours * 3_600_000, offsetMinutes: 0).description) }
    private let site = RecordID(high: 1, low: 1)

    private func placement(_ number: UInt64, since hours: Int64, stamp: UInt64 = 1000, corrects: UInt64? = nil) throws -> RecordView {
        try record(
            "asset_placement", number, stamp: stamp,
            [
                "site": .reference(site), "since": time(hours), "mounting": .text("\(number)"),
                "corrects": corrects.map { .reference(RecordID(high: 7, low: $0)) } ?? .null,
            ])
    }

    // MARK: Places

    @Test("134: whatever is recorded in whatever order, each moment has one place: no gap and no overlap")
    func intervals() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Draws(state: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 1...12, using: &random)
            let views = try (0..<count).map { number in
                try placement(
                    UInt64(number), since: .random(in: 0...9, using: &random), stamp: .random(in: 0...3, using: &random),
                    corrects: number > 0 && Bool.random(using: &random) && Bool.random(using: &random) ? UInt64(number - 1) : nil)
            }
            let intervals = PlacementHistory(views).intervals
            #expect(!intervals.isEmpty && intervals.last?.end == nil, "repeat with seed \(seed)")
            for (interval, next) in zip(intervals, intervals.dropFirst()) {
                #expect(interval.end == next.placement.since && interval.placement.since < next.placement.since, "repeat with seed \(seed)")
            }
            #expect(PlacementHistory(views.shuffled(using: &random)).intervals == intervals, "repeat with seed \(seed)")
            let corrected = views.corrected
            for hour in Int64(0)...10 {
                let standing = views.filter { !corrected.contains($0.id) && ($0.time("since")?.milliseconds ?? 0) <= hour * 3_600_000 }
                let latest = standing.map { $0.time("since")?.milliseconds ?? 0 }.max()
                let held = PlacementHistory(views).placement(at: hour * 3_600_000)
                #expect(latest == nil || held?.since == latest, "repeat with seed \(seed)")
            }
        }
    }

    @Test("of two that begin at one moment the later written holds; a corrected one counts for nothing")
    func sameMoment() throws {
        let views = try [placement(1, since: 5, stamp: 20), placement(2, since: 5, stamp: 10), placement(3, since: 2)]
        #expect(PlacementHistory(views).placements.map(\.mounting) == ["3", "1"])
        let mended = try views + [placement(4, since: 4, corrects: 1)]
        #expect(PlacementHistory(mended).placements.map(\.mounting) == ["3", "4", "2"])
        #expect(PlacementHistory(mended).nextChange(after: 10_800_000) == Int64(14_400_000))
        #expect(PlacementHistory(mended).placement(at: 0) == nil)
    }

    @Test("the first placement says where an asset stood from its first day in service on")
    func first() throws {
        let asset = try record(
            "asset", 1, ["serial": .text("S"), "site": .reference(site), "mounting": .text("Hall"), "commissioned_on": .text("2026-03-29")])
        let now = try #require(DeviceTime("2026-12-01T10:00:00+01:00"))
        let fields = PlacementHistory.firstFields(of: asset, before: nil, calendar: calendar, author: (RecordID(high: 2, low: 2), now))
        #expect(fields["since"] == .text("2026-03-29T00:00:00+01:00") && fields["mounting"] == .text("Hall") && fields["owner"] == .null)
    }

    // MARK: Life

    @Test("35: every stage is reached, none but the end is dead, and what is scrapped stays so")
    func machine() {
        var reached = Set(AssetLifecycle.beginnings.values).union([.active])
        for _ in AssetStage.allCases { reached.formUnion(AssetLifecycle.transitions.filter { reached.contains($0.from) }.map(\.to)) }
        #expect(reached == Set(AssetStage.allCases))
        for stage in AssetStage.allCases { #expect(AssetLifecycle.events(at: stage).isEmpty == (stage == .scrapped)) }
        #expect(Set(AssetLifecycle.transitions.map { "\($0.from) \($0.event)" }).count == AssetLifecycle.transitions.count)
        #expect(AssetLifecycle.next(from: nil, .retire) == .retired && AssetLifecycle.next(from: nil, .ship) == .shipped)
        #expect(AssetLifecycle.next(from: .planned, .activate) == nil)
    }

    // MARK: Warranty

    @Test(
        "33: a warranty counts calendar months, leap days included",
        arguments: [
            ("2024-01-15", 12, "2025-01-15"), ("2024-02-29", 12, "2025-02-28"), ("2024-02-29", 48, "2028-02-29"), ("2023-08-31", 6, "2024-02-29"),
            ("2025-08-31", 6, "2026-02-28"), ("2026-12-31", 2, "2027-02-28"), ("2026-11-30", 24, "2028-11-30"), ("2026-12-01", 1, "2027-01-01"),
        ])
    func months(_ start: String, _ months: Int, _ end: String) throws {
        let warranty = Warranty(from: try #require(CalendarDate(start)), months: months)
        #expect(warranty.until.description == end)
        #expect(warranty.covers(warranty.from) && warranty.covers(warranty.until))
        #expect(!warranty.covers(warranty.from.adding(days: -1)) && !warranty.covers(warranty.until.adding(days: 1)))
    }

    @Test("33: it begins with installation, or some days after shipping where that comes first")
    func start() throws {
        let (early, late) = (try #require(CalendarDate("2026-03-01")), try #require(CalendarDate("2026-06-01")))
        #expect(Warranty.start(installed: late, shipped: early, shippingDays: 30)?.description == "2026-03-31")
        #expect(Warranty.start(installed: early, shipped: early, shippingDays: 30) == early)
        #expect(Warranty.start(installed: nil, shipped: early, shippingDays: nil) == nil)
        #expect(Warranty.start(installed: late, shipped: nil, shippingDays: 30) == late)
    }

    // MARK: Meters

    private func reading(
        _ number: UInt64, life: Int64 = 1, _ value: String, at hours: Int64 = 1, begun: String? = nil, from: String? = nil, corrects: UInt64? = nil
    ) throws -> RecordView {
        try record(
            "meter_reading", number,
            [
                "life": .integer(life), "value": .text(value), "at": time(hours), "begun_by": .optional(begun), "begun_at": .optional(from),
                "corrects": corrects.map { .reference(RecordID(high: 7, low: $0)) } ?? .null,
            ])
    }

    private func total(_ readings: [RecordView], rollsOverAt: String? = nil) -> String? {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Draws(state: seed)
        let counts = (0..<5).map { _ in MeterCount(readings.shuffled(using: &random), rollsOverAt: rollsOverAt.flatMap { Quantity($0) }) }
        #expect(Set(counts).count == 1, "repeat with seed \(seed)")
        return counts[0].map { "\($0.life) \($0.value) \($0.total)" }
    }

    @Test("136: a meter counts on when it rolls over and when it is replaced, whatever the order in which readings are heard of")
    func meters() throws {
        #expect(total([]) == nil)
        let first = try [reading(1, "120.5"), reading(2, "99990", at: 5), reading(3, "99000", at: 6)]
        #expect(total(first) == "1 99990 99990")
        let rolled = try first + [reading(4, life: 2, "15", at: 7, begun: "rollover")]
        #expect(total(rolled, rollsOverAt: "100000") == "2 15 100015")
        let replaced = try rolled + [reading(5, life: 3, "250", at: 9, begun: "replacement", from: "200"), reading(6, life: 2, "40", at: 8)]
        #expect(total(replaced, rollsOverAt: "100000") == "3 250 100090")
        // A mistyped reading is put right, and two who record the same roll-over record one.
        let slip = try first + [reading(7, "999900", at: 6), reading(8, "99991", at: 6, corrects: 7)]
        #expect(total(slip) == "1 99991 99991")
        let both = try rolled + [reading(9, life: 2, "17", at: 8, begun: "rollover")]
        #expect(total(both, rollsOverAt: "100000") == "2 17 100017")
    }
}

/// SplitMix64: the same draws for the same seed.
struct Draws: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
