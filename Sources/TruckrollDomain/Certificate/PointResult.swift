/// Which of the two gases of a calibration.
public enum CalibrationPoint: String, Hashable, Sendable, CaseIterable {
    /// Clean air, or nitrogen.
    case zero
    /// The test gas.
    case span
}

/// One judged reading, in the channel's unit.
public struct JudgedReading: Sendable {
    /// Applied value.
    public var applied: String
    /// Indicated value.
    public var indicated: String
    /// Indicated − applied.
    public var error: String
    /// Accepted error, without sign.
    public var tolerance: String
    /// Expanded uncertainty.
    public var uncertainty: String
    /// Coverage factor of the uncertainty.
    public var coverageFactor: String
    /// Verdict.
    public var verdict: Verdict
    /// Cylinder applied, or `nil` for air.
    public var cylinder: String?
    /// When it was read.
    public var at: String

    /// The parts as they are known.
    public init(
        applied: String, indicated: String, error: String, tolerance: String, uncertainty: String,
        coverageFactor: String, verdict: Verdict, cylinder: String? = nil, at: String
    ) {
        self.applied = applied
        self.indicated = indicated
        self.error = error
        self.tolerance = tolerance
        self.uncertainty = uncertainty
        self.coverageFactor = coverageFactor
        self.verdict = verdict
        self.cylinder = cylinder
        self.at = at
    }
}

extension JudgedReading: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        applied = try reader.decimal("applied")
        indicated = try reader.decimal("indicated")
        error = try reader.decimal("error")
        tolerance = try reader.decimal("tolerance")
        uncertainty = try reader.decimal("uncertainty")
        coverageFactor = try reader.decimal("coverage_factor")
        verdict = try reader.choice("verdict")
        cylinder = try reader.optionalText("cylinder")
        at = try reader.instant("at")
    }

    var canonical: CanonicalValue {
        .object([
            "applied": .string(applied), "indicated": .string(indicated), "error": .string(error),
            "tolerance": .string(tolerance), "uncertainty": .string(uncertainty),
            "coverage_factor": .string(coverageFactor), "verdict": .string(verdict.rawValue),
            "cylinder": .optional(cylinder), "at": .string(at),
        ])
    }
}

/// A point before and after adjustment.
public struct PointResult: Sendable {
    /// Zero or span.
    public var point: CalibrationPoint
    /// Before anything was changed.
    public var asFound: JudgedReading?
    /// After the last adjustment.
    public var asLeft: JudgedReading?

    /// The parts as they are known.
    public init(point: CalibrationPoint, asFound: JudgedReading? = nil, asLeft: JudgedReading? = nil) {
        self.point = point
        self.asFound = asFound
        self.asLeft = asLeft
    }
}

extension PointResult: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        point = try reader.choice("point")
        asFound = try reader.optionalRecord("as_found")
        asLeft = try reader.optionalRecord("as_left")
    }

    var canonical: CanonicalValue {
        .object([
            "point": .string(point.rawValue), "as_found": .record(asFound), "as_left": .record(asLeft),
        ])
    }
}
