/// One reading of a channel, as recorded.
public struct CalibrationReading: Hashable, Sendable {
    /// Kind of test.
    public enum Kind: String, Sendable {
        /// Qualitative: sensor and alarms respond.
        case bump
        /// Quantitative, without adjustment.
        case check
        /// With adjustment to known gas.
        case full
    }

    /// Before, at or after adjustment.
    public enum Phase: String, Sendable {
        /// Before anything was changed.
        case asFound = "as_found"
        /// While adjusting.
        case adjusted
        /// After the last adjustment.
        case asLeft = "as_left"

        /// In a sentence.
        var spoken: String {
            switch self {
            case .asFound: "as-found"
            case .adjusted: "adjusted"
            case .asLeft: "as-left"
            }
        }
    }

    /// Channel number.
    public var channel: Int
    /// Kind of test.
    public var kind: Kind
    /// Before, at or after adjustment.
    public var phase: Phase
    /// Zero or span.
    public var point: CalibrationPoint
    /// Applied value in the channel's unit.
    public var applied: String
    /// Indicated value in the channel's unit.
    public var indicated: String
    /// Unit of both.
    public var unit: GasUnit
    /// Cylinder number, or `nil` for air.
    public var cylinder: String?
    /// When, with offset.
    public var at: String
    /// Its place in the order in which readings were written down; decides between two of one instant, which is to the second.
    public var place: Int
    /// For a bump test, whether sensor and alarms responded.
    public var hasResponded: Bool

    /// A reading as recorded.
    public init(
        channel: Int, kind: Kind, phase: Phase, point: CalibrationPoint, applied: String, indicated: String,
        unit: GasUnit, cylinder: String? = nil, at: String, place: Int = 0, hasResponded: Bool = true
    ) {
        self.channel = channel
        self.kind = kind
        self.phase = phase
        self.point = point
        self.applied = applied
        self.indicated = indicated
        self.unit = unit
        self.cylinder = cylinder
        self.at = at
        self.place = place
        self.hasResponded = hasResponded
    }
}
