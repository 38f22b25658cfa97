import TruckrollCore

/// A request for a part at a place that was not granted in full yet.
public struct BackorderLine: Hashable, Sendable {
    public let reservation: RecordID
    /// What it still waits for.
    public let outstanding: Quantity
    /// Of its order.
    public let priority: Priority
    /// `nil` where nobody said when it is needed; such a line comes after those with a time.
    public let neededBy: Int64?
    /// The place of the request in the log. No clock of a device has a say in who asked first.
    public let asked: UInt64
    /// Whether less than all of it helps.
    public let takesPart: Bool
    /// Whether it may have the safety stock.
    public let isEmergency: Bool
    /// The pieces that will do, the one to be taken first first; `nil` where any of the part will.
    public let pieces: [RecordID]?

    /// The classes of urgency, the most urgent first.
    public typealias Priority = Int

    public init(
        reservation: RecordID, outstanding: Quantity, priority: Priority, neededBy: Int64?, asked: UInt64, takesPart: Bool, isEmergency: Bool,
        pieces: [RecordID]? = nil
    ) {
        (self.reservation, self.outstanding, self.priority, self.neededBy) = (reservation, outstanding, priority, neededBy)
        (self.asked, self.takesPart, self.isEmergency, self.pieces) = (asked, takesPart, isEmergency, pieces)
    }

    /// One beside which nobody waits.
    public init(alone reservation: RecordID, _ outstanding: Quantity, _ isEmergency: Bool) {
        self.init(
            reservation: reservation, outstanding: outstanding, priority: 0, neededBy: nil, asked: 0, takesPart: false, isEmergency: isEmergency)
    }

    /// Whether it is served before another: emergencies, then by priority, by when it is needed, and by who asked first.
    static func precedes(_ a: BackorderLine, _ b: BackorderLine) -> Bool {
        if a.isEmergency != b.isEmergency { return a.isEmergency }
        if a.priority != b.priority { return a.priority < b.priority }
        let (first, second) = (a.neededBy ?? .max, b.neededBy ?? .max)
        if first != second { return first < second }
        return a.asked < b.asked
    }
}

/// Who waits for a part at a place, in the order in which they are served.
///
/// A line that wants all or nothing and cannot be served holds what there is against lines of a lower priority, so that small requests do
/// not starve an urgent large one; lines of its own priority may go first. A line for which only certain pieces will do gets none but those, and
/// holds nothing else.
public struct BackorderQueue: Hashable, Sendable {
    public let lines: [BackorderLine]

    public init(_ lines: some Sequence<BackorderLine>) { self.lines = lines.sorted(by: BackorderLine.precedes) }

    /// What one line gets.
    public struct Grant: Hashable, Sendable {
        public let line: BackorderLine
        public let quantity: Quantity
        /// How much of it comes from what is kept back.
        public let fromSafetyStock: Quantity
        /// The pieces it gets, where only certain ones will do.
        public let pieces: [RecordID]

        /// What goes on waiting; `nil` when it got all.
        public var rest: BackorderLine? {
            let left = Quantity(millionths: line.outstanding.millionths - quantity.millionths)
            return left > .zero ? line.with(outstanding: left) : nil
        }
    }

    /// What each line gets of what lies there unpromised; lines that get nothing are left out.
    ///
    /// - Parameters:
    ///   - unpromised: what lies there and nobody has been promised, what is kept back included.
    ///   - safetyStock: what ordinary lines leave there.
    public func grants(of unpromised: Quantity, keeping safetyStock: Quantity) -> [Grant] {
        var left = unpromised.millionths
        var holding: (priority: BackorderLine.Priority, isEmergency: Bool)?
        var grants: [Grant] = []
        var taken: Set<RecordID> = []
        for line in lines {
            if let holding, (holding.isEmergency && !line.isEmergency) || holding.priority < line.priority { break }
            let room = max(0, line.isEmergency ? left : left - safetyStock.millionths)
            let fitting = line.pieces.map { $0.filter { !taken.contains($0) } }
            let most = fitting.map { min(Int64($0.count), room / Quantity.one.millionths) * Quantity.one.millionths } ?? room
            let quantity = most >= line.outstanding.millionths ? line.outstanding.millionths : line.takesPart ? most : 0
            // What will not do for a line is not held for it.
            let couldFit = fitting.map { Int64($0.count) * Quantity.one.millionths >= line.outstanding.millionths } ?? true
            if quantity < line.outstanding.millionths, room < line.outstanding.millionths, couldFit, holding == nil {
                holding = (line.priority, line.isEmergency)
            }
            guard quantity > 0 else { continue }
            let pieces = (fitting ?? []).prefix(Int(quantity / Quantity.one.millionths))
            taken.formUnion(pieces)
            let ordinary = max(0, left - safetyStock.millionths)
            left -= quantity
            grants.append(
                Grant(
                    line: line, quantity: Quantity(millionths: quantity), fromSafetyStock: Quantity(millionths: max(0, quantity - ordinary)),
                    pieces: Array(pieces)))
        }
        return grants
    }

    /// The day on which each line should have all it waits for, as far as announced deliveries reach.
    ///
    /// - Parameter today: what was announced for a day before it counts for nothing.
    public func days(of availability: StockAvailability, today: CalendarDate) -> [RecordID: CalendarDate] {
        var waiting = lines
        var unpromised = availability.unpromised
        var days: [RecordID: CalendarDate] = [:]
        var left: [RecordID: BackorderLine] = [:]
        for receipt in availability.expected where receipt.day >= today {
            unpromised = unpromised.adding(receipt.quantity) ?? unpromised
            for grant in BackorderQueue(waiting).grants(of: unpromised, keeping: availability.safetyStock) {
                unpromised = Quantity(millionths: unpromised.millionths - grant.quantity.millionths)
                left[grant.line.reservation] = grant.rest
                if grant.rest == nil { days[grant.line.reservation] = receipt.day }
            }
            waiting = waiting.compactMap { left.removeValue(forKey: $0.reservation) ?? (days[$0.reservation] == nil ? $0 : nil) }
        }
        return days
    }
}

extension BackorderLine {
    fileprivate func with(outstanding: Quantity) -> BackorderLine {
        BackorderLine(
            reservation: reservation, outstanding: outstanding, priority: priority, neededBy: neededBy, asked: asked, takesPart: takesPart,
            isEmergency: isEmergency, pieces: pieces)
    }
}
