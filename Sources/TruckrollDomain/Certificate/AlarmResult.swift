/// An alarm of a channel.
public struct AlarmResult: Sendable {
    /// Name, such as A1.
    public var name: String
    /// Set point in the channel's unit.
    public var setPoint: String
    /// What happened, or `nil` if it was not tested.
    public var reached: AlarmResponse?

    /// The parts as they are known.
    public init(name: String, setPoint: String, reached: AlarmResponse? = nil) {
        self.name = name
        self.setPoint = setPoint
        self.reached = reached
    }
}

extension AlarmResult: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        name = try reader.text("name")
        setPoint = try reader.decimal("set_point")
        reached = try reader.optionalRecord("reached")
    }

    var canonical: CanonicalValue {
        .object([
            "name": .string(name), "set_point": .string(setPoint), "reached": .record(reached),
        ])
    }
}

/// What an alarm did when gas above its set point was applied.
public struct AlarmResponse: Sendable {
    /// Whether it went off.
    public var reached: Bool
    /// What it switched: relay, horn, lamp.
    public var outputs: String?

    /// The parts as they are known.
    public init(reached: Bool, outputs: String? = nil) {
        self.reached = reached
        self.outputs = outputs
    }
}

extension AlarmResponse: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        reached = try reader.bool("reached")
        outputs = try reader.optionalText("outputs")
    }

    var canonical: CanonicalValue {
        .object([
            "reached": .bool(reached), "outputs": .optional(outputs),
        ])
    }
}

/// What an adjustment changed.
public struct ChannelAdjustment: Sendable {
    /// When it was made.
    public var at: String
    /// Gain before.
    public var gainBefore: String?
    /// Gain after.
    public var gainAfter: String?
    /// Offset before.
    public var offsetBefore: String?
    /// Offset after.
    public var offsetAfter: String?

    /// The parts as they are known.
    public init(
        at: String, gainBefore: String? = nil, gainAfter: String? = nil, offsetBefore: String? = nil,
        offsetAfter: String? = nil
    ) {
        self.at = at
        self.gainBefore = gainBefore
        self.gainAfter = gainAfter
        self.offsetBefore = offsetBefore
        self.offsetAfter = offsetAfter
    }
}

extension ChannelAdjustment: ContentRecord {
    init(reading reader: inout ContentReader) throws(ContentProblem) {
        at = try reader.instant("at")
        gainBefore = try reader.optionalDecimal("gain_before")
        gainAfter = try reader.optionalDecimal("gain_after")
        offsetBefore = try reader.optionalDecimal("offset_before")
        offsetAfter = try reader.optionalDecimal("offset_after")
    }

    var canonical: CanonicalValue {
        .object([
            "at": .string(at), "gain_before": .optional(gainBefore), "gain_after": .optional(gainAfter),
            "offset_before": .optional(offsetBefore), "offset_after": .optional(offsetAfter),
        ])
    }
}
