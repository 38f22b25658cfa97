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
}
