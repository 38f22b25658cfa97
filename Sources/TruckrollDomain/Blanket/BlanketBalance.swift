import TruckrollCore

/// How much of a blanket order is called off, promised and left.
///
/// While nothing is overrun, released + leased ≤ total + returned (I7).
public struct BlanketBalance: Hashable, Sendable {
    /// How much may be called off in all.
    public let total: Quantity
    /// How much was called off and granted.
    public var released: Quantity
    /// How much devices may call off by themselves, and have not yet.
    public var leased: Quantity
    /// How much was shipped on its releases.
    public var shipped: Quantity
    /// How much of that came back, and may be called off again.
    public var returned: Quantity

    public init(total: Quantity, released: Quantity = .zero, leased: Quantity = .zero, shipped: Quantity = .zero, returned: Quantity = .zero) {
        (self.total, self.released, self.leased, self.shipped, self.returned) = (total, released, leased, shipped, returned)
    }

    /// What the blanket order's record says.
    public init(_ blanket: RecordView) {
        let amount = { (field: String) in blanket.quantity(field) ?? .zero }
        self.init(
            total: amount("total"), released: amount("released"), leased: amount("leased"), shipped: amount("shipped"), returned: amount("returned"))
    }

    /// How much is called off by now: what was granted without what came back.
    public var calledOff: Quantity { released.remainder(after: returned) }

    /// How much may still be promised, never below zero.
    public var remaining: Quantity { Quantity(millionths: max(0, total.millionths - leased.millionths - released.millionths + returned.millionths)) }

    /// Whether more is promised than there is.
    public var isOverrun: Bool { released.millionths + leased.millionths - returned.millionths > total.millionths }

    /// What of it that is called off, in whole percent of the total, rounded down.
    public var percent: Int { total > .zero ? Int(Double(calledOff.millionths) / Double(total.millionths) * 100) : 0 }

    /// Which of the marks, in percent of the total, are reached: exactly at the mark and above.
    public func reached(_ percents: [Int]) -> [Int] {
        percents.filter { percent in
            // In whole numbers: 18 digits times 100 leave 64 bits.
            let (called, total) = (calledOff.millionths.multipliedFullWidth(by: 100), total.millionths.multipliedFullWidth(by: Int64(percent)))
            return (called.high, called.low) >= (total.high, total.low)
        }
    }
}
