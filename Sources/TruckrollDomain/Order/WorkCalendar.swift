import TruckrollCore

/// When people work: hours of each weekday in a time zone, but for holidays.
public struct WorkCalendar: Sendable {
    /// Minutes from a day's midnight, by weekday from Monday; each day's ascending and apart.
    public let hours: [[Range<Int>]]
    /// Days without work, in the calendar's zone.
    public let holidays: Set<CalendarDate>
    private let zone: TenantCalendar

    /// Day and night, every day.
    public static let always = WorkCalendar(hours: Array(repeating: [0..<1440], count: 7), holidays: [], zone: TenantCalendar(timeZone: "UTC"))

    public init(hours: [[Range<Int>]], holidays: Set<CalendarDate>, zone: TenantCalendar) {
        (self.hours, self.holidays, self.zone) = (hours, holidays, zone)
    }

    /// As a record says; `nil` where it has no hours that can be read.
    public init?(_ view: RecordView) {
        var hours = Array(repeating: [Range<Int>](), count: 7)
        for (days, span) in (view["hours"].list ?? []).compactMap(\.text).compactMap(Self.read) {
            for day in days { hours[day].append(span) }
        }
        guard hours.contains(where: { !$0.isEmpty }) else { return nil }
        self.init(
            hours: hours.map(Self.joined), holidays: Set((view["holidays"].list ?? []).compactMap { $0.text.flatMap { CalendarDate($0) } }),
            zone: TenantCalendar(timeZone: view.text("time_zone") ?? "UTC"))
    }

    private static let days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

    /// Reads `MO-FR 08:00-17:00` or `SA 09:00-24:00`; `nil` for what is none.
    ///
    /// - Returns: weekdays from 0 for Monday, and minutes of each.
    public static func read(_ text: String) -> (days: ClosedRange<Int>, span: Range<Int>)? {
        guard let match = text.uppercased().wholeMatch(of: #/\s*([A-Z]{2})(?:-([A-Z]{2}))?\s+(\d{2}):(\d{2})-(\d{2}):(\d{2})\s*/#),
            let first = days.firstIndex(of: String(match.1)), let last = match.2.map({ days.firstIndex(of: String($0)) }) ?? first, first <= last,
            let fromHour = Int(match.3), let fromMinute = Int(match.4), let toHour = Int(match.5), let toMinute = Int(match.6),
            fromMinute < 60, toMinute < 60
        else { return nil }
        let (start, end) = (fromHour * 60 + fromMinute, toHour * 60 + toMinute)
        return start < end && end <= 1440 ? (first...last, start..<end) : nil
    }

    private static func joined(_ spans: [Range<Int>]) -> [Range<Int>] {
        spans.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { joined, span in
            if let last = joined.last, span.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                joined.append(span)
            }
        }
    }

    /// How far ahead a time is looked for, in days. Beyond it nothing is said.
    private static let reach = 3660

    /// The instant at which so many minutes of work have passed since another.
    ///
    /// What begins outside the hours begins to count with the next ones; what ends with them ends then, and not with the next day's beginning.
    ///
    /// - Parameters:
    ///   - minutes: of work, at least 0.
    ///   - start: Unix time in milliseconds.
    /// - Returns: Unix time in milliseconds; `nil` where nobody works so much within ten years.
    public func instant(_ minutes: Int, after start: Int64) -> Int64? {
        var left = Int64(max(0, minutes)) * 60_000
        let first = zone.local(start).date.daysSince1970
        for day in first...(first + Self.reach) {
            let date = CalendarDate(daysSince1970: day)
            guard !holidays.contains(date) else { continue }
            // 1970-01-01 was a Thursday, and days before it count below zero.
            for span in hours[((day + 3) % 7 + 7) % 7] {
                let (from, to) = (max(start, zone.instant(date, minute: span.lowerBound)), zone.instant(date, minute: span.upperBound))
                guard from < to else { continue }
                if left <= to - from { return from + left }
                left -= to - from
            }
        }
        return nil
    }
}

/// How soon an order of a priority has to be begun, and done.
public struct ServiceLevel: Hashable, Sendable {
    /// In minutes of work from the request until somebody begins; `nil` where nobody has promised any.
    public let responseMinutes: Int?
    /// In minutes of work from the request until the work is done; `nil` where nobody has promised any.
    public let resolutionMinutes: Int?
    /// The calendar they are counted by; `nil` for day and night.
    public let calendar: RecordID?

    /// As a record says.
    public init(_ view: RecordView) {
        responseMinutes = view.integer("response_minutes").map { Int($0) }
        resolutionMinutes = view.integer("resolution_minutes").map { Int($0) }
        calendar = view.reference("calendar")
    }

    /// The id of the record for a priority: one for each, and one for each customer who was promised something else.
    public static func id(_ entity: Entity, priority: OrderPriority, customer: RecordID?) -> RecordID {
        RecordID.derived(type: entity.type, key: [Array(priority.rawValue.utf8), customer?.bytes ?? []])
    }
}

/// How long an order may stand in a state before somebody is told.
public enum StageLimit {
    /// The id of the record for a state: one a state, whoever makes it.
    public static func id(_ entity: Entity, state: OrderState) -> RecordID { entity.id(named: state.rawValue) }
}
