/// How the work was done.
public struct CalibrationMethod: Sendable {
    /// Procedure.
    public var procedure: String
    /// Revision or edition of the procedure.
    public var revision: String?
    /// Standard followed as guidance.
    public var standard: String?

    /// The parts as they are known.
    public init(procedure: String, revision: String? = nil, standard: String? = nil) {
        self.procedure = procedure
        self.revision = revision
        self.standard = standard
    }
}

extension CalibrationMethod: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        procedure = try reader.text("procedure")
        revision = try reader.optionalText("revision")
        standard = try reader.optionalText("standard")
    }

    var canonical: CanonicalValue {
        .object([
            "procedure": .string(procedure), "revision": .optional(revision), "standard": .optional(standard),
        ])
    }
}

/// Conditions around the item.
public struct CalibrationConditions: Sendable {
    /// Ambient temperature, °C.
    public var temperature: String?
    /// Relative humidity, %.
    public var humidity: String?
    /// Air pressure, hPa.
    public var pressure: String?
    /// Gas flow, l/min.
    public var flow: String?
    /// Exposure to gas, s.
    public var exposureSeconds: Int?
    /// Whether they are estimated, not measured.
    public var areEstimated: Bool

    /// The parts as they are known.
    public init(
        temperature: String? = nil, humidity: String? = nil, pressure: String? = nil, flow: String? = nil,
        exposureSeconds: Int? = nil, areEstimated: Bool
    ) {
        self.temperature = temperature
        self.humidity = humidity
        self.pressure = pressure
        self.flow = flow
        self.exposureSeconds = exposureSeconds
        self.areEstimated = areEstimated
    }
}

extension CalibrationConditions: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        temperature = try reader.optionalDecimal("temperature")
        humidity = try reader.optionalDecimal("humidity")
        pressure = try reader.optionalDecimal("pressure")
        flow = try reader.optionalDecimal("flow")
        exposureSeconds = try reader.optionalInteger("exposure_seconds", in: 0...86400)
        areEstimated = try reader.bool("are_estimated")
    }

    var canonical: CanonicalValue {
        .object([
            "temperature": .optional(temperature), "humidity": .optional(humidity), "pressure": .optional(pressure),
            "flow": .optional(flow), "exposure_seconds": exposureSeconds.map { .integer($0) } ?? .null,
            "are_estimated": .bool(areEstimated),
        ])
    }
}

/// How measured errors were judged.
public struct DecisionRule: Sendable {
    /// The rule in words.
    public var rule: String
    /// The guard band in words.
    public var guardBand: String

    /// The parts as they are known.
    public init(rule: String, guardBand: String) {
        self.rule = rule
        self.guardBand = guardBand
    }
}

extension DecisionRule: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        rule = try reader.text("rule")
        guardBand = try reader.text("guard_band")
    }

    var canonical: CanonicalValue {
        .object([
            "rule": .string(rule), "guard_band": .string(guardBand),
        ])
    }
}
