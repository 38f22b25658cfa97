import TruckrollCore
import TruckrollDomain

/// Reads how much of which lot lies where, and until when it may be used.
public struct LotBook {
    private let schema: Schema
    private let access: any RecordReading

    public init(schema: Schema, access: any RecordReading) {
        self.schema = schema
        self.access = access
    }

    /// The id of a lot of a part, whoever hears of it first.
    public static func lotID(_ entity: Entity, part: RecordID, number: String) -> RecordID {
        RecordID.derived(type: entity.type, key: [part.bytes, Array(number.utf8)])
    }

    /// The id of the balance of a lot at a location.
    public static func balanceID(_ entity: Entity, location: RecordID, part: RecordID, lot: String) -> RecordID {
        RecordID.derived(type: entity.type, key: [location.bytes, part.bytes, Array(lot.utf8)])
    }

    /// Whether the part is kept by lot.
    public func isTracked(_ part: RecordID) throws -> Bool {
        try access.view(try schema.entity("part"), part)?.boolean("lot_tracked") ?? false
    }

    /// How much of a lot is known to lie there.
    public func onHand(_ lot: String, of part: RecordID, at location: RecordID) throws -> Quantity {
        let entity = try schema.entity("lot_balance")
        return try access.view(entity, Self.balanceID(entity, location: location, part: part, lot: lot))?.quantity("on_hand") ?? .zero
    }

    /// The most of a lot that can lie there: what is known of it, or what lies there beyond all other lots, as that may be of this one.
    public func most(of lot: String, of part: RecordID, at location: RecordID) throws -> Quantity {
        let lots = try lots(of: part, at: location)
        let known = lots.first { $0.number == lot }?.quantity ?? .zero
        let others = lots.filter { $0.number != lot }.reduce(Quantity.zero) { $0.adding($1.quantity) ?? .greatest }
        return max(known, try StockBook(schema: schema, access: access).balance(of: part, at: location).onHand.remainder(after: others))
    }

    /// Until when a lot may be used.
    public func shelfLife(of lot: String, of part: RecordID) throws -> ShelfLife {
        let entity = try schema.entity("lot")
        guard let view = try access.view(entity, Self.lotID(entity, part: part, number: lot)), view.reference("part") == part,
            view.text("number") == lot
        else { return .unknown }
        return try ShelfLife(lot: view, part: access.view(try schema.entity("part"), part))
    }

    /// The lots of a part that lie there, the one to be used first first: what expires sooner, then by number.
    public func lots(of part: RecordID, at location: RecordID) throws -> [StockLot] {
        let balance = StockBook.balanceID(try schema.entity("balance"), location: location, part: part)
        return try access.views(try schema.entity("lot_balance"), where: "open_for", equals: .reference(balance)).compactMap { view in
            guard let lot = view.text("lot"), let quantity = view.quantity("on_hand"), quantity > .zero else {
                return nil
            }
            return StockLot(number: lot, quantity: quantity, life: try shelfLife(of: lot, of: part))
        }.sorted()
    }
}

/// Some of a lot at a place.
public struct StockLot: Hashable, Comparable, Sendable {
    public let number: String
    public let quantity: Quantity
    public let life: ShelfLife

    public init(number: String, quantity: Quantity, life: ShelfLife) { (self.number, self.quantity, self.life) = (number, quantity, life) }

    public static func < (a: StockLot, b: StockLot) -> Bool { (a.life.order, a.number) < (b.life.order, b.number) }
}
