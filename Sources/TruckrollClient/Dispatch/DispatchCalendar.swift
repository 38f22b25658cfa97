import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Days and times as a dispatcher types them, in the company's time zone.
public struct DispatchCalendar: Sendable {
    private let zone: TenantCalendar
    /// The present, in the company's zone.
    public let now: DeviceTime

    /// - Parameters:
    ///   - timeZone: an IANA name, such as `Europe/Vienna`.
    ///   - milliseconds: Unix time of the present.
    public init(timeZone: String, now milliseconds: Int64) {
        zone = TenantCalendar(timeZone: timeZone)
        now = zone.local(milliseconds)
    }

    /// The calendar of the company whose record is in the store; UTC before the first sync.
    public init(_ reader: LocalReader, now: DeviceTime) throws {
        self.init(timeZone: try reader.views("tenant").first?.text("time_zone") ?? "UTC", now: now.milliseconds)
    }

    /// The present day.
    public var today: CalendarDate { now.date }

    /// An instant in the company's zone.
    public func local(_ time: DeviceTime) -> DeviceTime { zone.local(time.milliseconds) }

    /// An RFC 3339 text as `2026-11-23 09:30` in the company's zone, or the text itself when it is none.
    public func spoken(_ text: String?) -> String {
        guard let text, let time = DeviceTime(text).map(local) else { return text ?? "" }
        return "\(time.date) \(time.clock)"
    }

    /// Reads `YYYY-MM-DD`, `today`, `tomorrow` or `yesterday`.
    ///
    /// - Throws: ``DeviceProblem`` `day-unreadable`.
    public func day(_ text: String?) throws -> CalendarDate {
        switch text {
        case nil, "today": return today
        case "tomorrow": return CalendarDate(daysSince1970: today.daysSince1970 + 1)
        case "yesterday": return CalendarDate(daysSince1970: today.daysSince1970 - 1)
        case let text?:
            guard let day = CalendarDate(text) else {
                throw DeviceProblem("day-unreadable", "“\(text.prefix(40))” is no day.", next: "Write it as YYYY-MM-DD, today or tomorrow.")
            }
            return day
        }
    }

    /// Reads RFC 3339, or `HH:MM` in the company's zone on `day`, which is today when it is `nil`.
    ///
    /// - Throws: ``DeviceProblem`` `time-unreadable`; also for a time the clocks skip, or a day that contradicts the time.
    public func time(_ text: String, day: String?) throws -> DeviceTime {
        if let time = DeviceTime(text) {
            let local = local(time)
            guard try day == nil || self.day(day) == local.date else {
                throw DeviceProblem("time-unreadable", "\(text) is not on \(day ?? "").", next: "Leave out the day, or give the time as HH:MM.")
            }
            return local
        }
        guard let minute = Self.minute(text) else {
            throw DeviceProblem(
                "time-unreadable", "“\(text.prefix(40))” is no time.", next: "Write it as HH:MM, or in full as 2026-11-23T09:30:00+01:00.")
        }
        let date = try self.day(day)
        guard let time = instant(date, minute: minute) else {
            throw DeviceProblem("time-unreadable", "The clocks skip \(text) on \(date).", next: "Give the time in full with its offset.")
        }
        return time
    }

    /// Reads when work is due: like ``time(_:day:)``, a day and a time such as `2026-11-23 16:00`, and a day alone for the end of its working
    /// hours.
    ///
    /// - Throws: ``DeviceProblem`` `due-unreadable`.
    public func due(_ text: String) throws -> DeviceTime {
        if let day = try? day(text) { return try time(Self.endOfWork, day: day.description) }
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if words.count == 2, Self.minute(words[1]) != nil, (try? day(words[0])) != nil { return try time(words[1], day: words[0]) }
        guard DeviceTime(text) != nil || Self.minute(text) != nil else {
            throw DeviceProblem(
                "due-unreadable", "“\(text.prefix(40))” is no day or time.",
                next: "Write it as YYYY-MM-DD for the end of that working day, as YYYY-MM-DD HH:MM, or in full as 2026-11-23T18:00:00+01:00.")
        }
        return try time(text, day: nil)
    }

    /// When a working day ends for what is due on it.
    private static let endOfWork = "18:00"

    /// The minute of the day that `H:MM` or `HH:MM` names, 24 hours.
    static func minute(_ text: String) -> Int? {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.joined().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let hour = Int(String(decoding: parts[0], as: UTF8.self)), hour < 24,
            let minute = Int(String(decoding: parts[1], as: UTF8.self)), minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    private func instant(_ day: CalendarDate, minute: Int) -> DeviceTime? {
        let wall = (Int64(day.daysSince1970) * 1440 + Int64(minute)) * 60_000
        // The offset in force at that moment, found in two steps because it depends on the answer.
        let guess = wall - Int64(zone.offsetMinutes(at: wall)) * 60_000
        let time = zone.local(wall - Int64(zone.offsetMinutes(at: guess)) * 60_000)
        return time.milliseconds + Int64(time.offsetMinutes) * 60_000 == wall ? time : nil
    }

    /// Whether any part of `start` to `end` is on the day.
    func touches(_ day: CalendarDate, from start: DeviceTime, to end: DeviceTime) -> Bool {
        local(start).date <= day && day <= local(DeviceTime(milliseconds: max(start.milliseconds, end.milliseconds - 1), offsetMinutes: 0)).date
    }

    /// Minutes from the day's midnight by the wall clock; negative before it.
    func wallMinutes(of time: DeviceTime, since day: CalendarDate) -> Int {
        let local = local(time)
        let wall = local.milliseconds + Int64(local.offsetMinutes) * 60_000 - Int64(day.daysSince1970) * 86_400_000
        return Int(clamping: wall / 60_000)
    }
}
