import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Each serialised piece has one holder at every position, and it is who the facts say, one by one in the order of the log (I5, C10,
/// C11). Where pieces lie is counted from the movements as well, by nothing but their sums.
struct UnitCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]
    let effects: [OracleWrites.Effect]

    private struct Piece: Hashable {
        let part: RecordID
        let serial: String
    }

    private struct Standing {
        var holder: UnitHolder?
        var source: RecordID
    }

    /// What the log says so far.
    private struct Account {
        var standing: [Piece: Standing] = [:]
        var contested: [Piece: [RecordView]] = [:]
        var uses: [RecordID: RecordView] = [:]
        /// Uses that took a piece which no book had where they took it, or that came to hold when nobody had it.
        var unbooked: Set<RecordID> = []
        var prevailed: Set<RecordID> = []
        /// Uses that came to hold when their piece came to where it was taken from.
        var resumed: Set<RecordID> = []
        /// Pieces that got their name by leaving a place where one without a name lay, with the record that named them.
        var named: [Piece: (place: RecordID, source: RecordID)] = [:]
        /// Hand-overs by id, answers that came before theirs, and hand-overs of pieces that were elsewhere when they were accepted.
        var offers: [RecordID: RecordView] = [:]
        var early: [RecordID: [RecordView]] = [:]
        /// The answers by which they were accepted.
        var accepted: [RecordID: RecordView] = [:]
        var contestedOffers: [Piece: [RecordView]] = [:]
        var counts: [RecordID: RecordView] = [:]
        /// Who has each piece by its record, as the server's sets have written it so far.
        var written: [RecordID: [String: Value]] = [:]
        var places: [Piece: [RecordID: Int64]] = [:]
    }

    /// - Returns: how many uses contradicted the book.
    func check() throws -> Int {
        let unit = try schema.entity("unit")
        let serialised = Set(try stored.views(of: schema.entity("part")).filter { $0.boolean("serialised") }.map(\.id))
        var account = Account()
        var seen: Set<RecordKey> = []
        var contradictions = 0
        for effect in effects {
            var touched: Set<Piece> = []
            for index in effect.ops {
                let op = effect.set.ops[index]
                if effect.isServers, op.key.type == unit.type { replay(op, unit, &account) }
                guard op.kind == .create, let entity = schema[op.key.type], Self.kinds.contains(entity.name) else { continue }
                let view = RecordView(try op.drafted(entity, by: ReplicaID(rawValue: 0)), entity)
                // Who names a hand-over by the same code adds what its first author left out.
                if entity.name == "hand_over", let former = account.offers[view.id] { account.offers[view.id] = former.completed(by: view) }
                guard seen.insert(op.key).inserted else { continue }
                if entity.name == "hand_over" { offer(view, serialised, &account) }
                if entity.name == "hand_over_answer" { answer(view, serialised, &account) }
                if entity.name == "stock_count" { see(view, serialised, &account) }
                guard ["part_use", "stock_entry"].contains(entity.name) else { continue }
                if entity.name == "part_use", let former = view.reference("corrects").flatMap({ account.uses[$0] }), former["order"] == view["order"]
                {
                    takeBack(former, by: view, &account)
                }
                guard let part = view.reference("part"), serialised.contains(part) else { continue }
                if entity.name == "part_use" {
                    if use(view, &account) { contradictions += 1 }
                } else if let serial = UnitPassage.serial(view) {
                    let piece = Piece(part: part, serial: serial)
                    touched.insert(piece)
                    count(view, piece, &account)
                    if !effect.isServers { move(view, piece, &account) }
                }
            }
            for op in effect.isServers ? effect.set.ops : [] where op.key.type == unit.type { try compare(op.key.id, account, effect.position) }
            for piece in touched {
                let sums = places(of: piece, account).values
                guard sums.allSatisfy({ (0...1).contains($0) }), sums.reduce(0, +) <= 1 else {
                    throw Violation("I5", "piece \(piece.serial) lies in more than one place, or less than once, after position \(effect.position)")
                }
            }
        }
        try compare(account)
        return contradictions
    }

    private static let kinds: Set<String> = ["part_use", "stock_entry", "hand_over", "hand_over_answer", "stock_count"]

    private func count(_ entry: RecordView, _ piece: Piece, _ account: inout Account) {
        let amount = (entry.quantity("quantity")?.millionths ?? 0) / Quantity.one.millionths
        if let from = entry.reference("from") { account.places[piece, default: [:]][from, default: 0] -= amount }
        if let to = entry.reference("to") { account.places[piece, default: [:]][to, default: 0] += amount }
        // None without a name lay there: the book took it from nowhere.
        guard entry.text("reason") == "discrepancy", let source = entry.reference("source"), account.named[piece]?.source == source else { return }
        account.named[piece] = nil
        account.unbooked.insert(source)
    }

    /// Where the piece lies by the sums of the movements that name it, and the one by which it got its name.
    private func places(of piece: Piece, _ account: Account) -> [RecordID: Int64] {
        var places = account.places[piece, default: [:]]
        if let named = account.named[piece] { places[named.place, default: 0] += 1 }
        return places
    }

    private func name(_ piece: Piece, _ from: UnitHolder?, _ source: RecordID, _ account: inout Account) {
        if case .location(let place) = from { account.named[piece] = (place, source) }
    }

    private func move(_ entry: RecordView, _ piece: Piece, _ account: inout Account) {
        let holder = account.standing[piece]?.holder
        let (from, to) = passage(of: entry, holder: holder)
        // Whatever was judged before: what does not start at the holder moves nothing.
        guard account.standing[piece] == nil || from == holder else { return }
        if account.standing[piece] == nil { name(piece, from, entry.id, &account) }
        account.standing[piece] = Standing(holder: to, source: entry.id)
        if to == nil { yield(piece, &account) }
    }

    /// - Returns: whether it contradicts the book.
    private func use(_ use: RecordView, _ account: inout Account) -> Bool {
        account.uses[use.id] = use
        guard let (piece, from, to) = passage(of: use) else { return false }
        explain(use, piece, from, &account)
        guard let standing = account.standing[piece] else {
            name(piece, from, use.id, &account)
            account.standing[piece] = Standing(holder: to, source: use.id)
            return false
        }
        guard standing.holder == from else {
            account.contested[piece, default: []].append(use)
            return true
        }
        account.standing[piece] = Standing(holder: to, source: use.id)
        return false
    }

    private func takeBack(_ former: RecordView, by use: RecordView, _ account: inout Account) {
        guard let (piece, from, _) = passage(of: former) else { return }
        let waiting = account.contested[piece, default: []]
        account.contested[piece] = waiting.filter { $0.id != former.id }
        guard !waiting.contains(where: { $0.id == former.id }), account.standing[piece]?.source == former.id else { return }
        var holder = from
        if case .location = holder, account.unbooked.contains(former.id) { holder = nil }
        if account.prevailed.contains(former.id) { holder = nil }
        if account.resumed.contains(former.id), former.text("action") == "removed" { holder = nil }
        account.standing[piece] = Standing(holder: holder, source: use.id)
        if holder == nil { yield(piece, &account) }
    }

    /// Nobody has it: the newest use that had contradicted the book holds.
    private func yield(_ piece: Piece, _ account: inout Account) {
        let waiting = account.contested[piece, default: []].compactMap { use in
            stored[use.key]?.record.entries.first.map { (use: use, version: $0.version) }
        }
        guard let newest = waiting.max(by: { $0.version < $1.version })?.use, let (_, _, to) = passage(of: newest) else { return }
        account.standing[piece] = Standing(holder: to, source: newest.id)
        account.contested[piece]?.removeAll { $0.id == newest.id }
        account.prevailed.insert(newest.id)
    }

    // MARK: Counts

    /// Who counts says which pieces are not there, and which are.
    private func see(_ count: RecordView, _ serialised: Set<RecordID>, _ account: inout Account) {
        account.counts[count.id] = count
        guard let part = count.reference("part"), serialised.contains(part), let location = count.reference("location"),
            count.quantity("counted") ?? .zero >= .zero
        else { return }
        for serial in serials(count, "missing") {
            let piece = Piece(part: part, serial: serial)
            guard account.standing[piece]?.holder == .location(location) else { continue }
            account.standing[piece] = Standing(holder: nil, source: count.id)
            yield(piece, &account)
        }
        for serial in serials(count, "found") {
            let piece = Piece(part: part, serial: serial)
            if let standing = account.standing[piece], standing.holder != nil { continue }
            account.standing[piece] = Standing(holder: .location(location), source: count.id)
        }
    }

    /// What was not seen, because somebody had used it before and tells it only now, lay there until then.
    private func explain(_ use: RecordView, _ piece: Piece, _ from: UnitHolder?, _ account: inout Account) {
        guard use.text("action") != "removed", use["corrects"] == .null, let standing = account.standing[piece], standing.holder == nil,
            let count = account.counts[standing.source], count.reference("part") == piece.part,
            count.reference("location").map({ .location($0) }) == from,
            serials(count, "missing").contains(piece.serial), let used = use.time("at"), let counted = count.time("at"),
            let heard = stored[count.key]?.record.entries.first?.version.stamp.milliseconds,
            used.milliseconds < min(counted.milliseconds, Int64(heard))
        else { return }
        account.standing[piece] = Standing(holder: from, source: count.id)
    }

    private func serials(_ count: RecordView, _ field: String) -> [String] {
        let other = Set((count[field == "missing" ? "found" : "missing"].list ?? []).compactMap(\.text))
        return Set((count[field].list ?? []).compactMap(\.text)).subtracting(other).sorted().filter { !$0.isEmpty && $0.count <= 60 }
    }

    // MARK: Hand-overs

    private func offer(_ offer: RecordView, _ serialised: Set<RecordID>, _ account: inout Account) {
        account.offers[offer.id] = offer
        let early = (account.early[offer.id] ?? []).compactMap { answer in
            stored[answer.key]?.record.entries.first.map { (answer: answer, version: $0.version) }
        }
        for item in early.sorted(by: { $0.version < $1.version }) { answer(item.answer, serialised, &account) }
    }

    /// Which of several answers decides is the server's to say; it says so of one at most.
    private func answer(_ answer: RecordView, _ serialised: Set<RecordID>, _ account: inout Account) {
        guard let id = answer.reference("hand_over") else { return }
        guard let offer = account.offers[id] else { return account.early[id, default: []].append(answer) }
        let isEffective = stored[answer.key].map { RecordView($0.record, answer.entity).boolean("effective") } ?? false
        guard answer.text("action") == "accept", isEffective, let part = offer.reference("part"), serialised.contains(part),
            let serial = offer.text("serial")
        else { return }
        let piece = Piece(part: part, serial: serial)
        let (from, to) = passage(of: offer)
        account.accepted[id] = answer
        explain(offer, piece, from, &account)
        guard account.standing[piece] == nil || account.standing[piece]?.holder == from else {
            return account.contestedOffers[piece, default: []].append(offer)
        }
        if account.standing[piece] == nil { name(piece, from, offer.id, &account) }
        account.standing[piece] = Standing(holder: to, source: offer.id)
        follow(piece, since: answer, &account)
    }

    /// What people say they did with the piece from where it has come to, not before it came there.
    private func follow(_ piece: Piece, since arrival: RecordView, _ account: inout Account) {
        guard let since = arrival.time("at")?.milliseconds, let holder = account.standing[piece]?.holder else { return }
        let uses = account.contested[piece, default: []].filter { passage(of: $0)?.from == holder }
        let offers = account.contestedOffers[piece, default: []].filter { passage(of: account.offers[$0.id] ?? $0).from == holder }
        let later = (uses + offers).compactMap { view in view.time("at").map { (view: view, at: $0.milliseconds) } }.filter { $0.at >= since }
        guard let next = later.min(by: { $0.at == $1.at ? $0.view.id < $1.view.id : $0.at < $1.at })?.view else { return }
        if next.entity.name == "part_use" {
            account.contested[piece]?.removeAll { $0.id == next.id }
            account.resumed.insert(next.id)
            account.standing[piece] = Standing(holder: passage(of: next)?.to, source: next.id)
            return follow(piece, since: next, &account)
        }
        account.contestedOffers[piece]?.removeAll { $0.id == next.id }
        let passed = account.offers[next.id] ?? next
        account.standing[piece] = Standing(holder: passage(of: passed).to, source: next.id)
        follow(piece, since: account.accepted[next.id] ?? passed, &account)
    }

    private func passage(of offer: RecordView) -> (from: UnitHolder?, to: UnitHolder?) {
        let giver = offer["from"].reference.map { UnitHolder.location($0) } ?? offer["by"].reference.map { UnitHolder.person($0) }
        return (giver, offer["to"].reference.map { UnitHolder.location($0) })
    }

    // MARK: What a record says of a piece, by the table of Protocol/07-sync.md

    private func passage(of use: RecordView) -> (piece: Piece, from: UnitHolder?, to: UnitHolder?)? {
        guard let part = use.reference("part"), let serial = use.text("serial"), use.text("quantity") == "1" else { return nil }
        let asset = use.reference("asset").map { UnitHolder.asset($0) }
        let place = use.reference("from").map { UnitHolder.location($0) }
        return switch use.text("action") {
        case "fitted": (Piece(part: part, serial: serial), place, asset)
        case "removed": (Piece(part: part, serial: serial), asset, use.reference("by").map { .person($0) })
        default: (Piece(part: part, serial: serial), place, nil)
        }
    }

    private func passage(of entry: RecordView, holder: UnitHolder?) -> (from: UnitHolder?, to: UnitHolder?) {
        var from = entry.reference("from").map { UnitHolder.location($0) }
        if from == nil, entry.text("reason") == "return", case .person = holder { from = holder }
        return (from, entry.reference("to").map { .location($0) })
    }

    // MARK: Records

    private func replay(_ op: Op, _ unit: Entity, _ account: inout Account) {
        for write in op.writes { if let field = unit[write.field] { account.written[op.key.id, default: [:]][field.name] = write.value } }
    }

    /// A piece's record, after each set of the server's that writes it, says what the facts up to then say.
    private func compare(_ id: RecordID, _ account: Account, _ position: Position) throws {
        let written = account.written[id, default: [:]]
        guard let part = written["part"]?.reference, let serial = written["serial"]?.text else { throw Violation("I5", "unit \(id) names no piece") }
        let holders = ["location": UnitHolder.location, "asset": UnitHolder.asset, "person": UnitHolder.person].compactMap { name, make in
            written[name]?.reference.map { make($0) }
        }
        let expected = account.standing[Piece(part: part, serial: serial)]?.holder
        guard holders == (expected.map { [$0] } ?? []) else {
            throw Violation("I5", "piece \(serial) is held by \(holders) at position \(position), the facts say \(expected, default: "nobody")")
        }
    }

    private func compare(_ account: Account) throws {
        var units: [StockShelf: Int64] = [:]
        let records = try stored.views(of: schema.entity("unit"))
        for unit in records {
            guard let part = unit.reference("part"), let serial = unit.text("serial") else { throw Violation("I5", "unit \(unit.id) names no piece") }
            let piece = Piece(part: part, serial: serial)
            let expected = account.standing[piece]?.holder
            guard UnitHolder(unit: unit) == expected else {
                throw Violation(
                    "I5", "piece \(serial) is held by \(UnitHolder(unit: unit), default: "nobody"), the facts say \(expected, default: "nobody")")
            }
            let places = places(of: piece, account).filter { $0.value != 0 }.map { UnitHolder.location($0.key) }
            let place: [UnitHolder] = if case .location(let id) = expected { [.location(id)] } else { [] }
            guard places == place else { throw Violation("I5", "piece \(serial) lies in \(places) by the movements, and in \(place) by its record") }
            if case .location(let id) = expected { units[StockShelf(location: id, part: part), default: 0] += 1 }
        }
        guard records.count == account.standing.count else {
            throw Violation("I5", "\(records.count) pieces are known, the facts name \(account.standing.count)")
        }
        for offer in try stored.views(of: schema.entity("hand_over")) where offer.boolean("contested") != isWaiting(offer, account) {
            throw Violation(
                "I5", "hand-over \(offer.id) of piece \(offer.text("serial") ?? "") is \(offer.boolean("contested") ? "" : "not ")contested")
        }
        let waiting = Set(account.contested.values.joined().map(\.id))
        for use in try stored.views(of: schema.entity("part_use"))
        where (use.boolean("contested") && !use.boolean("prevailed")) != waiting.contains(use.id) {
            throw Violation("I5", "use \(use.id) of piece \(use.text("serial") ?? "") is \(use.boolean("contested") ? "" : "not ")contested")
        }
        for balance in try stored.views(of: schema.entity("balance")) {
            guard let location = balance.reference("location"), let part = balance.reference("part") else { continue }
            let expected = units[StockShelf(location: location, part: part)] ?? 0
            guard balance.integer("units") ?? 0 == expected else {
                throw Violation("I5", "the balance at \(location) knows \(balance.integer("units") ?? 0) pieces, \(expected) lie there")
            }
        }
    }

    private func isWaiting(_ offer: RecordView, _ account: Account) -> Bool {
        account.contestedOffers.values.joined().contains { $0.id == offer.id }
    }
}

extension RecordView {
    /// With what `other` has in fields that are empty here.
    fileprivate func completed(by other: RecordView) -> RecordView {
        var record = self.record
        for entry in other.record.entries where record[entry.field] == nil { record.set(entry) }
        return RecordView(record, entity)
    }
}
