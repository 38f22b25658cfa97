/// Why a text is not a decimal of ours. The value was mistyped or comes from a faulty peer: ask for it again.
public enum DecimalProblem: Error, Hashable, Sendable {
    /// Not an optional minus sign, digits, and optionally a point with digits after it.
    case malformed(String)
    /// More than 18 digits: no instrument shows so many.
    case tooManyDigits(String)
}

/// A decimal number that is exactly what was typed, for values that are measured and judged.
///
/// Sums, differences and products are exact and cannot overflow. There is no quotient: what would need one is
/// asked as a comparison of products, or rounded to a step.
public struct ExactDecimal: Comparable, Sendable {
    /// The most digits a parsed number may have.
    public static let greatestDigits = 18
    /// Nothing.
    public static let zero = ExactDecimal(0)

    private let isNegative: Bool
    /// The number without sign, times 10 to the power of `scale`.
    private let units: Natural
    private let scale: Int

    private init(isNegative: Bool, units: Natural, scale: Int) {
        self.isNegative = isNegative && !units.isZero
        self.units = units
        self.scale = scale
    }

    /// A whole number.
    public init(_ whole: Int) { self.init(units: whole, scale: 0) }

    /// `units` divided by 10 to the power of `scale`.
    init(units: Int, scale: Int) {
        self.init(isNegative: units < 0, units: Natural(UInt64(units.magnitude)), scale: scale)
    }

    /// Reads `-12.50` and the like; refuses exponents, signs other than one minus, blanks and grouping.
    public init(parsing text: String) throws(DecimalProblem) {
        var digits = Substring(text)
        let isNegative = digits.utf8.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        var units: UInt64 = 0
        var (count, fraction): (Int, Int?) = (0, nil)
        for byte in digits.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                count += 1
                guard count <= Self.greatestDigits else { throw .tooManyDigits(text) }
                units = units * 10 + UInt64(byte - UInt8(ascii: "0"))
                fraction = fraction.map { $0 + 1 }
            case UInt8(ascii: ".") where count > 0 && fraction == nil: fraction = 0
            default: throw .malformed(text)
            }
        }
        guard count > 0, fraction != 0 else { throw .malformed(text) }
        self.init(isNegative: isNegative, units: Natural(units), scale: fraction ?? 0)
    }

    /// How many digits the text of a number has after its point: the places a resolution such as `0.1` allows.
    public static func places(_ text: String) -> Int {
        guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return 0 }
        return text.utf8.distance(from: point, to: text.utf8.endIndex) - 1
    }

    /// Which way a value goes that lies between two steps.
    public enum Rounding: Sendable {
        /// To the nearest step, a tie to the even one.
        case nearest
        /// To the greater magnitude: how errors and uncertainties are rounded.
        case away
        /// To the smaller magnitude: how tolerances are rounded.
        case towardsZero
    }

    /// The value as a whole number of `step`s. A step of zero or less leaves the value as it is.
    public func rounded(to step: ExactDecimal, _ rounding: Rounding) -> ExactDecimal {
        guard step > .zero else { return self }
        let common = max(scale, step.scale)
        let stepUnits = step.units(at: common)
        var (steps, rest) = units(at: common).divided(by: stepUnits)
        let isUp =
            switch rounding {
            case .towardsZero: false
            case .away: !rest.isZero
            case .nearest: rest + rest > stepUnits || (rest + rest == stepUnits && steps.isOdd)
            }
        if isUp { steps = steps + Natural(1) }
        rest = steps * step.units
        return ExactDecimal(isNegative: isNegative, units: rest, scale: step.scale)
    }

    /// The value with exactly `places` digits after its point, rounded to the nearest if it has more.
    public func text(places: Int) -> String {
        let last = ExactDecimal(isNegative: false, units: Natural(1), scale: max(places, 0))
        let rounded = rounded(to: last, .nearest)
        var digits = rounded.units.text
        while digits.count <= places { digits = "0" + digits }
        let split = digits.index(digits.endIndex, offsetBy: -max(places, 0))
        let text = places > 0 ? "\(digits[..<split]).\(digits[split...])" : digits
        return rounded.isNegative ? "-\(text)" : text
    }

    /// The value without its sign.
    public var magnitude: ExactDecimal { ExactDecimal(isNegative: false, units: units, scale: scale) }

    /// Whether this is zero.
    public var isZero: Bool { units.isZero }

    private func units(at scale: Int) -> Natural { units * .powerOfTen(scale - self.scale) }

    public static func == (left: ExactDecimal, right: ExactDecimal) -> Bool { !(left < right) && !(right < left) }

    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        guard left.isNegative == right.isNegative else { return left.isNegative }
        let scale = max(left.scale, right.scale)
        let (first, second) = (left.units(at: scale), right.units(at: scale))
        return left.isNegative ? second < first : first < second
    }

    /// The sum.
    public static func + (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        let scale = max(left.scale, right.scale)
        let (first, second) = (left.units(at: scale), right.units(at: scale))
        if left.isNegative == right.isNegative {
            return ExactDecimal(isNegative: left.isNegative, units: first + second, scale: scale)
        }
        return first < second
            ? ExactDecimal(isNegative: right.isNegative, units: second - first, scale: scale)
            : ExactDecimal(isNegative: left.isNegative, units: first - second, scale: scale)
    }

    /// The difference.
    public static func - (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        left + ExactDecimal(isNegative: !right.isNegative, units: right.units, scale: right.scale)
    }

    /// The product.
    public static func * (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        ExactDecimal(
            isNegative: left.isNegative != right.isNegative, units: left.units * right.units,
            scale: left.scale + right.scale)
    }
}
