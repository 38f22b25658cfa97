import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A part at a place, as the office sees it.
public struct DispatchShelf: Sendable {
    public let location: RecordView
    public let part: RecordView
    public let availability: StockAvailability
    /// The serial numbers of the pieces that lie there by the book, ascending.
    public let serials: [String]
    /// The lots that lie there by the book, the one to be used first first.
    public let lots: [StockLot]
    /// What the place should hold; `nil` where nobody has said.
    public let policy: RecordView?
}

/// Some of a lot at a place.
public struct DispatchLot: Sendable {
    public let part: RecordView
    public let location: RecordView
    public let lot: StockLot
}

/// Stock as the office sees it.
public struct DispatchStock {
    private let reader: LocalReader

    public init(_ reader: LocalReader) { self.reader = reader }

    /// What lies somewhere by the book, by part number and place.
    ///
    /// - Parameters:
    ///   - part: of this part alone, at every place.
    ///   - location: at this place alone; left out together with the part, at the depots.
    ///   - today: the company's day.
    public func shelves(part: RecordID?, location: RecordID?, today: CalendarDate) throws -> [DispatchShelf] {
        let balances: [RecordView]
        if let location {
            balances = try reader.views("balance", where: "location", equals: .reference(location)).filter {
                part == nil || $0.reference("part") == part
            }
        } else if let part {
            balances = try reader.views("balance", where: "part", equals: .reference(part))
        } else {
            balances = try depots().flatMap { try reader.views("balance", where: "location", equals: .reference($0.id)) }
        }
        return try balances.compactMap { try shelf($0, today) }.sorted {
            ($0.part.text("number") ?? "", $0.location.text("name") ?? "") < ($1.part.text("number") ?? "", $1.location.text("name") ?? "")
        }
    }

    /// By name.
    public func depots() throws -> [RecordView] {
        try reader.views("stock_location", where: "kind", equals: .text("depot")).sorted { ($0.text("name") ?? "") < ($1.text("name") ?? "") }
    }

    /// Where stock can be promised, by name: what lies in a van is its driver's.
    public func promisable() throws -> [RecordView] {
        try ["depot", "consignment"].flatMap { try reader.views("stock_location", where: "kind", equals: .text($0)) }
            .sorted { ($0.text("name") ?? "") < ($1.text("name") ?? "") }
    }

    private func shelf(_ balance: RecordView, _ today: CalendarDate) throws -> DispatchShelf? {
        guard let location = try balance.reference("location").flatMap({ try reader.view("stock_location", $0) }),
            let part = try balance.reference("part").flatMap({ try reader.view("part", $0) })
        else { return nil }
        let entity = try reader.schema.entity("stock_policy")
        let units = part.boolean("serialised") ? try reader.views("unit", where: "location", equals: .reference(location.id)) : []
        return DispatchShelf(
            location: location, part: part, availability: try reader.availability(of: part.id, at: location.id, today: today),
            serials: units.filter { $0.reference("part") == part.id }.compactMap { $0.text("serial") }.sorted(),
            lots: part.boolean("lot_tracked") ? try reader.lots(of: part.id, at: location.id) : [],
            policy: try reader.view("stock_policy", StockBook.policyID(entity, location: location.id, part: part.id)))
    }

    /// Lots with what is known of them and where they lie, those that are used up soonest first.
    ///
    /// - Parameter part: of this part alone.
    public func lots(part: RecordID?) throws -> [DispatchLot] {
        let balances = try part.map { try reader.views("lot_balance", where: "part", equals: .reference($0)) } ?? reader.views("lot_balance")
        return try balances.compactMap { balance in
            guard let part = balance.reference("part"), let lot = balance.text("lot"), let quantity = balance.quantity("on_hand"), quantity > .zero,
                let partView = try reader.view("part", part),
                let location = try balance.reference("location").flatMap({ try reader.view("stock_location", $0) })
            else { return nil }
            return DispatchLot(
                part: partView, location: location, lot: StockLot(number: lot, quantity: quantity, life: try reader.shelfLife(of: lot, of: part)))
        }.sorted { ($0.lot, $0.part.id, $0.location.id) < ($1.lot, $1.part.id, $1.location.id) }
    }

    /// Requests that wait for stock, by the day on which they should have it and when it is needed.
    public func waiting(part: RecordID? = nil) throws -> [RecordView] {
        try reader.views("reservation", where: "state", equals: .text("backordered")).filter { part == nil || $0.reference("part") == part }
            .sorted { key($0) < key($1) }
    }

    private func key(_ view: RecordView) -> (String, Int64, RecordID) {
        (view.text("expected_on") ?? "9", view.time("needed_by")?.milliseconds ?? .max, view.id)
    }

    /// Deliveries of which something is still to come, by day.
    public func announced(part: RecordID? = nil) throws -> [RecordView] {
        try reader.views("scheduled_receipt").filter { ExpectedReceipt(receipt: $0) != nil && (part == nil || $0.reference("part") == part) }
            .sorted { ($0.text("expected_on") ?? "", $0.id) < ($1.text("expected_on") ?? "", $1.id) }
    }

    /// Requests for more that nobody has acted on, and those that are ordered.
    public func replenishments() throws -> [RecordView] {
        try ["open", "ordered"].flatMap { try reader.views("replenishment", where: "state", equals: .text($0)) }
            .sorted { ($0.text("raised_at") ?? "", $0.id) < ($1.text("raised_at") ?? "", $1.id) }
    }

    /// The order's number, the part's number and the place's name of a record about stock; empty where this device does not know one.
    public func names(of view: RecordView) throws -> (order: String, part: String, place: String) {
        func name(_ reference: String, _ entity: String, _ field: String) throws -> String {
            try view.reference(reference).flatMap { try reader.view(entity, $0)?.text(field) } ?? ""
        }
        return (
            view.entity["order"] == nil ? "" : try name("order", "service_order", "number"), try name("part", "part", "number"),
            try name("location", "stock_location", "name")
        )
    }
}
