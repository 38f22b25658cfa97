import Foundation

/// Whole days in the tenant's time zone.
public struct TenantCalendar: Sendable {
    private let zone: TimeZone

    /// Falls back to UTC for a zone this system does not know.
    public init(timeZone identifier: String) { zone = TimeZone(identifier: identifier) ?? TimeZone(secondsFromGMT: 0) ?? .current }

    /// Offset of the zone at an instant, in minutes.
    public func offsetMinutes(at milliseconds: Int64) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1000)) / 60
    }

    /// The instant in the zone's own time.
    public func local(_ milliseconds: Int64) -> DeviceTime {
        DeviceTime(milliseconds: milliseconds, offsetMinutes: offsetMinutes(at: milliseconds))
    }

    /// The first instant of the local day so many days after the one that holds `milliseconds`.
    public func startOfDay(_ milliseconds: Int64, addingDays days: Int) -> Int64 {
        let midnight = Int64(local(milliseconds).date.daysSince1970 + days) * 86_400_000
        // The offset in force at local midnight, found in two steps because it depends on the answer.
        let guess = midnight - Int64(offsetMinutes(at: midnight)) * 60_000
        return midnight - Int64(offsetMinutes(at: guess)) * 60_000
    }

    /// The instant of a wall clock's time on a day. A time that is left out when clocks go forward is the moment they do; of one that comes twice
    /// it is the first.
    ///
    /// - Parameter minute: from midnight, 1440 for the midnight after.
    public func instant(_ date: CalendarDate, minute: Int) -> Int64 {
        let wall = Int64(date.daysSince1970) * 86_400_000 + Int64(minute) * 60_000
        // The offsets on both sides of any change of that day.
        let offsets = [wall - 86_400_000, wall + 86_400_000].map { Int64(offsetMinutes(at: $0)) * 60_000 }
        let fitting = offsets.map { wall - $0 }.filter { Int64(offsetMinutes(at: $0)) * 60_000 + $0 == wall }
        // Left out: counted on by the offset before, it lies behind the change as far as it lay behind the gap's beginning.
        return fitting.min() ?? gapEnd(near: wall - offsets[0])
    }

    /// The moment at which clocks went forward, in the hours before an instant.
    private func gapEnd(near instant: Int64) -> Int64 {
        var (low, high) = (instant - 10_800_000, instant)
        let before = offsetMinutes(at: low)
        while high - low > 60_000 {
            let middle = low + (high - low) / 120_000 * 60_000
            if offsetMinutes(at: middle) == before { low = middle } else { high = middle }
        }
        return high
    }
}
