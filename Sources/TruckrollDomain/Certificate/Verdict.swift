/// How a measured error stands to its tolerance, in the four words of ILAC-G8 §4.2.3.
public enum Verdict: String, Hashable, Comparable, CaseIterable, Sendable {
    /// Within tolerance even if the uncertainty is held against the item.
    case pass
    /// Within tolerance, but nearer to its limit than the uncertainty.
    case conditionalPass
    /// Beyond tolerance, but by no more than the uncertainty.
    case conditionalFail
    /// Beyond tolerance by more than the uncertainty.
    case fail

    /// The word as printed.
    public var word: String {
        switch self {
        case .pass: "pass"
        case .conditionalPass: "conditional pass"
        case .conditionalFail: "conditional fail"
        case .fail: "fail"
        }
    }

    /// Whether the error is within tolerance.
    public var isWithinTolerance: Bool { self == .pass || self == .conditionalPass }

    /// Better before worse, so that `max` of several is the verdict on all of them.
    public static func < (left: Verdict, right: Verdict) -> Bool { left.severity < right.severity }

    private var severity: Int {
        switch self {
        case .pass: 0
        case .conditionalPass: 1
        case .conditionalFail: 2
        case .fail: 3
        }
    }

    /// Judges an error against a tolerance TL with a guard band w.
    ///
    /// Pass below TL − w; conditional pass from there to TL; conditional fail above TL to TL + w; fail above.
    public init(error: ExactDecimal, tolerance: ExactDecimal, guardBand: ExactDecimal) {
        let error = error.magnitude
        if error < tolerance - guardBand {
            self = .pass
        } else if error <= tolerance {
            self = .conditionalPass
        } else if error <= tolerance + guardBand {
            self = .conditionalFail
        } else {
            self = .fail
        }
    }
}
