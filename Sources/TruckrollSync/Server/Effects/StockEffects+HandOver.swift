import TruckrollCore
import TruckrollDomain

/// What a hand-over does to the stock it leaves, and to the reservation it serves.
extension StockEffects {
    /// Takes the promise behind it, and balances what the book lacks.
    ///
    /// - Parameter unit: what became of its piece.
    /// - Returns: what is doubtful about it.
    func leave(_ part: RecordID, _ quantity: Quantity, _ from: RecordID, _ offer: RecordView, _ unit: UnitEffects.Outcome) throws -> [String] {
        var doubts: [String] = []
        let order = try order(of: offer)
        if order == nil, offer["order"] != .null { doubts.append("It names an order that its author does not hold.") }
        if let doubt = try lots.doubt(of: offer, part, quantity, at: from) { doubts.append(doubt) }
        let isLoaded = try offer.reference("to").map { try !isDepot($0) } ?? true
        if offer.quantity("held") ?? .zero > .zero {
            try offers.load(offer)
        } else if try isDepot(from) {
            // What goes elsewhere than into a van is not for the order to be used.
            let promised = try order.map { try isLoaded && consumeReservation($0, part, from, quantity, isLoaded: true) } ?? false
            if !promised {
                doubts.append("It was taken without a reservation or a lease.")
            }
        } else if let order, !isLoaded {
            try bringBack(part, quantity, from: order)
        }
        let balance = try book.balance(of: part, at: from)
        if case .firstSeen = unit, balance.nameless < quantity {
            doubts.append("The book knew no piece \(offer.text("serial") ?? "") there. Count the stock.")
            try book("discrepancy", part: part, quantity: quantity, from: nil, to: from, use: offer)
        } else if case let missing = Quantity(millionths: quantity.millionths - max(0, balance.onHand.millionths)), missing > .zero {
            doubts.append("\(missing) more were handed over than the book had. Count the stock.")
            try book("discrepancy", part: part, quantity: missing, from: nil, to: from, use: offer, isNamed: unit != .moved)
        }
        return doubts
    }

    /// The order that a hand-over names, where its author holds it or is of the office.
    func order(of offer: RecordView) throws -> RecordID? {
        guard let order = offer.reference("order"), let author = offer.record.entries.first?.version.stamp.replica else { return nil }
        let transaction = builder.writer.transaction
        guard try transaction.replica(author)?.role == .technician else { return order }
        return try transaction.viewScope(author, Scope("order", order))?.weight ?? 0 > 0 ? order : nil
    }

    /// An order has used of what was loaded for it.
    func useLoaded(for order: RecordID, _ part: RecordID, _ quantity: Quantity) throws {
        try reduceLoaded(part, quantity, of: order, end: .consumed)
    }

    /// What was loaded for an order comes back to a depot.
    private func bringBack(_ part: RecordID, _ quantity: Quantity, from order: RecordID) throws {
        try reduceLoaded(part, quantity, of: order, end: .returned)
    }

    private func reduceLoaded(_ part: RecordID, _ quantity: Quantity, of order: RecordID, end: ReservationState) throws {
        var left = quantity
        let asked = try builder.writer.views(try builder.schema.entity("reservation"), where: "order", equals: .reference(order))
        for view in asked.sorted(by: { $0.id < $1.id }) where view.reference("part") == part {
            var amounts = ReservationAmounts(view)
            let taken = min(amounts.loaded, left)
            guard taken > .zero else { continue }
            amounts.loaded = amounts.loaded.remainder(after: taken)
            left = left.remainder(after: taken)
            try offers.write(amounts, view, end: end)
        }
    }
}
