import TruckrollCore
import TruckrollDomain

/// A count is what somebody saw. It moves the book by what they found more or less than should have lain there by all they knew, so that
/// what came and went meanwhile is not undone by it.
struct CountEffects {
    let stock: StockEffects
    private var builder: EffectBuilder { stock.builder }

    // MARK: Counted

    func book(_ count: RecordView) throws {
        guard let part = count.reference("part"), let location = count.reference("location"), let counted = count.quantity("counted"),
            let expected = count.quantity("expected")
        else { return }
        guard counted >= .zero else {
            return try builder.patch(
                "stock_count", id: count.id, ["difference": .text("0"), "answer": .text("Nobody counts less than nothing. Count again.")])
        }
        let pieces = try bookPieces(of: count, part, at: location)
        // What has no number is the rest.
        let named = Int64(count.serials("found").count - count.serials("missing").count) * Quantity.one.millionths
        let rest = try bookRest(counted.millionths - expected.millionths - named, of: count, part, at: location)
        let difference = Quantity(millionths: pieces.moved + rest)
        try builder.patch(
            "stock_count", id: count.id,
            [
                "difference": .text(difference.description),
                "answer": .text(difference == .zero ? "The book is right." : "Booked \(difference > .zero ? "on" : "off"): \(difference.magnitude)."),
            ])
        if pieces.isMissing || rest < 0 { try noteCount(at: count["at"], part, location) }
        var doubts = pieces.elsewhere
        if difference != .zero || rest != counted.millionths - expected.millionths - named {
            doubts.insert("\(counted) were counted, \(expected) should have been there; \(difference) booked.", at: 0)
        }
        if try !stock.coversPromises(part, at: location) { doubts.append("It does not cover what was promised. Replenish the location.") }
        guard !doubts.isEmpty else { return }
        let name = try builder.writer.view(try builder.schema.entity("part"), part)?.text("number") ?? "part"
        let place = try builder.writer.view(try builder.schema.entity("stock_location"), location)?.text("name") ?? "a place"
        try builder.raise(
            pieces.elsewhere.isEmpty ? "stock_discrepancy" : "custody_conflict", "counted:\(count.id)", order: nil, about: count.reference("by"),
            text: "Count of \(name), \(place): " + doubts.joined(separator: " "))
    }

    /// Pieces that lie there by the book and were not seen are nobody's; one that was seen and is nobody's, or never heard of, lies there.
    ///
    private func bookPieces(of count: RecordView, _ part: RecordID, at location: RecordID) throws -> CountedPieces {
        var pieces = CountedPieces()
        guard try stock.units.book.isSerialised(part) else { return pieces }
        for serial in count.serials("missing") {
            // What has left meanwhile is not missed.
            guard let unit = try stock.units.book.unit(of: part, serial: serial), UnitHolder(unit: unit) == .location(location) else { continue }
            try move(serial, part, from: location, to: nil, count)
            pieces.moved -= Quantity.one.millionths
            pieces.isMissing = true
        }
        for serial in count.serials("found") {
            let unit = try stock.units.book.unit(of: part, serial: serial)
            let holder = unit.flatMap { UnitHolder(unit: $0) }
            if holder == .location(location) { continue }
            guard unit == nil || holder == nil else {
                pieces.elsewhere.append("\(serial) was seen, and by the book is \(try stock.units.book.words(for: holder)). Look who has it.")
                continue
            }
            try move(serial, part, from: nil, to: location, count)
            pieces.moved += Quantity.one.millionths
        }
        return pieces
    }

    /// Uses that were recorded before the newest such count, and come later, may explain it.
    private func noteCount(at time: Value, _ part: RecordID, _ location: RecordID) throws {
        let id = try stock.book.balanceID(part, location)
        guard let balance = try builder.writer.view(try builder.schema.entity("balance"), id), let counted = time.text.flatMap({ DeviceTime($0) }),
            balance.time("counted_at").map({ $0.milliseconds < counted.milliseconds }) ?? true
        else { return }
        try builder.patch("balance", id: id, ["counted_at": time])
    }

    private func move(_ serial: String, _ part: RecordID, from: RecordID?, to: RecordID?, _ count: RecordView) throws {
        let entry = try stock.book(
            "count", "count-\(serial)", part: part, quantity: .one, from: from, to: to, use: count, serial: .text(serial))
        if let entry { _ = try stock.units.move(entry: entry) }
    }

    /// - Returns: by how much the book was moved, in millionths: never by more than lies there.
    private func bookRest(_ rest: Int64, of count: RecordView, _ part: RecordID, at location: RecordID) throws -> Int64 {
        if rest > 0 {
            let quantity = Quantity(millionths: min(rest, Quantity.greatest.millionths))
            guard try stock.book.balance(of: part, at: location).onHand.adding(quantity) != nil else { return 0 }
            try stock.book("count", part: part, quantity: quantity, from: nil, to: location, use: count)
            return quantity.millionths
        }
        let balance = try stock.book.balance(of: part, at: location)
        let most = try stock.units.book.isSerialised(part) ? balance.nameless : balance.onHand
        let taken = min(-rest, max(0, most.millionths))
        guard taken > 0 else { return 0 }
        try stock.book("count", part: part, quantity: Quantity(millionths: taken), from: location, to: nil, use: count)
        return -taken
    }

    // MARK: Explained

    /// A use that was recorded before somebody counted and comes after the count explains what was missing: that much lay there until then.
    func explain(_ use: RecordView) throws {
        guard use.text("action") != "removed", use["corrects"] == .null, let part = use.reference("part"), let location = use.reference("from"),
            let quantity = use.quantity("quantity"), let used = use.time("at")?.milliseconds,
            let counted = try builder.writer.view(try builder.schema.entity("balance"), try stock.book.balanceID(part, location))?.time("counted_at"),
            used < counted.milliseconds
        else { return }
        let counts = try builder.writer.views(try builder.schema.entity("stock_count"), where: "part", equals: .reference(part))
            .filter { $0.reference("location") == location && ($0.time("at")?.milliseconds ?? 0) > used }
            .sorted { ($0.time("at")?.milliseconds ?? 0, $0.id) < ($1.time("at")?.milliseconds ?? 0, $1.id) }
        if try stock.units.book.isSerialised(part) { return try explain(piece: use, part, location, by: counts) }
        var left = quantity.millionths
        for count in counts where left > 0 && count.missed > 0 {
            let explained = min(left, count.missed)
            left -= explained
            try note(explained, count, by: use, part, location, serial: nil)
        }
    }

    /// The piece that was not seen had been used.
    private func explain(piece use: RecordView, _ part: RecordID, _ location: RecordID, by counts: [RecordView]) throws {
        guard let serial = UnitPassage.serial(use), use.quantity("quantity") == .one,
            let unit = try stock.units.book.unit(of: part, serial: serial), UnitHolder(unit: unit) == nil,
            let entry = try unit.reference("source").flatMap({ try builder.writer.view(try builder.schema.entity("stock_entry"), $0) }),
            let count = counts.first(where: { $0.id == entry.reference("source") && $0.serials("missing").contains(serial) })
        else { return }
        try note(Quantity.one.millionths, count, by: use, part, location, serial: serial)
    }

    private func note(
        _ amount: Int64, _ count: RecordView, by use: RecordView, _ part: RecordID, _ location: RecordID, serial: String?
    ) throws {
        let before = count.quantity("explained")?.millionths ?? 0
        let explained = Quantity(millionths: before + amount)
        let isWhole = Quantity(millionths: count.missed - amount) == .zero
        try builder.patch(
            "stock_count", id: count.id,
            [
                "explained": .text(explained.description),
                "answer": .text("\(explained) of what was missing had been used before, and came later." + (isWhole ? " Nothing is missing." : "")),
            ])
        let entry = try stock.book(
            "count", "explained-\(count.id)", part: part, quantity: Quantity(millionths: amount), from: nil, to: location, use: use,
            isNamed: false, serial: serial.map { .text($0) })
        if serial != nil, let entry { _ = try stock.units.move(entry: entry) }
        guard isWhole, let made = count.record.entries.first?.version.writeID else { return }
        for kind in ["stock_discrepancy", "custody_conflict"] {
            try builder.resolve(
                kind, raisedBy: Sequencer.effectsCause(made), "counted:\(count.id)", order: nil, text: "What was missing had been used before.")
        }
    }
}

/// What a count did to pieces with serial numbers.
private struct CountedPieces {
    /// By how much it moved the book, in millionths.
    var moved: Int64 = 0
    /// Whether one was booked off.
    var isMissing = false
    /// What was seen and is elsewhere by the book, as sentences.
    var elsewhere: [String] = []
}

extension RecordView {
    /// Serial numbers in a list, each once, blank ones aside.
    fileprivate func serials(_ field: String) -> [String] {
        Set((self[field].list ?? []).compactMap(\.text).filter { !$0.allSatisfy(\.isWhitespace) && $0.unicodeScalars.count <= 60 }).sorted()
    }

    /// What a count had booked off and nothing has explained yet, in millionths.
    fileprivate var missed: Int64 { max(0, -(quantity("difference")?.millionths ?? 0) - (quantity("explained")?.millionths ?? 0)) }
}
