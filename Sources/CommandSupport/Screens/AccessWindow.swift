/// When a site may be entered, in words.
public enum AccessWindow {
    private static let weekdays: [(code: Substring, name: String)] = [
        ("MO", "Mon"), ("TU", "Tue"), ("WE", "Wed"), ("TH", "Thu"), ("FR", "Fri"), ("SA", "Sat"), ("SU", "Sun"),
    ]
    private static let ordinals: [Substring: String] = ["1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"]

    /// A window such as `FREQ=WEEKLY;BYDAY=MO,TU,WE 07:00-17:00` (RFC 5545, 3.3.10, with times) as `Mon–Wed 07:00–17:00`.
    ///
    /// A rule that says more than which days of a week or month stays as it is.
    public static func words(_ window: String) -> String {
        let parts = window.split(separator: " ")
        guard parts.count == 2, let days = days(parts[0]) else { return window }
        return "\(days) \(parts[1].replacing("-", with: "–"))"
    }

    private static func days(_ rule: Substring) -> String? {
        var fields: [Substring: Substring] = [:]
        for part in rule.split(separator: ";", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, fields.updateValue(pair[1], forKey: pair[0]) == nil else { return nil }
        }
        let (frequency, days) = (fields.removeValue(forKey: "FREQ"), fields.removeValue(forKey: "BYDAY"))
        guard fields.isEmpty else { return nil }
        switch (frequency, days) {
        case ("DAILY", nil): return "every day"
        case ("WEEKLY", let days?): return week(days.split(separator: ",", omittingEmptySubsequences: false))
        case ("MONTHLY", let day?):
            guard let ordinal = ordinals[day.dropLast(2)], let name = weekdays.first(where: { $0.code == day.suffix(2) })?.name else { return nil }
            return "\(ordinal) \(name) of the month"
        default: return nil
        }
    }

    /// Days of a week, where three or more follow each other as a span.
    private static func week(_ codes: [Substring]) -> String? {
        let places = Set(codes.compactMap { code in weekdays.firstIndex { $0.code == code } }).sorted()
        guard let first = places.first, let last = places.last, places.count == codes.count else { return nil }
        if places.count > 2, last - first == places.count - 1 { return "\(weekdays[first].name)–\(weekdays[last].name)" }
        return places.map { weekdays[$0].name }.joined(separator: ", ")
    }
}
