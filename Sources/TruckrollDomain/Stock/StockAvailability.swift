import TruckrollCore

/// A delivery that somebody has announced.
public struct ExpectedReceipt: Hashable, Sendable {
    /// The day it should arrive.
    public let day: CalendarDate
    /// What has not arrived of it yet.
    public let quantity: Quantity

    public init(day: CalendarDate, quantity: Quantity) {
        self.day = day
        self.quantity = quantity
    }
}

/// What can be promised of one part at one place (available to promise): what lies there, less what is committed and kept back, plus what
/// is scheduled to come.
///
/// Server, command lines and devices compute it by this alone, from the same records, so at one position they give one number.
public struct StockAvailability: Hashable, Sendable {
    /// What lies there by the book.
    public let onHand: Quantity
    /// Granted to reservations and not yet taken.
    public let reserved: Quantity
    /// Granted to leases and not yet spent.
    public let leased: Quantity
    /// Asked for, and not there to be granted yet.
    public let backordered: Quantity
    /// Kept back from ordinary demand.
    public let safetyStock: Quantity
    /// What is announced, ascending by day.
    public let expected: [ExpectedReceipt]
    /// What lies there and may not be used any more: its last day has passed, or it was withdrawn.
    public let unusable: Quantity
    /// What may not be used any more after some later day.
    public let perishing: [PerishingStock]

    /// - Parameters:
    ///   - lots: what of it lies there of which lot.
    ///   - today: the company's day.
    public init(
        onHand: Quantity, reserved: Quantity = .zero, leased: Quantity = .zero, backordered: Quantity = .zero, safetyStock: Quantity = .zero,
        expected: [ExpectedReceipt] = [], lots: [PerishingStock] = [], today: CalendarDate? = nil
    ) {
        let gone = lots.filter { lot in today.map { !lot.life.isUsable(on: $0) } ?? false }
        // What was taken without its lot was of the one that had to be used first.
        let drift = max(.zero, Self.sum(lots.map(\.quantity), less: [onHand]))
        unusable = max(.zero, Self.sum(gone.map(\.quantity), less: [drift]))
        perishing = lots.filter { $0.life != .unknown && !gone.contains($0) }

        (self.onHand, self.reserved, self.leased, self.backordered, self.safetyStock) = (onHand, reserved, leased, backordered, safetyStock)
        self.expected = expected.sorted { ($0.day, $0.quantity) < ($1.day, $1.quantity) }
    }

    /// What lies there, may be used, and nobody has been promised, safety stock included. Below zero when more was promised than is there.
    public var unpromised: Quantity { Self.sum([onHand], less: [unusable, reserved, leased]) }

    /// What ordinary demand can be promised at once, behind everybody who waits already; never below zero.
    public var available: Quantity { max(.zero, Self.sum([unpromised], less: [backordered, safetyStock])) }

    /// What ordinary demand can be promised for a day: what is available, what arrives until then, less what perishes before it. What is
    /// promised already is used first, and of what perishes soonest.
    ///
    /// - Parameter today: announced for a day before it and not here yet, a delivery counts for nothing until somebody gives it a new day.
    public func available(on day: CalendarDate, today: CalendarDate) -> Quantity {
        let arriving = expected.filter { $0.day >= today && $0.day <= day }.map(\.quantity)
        let perished = Self.sum(perishing.filter { !$0.life.isUsable(on: day) }.map(\.quantity), less: [reserved, leased])
        return max(.zero, Self.sum([unpromised] + arriving, less: [max(.zero, perished), backordered, safetyStock]))
    }

    /// The first day for which that much can be promised; `nil` when nothing announced suffices.
    public func firstDay(with quantity: Quantity, today: CalendarDate) -> CalendarDate? {
        if available >= quantity { return today }
        return expected.first { $0.day >= today && available(on: $0.day, today: today) >= quantity }?.day
    }

    /// What there will be when everything announced is here and everybody who waits is served; below zero when that does not suffice.
    public var position: Quantity { Self.sum([unpromised] + expected.map(\.quantity), less: [backordered]) }

    /// Many great quantities add up to the greatest that can be written.
    private static func sum(_ quantities: [Quantity], less others: [Quantity]) -> Quantity {
        let sum = quantities.reduce(Int128(0)) { $0 + Int128($1.millionths) } - others.reduce(Int128(0)) { $0 + Int128($1.millionths) }
        return Quantity(millionths: Int64(min(max(sum, -Int128(Quantity.greatest.millionths)), Int128(Quantity.greatest.millionths))))
    }
}
