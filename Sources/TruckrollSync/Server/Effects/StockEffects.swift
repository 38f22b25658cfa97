import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Keeps the balances in step with the stock entries, and answers reservations and leases, so that nothing scarce is
/// promised twice: at every location on hand ≥ 0 and reserved + leased ≤ on hand.
struct StockEffects {
    let builder: EffectBuilder
    let promises: StockPromises
    let units: UnitEffects
    let shelves: ShelfEffects
    let offers: OfferEffects
    let lots: LotEffects
    private let balances: BalanceEffects
    var book: StockBook { balances.book }

    init(builder: EffectBuilder, promises: StockPromises) {
        self.builder = builder
        self.promises = promises
        balances = BalanceEffects(builder: builder)
        units = UnitEffects(balances: balances)
        shelves = ShelfEffects(builder: builder)
        offers = OfferEffects(balances: balances)
        lots = LotEffects(builder: builder)
    }

    private static let plans: Set<String> = ["scheduled_receipt", "stock_policy", "service_order", "part", "customer", "lot", "type_certificate"]

    /// - Parameter base: what the author of the op had applied; `nil` for the server's own.
    func add(for applied: AppliedOp, replica: ReplicaRow?, base: Checkpoint?) throws {
        guard applied.isNew || Self.plans.contains(applied.entity.name), let record = try builder.writer.record(applied.op.key) else { return }
        let view = RecordView(record, applied.entity)
        switch applied.entity.name {
        case "scheduled_receipt": return try shelves.update(receipt: view)
        case "stock_policy":
            if let shelf = StockShelf(view) { builder.freedShelves.insert(shelf) }
            return
        case "type_certificate":
            if let part = view.reference("part") { try shelves.pieces.recheck(part: part) }
            return
        case "lot": return try lots.update(view, applied.op)
        case "service_order": return try noteTerms(of: view, "priority", applied.op) { $0.reference("order") == view.id }
        case "customer":
            return try noteTerms(of: view, "takes_part", applied.op) { try shelves.customer(of: $0)?.id == view.id }
        case "part": return try noteTerms(of: view, "safety_stock", applied.op) { $0.reference("part") == view.id }
        default: break
        }
        guard applied.isNew else { return }
        switch applied.entity.name {
        case "stock_entry":
            try move(view)
            try noteArrival(view)
            if view.text("reason") == "count", let part = view.reference("part"), let from = view.reference("from"),
                try !coversPromises(part, at: from)
            {
                try builder.raise(
                    .stock_discrepancy, "count:\(view.id)", order: view.reference("order"), about: nil,
                    text: "What was counted does not cover what was promised. Replenish the location.")
            }
            if case .contested(let place) = try units.move(entry: view) {
                try builder.raise(
                    .custody_conflict, "unit:\(view.id)", order: view.reference("order"), about: nil,
                    text: "The piece \(view.text("serial") ?? "") was moved and is \(place) by the book. Look where it is and correct the stock.")
            }
        case "reservation": try answer(reservation: view, replica: replica)
        case "lease": try answer(lease: view, replica: replica)
        case "part_use": try use(view, replica: replica)
        case "hand_over": try HandOverEffects(stock: self).offer(view)
        case "stock_count": try CountEffects(stock: self).book(view, base: base)
        case "hand_over_answer": try HandOverEffects(stock: self).answer(view)
        default: break
        }
    }

    // MARK: Movements

    private func move(_ entry: RecordView) throws {
        guard let part = entry.reference("part"), let quantity = entry.quantity("quantity") else { return }
        if let from = entry.reference("from") { try change(part, at: from) { $0.onHand = $0.onHand.subtracting(quantity) ?? .zero } }
        if let to = entry.reference("to") { try change(part, at: to) { $0.onHand = $0.onHand.adding(quantity) ?? $0.onHand } }
        guard let lot = entry.lot, try lots.book.isTracked(part) else { return }
        try lots.move(lot, part, quantity, from: entry.reference("from"), to: entry.reference("to"))
    }

    /// Where a field has a say in who is served, those whom it concerns have another turn when it is written.
    private func noteTerms(of view: RecordView, _ field: String, _ op: Op, _ isConcerned: (RecordView) throws -> Bool) throws {
        guard let field = view.entity[field], op.writes.contains(where: { $0.field == field.id }) else { return }
        let entity = try builder.schema.entity("reservation")
        let waiting =
            view.entity.name == "service_order"
            ? try builder.writer.views(entity, where: "order", equals: .reference(view.id)).filter { $0.text("state") == "backordered" }
            : try builder.writer.views(entity, where: "state", equals: .text("backordered"))
        builder.freedShelves.formUnion(try waiting.filter(isConcerned).compactMap { StockShelf($0) })
    }

    /// A receipt that names its announcement is not expected any more.
    private func noteArrival(_ entry: RecordView) throws {
        guard entry.text("reason") == "receipt", let source = entry.reference("source"), let quantity = entry.quantity("quantity"),
            let receipt = try builder.writer.view(try builder.schema.entity("scheduled_receipt"), source), receipt["part"] == entry["part"],
            receipt["location"] == entry["to"]
        else { return }
        try shelves.update(receipt: receipt, arrived: quantity)
    }

    func change(_ part: RecordID, at location: RecordID, _ body: (inout StockBalance) -> Void) throws {
        try balances.change(part, at: location, body)
    }

    /// Books a movement that follows from what somebody recorded.
    ///
    /// - Parameters:
    ///   - name: tells it from others for the same reason by the same record.
    ///   - isNamed: whether it is of the piece that the record names.
    ///   - serial: the piece it is of, where the record names it elsewhere.
    ///   - isMoving: `false` where another movement at once undoes it.
    @discardableResult
    func book(
        _ reason: String, _ name: String? = nil, part: RecordID, quantity: Quantity, from: RecordID?, to: RecordID?, use: RecordView,
        isNamed: Bool = true, isMoving: Bool = true, serial: Value? = nil
    ) throws -> RecordView? {
        let entry = try builder.create(
            "stock_entry", id: try builder.id("stock_entry", "\(name ?? reason):\(use.id)"),
            [
                "part": .reference(part), "quantity": .text(quantity.description), "from": from.map { .reference($0) } ?? .null,
                "to": to.map { .reference($0) } ?? .null, "reason": .text(reason), "order": use["order"], "source": .reference(use.id),
                "at": use["at"], "serial": serial ?? (isNamed ? use["serial"] : .null), "lot": use["lot"],
            ])
        let view = try builder.writer.view(try builder.schema.entity("stock_entry"), entry)
        if isMoving, let view { try move(view) }
        return view
    }

    // MARK: Use

    /// A part that was fitted is a fact: it leaves the stock it came from, and whatever the book lacks is balanced by a
    /// discrepancy, never by a negative (I3). One use is one case, however much is doubtful about it.
    private func use(_ use: RecordView, replica: ReplicaRow?) throws {
        guard let part = use.reference("part"), let quantity = use.quantity("quantity") else { return }
        try CountEffects(stock: self).explain(use)
        // What the corrected use had taken of the same promise is not taken from it once more.
        let former = try takeBackCorrected(use)
        var doubts = former.doubts
        let unit = try units.move(use: use)
        switch unit {
        case .contested(let place):
            doubts.append("By the book the piece \(use.text("serial") ?? "") is \(place); it stays there until somebody has looked.")
        case .noUnit where try units.book.isSerialised(part):
            doubts.append("The piece's serial number is missing, or stands for several, so the book cannot tell which one is gone.")
        default: break
        }
        try lots.check(use)
        if use.text("action") != "removed", let from = use.reference("from") {
            doubts += try take(part, quantity, from: from, use, former.use, replica, unit)
        }
        guard !doubts.isEmpty else { return }
        let kind: ExceptionKind = if case .contested = unit { .custody_conflict } else { .stock_discrepancy }
        try builder.raise(
            kind, "stock:\(use.id)", order: use.reference("order"), about: use.reference("by"), text: doubts.joined(separator: " "))
    }

    /// Books what was used out of the stock it came from.
    ///
    /// - Parameter unit: what became of its piece. One that is not there by the book takes none of those that are.
    /// - Returns: what is doubtful about it.
    private func take(
        _ part: RecordID, _ quantity: Quantity, from: RecordID, _ use: RecordView, _ former: FormerUse?, _ replica: ReplicaRow?,
        _ unit: UnitEffects.Outcome
    ) throws -> [String] {
        var doubts: [String] = []
        let order = use.reference("order")
        let already = former.map { $0.part == part && $0.from == from && $0.lease == use.reference("lease") ? $0.quantity : .zero } ?? .zero
        let further = quantity.remainder(after: already)
        let location = try builder.writer.view(try builder.schema.entity("stock_location"), from)
        if location?.text("kind") == "van" {
            let holder = location?.integer("leased_to")
            if let replica, holder != Int64(replica.replica.rawValue) {
                doubts.append("The van's stock was no longer leased to this device when the part was used.")
            }
            if let order { try useLoaded(for: order, part, further) }
        } else if let lease = use.reference("lease") {
            try spend(lease, part, quantity, from, use, replica, isCovered: further == .zero)
        } else if further == .zero {
            // Less than what it corrects: the promise behind that one, if there was any, covers it.
        } else if let order, try consumeReservation(order, part, from, further) {
            // What was promised to the order is what it took.
        } else if let order, try isWaiting(order, part, from) {
            // The promise is being looked for; what was taken is counted when it is found.
        } else {
            doubts.append("The part was taken without a reservation or a lease.")
        }
        if let doubt = try lots.doubt(of: use, part, quantity, at: from) { doubts.append(doubt) }
        let balance = try book.balance(of: part, at: from)
        switch unit {
        case .contested: try bookUnknown(part, quantity, from, use)
        case .firstSeen where balance.nameless < quantity:
            doubts.append("The book knew no piece \(use.text("serial") ?? "") there. Count the stock.")
            try bookUnknown(part, quantity, from, use)
        default:
            let missing = Quantity(millionths: quantity.millionths - max(0, balance.onHand.millionths))
            if missing > .zero {
                doubts.append("\(missing) more were used than the book had. Count the stock.")
                // A piece that the book has there is not brought there once more: it is the count that was wrong.
                try book("discrepancy", part: part, quantity: missing, from: nil, to: from, use: use, isNamed: unit != .moved)
            }
            try book("use", part: part, quantity: quantity, from: from, to: nil, use: use)
        }
        if try !coversPromises(part, at: from) { doubts.append("What is left does not cover what was promised. Replenish the location.") }
        return doubts
    }

    /// A piece that the book does not have there comes and goes at once: what lies there stays as it is.
    private func bookUnknown(_ part: RecordID, _ quantity: Quantity, _ from: RecordID, _ use: RecordView) throws {
        try book("discrepancy", part: part, quantity: quantity, from: nil, to: from, use: use, isMoving: false)
        try book("use", part: part, quantity: quantity, from: from, to: nil, use: use, isMoving: false)
    }

    /// What a corrected use had taken.
    private struct FormerUse {
        let part: RecordID
        let from: RecordID
        let lease: RecordID?
        let quantity: Quantity
    }

    /// A use that corrects another one puts back what that one took, once, before it takes its own: what the book gave, and not
    /// what a discrepancy had put there for it.
    ///
    /// - Returns: no use when nothing is corrected, or was corrected before; and what is doubtful about it.
    private func takeBackCorrected(_ use: RecordView) throws -> (use: FormerUse?, doubts: [String]) {
        let entity = try builder.schema.entity("part_use")
        guard let id = use.reference("corrects"), let former = try builder.writer.view(entity, id), former["order"] == use["order"],
            let part = former.reference("part"), let quantity = former.quantity("quantity")
        else { return (nil, []) }
        let entries = try builder.schema.entity("stock_entry")
        let returnID = RecordID.derived(type: entries.type, key: [Array("corrected".utf8), id.bytes])
        let moved = try builder.writer.views(entries, where: "source", equals: .reference(id))
        let invented = moved.filter { $0.text("reason") == "discrepancy" && $0["serial"] == former["serial"] }.reduce(Int64(0)) {
            let quantity = $1.quantity("quantity")?.millionths ?? 0
            return $0 + ($1["to"] == .null ? -quantity : quantity)
        }
        let piece = try units.takeBack(use: former, isBooked: invented == 0, by: use)
        if piece == .unmoved { try withdrawCase(of: former, "The use was corrected.") }
        // Without an entry of its own it took nothing yet.
        guard former.text("action") != "removed", let location = former.reference("from"), moved.contains(where: { $0.text("reason") == "use" }),
            !former.boolean("corrected"), try builder.writer.view(entries, returnID) == nil
        else { return (nil, []) }
        try builder.patch("part_use", id: id, ["corrected": .boolean(true)])
        let returned = piece == .goneOn ? .zero : Quantity(millionths: max(0, quantity.millionths - invented))
        if returned > .zero {
            let entry = try builder.create(
                "stock_entry", id: returnID,
                [
                    "part": .reference(part), "quantity": .text(returned.description), "to": .reference(location), "reason": .text("return"),
                    "order": use["order"], "source": .reference(use.id), "at": use["at"], "serial": former["serial"], "lot": former["lot"],
                ])
            if let view = try builder.writer.view(entries, entry) { try move(view) }
        }
        let lease = former.reference("lease")
        if let lease { try unspend(lease, part, location, quantity) }
        let doubts =
            piece != .goneOn ? [] : ["The piece \(former.text("serial") ?? "") of the corrected use has gone on since and does not come back."]
        return (FormerUse(part: part, from: location, lease: lease, quantity: quantity), doubts)
    }

    /// The case of a contested use is over.
    private func withdrawCase(of use: RecordView, _ text: String) throws {
        guard let made = use.record.entries.first?.version.writeID else { return }
        try builder.resolve(
            .custody_conflict, raisedBy: Sequencer.effectsCause(made), "stock:\(use.id)", order: use.reference("order"), text: text)
    }

    /// A contested use holds since its piece has come to where it was taken from: what the book had lacked there was that piece.
    func resume(use: RecordView) throws {
        try units.resume(use: use)
        if use.text("action") != "removed", let part = use.reference("part"), let from = use.reference("from") {
            try book("discrepancy", "resumed", part: part, quantity: .one, from: from, to: nil, use: use)
        }
        try withdrawCase(of: use, "The piece came to where it was taken from.")
    }

    /// After an unbacked use the promises may exceed what is there; the shortage becomes visible instead of negative.
    func coversPromises(_ part: RecordID, at location: RecordID) throws -> Bool {
        let balance = try book.balance(of: part, at: location)
        return balance.reserved.millionths + balance.leased.millionths <= balance.onHand.millionths
    }
}
