/// Until when a lot may be used.
public enum ShelfLife: Hashable, Sendable {
    /// Nobody has said.
    case unknown
    case until(CalendarDate)
    /// Not any more, whatever its date.
    case withdrawn

    /// As a lot's record says: withdrawn, its own last day, or so many days after it was made as its part keeps.
    public init(lot: RecordView, part: RecordView?) {
        if lot.text("withdrawn") == "yes" {
            self = .withdrawn
        } else if let day = lot.text("expires_on").flatMap({ CalendarDate($0) }) {
            self = .until(day)
        } else if let made = lot.text("made_on").flatMap({ CalendarDate($0) }), let days = part?.integer("shelf_life_days") {
            self = .until(CalendarDate(daysSince1970: made.daysSince1970 + Int(days)))
        } else {
            self = .unknown
        }
    }

    /// Whether it may be used on a day.
    public func isUsable(on day: CalendarDate) -> Bool {
        switch self {
        case .unknown: true
        case .until(let last): day <= last
        case .withdrawn: false
        }
    }

    /// What is used first comes first; what may not be used comes before all.
    public var order: Int {
        switch self {
        case .withdrawn: .min
        case .until(let day): day.daysSince1970
        case .unknown: .max
        }
    }
}

/// What of a stock may not be used any more after a day.
public struct PerishingStock: Hashable, Sendable {
    public let life: ShelfLife
    public let quantity: Quantity

    public init(life: ShelfLife, quantity: Quantity) { (self.life, self.quantity) = (life, quantity) }
}
