import ArgumentParser
import TruckrollDomain

/// Spans of time as they are typed: a number and its unit.
enum Span {
    /// - Returns: seconds.
    static func read(_ text: String) throws -> Int64 {
        let units: [Character: Int64] = ["m": 60, "h": 3_600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), (0...5_000_000).contains(count),
            count * unit <= 315_360_000
        else { throw ValidationError("“\(text.prefix(20))” is no span of time. Write it as 30m, 24h or 2d, at most ten years.") }
        return count * unit
    }

    static func spoken(_ seconds: Int64) -> String {
        if seconds % 86_400 == 0, seconds > 86_400 { return "\(seconds / 86_400)d" }
        if seconds % 3_600 == 0, seconds > 0 { return "\(seconds / 3_600)h" }
        return "\(seconds / 60)m"
    }
}

/// Amounts of money as they are typed.
enum Amount {
    static func read(_ text: String) throws -> Money {
        guard let money = Money(text) else {
            throw ValidationError("“\(text.prefix(30))” is no amount of money. Write it with its currency, such as \"10000.00 EUR\".")
        }
        return money
    }
}
