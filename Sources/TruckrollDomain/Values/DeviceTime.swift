/// A day of the proleptic Gregorian calendar, written YYYY-MM-DD.
public struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let year: Int
    public let month: Int
    public let day: Int

    /// Reads exactly YYYY-MM-DD; `nil` for a day that does not exist.
    public init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard characters.count == 10, characters[4] == 0x2D, characters[7] == 0x2D,
            let year = Digits.number(characters[0..<4]), let month = Digits.number(characters[5..<7]),
            let day = Digits.number(characters[8..<10]), (1...12).contains(month),
            (1...CalendarDate.days(in: month, of: year)).contains(day)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// A day that exists.
    init(year: Int, month: Int, day: Int) { (self.year, self.month, self.day) = (year, month, day) }

    /// The day so many days after 1970-01-01.
    public init(daysSince1970: Int) {
        // Howard Hinnant's civil_from_days, https://howardhinnant.github.io/date_algorithms.html
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    public var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    public var description: String { "\(Digits.padded(year, 4))-\(Digits.padded(month, 2))-\(Digits.padded(day, 2))" }
    public static func < (a: Self, b: Self) -> Bool { (a.year, a.month, a.day) < (b.year, b.month, b.day) }
}

/// A point in time as a device wrote it: RFC 3339 with an offset, to the second or finer.
public struct DeviceTime: Hashable, Sendable, CustomStringConvertible {
    /// Unix time.
    public let milliseconds: Int64
    public let offsetMinutes: Int

    /// Reads RFC 3339 strictly: `T`, seconds, and `Z` or `±hh:mm`. No leap seconds, no 24:00, offsets up to ±18:00.
    public init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard characters.count >= 20, let date = CalendarDate(String(decoding: characters[0..<10], as: UTF8.self)),
            characters[10] == 0x54, characters[13] == 0x3A, characters[16] == 0x3A,
            let hour = Digits.number(characters[11..<13]), hour < 24, let minute = Digits.number(characters[14..<16]), minute < 60,
            let second = Digits.number(characters[17..<19]), second < 60
        else { return nil }
        var rest = characters[19...]
        var fraction = 0
        if rest.first == 0x2E {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count), let number = Digits.number((digits + [0x30, 0x30]).prefix(3)) else { return nil }
            fraction = number
            rest = rest.dropFirst(1 + digits.count)
        }
        if rest.elementsEqual([0x5A]) {
            offsetMinutes = 0
        } else {
            let zone = Array(rest)
            guard zone.count == 6, zone[0] == 0x2B || zone[0] == 0x2D, zone[3] == 0x3A, let hours = Digits.number(zone[1..<3]),
                let minutes = Digits.number(zone[4..<6]), minutes < 60, hours * 60 + minutes <= 18 * 60
            else { return nil }
            offsetMinutes = (zone[0] == 0x2D ? -1 : 1) * (hours * 60 + minutes)
        }
        let seconds = date.daysSince1970 * 86400 + hour * 3600 + minute * 60 + second - offsetMinutes * 60
        milliseconds = Int64(seconds) * 1000 + Int64(fraction)
    }

    public init(milliseconds: Int64, offsetMinutes: Int) {
        self.milliseconds = milliseconds
        self.offsetMinutes = offsetMinutes
    }

    /// The local day at the offset.
    public var date: CalendarDate { CalendarDate(daysSince1970: Int((localSeconds).floorDivided(by: 86400))) }
    /// Local time of day, `hh:mm`.
    public var clock: String {
        let second = Int(localSeconds - localSeconds.floorDivided(by: 86400) * 86400)
        return "\(Digits.padded(second / 3600, 2)):\(Digits.padded(second / 60 % 60, 2))"
    }

    private var localSeconds: Int64 { milliseconds.floorDivided(by: 1000) + Int64(offsetMinutes) * 60 }

    /// RFC 3339 to the second.
    public var description: String {
        let second = Int(localSeconds - localSeconds.floorDivided(by: 86400) * 86400) % 60
        let zone: String
        if offsetMinutes == 0 {
            zone = "Z"
        } else {
            let magnitude = abs(offsetMinutes)
            zone = "\(offsetMinutes < 0 ? "-" : "+")\(Digits.padded(magnitude / 60, 2)):\(Digits.padded(magnitude % 60, 2))"
        }
        return "\(date)T\(clock):\(Digits.padded(second, 2))\(zone)"
    }
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

enum Digits {
    static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 9 else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(abs(number))
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
