import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A meter of an asset, and what it has counted by what this device holds.
public struct MeterLine: Sendable {
    /// The record.
    public let id: RecordID
    /// What it counts.
    public let name: String
    /// Unit of what it shows.
    public let unit: String
    /// What it would show where it begins again at zero; `nil` where it does not.
    public let rollsOverAt: Quantity?
    /// `nil` before its first reading.
    public let count: MeterCount?
    /// When that was read.
    public let readAt: DeviceTime?

    init(_ view: RecordView, _ screen: ScreenReader) throws {
        id = view.id
        (name, unit, rollsOverAt) = (view.text("name") ?? "", view.text("unit") ?? "", view.quantity("rolls_over_at"))
        let readings = try screen.reader.views("meter_reading", where: "meter", equals: .reference(view.id))
        count = MeterCount(readings, rollsOverAt: rollsOverAt)
        readAt = count.map { screen.local(DeviceTime(milliseconds: $0.readAt, offsetMinutes: 0)) }
    }
}

/// What a meter showed.
public struct MeterReadingEntry: Sendable {
    /// What it showed, in the meter's unit.
    public var value: Quantity
    /// What began a new meter life, where this is the first reading of it.
    public var begunBy: MeterCount.Beginning?
    /// What the meter showed when that life began.
    public var begunAt: Quantity?
    /// Whether a machine read it.
    public var isMachineRead = false
    /// The reading that this one replaces.
    public var corrects: RecordID?

    public init(_ value: Quantity) { self.value = value }
}

extension DeviceClient {
    /// Puts a meter on an asset's list. The same name on the same asset is the same meter, whoever adds it.
    public func addMeter(_ name: String, to asset: RecordID, unit: String, rollsOverAt: Quantity?) throws -> Recorded {
        try act("meter") { editor in
            _ = try editor.require("asset", asset)
            let id = MeterCount.id(try editor.schema.entity("meter"), asset: asset, name: name)
            guard try editor.view("meter", id) == nil else {
                throw DeviceProblem(
                    .valueUnfit, "It has a meter “\(name)” already.", next: "Read it with `meter read`, or give the other one another name.")
            }
            try editor.create(
                "meter", id: id,
                ["asset": .reference(asset), "name": .text(name), "unit": .text(unit), "rolls_over_at": .optional(rollsOverAt?.description)])
            return (id, [])
        }
    }

    /// Records what a meter shows. What is read is never refused; a value below the last is asked about, since it means that the meter rolled over,
    /// that it was replaced, or that somebody mistyped.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` for a value below the last that is not explained, or beyond what the meter can show.
    public func readMeter(_ meter: RecordID, _ entry: MeterReadingEntry, on order: RecordID? = nil) throws -> Recorded {
        try act("read-meter") { editor in
            let view = try editor.require("meter", meter)
            let limit = view.quantity("rolls_over_at")
            let readings = try editor.views("meter_reading", where: "meter", equals: .reference(meter))
            let former = try entry.corrects.map { try editor.require("meter_reading", $0) }
            let count = MeterCount(readings.filter { $0.id != former?.id }, rollsOverAt: limit)
            let life = try Self.life(entry, view, former, count, limit)
            let id = try editor.create(
                "meter_reading",
                [
                    "meter": .reference(meter), "asset": view["asset"], "life": .integer(Int64(life)), "value": .text("\(entry.value)"),
                    "begun_by": entry.begunBy.map { .text($0.rawValue) } ?? former?["begun_by"] ?? .null,
                    "begun_at": entry.begunAt.map { .text("\($0)") } ?? former?["begun_at"] ?? .null,
                    "source": .text(entry.isMachineRead ? "machine" : "typed"), "order": order.map { .reference($0) } ?? former?["order"] ?? .null,
                    "at": former?["at"] ?? .time(editor.now), "by": .reference(editor.user), "corrects": .optional(entry.corrects),
                ])
            let after = MeterCount(try editor.views("meter_reading", where: "meter", equals: .reference(meter)), rollsOverAt: limit)
            let unit = view.text("unit") ?? ""
            return (id, after.map { ["It has counted \($0.total) \(unit) in all."] } ?? [])
        }
    }

    /// The meter life a reading belongs to.
    private static func life(
        _ entry: MeterReadingEntry, _ meter: RecordView, _ former: RecordView?, _ count: MeterCount?, _ limit: Quantity?
    ) throws -> Int {
        let unit = meter.text("unit") ?? ""
        if entry.value < .zero { throw DeviceProblem(.valueUnfit, "A meter shows no \(entry.value).", next: "Give what it shows, without a sign.") }
        if let limit, entry.value >= limit {
            throw DeviceProblem(.valueUnfit, "It begins again at \(limit) \(unit), and cannot show \(entry.value).", next: "Read it again.")
        }
        if entry.begunBy == .rollover, limit == nil {
            throw DeviceProblem(
                .valueUnfit, "It is not known at which value this meter begins again.",
                next: "If it was replaced, say --replaced and what the new one showed first.")
        }
        if let former, let life = former.integer("life") { return Int(life) + (entry.begunBy != nil && former["begun_by"] == .null ? 1 : 0) }
        if entry.begunBy != nil { return (count?.life ?? 0) + 1 }
        guard let count, entry.value < count.value else { return count?.life ?? 1 }
        throw DeviceProblem(
            .valueUnfit, "It showed \(count.value) \(unit) before, which is more.",
            next:
                "Read it again. If it began again at zero, say --rolled-over; if it is another meter, --replaced; if the former value is wrong, --corrects it."
        )
    }

    /// The meters of an asset, by name.
    public func meters(of asset: RecordID) throws -> [MeterLine] {
        try screen { screen in
            try screen.reader.views("meter", where: "asset", equals: .reference(asset)).map { try MeterLine($0, screen) }.sorted {
                ($0.name, $0.id) < ($1.name, $1.id)
            }
        }
    }

    /// The meter of an asset that a person means by its name; the only one where none is named.
    public func findMeter(_ name: String?, of asset: RecordID) throws -> RecordID {
        try read { reader in
            let meters = try reader.views("meter", where: "asset", equals: .reference(asset))
            if name == nil, meters.count == 1, let only = meters.first { return only.id }
            guard let name else {
                let known = meters.compactMap { $0.text("name") }.sorted().joined(separator: ", ")
                throw DeviceProblem(
                    "not-found", meters.isEmpty ? "The asset has no meter." : "The asset has \(meters.count) meters.",
                    next: meters.isEmpty ? "Add one with `meter add`." : "Name one with --meter: \(known).")
            }
            return try RecordFinder(reader: reader).find("meter", name, by: ["name"], among: meters) { $0.text("name") ?? "" }.id
        }
    }
}
