/// Why a text is not an instant. Ask for it as `2026-11-20T09:12:00+01:00`.
public enum InstantProblem: Error, Hashable, Sendable {
    /// Not an RFC 3339 date and time with an offset.
    case malformed(String)
}

/// A point in time as a person at the place saw it: date, time of day and offset from UTC.
public struct CertificateInstant: Hashable, Comparable, Sendable {
    /// The text it was read from.
    public let text: String
    /// Milliseconds since 1970 in UTC; what instants compare by.
    public let milliseconds: Int64
    /// Calendar date at the place, `2026-11-20`.
    public let date: String
    /// Time of day at the place to the minute, with its offset: `09:12 +01:00`.
    public let timeOfDay: String

    /// Reads RFC 3339 with an offset; `Z` is one. At most three digits of fraction.
    public init(parsing text: String) throws(InstantProblem) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>, _ allowed: ClosedRange<Int>) throws(InstantProblem) -> Int {
            guard range.upperBound <= bytes.count else { throw .malformed(text) }
            var value = 0
            for byte in bytes[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw .malformed(text) }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            guard allowed.contains(value) else { throw .malformed(text) }
            return value
        }
        func mark(_ index: Int, _ expected: Character) throws(InstantProblem) {
            guard index < bytes.count, bytes[index] == expected.asciiValue else { throw .malformed(text) }
        }
        let (year, month) = (try number(0..<4, 1970...9999), try number(5..<7, 1...12))
        let day = try number(8..<10, 1...CivilDate.days(inMonth: month, of: year))
        let (hour, minute) = (try number(11..<13, 0...23), try number(14..<16, 0...59))
        let second = try number(17..<19, 0...59)
        for (index, expected) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] as [(Int, Character)] {
            try mark(index, expected)
        }
        var (index, fraction) = (19, 0)
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            var weight = 100
            index += 1
            while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
                guard weight > 0 else { throw .malformed(text) }
                fraction += Int(bytes[index] - UInt8(ascii: "0")) * weight
                weight /= 10
                index += 1
            }
            guard weight < 100 else { throw .malformed(text) }
        }
        var offset = 0
        guard index < bytes.count else { throw .malformed(text) }
        if bytes[index] == UInt8(ascii: "Z") {
            guard bytes.count == index + 1 else { throw .malformed(text) }
        } else {
            guard bytes.count == index + 6 else { throw .malformed(text) }
            try mark(index + 3, ":")
            offset = try number(index + 1..<index + 3, 0...18) * 60 + number(index + 4..<index + 6, 0...59)
            switch bytes[index] {
            case UInt8(ascii: "+"): break
            case UInt8(ascii: "-"): offset = -offset
            default: throw .malformed(text)
            }
        }
        let minutes = Int64(CivilDate.daysSince1970(year, month, day)) * 1440 + Int64(hour * 60 + minute - offset)
        self.text = text
        milliseconds = (minutes * 60 + Int64(second)) * 1000 + Int64(fraction)
        date = String(decoding: bytes[0..<10], as: UTF8.self)
        let zone = offset == 0 ? "UTC" : String(decoding: bytes[index...], as: UTF8.self)
        timeOfDay = String(decoding: bytes[11..<16], as: UTF8.self) + " " + zone
    }

    /// Date and time of day, for reading.
    public var spoken: String { "\(date) \(timeOfDay)" }

    public static func < (left: CertificateInstant, right: CertificateInstant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    public static func == (left: CertificateInstant, right: CertificateInstant) -> Bool {
        left.milliseconds == right.milliseconds
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(milliseconds) }
}
