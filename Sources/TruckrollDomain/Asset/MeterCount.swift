import TruckrollCore

/// What a meter has counted, from its readings: of each meter life the greatest that nobody has corrected.
///
/// A life ends when the meter is replaced, and when it has shown all it can and begins again at zero. Readings count whatever the order in
/// which they are heard of.
public struct MeterCount: Hashable, Sendable {
    /// How a meter life begins.
    public enum Beginning: String, Sendable, CaseIterable {
        case rollover, replacement
    }

    /// The meter life it is in, from 1.
    public let life: Int
    /// What it shows.
    public let value: Quantity
    /// What it has counted over all its lives.
    public let total: Quantity
    /// When that value was read, in Unix milliseconds.
    public let readAt: Int64

    /// `nil` without readings.
    ///
    /// - Parameters:
    ///   - readings: the records of one meter.
    ///   - rollsOverAt: what it would show where it begins again at zero; `nil` where it does not.
    public init?(_ readings: [RecordView], rollsOverAt: Quantity?) {
        let corrected = readings.corrected
        var lives: [Int: Life] = [:]
        for reading in readings where !corrected.contains(reading.id) {
            guard let number = reading.integer("life").map({ Int($0) }), let value = reading.quantity("value"), value >= .zero else { continue }
            lives[number, default: Life()].add(reading, value)
        }
        guard let last = lives.keys.max(), let present = lives[last] else { return nil }
        (life, value, readAt) = (last, present.top, present.readAt)
        total = lives.reduce(.zero) { sum, entry in
            // One that rolled over went as far as it can show.
            let isFull = lives[entry.key + 1]?.beginning == .rollover
            let top = isFull ? max(entry.value.top, rollsOverAt ?? .zero) : entry.value.top
            return sum.adding(top.remainder(after: entry.value.start)) ?? .greatest
        }
    }

    private struct Life {
        var top = Quantity.zero
        var readAt: Int64 = 0
        var start = Quantity.zero
        var beginning: Beginning?
        private var toldBy: RecordID?

        mutating func add(_ reading: RecordView, _ value: Quantity) {
            let at = reading.time("at")?.milliseconds ?? 0
            if (value, at) > (top, readAt) { (top, readAt) = (value, at) }
            guard let begun = reading.text("begun_by").flatMap({ Beginning(rawValue: $0) }) else { return }
            // Where two say how it began, the earlier record holds.
            if let toldBy, toldBy < reading.id { return }
            (beginning, start, toldBy) = (begun, reading.quantity("begun_at") ?? .zero, reading.id)
        }
    }

    /// The id of the meter of a name: one an asset and name, whoever makes it.
    public static func id(_ entity: Entity, asset: RecordID, name: String) -> RecordID {
        RecordID.derived(type: entity.type, key: [asset.bytes, Array(name.utf8)])
    }
}
