/// An exact decimal number with up to six places, for quantities of parts. Never binary floating point.
public struct Quantity: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number times 10^6.
    public let millionths: Int64

    public static let zero = Quantity(millionths: 0)
    public static let one = Quantity(millionths: 1_000_000)

    public init(millionths: Int64) { self.millionths = millionths }

    /// Reads an optional minus sign, 1 to 12 digits, and an optional point with 1 to 6 digits; nothing else.
    public init?(_ text: String) {
        var characters = Array(text.utf8)[...]
        let isNegative = characters.first == 0x2D
        if isNegative { characters = characters.dropFirst() }
        let parts = characters.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0]
        let fraction = parts.count == 2 ? parts[1] : []
        guard (1...12).contains(whole.count), parts.count == 1 || (1...6).contains(fraction.count) else { return nil }
        var value: Int64 = 0
        for digit in whole + fraction + [UInt8](repeating: 0x30, count: 6 - fraction.count) {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 0x30)
        }
        millionths = isNegative ? -value : value
    }

    /// The shortest form that reads back as the same number.
    public var description: String {
        let magnitude = millionths.magnitude
        let fraction = String(magnitude % 1_000_000)
        let sign = millionths < 0 ? "-" : ""
        guard magnitude % 1_000_000 != 0 else { return "\(sign)\(magnitude / 1_000_000)" }
        var digits = String(repeating: "0", count: 6 - fraction.count) + fraction
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(sign)\(magnitude / 1_000_000).\(digits)"
    }

    /// The greatest number that can be written: twelve digits and six places.
    public static let greatest = Quantity(millionths: 999_999_999_999_999_999)

    /// The sum, or `nil` when it leaves what can be written.
    public func adding(_ other: Quantity) -> Quantity? {
        let (sum, overflow) = millionths.addingReportingOverflow(other.millionths)
        return overflow || sum.magnitude > Self.greatest.millionths.magnitude ? nil : Quantity(millionths: sum)
    }

    public func subtracting(_ other: Quantity) -> Quantity? {
        let (difference, overflow) = millionths.subtractingReportingOverflow(other.millionths)
        return overflow || difference.magnitude > Self.greatest.millionths.magnitude ? nil : Quantity(millionths: difference)
    }

    /// What is left when so much is taken away; never below zero.
    public func remainder(after taken: Quantity) -> Quantity { max(.zero, subtracting(taken) ?? .zero) }

    /// Without its sign.
    public var magnitude: Quantity { Quantity(millionths: abs(millionths)) }

    public static func < (a: Quantity, b: Quantity) -> Bool { a.millionths < b.millionths }
}
