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
        /// Uses that took a piece which no book had where they took it.
        var unbooked: Set<RecordID> = []
        var places: [Piece: [RecordID: Int64]] = [:]
    }

    /// - Returns: how many uses contradicted the book.
    func check() throws -> Int {
        let serialised = Set(try views("part").filter { $0.boolean("serialised") }.map(\.id))
        var account = Account()
        var seen: Set<RecordKey> = []
        var contradictions = 0
        for effect in effects {
            var touched: Set<Piece> = []
            for index in effect.ops {
                let op = effect.set.ops[index]
                guard op.kind == .create, let entity = schema[op.key.type], ["part_use", "stock_entry"].contains(entity.name),
                    seen.insert(op.key).inserted
                else { continue }
                let view = RecordView(try op.drafted(entity, by: ReplicaID(rawValue: 0)), entity)
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
            for piece in touched {
                let sums = account.places[piece, default: [:]].values
                guard sums.allSatisfy({ (0...1).contains($0) }), sums.reduce(0, +) <= 1 else {
                    throw Violation("I5", "piece \(piece.serial) lies in more than one place, or less than once, after position \(effect.position)")
                }
            }
        }
        try compare(account)
        return contradictions
    }

    private func count(_ entry: RecordView, _ piece: Piece, _ account: inout Account) {
        let amount = (entry.quantity("quantity")?.millionths ?? 0) / Quantity.one.millionths
        if let from = entry.reference("from") { account.places[piece, default: [:]][from, default: 0] -= amount }
        if let to = entry.reference("to") { account.places[piece, default: [:]][to, default: 0] += amount }
    }

    private func move(_ entry: RecordView, _ piece: Piece, _ account: inout Account) {
        let holder = account.standing[piece]?.holder
        guard let passage = UnitPassage(entry: entry, holder: holder) else { return }
        account.standing[piece] = Standing(holder: passage.to, source: entry.id)
        if passage.to == nil { yield(piece, &account) }
    }

    /// - Returns: whether it contradicts the book.
    private func use(_ use: RecordView, _ account: inout Account) -> Bool {
        account.uses[use.id] = use
        guard let passage = UnitPassage(use: use) else { return false }
        let piece = Piece(part: passage.part, serial: passage.serial)
        guard let standing = account.standing[piece] else {
            account.unbooked.insert(use.id)
            account.standing[piece] = Standing(holder: passage.to, source: use.id)
            return false
        }
        guard standing.holder == passage.from else {
            account.contested[piece, default: []].append(use)
            return true
        }
        account.standing[piece] = Standing(holder: passage.to, source: use.id)
        return false
    }

    private func takeBack(_ former: RecordView, by use: RecordView, _ account: inout Account) {
        guard let passage = UnitPassage(use: former) else { return }
        let piece = Piece(part: passage.part, serial: passage.serial)
        account.contested[piece]?.removeAll { $0.id == former.id }
        guard account.standing[piece]?.source == former.id else { return }
        var holder = passage.from
        if case .location = holder, account.unbooked.contains(former.id) { holder = nil }
        account.standing[piece] = Standing(holder: holder, source: use.id)
        if holder == nil { yield(piece, &account) }
    }

    /// Nobody has it: the newest use that had contradicted the book holds.
    private func yield(_ piece: Piece, _ account: inout Account) {
        let waiting = account.contested[piece, default: []].compactMap { use in
            stored[use.key]?.record.entries.first.map { (use: use, version: $0.version) }
        }
        guard let newest = waiting.max(by: { $0.version < $1.version })?.use, let passage = UnitPassage(use: newest) else { return }
        account.standing[piece] = Standing(holder: passage.to, source: newest.id)
        account.contested[piece]?.removeAll { $0.id == newest.id }
        // What was contested was booked in and out where it was taken: no book had it there.
        account.unbooked.insert(newest.id)
    }

    private func compare(_ account: Account) throws {
        var units: [Shelf: Int64] = [:]
        let records = try views("unit")
        for unit in records {
            guard let part = unit.reference("part"), let serial = unit.text("serial") else { throw Violation("I5", "unit \(unit.id) names no piece") }
            let piece = Piece(part: part, serial: serial)
            let expected = account.standing[piece]?.holder
            guard UnitHolder(unit: unit) == expected else {
                throw Violation(
                    "I5", "piece \(serial) is held by \(UnitHolder(unit: unit), default: "nobody"), the facts say \(expected, default: "nobody")")
            }
            let places = account.places[piece, default: [:]].filter { $0.value != 0 }.map { UnitHolder.location($0.key) }
            let place: [UnitHolder] = if case .location(let id) = expected { [.location(id)] } else { [] }
            guard places == place else { throw Violation("I5", "piece \(serial) lies in \(places) by the movements, and in \(place) by its record") }
            if case .location(let id) = expected { units[Shelf(location: id, part: part), default: 0] += 1 }
        }
        guard records.count == account.standing.count else {
            throw Violation("I5", "\(records.count) pieces are known, the facts name \(account.standing.count)")
        }
        for balance in try views("balance") {
            guard let location = balance.reference("location"), let part = balance.reference("part") else { continue }
            let expected = units[Shelf(location: location, part: part)] ?? 0
            guard balance.integer("units") ?? 0 == expected else {
                throw Violation("I5", "the balance at \(location) knows \(balance.integer("units") ?? 0) pieces, \(expected) lie there")
            }
        }
    }

    private func views(_ name: String) throws -> [RecordView] {
        let entity = try schema.entity(name)
        return stored.values.filter { $0.record.key.type == entity.type && !$0.isDeleted }.map { RecordView($0.record, entity) }
    }
}
