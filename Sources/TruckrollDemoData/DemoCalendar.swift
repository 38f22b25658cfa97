import TruckrollDomain

/// Days counted from the start day, and the local time of the company (Europe/Berlin).
struct DemoCalendar: Sendable {
    let startDay: CalendarDate

    /// The day so many days after the start day.
    func day(_ offset: Int) -> CalendarDate { CalendarDate(daysSince1970: startDay.daysSince1970 + offset) }

    func isWeekend(_ offset: Int) -> Bool { Self.weekday(day(offset).daysSince1970) >= 5 }

    /// RFC 3339 with the offset in force, for a local time given in minutes after midnight; it may lie outside the day.
    func time(_ offset: Int, minute: Int) -> String {
        let local = day(offset).daysSince1970 * 1440 + minute
        let zone = Self.isSummer(utcMinutes: local - 120) ? 120 : 60
        return DeviceTime(milliseconds: Int64(local - zone) * 60_000, offsetMinutes: zone).description
    }

    /// Monday is 0.
    static func weekday(_ daysSince1970: Int) -> Int { ((daysSince1970 + 3) % 7 + 7) % 7 }

    /// Directive 2000/84/EC: from the last Sunday of March to the last of October, both at 01:00 UTC.
    ///
    /// Written out here so that the machine's time zone files cannot change what a seed gives.
    private static func isSummer(utcMinutes: Int) -> Bool {
        let year = CalendarDate(daysSince1970: utcMinutes / 1440).year
        let begin = lastSunday(of: "03", year) * 1440 + 60
        let end = lastSunday(of: "10", year) * 1440 + 60
        return begin <= utcMinutes && utcMinutes < end
    }

    /// Both months have 31 days.
    private static func lastSunday(of month: String, _ year: Int) -> Int {
        let last = CalendarDate("\(padded(year, 4))-\(month)-31")?.daysSince1970 ?? 0
        return last - (weekday(last) + 1) % 7
    }
}

/// Digits with leading zeros.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
