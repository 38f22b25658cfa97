import TruckrollCore
import TruckrollDomain

/// Serves who waits for a part at a place as soon as it is there, says when it should be, and asks for more where too little is.
///
/// Runs once at the end of each set of the server's own, for the stocks of which something moved in it: a receipt and what it is
/// allocated to stand at one position.
struct ShelfEffects {
    let builder: EffectBuilder
    private let balances: BalanceEffects
    private var book: StockBook { balances.book }
    var pieces: NamedUnitEffects { NamedUnitEffects(balances: balances) }

    init(builder: EffectBuilder) {
        self.builder = builder
        balances = BalanceEffects(builder: builder)
    }

    /// Brings named pieces, queues and replenishments in step with what the set moved.
    ///
    /// - Parameter isSettling: whether the server waits for promises it may have made: then it makes no new ones, and only lets go of pieces.
    func refreshTouched(isSettling: Bool) throws {
        for reservation in builder.namedReservations.sorted() { try pieces.refresh(reservation, self, isSettling: isSettling) }
        builder.namedReservations = []
        if isSettling { return }
        let shelves = builder.freedShelves.union(builder.touchedShelves.keys).sorted()
        for shelf in shelves {
            try refreshQueue(at: shelf)
            try replenish(shelf)
        }
        // Whom that left waiting, a second turn would not serve either.
        (builder.touchedShelves, builder.freedShelves) = ([:], [])
    }

    /// Serves who waits where more is free than before, and tells them their day.
    private func refreshQueue(at shelf: StockShelf) throws {
        let balance = try book.balance(of: shelf.part, at: shelf.location)
        guard balance.backordered > .zero else { return }
        let former = builder.touchedShelves[shelf] ?? balance
        let isFreed = builder.freedShelves.contains(shelf) || balance.unpromised > former.unpromised || balance.backordered < former.backordered
        let availability = try book.availability(of: shelf.part, at: shelf.location, today: builder.today)
        // Nobody has a day where nothing is announced.
        guard isFreed || !availability.expected.isEmpty else { return }
        var lines = try waiting(for: shelf)
        if isFreed {
            for grant in BackorderQueue(lines).grants(of: availability.unpromised, keeping: availability.safetyStock) {
                try serve(grant, shelf)
                lines.removeAll { $0 == grant.line }
                if let rest = grant.rest { lines.append(rest) }
            }
            for line in lines where line.pieces != nil { try pieces.list(line.reservation) }
        }
        try foretell(shelf, lines)
    }

    // MARK: Backorders

    /// Who waits for the part there, but for those whose time is over and who are about to be told so.
    func waiting(for shelf: StockShelf) throws -> [BackorderLine] {
        let entity = try builder.schema.entity("reservation")
        return try builder.writer.views(entity, where: "open_for", equals: .reference(try book.balanceID(shelf.part, shelf.location)))
            .filter { $0.time("lapses_at").map { $0.milliseconds > builder.moment.milliseconds } ?? true }
            .compactMap { try line($0, outstanding: $0.quantity("backordered") ?? .zero) }
    }

    /// A request as it waits; `nil` when it waits for nothing.
    func line(_ view: RecordView, outstanding: Quantity) throws -> BackorderLine? {
        guard outstanding > .zero, let asked = view.record.entries.first?.version.writeID else { return nil }
        let position = try builder.writer.transaction.admitted(asked)?.position
        return BackorderLine(
            reservation: view.id, outstanding: outstanding, priority: try priority(of: view), neededBy: view.time("needed_by")?.milliseconds,
            asked: (position ?? builder.writer.position).rawValue, takesPart: try takesPart(view), isEmergency: view.boolean("emergency"),
            pieces: try pieces.candidates(for: view)?.filter(\.isEligible).map(\.unit))
    }

    /// The most urgent of what people say of its order; 0 is the most urgent.
    private func priority(of view: RecordView) throws -> Int {
        let orders = try builder.schema.entity("service_order")
        let order = try view.reference("order").flatMap { try builder.writer.view(orders, $0) }
        return order.flatMap { OrderPriority(mostUrgentOf: $0) }?.rank ?? .max
    }

    private func takesPart(_ view: RecordView) throws -> Bool {
        try view["partial"] == .null ? customer(of: view)?.boolean("takes_part") ?? false : view.boolean("partial")
    }

    func customer(of view: RecordView) throws -> RecordView? {
        guard let order = try view.reference("order").flatMap({ try builder.writer.view(try builder.schema.entity("service_order"), $0) }) else {
            return nil
        }
        return try order.reference("customer").flatMap { try builder.writer.view(try builder.schema.entity("customer"), $0) }
    }

    /// Grants what has become free to one that waits.
    private func serve(_ grant: BackorderQueue.Grant, _ shelf: StockShelf) throws {
        let entity = try builder.schema.entity("reservation")
        guard let view = try builder.writer.view(entity, grant.line.reservation) else { return }
        let left = Quantity(millionths: grant.line.outstanding.millionths - grant.quantity.millionths)
        let granted = (view.quantity("granted") ?? .zero).adding(grant.quantity) ?? grant.quantity
        var fields: [String: Value] = ["granted": .text(granted.description), "backordered": .text(left.description)]
        if left == .zero {
            fields.merge(["state": .text("granted"), "answer": .text("Granted from what has become free."), "open_for": .null]) { $1 }
            fields.merge(["expected_on": .null, "lapses_at": .null]) { $1 }
        } else {
            fields["answer"] = .text("\(granted) are granted; \(left) more are waited for.")
        }
        if grant.fromSafetyStock > .zero {
            let former = view.quantity("from_safety_stock") ?? .zero
            fields["from_safety_stock"] = .text((former.adding(grant.fromSafetyStock) ?? former).description)
        }
        try builder.patch("reservation", id: view.id, fields)
        try pieces.name(grant.pieces, for: view)
        if left == .zero { try builder.resolve(.shortage, subject: view.id, text: "It is granted.") }
        try balances.change(shelf.part, at: shelf.location) {
            $0.reserved = $0.reserved.adding(grant.quantity) ?? $0.reserved
            $0.backordered = $0.backordered.remainder(after: grant.quantity)
        }
        try tell(view, "\(grant.quantity) of what was waited for are granted" + (left == .zero ? "." : "; \(left) more are waited for."))
    }

    /// A piece that was named for a request has gone another way, and no other one will do: it is waited for.
    func wait(again view: RecordView, _ amounts: ReservationAmounts, _ lost: Quantity) throws {
        guard let shelf = StockShelf(view) else { return }
        // What has waited before is given up when it was to be.
        let lapse = try view.time("lapses_at") ?? lapse(of: view)
        try builder.patch(
            "reservation", id: view.id,
            [
                "state": .text(ReservationState.backordered.rawValue), "granted": .text(amounts.granted.description),
                "backordered": .text(amounts.backordered.description), "open_for": .reference(try book.balanceID(shelf.part, shelf.location)),
                "lapses_at": lapse.map { .text($0.description) } ?? .null,
                "answer": .text("\(lost) of the pieces that were named for it are gone, and no other one there is what is asked for."),
            ])
        try balances.change(shelf.part, at: shelf.location) {
            $0.reserved = $0.reserved.remainder(after: lost)
            $0.backordered = $0.backordered.adding(lost) ?? $0.backordered
        }
        guard let waiting = try builder.writer.view(view.entity, view.id) else { return }
        if let lapse, lapse.milliseconds <= builder.moment.milliseconds {
            return try giveUp(waiting, because: "A piece is gone, and it is not wanted any more.", isNews: true)
        }
        try raiseShortage(of: waiting)
    }

    /// Gives up what a request was not granted, when its time is over or it is not needed any more.
    func giveUp(_ view: RecordView, because reason: String, isNews: Bool) throws {
        guard let shelf = StockShelf(view) else { return }
        let left = view.quantity("backordered") ?? .zero
        var amounts = ReservationAmounts(view)
        let granted = amounts.granted
        amounts.backordered = .zero
        try OfferEffects(balances: balances).write(amounts, view, end: .released)
        try builder.patch(
            "reservation", id: view.id, ["answer": .text(granted > .zero ? "\(granted) are granted; the rest is given up. \(reason)" : reason)])
        try balances.change(shelf.part, at: shelf.location) {
            $0.backordered = $0.backordered.remainder(after: left)
        }
        if isNews { try tell(view, "\(left) of what was waited for are given up: \(reason)") }
    }

    /// Tells purchasing of a request that waits.
    func raiseShortage(of view: RecordView) throws {
        let cases = try builder.writer.views(try builder.schema.entity("exception"), where: "subject", equals: .reference(view.id))
        if cases.contains(where: { $0.text("kind") == ExceptionKind.shortage.rawValue && $0.text("state") == "open" }) { return }
        let part = try view.reference("part").flatMap { try builder.writer.view(try builder.schema.entity("part"), $0)?.text("number") }
        let text = "\(view.quantity("backordered") ?? .zero) of \(part ?? "a part") are not there. \(view.text("answer") ?? "")"
        try builder.raise(.shortage, "shortage:\(view.id)", order: view.reference("order"), about: nil, subject: view.id, text: text)
    }

    /// When a request that waits is given up: as it says, or as long after now as its customer says, and when nothing would be kept for it.
    func lapse(of view: RecordView) throws -> DeviceTime? {
        let days = view["cancel_after"] == .null ? try customer(of: view)?.integer("backorder_days") : nil
        let customers = days.map { builder.moment.calendar.local(builder.moment.milliseconds + $0 * 86_400_000) }
        return [view.time("expires_at"), view.time("cancel_after"), customers].compactMap(\.self).min { $0.milliseconds < $1.milliseconds }
    }

    /// Lets one wait that was answered before what waits was kept account of.
    ///
    /// - Parameter used: what its order has taken meanwhile.
    func adopt(_ view: RecordView, used: Quantity, lapse: DeviceTime?) throws {
        guard let shelf = StockShelf(view), let quantity = view.quantity("quantity") else { return }
        let left = Quantity(millionths: quantity.millionths - used.millionths)
        let state = try view.reference("order").flatMap { try builder.state(of: $0) }
        let backordered = try book.balance(of: shelf.part, at: shelf.location).backordered.adding(left)
        guard left > .zero, state != .cancelled, state != .closed, let backordered else {
            return try giveUp(view, because: "The order needs it no more.", isNews: false)
        }
        try builder.patch(
            "reservation", id: view.id,
            [
                "backordered": .text(left.description), "open_for": .reference(try book.balanceID(shelf.part, shelf.location)),
                "lapses_at": lapse.map { .text($0.description) } ?? .null,
            ])
        try balances.change(shelf.part, at: shelf.location) { $0.backordered = backordered }
        builder.freedShelves.insert(shelf)
    }

    /// The day on which a request should have what it waits for has passed: another one is looked for.
    func lookAgain(_ view: RecordView) {
        if let shelf = StockShelf(view) { builder.freedShelves.insert(shelf) }
    }

    /// A notice for the office, where the customer wants to hear of backorders.
    private func tell(_ view: RecordView, _ text: String) throws {
        guard try customer(of: view)?.boolean("backorder_notices") ?? false else { return }
        try builder.raise(
            .backorder_notice, "backorder:\(view.id):\(builder.ops.count)", order: view.reference("order"), about: view.reference("requested_by"),
            text: "Reservation of \(try partNumber(view)): \(text) The customer wants to be told.")
    }

    private func partNumber(_ view: RecordView) throws -> String {
        try view.reference("part").flatMap { try builder.writer.view(try builder.schema.entity("part"), $0)?.text("number") } ?? "a part"
    }

    /// Says by what is announced when each line should have all it waits for.
    private func foretell(_ shelf: StockShelf, _ lines: [BackorderLine]) throws {
        let availability = try book.availability(of: shelf.part, at: shelf.location, today: builder.today)
        let days = BackorderQueue(lines).days(of: availability, today: builder.today)
        for line in lines {
            try builder.patch("reservation", id: line.reservation, ["expected_on": days[line.reservation].map { .text($0.description) } ?? .null])
        }
    }

    // MARK: Deliveries

    /// What an announced delivery says of itself has changed, or some of it has arrived.
    func update(receipt view: RecordView, arrived: Quantity = .zero) throws {
        guard let shelf = StockShelf(view) else { return }
        let before = view.quantity("received") ?? .zero
        let received = before.adding(arrived) ?? before
        let isOpen = try !view.boolean("cancelled") && received < (view.quantity("quantity") ?? .zero)
        let balance = try book.balanceID(shelf.part, shelf.location)
        try builder.patch(
            "scheduled_receipt", id: view.id, ["received": .text(received.description), "open_for": isOpen ? .reference(balance) : .null])
        builder.freedShelves.insert(shelf)
        if let request = view.reference("answers") { try updateReplenishment(request, view.entity) }
    }

    /// Where a replenishment stands follows from all deliveries that were announced for it.
    private func updateReplenishment(_ id: RecordID, _ entity: Entity) throws {
        guard let request = try builder.writer.view(try builder.schema.entity("replenishment"), id) else { return }
        let deliveries = try builder.writer.views(entity, where: "answers", equals: .reference(id)).filter {
            $0["part"] == request["part"] && $0["location"] == request["location"] && !$0.boolean("cancelled")
        }
        let isOpen = deliveries.contains { $0.reference("open_for") != nil }
        let state = deliveries.isEmpty ? "withdrawn" : isOpen ? "ordered" : "received"
        try builder.patch("replenishment", id: id, ["state": .text(state), "open_for": .null])
    }

    // MARK: Replenishment

    /// Asks for more where the position has fallen below the reorder point, once; a request that nobody has acted on is kept up to date
    /// and withdrawn when it is not needed any more.
    private func replenish(_ shelf: StockShelf) throws {
        guard let policy = try book.policy(for: shelf.part, at: shelf.location) else { return }
        let availability = try book.availability(of: shelf.part, at: shelf.location, today: builder.today)
        let entity = try builder.schema.entity("replenishment")
        let balance = Value.reference(try book.balanceID(shelf.part, shelf.location))
        let open = try builder.writer.views(entity, where: "open_for", equals: balance).first
        guard let point = policy.quantity("reorder_point"), availability.position < point else {
            if let open { try builder.patch("replenishment", id: open.id, ["state": .text("withdrawn"), "open_for": .null]) }
            return
        }
        let target = max(point, policy.quantity("order_up_to") ?? point)
        let needed = target.subtracting(availability.position) ?? target
        if let open { return try builder.patch("replenishment", id: open.id, ["quantity": .text(needed.description)]) }
        let id = try builder.create(
            "replenishment", id: try builder.id("replenishment", "shelf:\(shelf.location):\(shelf.part)"),
            ["part": .reference(shelf.part), "location": .reference(shelf.location)])
        try builder.patch(
            "replenishment", id: id,
            ["quantity": .text(needed.description), "state": .text("open"), "raised_at": builder.now, "open_for": balance])
    }
}
