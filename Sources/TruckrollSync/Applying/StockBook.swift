import TruckrollCore
import TruckrollDomain

/// A part at a place: what a balance is of.
public struct StockShelf: Hashable, Comparable, Sendable {
    public let location: RecordID
    public let part: RecordID

    public init(location: RecordID, part: RecordID) { (self.location, self.part) = (location, part) }

    /// What a record with the fields `location` and `part` is about; `nil` where it lacks one of them.
    public init?(_ view: RecordView) {
        guard let location = view.reference("location"), let part = view.reference("part") else { return nil }
        self.init(location: location, part: part)
    }

    public static func < (a: StockShelf, b: StockShelf) -> Bool { (a.location, a.part) < (b.location, b.part) }
}

/// What lies at a location, and how much of it is promised.
public struct StockBalance: Hashable, Sendable {
    public var onHand: Quantity
    /// Granted to reservations and not yet taken.
    public var reserved: Quantity
    /// Granted to leases and not yet spent.
    public var leased: Quantity
    /// How many of what lies there are known by their serial numbers.
    public var units: Int64 = 0
    /// Asked for by reservations and not there to be granted yet.
    public var backordered: Quantity = .zero

    /// What lies there of which no serial number is known; below zero when pieces were used without theirs.
    public var nameless: Quantity { Quantity(millionths: onHand.millionths - units * Quantity.one.millionths) }

    /// What lies there and nobody has been promised; below zero when more was promised than is there.
    public var unpromised: Quantity { Quantity(millionths: onHand.millionths - reserved.millionths - leased.millionths) }

    /// What nobody has been promised; never below zero.
    public var free: Quantity { max(.zero, unpromised) }
}

/// Reads balances. They are records the server derives from the stock entries, one per location and part.
public struct StockBook {
    private let schema: Schema
    private let access: any RecordReading

    public init(schema: Schema, access: any RecordReading) {
        self.schema = schema
        self.access = access
    }

    /// The id of the balance of a part at a location.
    public static func balanceID(_ entity: Entity, location: RecordID, part: RecordID) -> RecordID {
        RecordID.derived(type: entity.type, key: [location.bytes, part.bytes])
    }

    /// Zero where nothing was ever booked.
    public func balance(of part: RecordID, at location: RecordID) throws -> StockBalance {
        let entity = try schema.entity("balance")
        let view = try access.view(entity, Self.balanceID(entity, location: location, part: part))
        return StockBalance(
            onHand: view?.quantity("on_hand") ?? .zero, reserved: view?.quantity("reserved") ?? .zero,
            leased: view?.quantity("leased") ?? .zero, units: view?.integer("units") ?? 0, backordered: view?.quantity("backordered") ?? .zero)
    }

    /// What can be promised of a part at a place.
    ///
    /// - Parameter today: the company's day, after whose end lots may not be used any more.
    public func availability(of part: RecordID, at location: RecordID, today: CalendarDate) throws -> StockAvailability {
        let balance = try balance(of: part, at: location)
        let receipts = try schema.entity("scheduled_receipt")
        let expected = try access.views(receipts, where: "open_for", equals: .reference(try balanceID(part, location))).compactMap {
            ExpectedReceipt(receipt: $0)
        }
        let lots = LotBook(schema: schema, access: access)
        let perishing = try lots.isTracked(part) ? lots.lots(of: part, at: location) : []
        return StockAvailability(
            onHand: balance.onHand, reserved: balance.reserved, leased: balance.leased, backordered: balance.backordered,
            safetyStock: try safetyStock(of: part, at: location), expected: expected,
            lots: perishing.map { PerishingStock(life: $0.life, quantity: $0.quantity) }, today: today)
    }

    /// What ordinary demand leaves there: as the place's policy says, or the part's own figure at every depot. What lies in a van or at a
    /// customer's is there to be used up.
    public func safetyStock(of part: RecordID, at location: RecordID) throws -> Quantity {
        if let own = try policy(for: part, at: location)?.quantity("safety_stock") { return max(.zero, own) }
        guard try access.view(try schema.entity("stock_location"), location)?.text("kind") == "depot" else { return .zero }
        return max(.zero, try access.view(try schema.entity("part"), part)?.quantity("safety_stock") ?? .zero)
    }

    /// How much of the part should lie there; `nil` where nobody has said, or in a record that is of another stock than its id.
    public func policy(for part: RecordID, at location: RecordID) throws -> RecordView? {
        let entity = try schema.entity("stock_policy")
        let view = try access.view(entity, Self.policyID(entity, location: location, part: part))
        return view.flatMap { $0.reference("part") == part && $0.reference("location") == location ? $0 : nil }
    }

    /// The id of the policy for a part at a place.
    public static func policyID(_ entity: Entity, location: RecordID, part: RecordID) -> RecordID {
        RecordID.derived(type: entity.type, key: [location.bytes, part.bytes])
    }

    func balanceID(_ part: RecordID, _ location: RecordID) throws -> RecordID {
        Self.balanceID(try schema.entity("balance"), location: location, part: part)
    }
}

extension ExpectedReceipt {
    /// What is still to come of an announced delivery; `nil` when nothing is.
    public init?(receipt: RecordView) {
        guard !receipt.boolean("cancelled"), let day = receipt.text("expected_on").flatMap({ CalendarDate($0) }),
            let quantity = receipt.quantity("quantity"), case let received = receipt.quantity("received") ?? .zero, received < quantity,
            let left = quantity.subtracting(received)
        else { return nil }
        self.init(day: day, quantity: left)
    }
}
