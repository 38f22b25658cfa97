import TruckrollCore
import TruckrollDomain

/// Holds what is handed over until somebody has answered, and lets go of it.
struct OfferEffects {
    let balances: BalanceEffects
    private var builder: EffectBuilder { balances.builder }

    /// Ends a hand-over that nobody has answered.
    func end(_ offer: RecordView, as state: HandOverState, because answer: String) throws {
        try letGo(of: offer)
        try builder.patch("hand_over", id: offer.id, ["state": .text(state.rawValue), "answer": .text(answer)])
    }

    /// What is held for a hand-over is its reservation's again, or nobody's.
    private func letGo(of offer: RecordView) throws {
        guard let part = offer.reference("part"), let from = offer.reference("from"), let held = offer.quantity("held"), held > .zero else { return }
        try builder.patch("hand_over", id: offer.id, ["held": .text("0")])
        if let reservation = try reservation(of: offer) {
            var amounts = ReservationAmounts(reservation)
            // What was given up meanwhile gets nothing back.
            if amounts.picked >= held {
                amounts.picked = amounts.picked.remainder(after: held)
                amounts.granted = amounts.granted.adding(held) ?? amounts.granted
                return try write(amounts, reservation)
            }
        }
        try balances.change(part, at: from) { $0.reserved = $0.reserved.remainder(after: held) }
    }

    /// What is held for a hand-over has left the stock: nothing is promised of it there any more.
    func load(_ offer: RecordView) throws {
        guard let part = offer.reference("part"), let from = offer.reference("from"), let held = offer.quantity("held"), held > .zero else { return }
        try builder.patch("hand_over", id: offer.id, ["held": .text("0")])
        try balances.change(part, at: from) { $0.reserved = $0.reserved.remainder(after: held) }
        guard let reservation = try reservation(of: offer) else { return }
        var amounts = ReservationAmounts(reservation)
        guard amounts.picked >= held else { return }
        amounts.picked = amounts.picked.remainder(after: held)
        amounts.loaded = amounts.loaded.adding(held) ?? amounts.loaded
        try write(amounts, reservation)
    }

    private func reservation(of offer: RecordView) throws -> RecordView? {
        try offer.reference("picked_for").flatMap { try builder.writer.view(try builder.schema.entity("reservation"), $0) }
    }

    /// Writes how much of a reservation stands where, and the state that follows.
    ///
    /// - Parameter end: its state when nothing is left of it.
    func write(_ amounts: ReservationAmounts, _ reservation: RecordView, end: ReservationState = .consumed) throws {
        let state = amounts.state ?? end
        var fields: [String: Value] = ["state": .text(state.rawValue)]
        // What it was granted last stands in the record of one of which nothing is left.
        if state.isOpen { fields["granted"] = .text(amounts.granted.description) }
        if amounts.backordered != reservation.quantity("backordered") ?? .zero { fields["backordered"] = .text(amounts.backordered.description) }
        if amounts.backordered == .zero, reservation["open_for"] != .null {
            fields.merge(["open_for": .null, "expected_on": .null, "lapses_at": .null]) { $1 }
            try builder.resolve(.shortage, subject: reservation.id, text: "Nothing of it is waited for any more.")
        }
        for (name, amount) in [("picked", amounts.picked), ("loaded", amounts.loaded)] where amount > .zero || reservation[name] != .null {
            fields[name] = .text(amount.description)
        }
        try builder.patch("reservation", id: reservation.id, fields)
        if reservation["serials"] != .null { builder.namedReservations.insert(reservation.id) }
    }

    // MARK: Open hand-overs

    /// The ones of a piece that nobody has answered.
    func open(of part: RecordID, serial: String) throws -> [RecordView] {
        try builder.writer.views(try builder.schema.entity("hand_over"), where: "serial", equals: .text(serial)).filter {
            $0.reference("part") == part && $0.text("state") == HandOverState.offered.rawValue
        }
    }

    /// The ones out of a depot for an order.
    func open(for order: RecordID) throws -> [RecordView] {
        try builder.writer.views(try builder.schema.entity("hand_over"), where: "order", equals: .reference(order)).filter {
            $0.text("state") == HandOverState.offered.rawValue && $0.quantity("held") ?? .zero > .zero
        }
    }

    /// The ones for which some of a reservation is held.
    func open(for reservation: RecordView) throws -> [RecordView] {
        guard reservation.quantity("picked") ?? .zero > .zero, let order = reservation.reference("order") else { return [] }
        return try open(for: order).filter { $0.reference("picked_for") == reservation.id }
    }
}
