import TruckrollCore
import TruckrollDomain

/// A count is what somebody saw. It moves the book by what they found more or less than should have lain there by all they knew, so that
/// what came and went meanwhile is not undone by it.
struct CountEffects {
    let stock: StockEffects
    private var builder: EffectBuilder { stock.builder }

    // MARK: Counted

    /// - Parameter base: what the counter's device had applied.
    func book(_ count: RecordView, base: Checkpoint?) throws {
        guard let shelf = StockShelf(count), let counted = count.quantity("counted"), let said = count.quantity("expected") else { return }
        // What was taken and brought before the count, and the counter's device had not heard of.
        let unknown = try base.map { try unknownMovements(before: count, shelf, since: $0) } ?? 0
        let expected = said.adding(Quantity(millionths: unknown)) ?? said
        guard counted >= .zero else {
            return try builder.patch(
                "stock_count", id: count.id, ["difference": .text("0"), "answer": .text("Nobody counts less than nothing. Count again.")])
        }
        let pieces = try bookPieces(of: count, shelf)
        // What has no number is the rest.
        let named = Int64(count.serials("found").count - count.serials("missing").count) * Quantity.one.millionths
        let wanted = counted.millionths - expected.millionths - named
        let rest = try bookRest(wanted, of: count, shelf)
        let bookedOn = Quantity(millionths: pieces.on + max(0, rest))
        let bookedOff = Quantity(millionths: pieces.off + max(0, -rest))
        let isRight = bookedOn == .zero && bookedOff == .zero
        let words = [("on", bookedOn), ("off", bookedOff)].filter { $0.1 > .zero }.map { "\($0.1) booked \($0.0)" }.joined(separator: ", ")
        try builder.patch(
            "stock_count", id: count.id,
            [
                "difference": .text(Quantity(millionths: bookedOn.millionths - bookedOff.millionths).description),
                "booked_off": .text(bookedOff.description), "answer": .text(isRight ? "The book is right." : "\(words)."),
            ])
        if !isRight, let seen = count.seen { try noteCount(seen, shelf) }
        var doubts = pieces.elsewhere
        if !isRight || rest != wanted {
            doubts.insert("\(counted) were counted, \(expected) should have been there\(words.isEmpty ? "" : "; \(words)").", at: 0)
        }
        if try !stock.coversPromises(shelf.part, at: shelf.location) {
            doubts.append("It does not cover what was promised. Replenish the location.")
        }
        guard !doubts.isEmpty else { return }
        let name = try builder.writer.view(try builder.schema.entity("part"), shelf.part)?.text("number") ?? "part"
        let place = try builder.writer.view(try builder.schema.entity("stock_location"), shelf.location)?.text("name") ?? "a place"
        try builder.raise(
            pieces.elsewhere.isEmpty ? .stock_discrepancy : .custody_conflict, "counted:\(count.id)", order: nil, about: count.reference("by"),
            text: "Count of \(name), \(place): " + doubts.joined(separator: " "))
    }

    /// By how much uses and hand-overs of others, from before the count, had moved the stock without the counter's device knowing, in
    /// millionths. Of a part with serial numbers there are none: the count names its pieces itself.
    private func unknownMovements(before count: RecordView, _ shelf: StockShelf, since base: Checkpoint) throws -> Int64 {
        let transaction = builder.writer.transaction
        guard try transaction.tenant()?.epoch == base.epoch, try !stock.units.book.isSerialised(shelf.part), let seen = count.seen,
            let counter = count.record.entries.first?.version.stamp.replica
        else { return 0 }
        let entity = try builder.schema.entity("stock_entry")
        var sum: Int64 = 0
        var last: RecordKey?
        while true {
            let rows = try transaction.changedRows(in: Scope("stock", shelf.location), after: base.position, key: last, limit: 500)
            for row in rows where row.key.type == entity.type {
                guard let entry = try builder.writer.view(entity, row.key.id), entry.reference("part") == shelf.part,
                    entry.time("at").map({ $0.milliseconds < seen }) ?? false,
                    try isUnknown(entry, to: counter), let quantity = entry.quantity("quantity")
                else { continue }
                if entry.reference("from") == shelf.location { sum -= quantity.millionths }
                if entry.reference("to") == shelf.location { sum += quantity.millionths }
            }
            guard rows.count == 500, let key = rows.last?.key else { return sum }
            last = key
        }
    }

    /// Whether a movement follows from a use or a hand-over that another device has told. What the office books says nothing of when somebody
    /// carried it.
    private func isUnknown(_ entry: RecordView, to counter: ReplicaID) throws -> Bool {
        guard let source = entry.reference("source") else { return false }
        if let use = try builder.writer.view(try builder.schema.entity("part_use"), source) {
            return use.record.entries.first?.version.stamp.replica != counter
        }
        guard try builder.writer.view(try builder.schema.entity("hand_over"), source) != nil else { return false }
        let answers = try builder.writer.views(try builder.schema.entity("hand_over_answer"), where: "hand_over", equals: .reference(source))
        return answers.first { $0.boolean("effective") }?.record.entries.first?.version.stamp.replica != counter
    }

    /// Pieces that lie there by the book and were not seen are nobody's; one that was seen and is nobody's, or never heard of, lies there.
    private func bookPieces(of count: RecordView, _ shelf: StockShelf) throws -> CountedPieces {
        var pieces = CountedPieces()
        guard try stock.units.book.isSerialised(shelf.part) else { return pieces }
        let location = UnitHolder.location(shelf.location)
        for serial in count.serials("missing") {
            // What has left meanwhile is not missed.
            guard let unit = try stock.units.book.unit(of: shelf.part, serial: serial), UnitHolder(unit: unit) == location else { continue }
            if try stock.book.balance(of: shelf.part, at: shelf.location).onHand < .one {
                // One had been used without its number: that was another one.
                try stock.book("discrepancy", "nameless-\(serial)", part: shelf.part, quantity: .one, from: nil, to: shelf.location, use: count)
            }
            try move(serial, shelf.part, from: shelf.location, to: nil, count)
            pieces.off += Quantity.one.millionths
        }
        for serial in count.serials("found") {
            let unit = try stock.units.book.unit(of: shelf.part, serial: serial)
            let holder = unit.flatMap { UnitHolder(unit: $0) }
            if holder == location { continue }
            guard unit == nil || holder == nil else {
                pieces.elsewhere.append("\(serial) was seen, and by the book is \(try stock.units.book.words(for: holder)). Look who has it.")
                continue
            }
            try move(serial, shelf.part, from: nil, to: shelf.location, count)
            pieces.on += Quantity.one.millionths
        }
        return pieces
    }

    /// Movements that were recorded before the newest such count, and come later, may explain it.
    private func noteCount(_ seen: Int64, _ shelf: StockShelf) throws {
        let id = try stock.book.balanceID(shelf.part, shelf.location)
        guard let balance = try builder.writer.view(try builder.schema.entity("balance"), id),
            balance.time("counted_at").map({ $0.milliseconds < seen }) ?? true
        else { return }
        try builder.patch("balance", id: id, ["counted_at": .text(builder.moment.calendar.local(seen + 999).description)])
    }

    private func move(_ serial: String, _ part: RecordID, from: RecordID?, to: RecordID?, _ count: RecordView) throws {
        let entry = try stock.book("count", "count-\(serial)", part: part, quantity: .one, from: from, to: to, use: count, serial: .text(serial))
        if let entry { _ = try stock.units.move(entry: entry) }
    }

    /// - Returns: by how much the book was moved, in millionths: never by more than lies there.
    private func bookRest(_ rest: Int64, of count: RecordView, _ shelf: StockShelf) throws -> Int64 {
        let balance = try stock.book.balance(of: shelf.part, at: shelf.location)
        if rest > 0 {
            let quantity = Quantity(millionths: min(rest, Quantity.greatest.millionths))
            guard balance.onHand.adding(quantity) != nil else { return 0 }
            try stock.book("count", part: shelf.part, quantity: quantity, from: nil, to: shelf.location, use: count)
            return quantity.millionths
        }
        var most = try stock.units.book.isSerialised(shelf.part) ? balance.nameless : balance.onHand
        if let lot = count.lot, try stock.lots.book.isTracked(shelf.part) {
            most = min(most, try stock.lots.book.onHand(lot, of: shelf.part, at: shelf.location))
        }
        let taken = min(-rest, max(0, most.millionths))
        guard taken > 0 else { return 0 }
        try stock.book("count", part: shelf.part, quantity: Quantity(millionths: taken), from: shelf.location, to: nil, use: count)
        return -taken
    }

    // MARK: Explained

    /// What a use or a hand-over took before somebody counted, and tells after the count, explains what was missing: that much lay there
    /// until then.
    func explain(_ taken: RecordView) throws {
        guard taken.text("action") != "removed", taken["corrects"] == .null, let part = taken.reference("part"),
            let location = taken.reference("from"), let quantity = taken.quantity("quantity"), let at = taken.time("at")?.milliseconds
        else { return }
        let shelf = StockShelf(location: location, part: part)
        let counts = try counts(of: shelf, after: at)
        if try stock.units.book.isSerialised(part) { return try explain(piece: taken, shelf, by: counts) }
        var left = quantity.millionths
        for count in counts where left > 0 && count.missed > 0 {
            let explained = min(left, count.missed)
            left -= explained
            try note(explained, count, by: taken, shelf, serial: nil)
        }
    }

    /// What a hand-over brought before somebody counted, and tells after the count, explains what was found beside the book: it does not come
    /// once more.
    ///
    /// - Parameter answer: its receiver's, by whose clock it came.
    func explain(arrivalOf offer: RecordView, at answer: RecordView) throws {
        guard let part = offer.reference("part"), let location = offer.reference("to"), let quantity = offer.quantity("quantity"),
            let at = answer.time("at")?.milliseconds, try !stock.units.book.isSerialised(part)
        else { return }
        let shelf = StockShelf(location: location, part: part)
        var left = quantity.millionths
        for count in try counts(of: shelf, after: at) where left > 0 && count.beside > 0 {
            let onHand = try stock.book.balance(of: part, at: location).onHand.millionths
            let explained = min(left, count.beside, max(0, onHand))
            guard explained > 0 else { return }
            left -= explained
            try builder.patch(
                "stock_count", id: count.id,
                [
                    "explained": .text(Quantity(millionths: (count.quantity("explained")?.millionths ?? 0) + explained).description),
                    "answer": .text("\(Quantity(millionths: explained)) of what was found had been handed over before, and was told later."),
                ])
            try stock.book(
                "count", "explained-\(count.id)", part: part, quantity: Quantity(millionths: explained), from: location, to: nil, use: offer)
            if count.beside == explained { try close(count, "What was found had been handed over before.") }
        }
    }

    /// Counts of a stock that were made after a moment, oldest first.
    private func counts(of shelf: StockShelf, after moment: Int64) throws -> [RecordView] {
        let balance = try builder.writer.view(try builder.schema.entity("balance"), try stock.book.balanceID(shelf.part, shelf.location))
        guard let counted = balance?.time("counted_at"), moment < counted.milliseconds else { return [] }
        return try builder.writer.views(try builder.schema.entity("stock_count"), where: "part", equals: .reference(shelf.part))
            .filter { $0.reference("location") == shelf.location && ($0.seen ?? 0) > moment }
            .sorted { ($0.seen ?? 0, $0.id) < ($1.seen ?? 0, $1.id) }
    }

    /// The piece that was not seen had been taken.
    private func explain(piece taken: RecordView, _ shelf: StockShelf, by counts: [RecordView]) throws {
        guard let serial = UnitPassage.serial(taken), taken.quantity("quantity") == .one,
            let unit = try stock.units.book.unit(of: shelf.part, serial: serial), UnitHolder(unit: unit) == nil,
            let entry = try unit.reference("source").flatMap({ try builder.writer.view(try builder.schema.entity("stock_entry"), $0) }),
            let count = counts.first(where: { $0.id == entry.reference("source") && $0.serials("missing").contains(serial) })
        else { return }
        try note(Quantity.one.millionths, count, by: taken, shelf, serial: serial)
    }

    private func note(_ amount: Int64, _ count: RecordView, by taken: RecordView, _ shelf: StockShelf, serial: String?) throws {
        let explained = Quantity(millionths: (count.quantity("explained")?.millionths ?? 0) + amount)
        let isWhole = count.missed == amount
        try builder.patch(
            "stock_count", id: count.id,
            [
                "explained": .text(explained.description),
                "answer": .text(
                    "\(explained) of what was missing had been taken before, and was told later." + (isWhole ? " Nothing is missing." : "")),
            ])
        let entry = try stock.book(
            "count", "explained-\(count.id)", part: shelf.part, quantity: Quantity(millionths: amount), from: nil, to: shelf.location, use: taken,
            isNamed: false, serial: serial.map { .text($0) })
        if serial != nil, let entry { _ = try stock.units.move(entry: entry) }
        // What was found beside it is a question of its own.
        if isWhole, count.quantity("difference") == count.quantity("booked_off").map({ Quantity(millionths: -$0.millionths) }) {
            try close(count, "What was missing had been taken before.")
        }
    }

    private func close(_ count: RecordView, _ text: String) throws {
        guard let made = count.record.entries.first?.version.writeID else { return }
        try builder.resolve(.stock_discrepancy, raisedBy: Sequencer.effectsCause(made), "counted:\(count.id)", order: nil, text: text)
    }
}

/// What a count did to pieces with serial numbers.
private struct CountedPieces {
    /// How much of them was booked on and off, in millionths.
    var on: Int64 = 0
    var off: Int64 = 0
    /// What was seen and is elsewhere by the book, as sentences.
    var elsewhere: [String] = []
}

extension RecordView {
    /// Serial numbers in a list of a count, each once; blank ones, and what is said to be both there and not there, are none.
    fileprivate func serials(_ field: String) -> [String] {
        let lists = ["missing", "found"].map { Set((self[$0].list ?? []).compactMap(\.text)) }
        let clear = lists[0].symmetricDifference(lists[1]).intersection(field == "missing" ? lists[0] : lists[1])
        return clear.filter { !$0.allSatisfy(\.isWhitespace) && $0.unicodeScalars.count <= 60 }.sorted()
    }

    /// When a count was made: as its author's clock had it, and never after the server has heard of it.
    fileprivate var seen: Int64? {
        time("at").map { at in min(at.milliseconds, record.entries.first.map { Int64($0.version.stamp.milliseconds) } ?? at.milliseconds) }
    }

    /// What a count has booked off and nothing has explained yet, in millionths.
    fileprivate var missed: Int64 { max(0, (quantity("booked_off")?.millionths ?? 0) - (quantity("explained")?.millionths ?? 0)) }

    /// What a count has booked on, and nothing off, and nothing has explained yet, in millionths.
    fileprivate var beside: Int64 {
        guard quantity("booked_off") == .zero else { return 0 }
        return max(0, (quantity("difference")?.millionths ?? 0) - (quantity("explained")?.millionths ?? 0))
    }
}
