/// Units of readings.
public enum GasUnit: String, Hashable, Sendable {
    /// Parts per million by volume.
    case partsPerMillion = "ppm"
    /// Per cent by volume.
    case percentVolume = "%vol"
    /// Per cent of the lower flammable limit; means nothing without an ``LFLBasis``.
    case percentLEL = "%LEL"
}

/// What 100 %LEL stands for. Tables disagree (methane 4.4 or 5.0 %vol), so it is always named.
public struct LFLBasis: Sendable {
    /// The lower flammable limit, %vol.
    public var percentVolume: String
    /// The standard it is taken from.
    public var source: String

    /// The parts as they are known.
    public init(percentVolume: String, source: String) {
        self.percentVolume = percentVolume
        self.source = source
    }
}

extension LFLBasis: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        percentVolume = try reader.decimal("percent_volume")
        source = try reader.text("source")
    }

    var canonical: CanonicalValue {
        .object([
            "percent_volume": .string(percentVolume), "source": .string(source),
        ])
    }
}

/// A measuring channel and what was found on it.
public struct ChannelResult: Sendable {
    /// Channel number.
    public var number: Int
    /// Target gas.
    public var gas: String
    /// CAS number of the target gas.
    public var cas: String
    /// Unit of its readings.
    public var unit: GasUnit
    /// What 100 %LEL stands for; present if and only if the unit is %LEL.
    public var lfl: LFLBasis?
    /// Start of the range.
    public var rangeLow: String?
    /// End of the range.
    public var rangeHigh: String
    /// Smallest step shown.
    public var resolution: String
    /// How it measures.
    public var technology: String
    /// Serial number of the sensor element.
    public var sensorSerial: String?
    /// When the sensor element wears out.
    public var sensorExpires: String?
    /// Whether the outcome depends on it.
    public var isMandatory: Bool
    /// Zero and span.
    public var points: [PointResult]
    /// The last adjustment, if there was one.
    public var adjustment: ChannelAdjustment?
    /// Its alarms.
    public var alarms: [AlarmResult]
    /// Response time T90, s.
    public var t90Seconds: Int?

    /// The parts as they are known.
    public init(
        number: Int, gas: String, cas: String, unit: GasUnit, lfl: LFLBasis? = nil, rangeLow: String? = nil,
        rangeHigh: String, resolution: String, technology: String, sensorSerial: String? = nil,
        sensorExpires: String? = nil, isMandatory: Bool, points: [PointResult], adjustment: ChannelAdjustment? = nil,
        alarms: [AlarmResult], t90Seconds: Int? = nil
    ) {
        self.number = number
        self.gas = gas
        self.cas = cas
        self.unit = unit
        self.lfl = lfl
        self.rangeLow = rangeLow
        self.rangeHigh = rangeHigh
        self.resolution = resolution
        self.technology = technology
        self.sensorSerial = sensorSerial
        self.sensorExpires = sensorExpires
        self.isMandatory = isMandatory
        self.points = points
        self.adjustment = adjustment
        self.alarms = alarms
        self.t90Seconds = t90Seconds
    }
}

extension ChannelResult: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        number = try reader.integer("number", in: 1...64)
        gas = try reader.text("gas")
        cas = try reader.text("cas")
        unit = try reader.choice("unit")
        lfl = try reader.optionalRecord("lfl")
        rangeLow = try reader.optionalDecimal("range_low")
        rangeHigh = try reader.decimal("range_high")
        resolution = try reader.decimal("resolution")
        technology = try reader.text("technology")
        sensorSerial = try reader.optionalText("sensor_serial")
        sensorExpires = try reader.optionalText("sensor_expires")
        isMandatory = try reader.bool("is_mandatory")
        points = try reader.records("points")
        adjustment = try reader.optionalRecord("adjustment")
        alarms = try reader.records("alarms")
        t90Seconds = try reader.optionalInteger("t90_seconds", in: 0...3600)
    }

    var canonical: CanonicalValue {
        .object([
            "number": .integer(number), "gas": .string(gas), "cas": .string(cas), "unit": .string(unit.rawValue),
            "lfl": .record(lfl), "range_low": .optional(rangeLow), "range_high": .string(rangeHigh),
            "resolution": .string(resolution), "technology": .string(technology),
            "sensor_serial": .optional(sensorSerial), "sensor_expires": .optional(sensorExpires),
            "is_mandatory": .bool(isMandatory), "points": .records(points), "adjustment": .record(adjustment),
            "alarms": .records(alarms), "t90_seconds": t90Seconds.map { .integer($0) } ?? .null,
        ])
    }
}

extension ChannelResult {
    /// The worst as-left verdict, or `nil` if nothing was measured as left.
    public var asLeftVerdict: Verdict? { points.compactMap(\.asLeft?.verdict).max() }

    /// The worst as-found verdict, or `nil` if nothing was measured as found.
    public var asFoundVerdict: Verdict? { points.compactMap(\.asFound?.verdict).max() }
}
