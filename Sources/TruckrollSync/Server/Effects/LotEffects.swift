import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Keeps how much of each lot lies where, and tells who used what was too old or withdrawn.
struct LotEffects {
    let builder: EffectBuilder
    let book: LotBook

    init(builder: EffectBuilder) {
        self.builder = builder
        book = LotBook(schema: builder.schema, access: builder.writer)
    }

    // MARK: Movements

    /// A movement of a lot. What it takes beyond what is known of the lot there comes out of what has no lot.
    func move(_ lot: String, _ part: RecordID, _ quantity: Quantity, from: RecordID?, to: RecordID?) throws {
        if let from { try change(lot, part, at: from, by: -quantity.millionths) }
        if let to { try change(lot, part, at: to, by: quantity.millionths) }
    }

    private func change(_ lot: String, _ part: RecordID, at location: RecordID, by amount: Int64) throws {
        let before = try book.onHand(lot, of: part, at: location)
        let after = Quantity(millionths: min(max(0, before.millionths + amount), Quantity.greatest.millionths))
        guard after != before else { return }
        let entity = try builder.schema.entity("lot_balance")
        let id = LotBook.balanceID(entity, location: location, part: part, lot: lot)
        if try builder.writer.view(entity, id) == nil {
            try builder.create("lot_balance", id: id, ["location": .reference(location), "part": .reference(part), "lot": .text(lot)])
        }
        let balance = StockBook.balanceID(try builder.schema.entity("balance"), location: location, part: part)
        try builder.patch(
            "lot_balance", id: id, ["on_hand": .text(after.description), "open_for": after > .zero ? .reference(balance) : .null])
    }

    // MARK: Uses

    /// What is doubtful about the lot of a use before it is booked, as a sentence.
    func doubt(of use: RecordView, _ part: RecordID, _ quantity: Quantity, at location: RecordID) throws -> String? {
        guard try book.isTracked(part) else { return nil }
        guard let lot = use.lot else { return "The lot is missing, so the book cannot tell of which some is gone." }
        let most = try book.most(of: lot, of: part, at: location)
        guard most < quantity else { return nil }
        return "By the book \(most) of lot \(lot) lie there. Compare the number with the label."
    }

    /// A use of what may not be used any more stands, and quality is told.
    func check(_ use: RecordView) throws {
        guard use.text("action") != "removed", let part = use.reference("part"), let lot = use.lot, try book.isTracked(part),
            let used = use.time("at")
        else { return }
        let life = try book.shelfLife(of: lot, of: part)
        let day = builder.moment.calendar.local(used.milliseconds).date
        guard !life.isUsable(on: day) else { return }
        let number = try builder.writer.view(try builder.schema.entity("part"), part)?.text("number") ?? "The part"
        let what = if case .until(let last) = life { "after its last day, \(last)" } else { "and is withdrawn" }
        try builder.raise(
            .lot_unfit, "lot:\(use.id)", order: use.reference("order"), about: use.reference("by"),
            text: "\(number), lot \(lot), was used on \(day), \(what). Decide what has to be done about the asset.")
    }

    // MARK: Lots

    /// What a lot says of itself has changed. Where it is withdrawn, somebody is told where it lies and how often it was used.
    func update(_ lot: RecordView, _ op: Op) throws {
        let written = Set(op.writes.compactMap { lot.entity[$0.field]?.name })
        if written.contains("withdrawn"), lot.text("withdrawn") == "yes" { return try raise(lot, "withdrawn:\(lot.id)", "is withdrawn") }
        guard !written.isDisjoint(with: ["expires_on", "made_on", "withdrawn"]) else { return }
        var lot = lot
        if lot["expires_on"] == .null, case .until(let last) = try life(of: lot) {
            // The last day is looked for by the clock.
            try builder.patch("lot", id: lot.id, ["expires_on": .text(last.description)])
            lot = try builder.writer.view(lot.entity, lot.id) ?? lot
        }
        if try !life(of: lot).isUsable(on: builder.today), lot.text("withdrawn") != "yes" { return try noteExpired(lot) }
        for balance in try balances(of: lot) { if let shelf = StockShelf(balance) { builder.freedShelves.insert(shelf) } }
    }

    private func life(of lot: RecordView) throws -> ShelfLife {
        ShelfLife(lot: lot, part: try lot.reference("part").flatMap { try builder.writer.view(try builder.schema.entity("part"), $0) })
    }

    private func balances(of lot: RecordView) throws -> [RecordView] {
        guard let number = lot.text("number") else { return [] }
        return try builder.writer.views(try builder.schema.entity("lot_balance"), where: "lot", equals: .text(number)).filter {
            $0["part"] == lot["part"] && $0.quantity("on_hand") ?? .zero > .zero
        }
    }

    /// A lot's last day has passed.
    func noteExpired(_ lot: RecordView) throws { try raise(lot, "expired:\(lot.id)", "may not be used any more") }

    private func raise(_ lot: RecordView, _ subject: String, _ what: String) throws {
        guard let part = lot.reference("part"), let number = lot.text("number"),
            lot.id == LotBook.lotID(lot.entity, part: part, number: number)
        else { return }
        let balances = try balances(of: lot)
        for balance in balances { if let shelf = StockShelf(balance) { builder.freedShelves.insert(shelf) } }
        let places = try balances.map { balance in
            let name = try balance.reference("location").flatMap {
                try builder.writer.view(try builder.schema.entity("stock_location"), $0)?.text("name")
            }
            return "\(balance.text("on_hand") ?? "") at \(name ?? "a place")"
        }
        let isWithdrawn = lot.text("withdrawn") == "yes"
        guard isWithdrawn || !balances.isEmpty else { return }
        let uses =
            !isWithdrawn
            ? 0
            : try builder.writer.views(try builder.schema.entity("part_use"), where: "part", equals: .reference(part)).count {
                $0.lot == number && !$0.boolean("corrected") && $0.text("action") != "removed"
            }
        guard !places.isEmpty || uses > 0 else { return }
        let name = try builder.writer.view(try builder.schema.entity("part"), part)?.text("number") ?? "The part"
        let lying = places.isEmpty ? "" : " Of it lie \(places.sorted().prefix(20).joined(separator: ", ")): put it into quarantine."
        let used = uses > 0 ? " It was used \(uses) \(uses == 1 ? "time" : "times"); look where." : ""
        try builder.raise(
            .lot_unfit, subject, order: nil, about: nil, text: "\(name), lot \(number), \(what).\(lying)\(used)")
    }
}

extension RecordView {
    /// The lot it names; a blank one is none.
    var lot: String? { text("lot").flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 } }
}
