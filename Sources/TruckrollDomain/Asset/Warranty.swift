/// The days on which an asset is warranted.
///
/// Counted as Regulation (EEC, Euratom) No 1182/71, article 3, counts months: the day of the event is the day from which it counts, and it ends with
/// the day of the same number so many months later, or with the last day of that month where it has none of that number.
public struct Warranty: Hashable, Sendable {
    /// The day of the event from which it counts.
    public let from: CalendarDate
    /// Its last day.
    public let until: CalendarDate

    /// - Parameter months: calendar months, at least one.
    public init(from: CalendarDate, months: Int) {
        self.from = from
        until = from.adding(months: months)
    }

    /// Whether it holds on a day: on both of its ends and between.
    public func covers(_ day: CalendarDate) -> Bool { from <= day && day <= until }

    /// The day from which it counts: installation, or so many days after shipping, whichever comes first.
    ///
    /// - Parameter shippingDays: `nil` where shipping begins no warranty.
    public static func start(installed: CalendarDate?, shipped: CalendarDate?, shippingDays: Int?) -> CalendarDate? {
        let latest = shipped.flatMap { day in shippingDays.map { day.adding(days: $0) } }
        return [installed, latest].compactMap(\.self).min()
    }
}

extension CalendarDate {
    /// The day so many days later.
    public func adding(days: Int) -> CalendarDate { CalendarDate(daysSince1970: daysSince1970 + days) }

    /// The day of the same number so many calendar months later; the last day of that month where it has none of that number.
    public func adding(months: Int) -> CalendarDate {
        let count = year * 12 + month - 1 + months
        let (year, month) = (count / 12, count % 12 + 1)
        return CalendarDate(year: year, month: month, day: min(day, CalendarDate.days(in: month, of: year)))
    }
}
