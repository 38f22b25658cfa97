import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Keeps the balances in step with the stock entries, and answers reservations and leases, so that nothing scarce is
/// promised twice: at every location on hand ≥ 0 and reserved + leased ≤ on hand.
struct StockEffects {
    let builder: EffectBuilder
    let promises: StockPromises
    let book: StockBook

    init(builder: EffectBuilder, promises: StockPromises) {
        self.builder = builder
        self.promises = promises
        book = StockBook(schema: builder.schema, access: builder.writer)
    }

    func add(for applied: AppliedOp, replica: ReplicaRow?) throws {
        guard applied.isNew, let record = try builder.writer.record(applied.op.key) else { return }
        let view = RecordView(record, applied.entity)
        switch applied.entity.name {
        case "stock_entry": try move(view)
        case "reservation": try answer(reservation: view)
        case "lease": try answer(lease: view, replica: replica)
        case "part_use": try use(view, replica: replica)
        default: break
        }
    }

    // MARK: Movements

    private func move(_ entry: RecordView) throws {
        guard let part = entry.reference("part"), let quantity = entry.quantity("quantity") else { return }
        if let from = entry.reference("from") { try change(part, at: from) { $0.onHand = $0.onHand.subtracting(quantity) ?? .zero } }
        if let to = entry.reference("to") { try change(part, at: to) { $0.onHand = $0.onHand.adding(quantity) ?? $0.onHand } }
    }

    func change(_ part: RecordID, at location: RecordID, _ body: (inout StockBalance) -> Void) throws {
        var balance = try book.balance(of: part, at: location)
        body(&balance)
        let entity = try builder.schema.entity("balance")
        let id = StockBook.balanceID(entity, location: location, part: part)
        if try builder.writer.view(entity, id) == nil {
            let kind = try builder.writer.view(try builder.schema.entity("stock_location"), location)?["kind"] ?? .null
            try builder.create("balance", id: id, ["location": .reference(location), "part": .reference(part), "kind": kind])
        }
        try builder.patch(
            "balance", id: id,
            [
                "on_hand": .text(balance.onHand.description), "reserved": .text(balance.reserved.description),
                "leased": .text(balance.leased.description),
            ])
    }

    private func book(_ reason: String, part: RecordID, quantity: Quantity, from: RecordID?, to: RecordID?, use: RecordView) throws {
        let entry = try builder.create(
            "stock_entry", id: try builder.id("stock_entry", "\(reason):\(use.id)"),
            [
                "part": .reference(part), "quantity": .text(quantity.description), "from": from.map { .reference($0) } ?? .null,
                "to": to.map { .reference($0) } ?? .null, "reason": .text(reason), "order": use["order"], "source": .reference(use.id),
                "at": use["at"], "serial": use["serial"], "lot": use["lot"],
            ])
        if let view = try builder.writer.view(try builder.schema.entity("stock_entry"), entry) { try move(view) }
    }

    // MARK: Use

    /// A part that was fitted is a fact: it leaves the stock it came from, and whatever the book lacks is balanced by a
    /// discrepancy, never by a negative (I3).
    private func use(_ use: RecordView, replica: ReplicaRow?) throws {
        guard let part = use.reference("part"), let quantity = use.quantity("quantity"), use.text("action") != "removed",
            let from = use.reference("from")
        else { return }
        let order = use.reference("order")
        // What the corrected use had taken of the same promise is not taken from it once more.
        let former = try takeBackCorrected(use)
        let already = former.map { $0.part == part && $0.from == from && $0.lease == use.reference("lease") ? $0.quantity : .zero } ?? .zero
        let further = Quantity(millionths: max(0, quantity.millionths - already.millionths))
        // One use is one case, however much is doubtful about it.
        var doubts: [String] = []
        let location = try builder.writer.view(try builder.schema.entity("stock_location"), from)
        if location?.text("kind") == "van" {
            let holder = location?.integer("leased_to")
            if let replica, holder != Int64(replica.replica.rawValue) {
                doubts.append("The van's stock was no longer leased to this device when the part was used.")
            }
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
        let balance = try book.balance(of: part, at: from)
        let available = max(Int64(0), balance.onHand.millionths)
        if available < quantity.millionths {
            let missing = Quantity(millionths: quantity.millionths - available)
            doubts.append("\(missing) more were used than the book had. Count the stock.")
            try book("discrepancy", part: part, quantity: missing, from: nil, to: from, use: use)
        }
        try book("use", part: part, quantity: quantity, from: from, to: nil, use: use)
        if try !coversPromises(part, at: from) { doubts.append("What is left does not cover what was promised. Replenish the location.") }
        guard !doubts.isEmpty else { return }
        try builder.raise("stock_discrepancy", "stock:\(use.id)", order: order, about: use.reference("by"), text: doubts.joined(separator: " "))
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
    /// - Returns: `nil` when nothing is corrected, or was corrected before.
    private func takeBackCorrected(_ use: RecordView) throws -> FormerUse? {
        let entity = try builder.schema.entity("part_use")
        guard let id = use.reference("corrects"), let former = try builder.writer.view(entity, id), former["order"] == use["order"],
            former.text("action") != "removed", let part = former.reference("part"), let location = former.reference("from"),
            let quantity = former.quantity("quantity")
        else { return nil }
        let entries = try builder.schema.entity("stock_entry")
        let moved = try builder.writer.views(entries, where: "source", equals: .reference(id))
        // Without an entry of its own it took nothing yet.
        guard moved.contains(where: { $0.text("reason") == "use" }), try !isCorrected(former, besides: use, entries) else { return nil }
        let invented = moved.filter { $0.text("reason") == "discrepancy" }.reduce(Int64(0)) { $0 + ($1.quantity("quantity")?.millionths ?? 0) }
        let returned = Quantity(millionths: max(0, quantity.millionths - invented))
        if returned > .zero {
            let entry = try builder.create(
                "stock_entry", id: RecordID.derived(type: entries.type, key: [Array("corrected".utf8), id.bytes]),
                [
                    "part": .reference(part), "quantity": .text(returned.description), "to": .reference(location), "reason": .text("return"),
                    "order": use["order"], "source": .reference(use.id), "at": use["at"],
                ])
            if let view = try builder.writer.view(entries, entry) { try move(view) }
        }
        let lease = former.reference("lease")
        if let lease { try unspend(lease, part, location, quantity) }
        return FormerUse(part: part, from: location, lease: lease, quantity: quantity)
    }

    /// Whether another use that corrects the same one has taken its own already.
    private func isCorrected(_ former: RecordView, besides use: RecordView, _ entries: Entity) throws -> Bool {
        guard let order = former.reference("order") else { return false }
        return try builder.writer.views(former.entity, where: "order", equals: .reference(order)).contains { other in
            try other.id != use.id && other.reference("corrects") == former.id
                && builder.writer.views(entries, where: "source", equals: .reference(other.id)).contains { $0.text("reason") == "use" }
        }
    }

    /// After an unbacked use the promises may exceed what is there; the shortage becomes visible instead of negative.
    func coversPromises(_ part: RecordID, at location: RecordID) throws -> Bool {
        let balance = try book.balance(of: part, at: location)
        return balance.reserved.millionths + balance.leased.millionths <= balance.onHand.millionths
    }
}
