/// Days that recur by a rule of RFC 5545, section 3.3.10, such as `FREQ=MONTHLY;INTERVAL=6;BYDAY=-1FR`.
///
/// As there, a month without the day that the rule names is left out: the last of each month is `BYMONTHDAY=-1`. Whole days recur, so the parts about
/// hours and less are not taken; nor are days and weeks of the year.
public struct RecurrenceRule: Sendable {
    private enum Frequency: String {
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"
    }

    /// A day of the week, or the so-many-th of them in a month or year, from the end where the number is below zero.
    private struct Weekday: Hashable {
        let day: Int
        let number: Int?
    }

    private let frequency: Frequency
    private let interval: Int
    private let count: Int?
    private let until: CalendarDate?
    private let months: Set<Int>
    private let monthDays: [Int]
    private let weekdays: [Weekday]
    private let setPositions: [Int]
    /// 0 for Monday.
    private let weekStart: Int

    /// Reads a rule.
    ///
    /// - Throws: ``RecurrenceProblem`` saying what is wrong and what may stand there.
    public init(_ text: String) throws(RecurrenceProblem) {
        var parts = try Self.parts(text)
        guard let frequency = parts.removeValue(forKey: "FREQ").flatMap({ Frequency(rawValue: $0) }) else {
            throw RecurrenceProblem("A rule has FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
        }
        self.frequency = frequency
        weekStart = try parts.removeValue(forKey: "WKST").map { text throws(RecurrenceProblem) in try Self.weekday(text[...]) } ?? 0
        interval = try Self.numbers(parts.removeValue(forKey: "INTERVAL"), "INTERVAL", 1...1000).first ?? 1
        months = Set(try Self.numbers(parts.removeValue(forKey: "BYMONTH"), "BYMONTH", 1...12))
        monthDays = try Self.numbers(parts.removeValue(forKey: "BYMONTHDAY"), "BYMONTHDAY", -31...31)
        setPositions = try Self.numbers(parts.removeValue(forKey: "BYSETPOS"), "BYSETPOS", -366...366)
        var weekdays: [Weekday] = []
        for text in parts.removeValue(forKey: "BYDAY")?.split(separator: ",") ?? [] {
            let number = text.dropLast(2)
            let day = Weekday(day: try Self.weekday(text.suffix(2)), number: Int(number))
            guard number.isEmpty || day.number.map({ $0 != 0 && (-53...53).contains($0) }) ?? false else {
                throw RecurrenceProblem("“\(text)” is no day such as MO, 1MO or -1FR.")
            }
            weekdays.append(day)
        }
        self.weekdays = weekdays
        count = try Self.numbers(parts.removeValue(forKey: "COUNT"), "COUNT", 1...1000).first
        until = try parts.removeValue(forKey: "UNTIL").map { text throws(RecurrenceProblem) in try Self.end(text) }
        if let unknown = parts.keys.sorted().first {
            throw RecurrenceProblem("\(unknown) is not taken. INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS and WKST are.")
        }
        if count != nil, until != nil { throw RecurrenceProblem("A rule ends by COUNT or by UNTIL, not by both.") }
        if frequency == .weekly, !monthDays.isEmpty { throw RecurrenceProblem("A week has no BYMONTHDAY.") }
        if weekdays.contains(where: { $0.number != nil }), [.daily, .weekly].contains(frequency) || !monthDays.isEmpty {
            throw RecurrenceProblem("Only a month or a year without BYMONTHDAY has a first or last day such as 1MO.")
        }
    }

    // MARK: Days

    /// The first day after another on which it falls.
    ///
    /// - Parameters:
    ///   - day: `nil` for the first of all.
    ///   - start: the day from which the rule counts (DTSTART); the first that fits is it or after it.
    /// - Returns: `nil` where it does not fall on any day of the hundred years that follow.
    public func first(after day: CalendarDate?, from start: CalendarDate) -> CalendarDate? {
        let end = min(until ?? max(start, day ?? start).adding(months: 1200), max(start, day ?? start).adding(months: 1200))
        // Days that are counted have to be counted from the first.
        var index = count == nil ? firstPeriod(near: day ?? start, from: start) : 0
        var counted = 0
        for _ in 0..<Self.mostPeriods {
            guard let days = days(ofPeriod: index, from: start), days.begin <= end else { return nil }
            for candidate in days.found where candidate >= start {
                counted += 1
                guard candidate <= end, counted <= count ?? .max else { return nil }
                if day.map({ candidate > $0 }) ?? true { return candidate }
            }
            index += 1
        }
        return nil
    }

    /// A hundred years of days: what has not come by then does not come.
    private static let mostPeriods = 36_600

    /// The day on which work comes round that was done on a day, where the rule names nothing but how often: as far on as it says, and on the last day
    /// of a month that has none of that number. So what was done on the 31st skips no month.
    public func next(afterDone day: CalendarDate) -> CalendarDate? {
        guard months.isEmpty, monthDays.isEmpty, weekdays.isEmpty, setPositions.isEmpty, count == nil else { return first(after: day, from: day) }
        let next =
            switch frequency {
            case .daily: day.adding(days: interval)
            case .weekly: day.adding(days: 7 * interval)
            case .monthly: day.adding(months: interval)
            case .yearly: day.adding(months: 12 * interval)
            }
        return next.year > 9999 || next > until ?? next ? nil : next
    }

    /// Whether it leaves out months that have no day of that number, counted from a first day.
    public func skipsMonths(from start: CalendarDate) -> Bool {
        let isPlain = monthDays.isEmpty && weekdays.isEmpty
        return isPlain && start.day > 28 && (frequency == .monthly || frequency == .yearly && start.month == 2 && start.day == 29)
    }

    /// A period at or before the one in which a day lies.
    private func firstPeriod(near day: CalendarDate, from start: CalendarDate) -> Int {
        let days = day.daysSince1970 - start.daysSince1970
        let months = (day.year - start.year) * 12 + day.month - start.month
        let passed =
            switch frequency {
            case .daily: days
            case .weekly: days / 7
            case .monthly: months
            case .yearly: day.year - start.year
            }
        return max(0, passed / interval - 1)
    }

    /// The days of the so-many-th period on which it falls, ascending, with that period's first day.
    private func days(ofPeriod index: Int, from start: CalendarDate) -> (begin: CalendarDate, found: [CalendarDate])? {
        let step = index * interval
        let begin: CalendarDate
        var found: [CalendarDate]
        switch frequency {
        case .daily:
            begin = start.adding(days: step)
            let isDay = monthDays.isEmpty || Self.isOne(of: monthDays, begin)
            found = isDay && isWeekday(begin) ? [begin] : []
        case .weekly:
            let lag = (start.weekday - weekStart + 7) % 7
            begin = start.adding(days: step * 7 - lag)
            found = (0..<7).map { begin.adding(days: $0) }.filter { weekdays.isEmpty ? $0.weekday == start.weekday : isWeekday($0) }
        case .monthly:
            let month = start.year * 12 + start.month - 1 + step
            begin = CalendarDate(year: month / 12, month: month % 12 + 1, day: 1)
            found = days(ofMonth: begin, like: start)
        case .yearly:
            begin = CalendarDate(year: start.year + step, month: 1, day: 1)
            found = days(ofYear: begin, like: start)
        }
        guard begin.year <= 9999 else { return nil }
        found = found.filter { $0.year <= 9999 && (months.isEmpty || months.contains($0.month)) }.sorted()
        return (begin, setPositions.isEmpty ? found : Self.picked(setPositions, of: found))
    }

    private func days(ofMonth first: CalendarDate, like start: CalendarDate) -> [CalendarDate] {
        let all = Self.days(ofMonth: first)
        if !monthDays.isEmpty { return all.filter { Self.isOne(of: monthDays, $0) && isWeekday($0) } }
        return weekdays.isEmpty ? all.filter { $0.day == start.day } : numbered(of: all)
    }

    private func days(ofYear first: CalendarDate, like start: CalendarDate) -> [CalendarDate] {
        let year = (1...12).map { CalendarDate(year: first.year, month: $0, day: 1) }
        if weekdays.isEmpty, monthDays.isEmpty {
            let named = months.isEmpty ? [start.month] : months
            return year.filter { named.contains($0.month) }.flatMap(Self.days(ofMonth:)).filter { $0.day == start.day }
        }
        if monthDays.isEmpty, months.isEmpty { return numbered(of: year.flatMap(Self.days(ofMonth:))) }
        return year.filter { months.isEmpty || months.contains($0.month) }.flatMap { days(ofMonth: $0, like: start) }
    }

    /// Of the days of a month or year, those that are the named weekdays, or the so-many-th of them.
    private func numbered(of days: [CalendarDate]) -> [CalendarDate] {
        let chosen = weekdays.flatMap { weekday in
            let same = days.filter { $0.weekday == weekday.day }
            return weekday.number.map { Self.picked([$0], of: same) } ?? same
        }
        return Array(Set(chosen))
    }

    private func isWeekday(_ day: CalendarDate) -> Bool { weekdays.isEmpty || weekdays.contains { $0.day == day.weekday } }

    private static func isOne(of numbers: [Int], _ day: CalendarDate) -> Bool {
        let length = CalendarDate.days(in: day.month, of: day.year)
        return numbers.contains { $0 > 0 ? $0 == day.day : length + 1 + $0 == day.day }
    }

    private static func days(ofMonth first: CalendarDate) -> [CalendarDate] {
        (1...CalendarDate.days(in: first.month, of: first.year)).map { CalendarDate(year: first.year, month: first.month, day: $0) }
    }

    /// Those at the places, from 1 or, below zero, from the end.
    private static func picked(_ places: [Int], of days: [CalendarDate]) -> [CalendarDate] {
        let indices = Set(places.map { $0 > 0 ? $0 - 1 : days.count + $0 })
        return days.enumerated().filter { indices.contains($0.offset) }.map(\.element)
    }

    // MARK: Reading

    private static func parts(_ text: String) throws(RecurrenceProblem) -> [String: String] {
        var parts: [String: String] = [:]
        for part in text.uppercased().replacing(" ", with: "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[1].isEmpty else { throw RecurrenceProblem("“\(part)” is no part of a rule, such as INTERVAL=6.") }
            guard parts.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                throw RecurrenceProblem("\(pair[0]) stands there twice.")
            }
        }
        return parts
    }

    private static func weekday(_ text: Substring) throws(RecurrenceProblem) -> Int {
        guard let day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].firstIndex(of: String(text)) else {
            throw RecurrenceProblem("“\(text)” is no day of the week such as MO.")
        }
        return day
    }

    private static func numbers(_ text: String?, _ name: String, _ range: ClosedRange<Int>) throws(RecurrenceProblem) -> [Int] {
        var numbers: [Int] = []
        for part in (text ?? "").split(separator: ",") {
            guard let number = Int(part), range.contains(number), number != 0 else {
                throw RecurrenceProblem("\(name) is a number from \(range.lowerBound) to \(range.upperBound), not “\(part)”.")
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func end(_ text: String) throws(RecurrenceProblem) -> CalendarDate {
        let digits = text.prefix(8)
        guard digits.count == 8, let day = CalendarDate("\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.dropFirst(6))") else {
            throw RecurrenceProblem("UNTIL is a day such as 20301231.")
        }
        return day
    }
}

/// Why a text is no rule of recurrence.
public struct RecurrenceProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// In a sentence or two.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension CalendarDate {
    /// 0 for Monday, 6 for Sunday. 1970-01-01 was a Thursday, and days before it count below zero.
    public var weekday: Int { ((daysSince1970 + 3) % 7 + 7) % 7 }
}
