import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Nothing scarce is promised twice: balances are the sums of their movements and never negative, at any position, and what
/// is promised is what reservations and leases hold (I3, I4, C11).
struct StockCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]
    let effects: [OracleWrites.Effect]

    func check() throws {
        let onHand = try movements()
        var promised: [StockShelf: Int64] = [:]
        var waiting: [StockShelf: Int64] = [:]
        // What is picked for an order is promised to it as well: the hand-over holds it.
        for view in try stored.views(of: schema.entity("hand_over")) { promise(view, view.quantity("held")?.millionths ?? 0, "from", &promised) }
        for view in try stored.views(of: schema.entity("reservation")) where ["granted", "backordered"].contains(view.text("state")) {
            promise(view, view.quantity("granted")?.millionths ?? 0, "location", &promised)
            let outstanding = view.quantity("backordered")?.millionths ?? 0
            guard (view.text("state") == "backordered") == (outstanding > 0) else {
                throw Violation("backorders", "reservation \(view.id) is \(view.text("state") ?? "") and waits for \(outstanding)")
            }
            promise(view, outstanding, "location", &waiting)
        }
        var leased: [StockShelf: Int64] = [:]
        for view in try stored.views(of: schema.entity("lease")) where view.text("kind") == "depot_stock" && view.text("state") == "granted" {
            promise(view, max(0, (view.quantity("granted")?.millionths ?? 0) - (view.quantity("used")?.millionths ?? 0)), "location", &leased)
        }
        let asked =
            try stored.views(of: schema.entity("reservation"))
            + stored.views(of: schema.entity("lease")).filter { $0.text("kind") == "depot_stock" }
        if let open = asked.first(where: { $0.text("state") == nil }) {
            throw Violation("9.18", "\(open.entity.name) \(open.id) was never answered")
        }
        let short = Set(
            try stored.views(of: schema.entity("exception")).filter { ["stock_discrepancy", "custody_conflict"].contains($0.text("kind")) }.map(
                \.id))
        for view in try stored.views(of: schema.entity("balance")) {
            guard let location = view.reference("location"), let part = view.reference("part") else { continue }
            let shelf = StockShelf(location: location, part: part)
            let found = (
                view.quantity("on_hand")?.millionths ?? 0, view.quantity("reserved")?.millionths ?? 0, view.quantity("leased")?.millionths ?? 0
            )
            let expected = (onHand[shelf] ?? 0, promised[shelf] ?? 0, leased[shelf] ?? 0)
            guard found == expected else { throw Violation("I4", "the balance at \(location) is \(found), movements and promises give \(expected)") }
            let backordered = view.quantity("backordered")?.millionths ?? 0
            guard backordered == waiting[shelf] ?? 0 else {
                throw Violation("backorders", "\(backordered) are waited for at \(location), the reservations say \(waiting[shelf] ?? 0)")
            }
            try checkServed(shelf, free: found.0 - found.1 - found.2, backordered)
            guard found.1 + found.2 <= found.0 || !short.isEmpty else {
                throw Violation("I4", "more is promised at \(location) than lies there, and nobody was told")
            }
        }
    }

    /// Nobody waits who could be served: another turn of all who wait would grant nothing.
    private func checkServed(_ shelf: StockShelf, free: Int64, _ backordered: Int64) throws {
        guard backordered > 0 else { return }
        let entity = try schema.entity("part")
        let part = stored[RecordKey(type: entity.type, id: shelf.part)].map { RecordView($0.record, entity) }
        let lines = try stored.views(of: schema.entity("reservation")).filter {
            $0.text("state") == "backordered" && $0.reference("location") == shelf.location && $0.reference("part") == shelf.part
        }.map { view in
            BackorderLine(
                reservation: view.id, outstanding: view.quantity("backordered") ?? .zero, priority: try urgency(of: view),
                neededBy: view.time("needed_by")?.milliseconds, asked: 0, takesPart: view.boolean("partial"), isEmergency: view.boolean("emergency"),
                pieces: try fitting(view, shelf))
        }
        let grants = BackorderQueue(lines).grants(of: Quantity(millionths: free), keeping: part?.quantity("safety_stock") ?? .zero)
        guard let grant = grants.first else { return }
        throw Violation("backorders", "\(grant.quantity) could be granted to \(grant.line.reservation) at \(shelf.location), and is not")
    }

    /// The pieces there that a request which asks for certain ones could be given; `nil` where any will do.
    private func fitting(_ view: RecordView, _ shelf: StockShelf) throws -> [RecordID]? {
        guard let criteria = UnitCriteria(reservation: view) else { return nil }
        let certificates = try stored.views(of: schema.entity("type_certificate")).filter { $0.reference("part") == shelf.part }
        let own = certificates.compactMap { TypeCertificate($0) }
        let today = CalendarDate(daysSince1970: 20_780)
        return try stored.views(of: schema.entity("unit")).filter { unit in
            unit.reference("location") == shelf.location && unit.reference("part") == shelf.part && unit["reserved_for"] == .null
                && criteria.report(on: unit.text("serial") ?? "", own, neededOn: today).verdict != .error
        }.map(\.id)
    }

    /// The most urgent of what people say of its order; 0 is the most urgent.
    private func urgency(of view: RecordView) throws -> Int {
        let entity = try schema.entity("service_order")
        guard let order = view.reference("order"), let record = stored[RecordKey(type: entity.type, id: order)]?.record,
            let field = entity["priority"], case .enumeration(let classes) = field.type,
            case .siblings(let set) = RecordView(record, entity).state(field)
        else { return .max }
        return set.siblings.compactMap { $0.value.text.flatMap { classes.firstIndex(of: $0) } }.min() ?? .max
    }

    private func promise(_ view: RecordView, _ amount: Int64, _ field: String, _ sums: inout [StockShelf: Int64]) {
        guard let location = view.reference(field), let part = view.reference("part") else { return }
        sums[StockShelf(location: location, part: part), default: 0] += amount
    }

    /// What lies where after every movement of the log, in order; never below zero in between.
    private func movements() throws -> [StockShelf: Int64] {
        let entity = try schema.entity("stock_entry")
        var sums: [StockShelf: Int64] = [:]
        var seen: Set<RecordKey> = []
        for effect in effects {
            for index in effect.ops where effect.set.ops[index].key.type == entity.type {
                let op = effect.set.ops[index]
                guard op.kind == .create, seen.insert(op.key).inserted else { continue }
                var values: [String: Value] = [:]
                for write in op.writes { if let field = entity[write.field] { values[field.name] = write.value } }
                guard let part = values["part"]?.reference, let quantity = values["quantity"]?.text.flatMap({ Quantity($0) }) else { continue }
                if let from = values["from"]?.reference { sums[StockShelf(location: from, part: part), default: 0] -= quantity.millionths }
                if let to = values["to"]?.reference { sums[StockShelf(location: to, part: part), default: 0] += quantity.millionths }
            }
            if let negative = sums.first(where: { $0.value < 0 }) {
                throw Violation("I3", "less than nothing lies at \(negative.key.location) after position \(effect.position)")
            }
        }
        return sums
    }
}
