import TruckrollCore
import TruckrollDomain

/// Keeps in step who has each serialised piece: one holder at any time (I5, C11). A fact that says otherwise stands as a fact and
/// moves nothing; it is marked as contested, and holds once the holder of the book turns out not to have the piece.
struct UnitEffects {
    let balances: BalanceEffects
    let book: UnitBook
    private var offers: OfferEffects { OfferEffects(balances: balances) }
    private var builder: EffectBuilder { balances.builder }

    init(balances: BalanceEffects) {
        self.balances = balances
        let builder = balances.builder
        book = UnitBook(schema: builder.schema, access: builder.writer)
    }

    /// What becomes of a record that names a piece.
    enum Outcome: Equatable {
        /// It names none, or one of a part whose pieces are not told apart.
        case noUnit
        case moved
        /// Nobody had seen the piece before.
        case firstSeen
        /// By the book the piece is elsewhere, as the words say.
        case contested(String)
    }

    // MARK: Movements

    /// A movement of stock was judged before it took effect; should it contradict the book all the same, it moves no piece.
    func move(entry: RecordView) throws -> Outcome {
        guard let part = entry.reference("part"), let serial = UnitPassage.serial(entry), try book.isSerialised(part) else { return .noUnit }
        let unit = try book.unit(of: part, serial: serial)
        guard let passage = UnitPassage(entry: entry, holder: unit.flatMap { UnitHolder(unit: $0) }) else { return .noUnit }
        let outcome = try pass(passage, unit, by: entry)
        if outcome == .moved, passage.to == nil, let unit { try yield(unit.id) }
        return outcome
    }

    /// A number that stands for several pieces at once names none of them.
    func move(use: RecordView) throws -> Outcome {
        guard use.quantity("quantity") == .one, let passage = UnitPassage(use: use), try book.isSerialised(passage.part) else { return .noUnit }
        let outcome = try pass(passage, try book.unit(of: passage.part, serial: passage.serial), by: use)
        if case .contested = outcome { try builder.patch("part_use", id: use.id, ["contested": .boolean(true)]) }
        return outcome
    }

    /// A hand-over that both have confirmed.
    func move(handOver: RecordView) throws -> Outcome {
        guard let passage = UnitPassage(handOver: handOver), try book.isSerialised(passage.part) else { return .noUnit }
        return try pass(passage, try book.unit(of: passage.part, serial: passage.serial), by: handOver)
    }

    /// A use that had contradicted the book holds: its piece has come to where it was taken from.
    func resume(use: RecordView) throws {
        guard let passage = UnitPassage(use: use), let unit = try book.unit(of: passage.part, serial: passage.serial) else { return }
        try set(passage.part, passage.serial, unit, holder: passage.to, source: use)
        try builder.patch("part_use", id: use.id, ["prevailed": .boolean(true)])
    }

    /// Where nobody has seen the piece before, the first record that names it is believed.
    private func pass(_ passage: UnitPassage, _ unit: RecordView?, by source: RecordView) throws -> Outcome {
        if let unit {
            let holder = UnitHolder(unit: unit)
            guard passage.follows(holder) else { return .contested(try book.words(for: holder)) }
        }
        try set(passage.part, passage.serial, unit, holder: passage.to, source: source)
        return unit == nil ? .firstSeen : .moved
    }

    private func set(_ part: RecordID, _ serial: String, _ unit: RecordView?, holder: UnitHolder?, source: RecordView) throws {
        let id = UnitBook.unitID(try builder.schema.entity("unit"), part: part, serial: serial)
        if unit == nil { try builder.create("unit", id: id, ["part": .reference(part), "serial": .text(serial)]) }
        let former = unit.flatMap { UnitHolder(unit: $0) }
        if case .location(let former) = former { try balances.change(part, at: former) { $0.units -= 1 } }
        if case .location(let location) = holder {
            try balances.change(part, at: location) { $0.units += 1 }
            // Who waits for certain pieces may be served by one that had lain there without a name.
            builder.freedShelves.insert(StockShelf(location: location, part: part))
        }
        var fields = UnitHolder.fields(of: holder)
        fields["at"] = source["at"]
        fields["source"] = .reference(source.id)
        if let reservation = unit?.reference("reserved_for"), former != holder {
            fields["reserved_for"] = .null
            builder.namedReservations.insert(reservation)
        }
        try builder.patch("unit", id: id, fields)
        guard former != nil, former != holder else { return }
        // Whoever was to receive it from there does not any more.
        for offer in try offers.open(of: part, serial: serial)
        where offer.id != source.id && UnitPassage(handOver: offer)?.from == former {
            try offers.end(offer, as: .refused, because: "The piece has gone another way since.")
        }
    }

    // MARK: Corrections

    /// What a correction finds of the piece of the use that it corrects.
    enum Return {
        /// It is with who had it before, or there is none.
        case back
        /// The use had moved nothing.
        case unmoved
        /// It has gone on since, and stays where it is.
        case goneOn
    }

    /// A use that is corrected moved nothing: its piece goes back to who had it.
    ///
    /// - Parameter isBooked: the stock it named had the piece by the book, or got it later; otherwise nobody had it.
    func takeBack(use: RecordView, isBooked: Bool, by correction: RecordView) throws -> Return {
        guard use.quantity("quantity") == .one, let passage = UnitPassage(use: use),
            let unit = try book.unit(of: passage.part, serial: passage.serial)
        else { return .back }
        let isContested = use.boolean("contested")
        if isContested { try builder.patch("part_use", id: use.id, ["contested": .boolean(false)]) }
        if isContested, !use.boolean("prevailed") { return .unmoved }
        guard unit.reference("source") == use.id else { return .goneOn }
        var holder = passage.from
        if case .location = holder {
            if !isBooked { holder = nil }
        } else if isContested {
            // What prevailed had come from nobody.
            holder = nil
        }
        try set(passage.part, passage.serial, unit, holder: holder, source: correction)
        if holder == nil { try yield(unit.id) }
        return .back
    }

    /// Nobody has the piece any more: the newest use that had contradicted the book holds now.
    private func yield(_ id: RecordID) throws {
        guard let unit = try builder.writer.view(try builder.schema.entity("unit"), id), let part = unit.reference("part"),
            let serial = unit.text("serial")
        else { return }
        let entity = try builder.schema.entity("part_use")
        let uses = try builder.writer.views(entity, where: "serial", equals: .text(serial))
            .filter { $0.reference("part") == part && $0.boolean("contested") && !$0.boolean("prevailed") }
        let dated = uses.compactMap { use in use.record.entries.first.map { (use: use, version: $0.version) } }
        guard let newest = dated.max(by: { $0.version < $1.version })?.use, let passage = UnitPassage(use: newest) else { return }
        try set(part, serial, unit, holder: passage.to, source: newest)
        try builder.patch("part_use", id: newest.id, ["prevailed": .boolean(true)])
    }
}
