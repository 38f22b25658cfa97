/// Judges one reading. All that is printed is rounded to the channel's resolution, each value to the safe side:
/// errors and uncertainties up, tolerances down. The verdict follows from the printed values alone, so a
/// reader of the page can repeat it.
public struct Evaluation: Hashable, Sendable {
    /// The coverage factor of the printed uncertainty.
    public static let coverageFactor = "2"

    /// The expanded uncertainty of a cylinder's concentration, as its certificate gives it.
    public struct Reference: Sendable {
        /// Certified concentration.
        public let concentration: ExactDecimal
        /// Expanded uncertainty in the same unit.
        public let uncertainty: ExactDecimal
        /// Its coverage factor.
        public let coverageFactor: ExactDecimal

        /// The values of a gas certificate; the unit does not matter, since only their ratio is used.
        public init(concentration: ExactDecimal, uncertainty: ExactDecimal, coverageFactor: ExactDecimal) {
            self.concentration = concentration
            self.uncertainty = uncertainty
            self.coverageFactor = coverageFactor
        }
    }

    /// Applied value.
    public let applied: String
    /// Indicated value.
    public let indicated: String
    /// Indicated − applied.
    public let error: String
    /// Accepted error, without sign.
    public let tolerance: String
    /// Expanded uncertainty with ``coverageFactor``.
    public let uncertainty: String
    /// Verdict with guard band w = U.
    public let verdict: Verdict

    /// Judges `indicated` against `applied`.
    ///
    /// - Parameter reference: what was applied, or `nil` for air or nitrogen at zero.
    public init(
        applied: ExactDecimal, indicated: ExactDecimal, resolution: ExactDecimal, places: Int,
        tolerancePercent: ExactDecimal, toleranceMinimum: ExactDecimal, reference: Reference?
    ) {
        let error = (indicated - applied).rounded(to: resolution, .away)
        let tolerance = Self.tolerance(applied: applied, percent: tolerancePercent, minimum: toleranceMinimum)
            .rounded(to: resolution, .towardsZero)
        let uncertainty = Self.uncertainty(applied: applied, resolution: resolution, reference: reference)
        self.applied = applied.rounded(to: resolution, .nearest).text(places: places)
        self.indicated = indicated.rounded(to: resolution, .nearest).text(places: places)
        self.error = error.text(places: places)
        self.tolerance = tolerance.text(places: places)
        self.uncertainty = uncertainty.text(places: places)
        verdict = Verdict(error: error, tolerance: tolerance, guardBand: uncertainty)
    }

    /// The greater of `percent` of the applied value and `minimum`.
    public static func tolerance(
        applied: ExactDecimal, percent: ExactDecimal, minimum: ExactDecimal
    ) -> ExactDecimal {
        max(percent * applied.magnitude * ExactDecimal(units: 1, scale: 2), minimum)
    }

    /// Expanded uncertainty (k = 2) of gas and resolution, rounded up to the resolution.
    ///
    /// u² = (applied · U/(k · c))² + (r/√12)², with the concentration c and the resolution r. Sought is the least
    /// whole number of steps n with (n · r)² ≥ (2u)², that is 3 · n² · d² ≥ 3 · (2 · applied · U)² + d² with
    /// d = k · c · r. Neither a root nor a quotient is taken, so nothing can be rounded the wrong way.
    public static func uncertainty(
        applied: ExactDecimal, resolution: ExactDecimal, reference: Reference?
    ) -> ExactDecimal {
        guard resolution > .zero else { return .zero }
        let three = ExactDecimal(3)
        var (gas, divisor) = (ExactDecimal.zero, resolution)
        if let reference, reference.concentration > .zero, reference.coverageFactor > .zero {
            gas = ExactDecimal(2) * applied * reference.uncertainty
            divisor = reference.coverageFactor * reference.concentration * resolution
        }
        let (square, sought) = (divisor * divisor, three * gas * gas + divisor * divisor)
        func isEnough(_ steps: Int) -> Bool { three * ExactDecimal(steps) * ExactDecimal(steps) * square >= sought }
        var (low, high) = (0, Self.greatestSteps)
        while low < high {
            let middle = low + (high - low) / 2
            if isEnough(middle) { high = middle } else { low = middle + 1 }
        }
        return ExactDecimal(low) * resolution
    }

    /// More steps of resolution than any display has.
    private static let greatestSteps = 1_000_000_000_000_000_000
}
