/// Judges the readings of one channel by its resolution and accepted error.
struct ReadingJudge {
    private let resolution: ExactDecimal
    private let places: Int
    private let percent: ExactDecimal
    private let minimum: ExactDecimal

    /// `nil` if the channel has no positive resolution or no accepted error.
    init?(_ test: ChannelUnderTest) {
        guard let resolution = try? ExactDecimal(parsing: test.channel.resolution), resolution > .zero,
            let percent = try? test.tolerancePercent.map(ExactDecimal.init(parsing:)) ?? .zero,
            let minimum = try? test.toleranceMinimum.map(ExactDecimal.init(parsing:)) ?? .zero,
            percent >= .zero, minimum >= .zero, percent > .zero || minimum > .zero
        else { return nil }
        self.resolution = resolution
        self.percent = percent
        self.minimum = minimum
        places = ExactDecimal.places(test.channel.resolution)
    }

    /// The reading with its verdict; `nil` if it is not made of numbers.
    func measurement(of reading: CalibrationReading, cylinder: ReferenceGas?) -> JudgedReading? {
        guard let applied = try? ExactDecimal(parsing: reading.applied),
            let indicated = try? ExactDecimal(parsing: reading.indicated)
        else { return nil }
        let evaluation = Evaluation(
            applied: applied, indicated: indicated, resolution: resolution, places: places,
            tolerancePercent: percent, toleranceMinimum: minimum, reference: cylinder.flatMap(Self.reference))
        return JudgedReading(
            applied: evaluation.applied, indicated: evaluation.indicated, error: evaluation.error,
            tolerance: evaluation.tolerance, uncertainty: evaluation.uncertainty,
            coverageFactor: Evaluation.coverageFactor, verdict: evaluation.verdict, cylinder: reading.cylinder,
            at: reading.at)
    }

    /// The certified values of a cylinder, or `nil` if they cannot be computed with.
    static func reference(_ gas: ReferenceGas) -> Evaluation.Reference? {
        guard let concentration = try? ExactDecimal(parsing: gas.concentration), concentration > .zero,
            let uncertainty = try? ExactDecimal(parsing: gas.uncertainty), uncertainty >= .zero,
            let factor = try? ExactDecimal(parsing: gas.coverageFactor), factor > .zero
        else { return nil }
        return Evaluation.Reference(concentration: concentration, uncertainty: uncertainty, coverageFactor: factor)
    }

    /// Whether `applied` is more than a step away from what the cylinder gives in the unit of the channel; `nil` if
    /// that cannot be computed.
    static func differs(_ applied: ExactDecimal, from gas: ReferenceGas, in channel: ChannelResult) -> Bool? {
        guard let value = reference(gas)?.concentration, let step = try? ExactDecimal(parsing: channel.resolution)
        else { return nil }
        let percent = gas.unit == .partsPerMillion ? value * ExactDecimal(units: 1, scale: 4) : value
        switch channel.unit {
        case .percentVolume: return (applied - percent).magnitude > step
        case .partsPerMillion: return (applied - percent * ExactDecimal(10_000)).magnitude > step
        case .percentLEL:
            // Multiplied by the limit, to do without a quotient.
            guard let basis = channel.lfl, let limit = try? ExactDecimal(parsing: basis.percentVolume), limit > .zero
            else { return nil }
            return (applied * limit - percent * ExactDecimal(100)).magnitude > step * limit
        }
    }
}
