import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Says whether the movements of a set fit the book, each after the ops before it: nothing is taken that is not free where it
/// starts, and no piece is moved from where it is not (I3, I5).
struct StockTrial {
    let schema: Schema
    let writer: PositionWriter
    let replica: ReplicaID
    private var taken: [StockShelf: Quantity] = [:]
    private var brought: [StockShelf: Quantity] = [:]
    private var holders: [RecordID: UnitHolder?] = [:]
    /// Uses of the set.
    private var uses: [RecordID: RecordView] = [:]
    /// Pieces of uses that the set corrects, and of its counts and accepted hand-overs.
    private var unclear: Set<RecordID> = []
    /// What movements of the set take of each lot.
    private var takenLots: [RecordID: Quantity] = [:]
    /// How many pieces got their name by being moved from where nameless ones lay.
    private var named: [StockShelf: Int64] = [:]

    init(schema: Schema, writer: PositionWriter, replica: ReplicaID) {
        self.schema = schema
        self.writer = writer
        self.replica = replica
    }

    /// What the set itself takes or asks to be promised has its turn before a movement that stands behind it.
    mutating func noteWanted(_ op: Op, _ entity: Entity) throws {
        let names: (place: String, amount: String)
        switch entity.name {
        case "part_use", "hand_over": names = ("from", "quantity")
        case "reservation": names = ("location", "quantity")
        case "lease": names = ("location", "amount")
        case "stock_count": return try noteCount(RecordView(try op.drafted(entity, by: replica), entity))
        case "hand_over_answer": return try noteAnswer(RecordView(try op.drafted(entity, by: replica), entity))
        default: return
        }
        let view = RecordView(try op.drafted(entity, by: replica), entity)
        guard let part = view.reference("part") else { return }
        if let place = view.reference(names.place), let amount = view.quantity(names.amount) {
            let shelf = StockShelf(location: place, part: part)
            taken[shelf] = (taken[shelf] ?? .zero).adding(amount) ?? amount
        }
        if entity.name == "part_use" { try noteUse(view, part) }
    }

    /// What a count books off is not there for a movement behind it.
    private mutating func noteCount(_ count: RecordView) throws {
        guard let shelf = StockShelf(count) else { return }
        let pieces = ["missing", "found"].map { (count[$0].list ?? []).compactMap(\.text) }
        for serial in pieces.joined() { unclear.insert(try unitID(shelf.part, serial)) }
        let short = (count.quantity("expected") ?? .zero).subtracting(count.quantity("counted") ?? .zero) ?? .zero
        let gone = Quantity(millionths: max(0, short.millionths) + Int64(pieces[0].count) * Quantity.one.millionths)
        taken[shelf] = (taken[shelf] ?? .zero).adding(gone) ?? gone
    }

    /// Nor is what an answer lets go.
    private mutating func noteAnswer(_ answer: RecordView) throws {
        guard answer.text("action") == HandOverAction.accept.rawValue,
            let offer = try answer.reference("hand_over").flatMap({ try writer.view(try schema.entity("hand_over"), $0) }),
            let part = offer.reference("part"), let quantity = offer.quantity("quantity")
        else { return }
        if let serial = UnitPassage.serial(offer) { unclear.insert(try unitID(part, serial)) }
        guard let from = offer.reference("from") else { return }
        let shelf = StockShelf(location: from, part: part)
        taken[shelf] = (taken[shelf] ?? .zero).adding(quantity) ?? quantity
    }

    /// A use that the book contradicts moves no piece. What a correction does to a piece is seen in no trial: it waits for the next set.
    private mutating func noteUse(_ use: RecordView, _ part: RecordID) throws {
        let entity = try schema.entity("part_use")
        if let id = use.reference("corrects"), let former = try uses[id] ?? writer.view(entity, id), let passage = UnitPassage(use: former) {
            unclear.insert(try unitID(passage.part, passage.serial))
        }
        uses[use.id] = use
        guard use.quantity("quantity") == .one, let passage = UnitPassage(use: use) else { return }
        let id = try unitID(part, passage.serial)
        let unit = try UnitBook(schema: schema, access: writer).unit(of: part, serial: passage.serial)
        let isUnseen = unit == nil && holders[id] == nil
        if isUnseen || passage.follows(holders[id] ?? unit.flatMap { UnitHolder(unit: $0) }) { holders[id] = .some(passage.to) }
    }

    /// What keeps a movement from taking effect; `nil` when nothing does.
    mutating func problem(with op: Op, _ entity: Entity, _ index: Int) throws -> Remark? {
        let entry = RecordView(try op.drafted(entity, by: replica), entity)
        guard let part = entry.reference("part"), let quantity = entry.quantity("quantity") else { return nil }
        let book = StockBook(schema: schema, access: writer)
        if let to = entry.reference("to") {
            let shelf = StockShelf(location: to, part: part)
            let sum = (brought[shelf] ?? .zero).adding(quantity)
            guard let sum, try book.balance(of: part, at: to).onHand.adding(sum) != nil else {
                return Remark(
                    code: "stock-too-large", op: index, text: "The place would hold more than a quantity can say.",
                    remedies: ["move less", "count the stock"])
            }
            brought[shelf] = sum
        }
        if let from = entry.reference("from") {
            let shelf = StockShelf(location: from, part: part)
            let balance = try book.balance(of: part, at: from)
            // What was counted and is not there is gone, whatever was promised of it.
            let most = entry.text("reason") == "count" ? balance.onHand : balance.free
            guard let wanted = (taken[shelf] ?? .zero).adding(quantity), wanted <= most else {
                return Remark(
                    code: "stock-insufficient", op: index, text: "Only \(most) are free there, \(quantity) more were to be moved.",
                    serverValue: .text(most.description), remedies: ["move less", "count the stock"])
            }
            taken[shelf] = wanted
        }
        return try lotProblem(entry, part, quantity, index) ?? unitProblem(entry, part, quantity, index)
    }

    /// What is kept by lot is moved by lot, from where some of the lot may lie, and not on to be used when it may not be used any more.
    private mutating func lotProblem(_ entry: RecordView, _ part: RecordID, _ quantity: Quantity, _ index: Int) throws -> Remark? {
        let lots = LotBook(schema: schema, access: writer)
        guard try lots.isTracked(part) else { return nil }
        guard let lot = entry.lot else {
            // A count that was wrong is set right without naming a lot.
            if entry.text("reason") == "count" { return nil }
            return Remark(code: "lot-missing", op: index, text: "This part is kept by lot.", remedies: ["give the lot from its label"])
        }
        let today = writer.clock.calendar.local(writer.clock.milliseconds).date
        let life = try lots.shelfLife(of: lot, of: part)
        if let to = entry.reference("to"), !life.isUsable(on: today),
            try writer.view(try schema.entity("stock_location"), to)?.text("kind") != "quarantine"
        {
            return Remark(
                code: "lot-unfit", op: index, text: "Lot \(lot) may not be used any more.", remedies: ["move it into quarantine", "write it off"])
        }
        guard let from = entry.reference("from") else { return nil }
        let most = try lots.most(of: lot, of: part, at: from)
        let id = LotBook.balanceID(try schema.entity("lot_balance"), location: from, part: part, lot: lot)
        guard let wanted = (takenLots[id] ?? .zero).adding(quantity), wanted <= most else {
            return Remark(
                code: "lot-elsewhere", op: index, text: "Only \(most) of lot \(lot) can lie there, \(quantity) more were to be moved.",
                serverValue: .text(most.description), remedies: ["compare the lot with the label", "count the stock there"])
        }
        takenLots[id] = wanted
        return nil
    }

    /// Pieces with serial numbers are moved one by one, from who has them.
    private mutating func unitProblem(_ entry: RecordView, _ part: RecordID, _ quantity: Quantity, _ index: Int) throws -> Remark? {
        let units = UnitBook(schema: schema, access: writer)
        guard try units.isSerialised(part) else { return nil }
        // A count that was wrong is set right without naming pieces.
        if entry.text("reason") == "count", UnitPassage.serial(entry) == nil { return nil }
        guard let serial = UnitPassage.serial(entry), quantity == .one else {
            return Remark(
                code: "serial-missing", op: index, text: "Each piece of this part has a serial number.",
                remedies: ["move each piece by itself, with its serial number"])
        }
        let id = try unitID(part, serial)
        let unit = try units.unit(of: part, serial: serial)
        guard unit != nil || holders[id] != nil else {
            if let from = entry.reference("from"), try !takeNameless(StockShelf(location: from, part: part)) {
                return Remark(
                    code: "serial-elsewhere", op: index, text: "The book knows no piece \(serial) there.",
                    remedies: ["compare the number with the plate", "count the stock there"])
            }
            holders[id] = .some(UnitPassage(entry: entry, holder: nil)?.to)
            return nil
        }
        let holder = holders[id] ?? unit.flatMap { UnitHolder(unit: $0) }
        guard let passage = UnitPassage(entry: entry, holder: holder), passage.follows(holder), !unclear.contains(id) else {
            let place = try units.words(for: holder)
            return Remark(
                code: "serial-elsewhere", op: index, text: "The piece \(serial) is \(place) by the book.", serverValue: .text(place),
                remedies: ["move it from where it is", "compare the number with the plate", "count the stock there"])
        }
        // What is written off or put aside is gone, whatever it was named for.
        let isPutAside = try entry.reference("to").flatMap { try writer.view(try schema.entity("stock_location"), $0)?.text("kind") } == "quarantine"
        if entry.reference("to") != nil, entry.reference("from") != nil, !isPutAside, unit?.reference("reserved_for") != nil {
            return Remark(
                code: "serial-reserved", op: index, text: "The piece \(serial) is named for an order.",
                remedies: ["move another one", "release what the order was granted"])
        }
        holders[id] = .some(passage.to)
        return nil
    }

    /// Whether one of what lies there is not known by its number yet.
    private mutating func takeNameless(_ shelf: StockShelf) throws -> Bool {
        let nameless = try StockBook(schema: schema, access: writer).balance(of: shelf.part, at: shelf.location).nameless
        let others = named[shelf] ?? 0
        guard nameless.millionths >= (others + 1) * Quantity.one.millionths else { return false }
        named[shelf] = others + 1
        return true
    }

    private func unitID(_ part: RecordID, _ serial: String) throws -> RecordID {
        UnitBook.unitID(try schema.entity("unit"), part: part, serial: serial)
    }
}
