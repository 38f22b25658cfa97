import TruckrollCore
import TruckrollDomain

/// What lies at a location, and how much of it is promised.
public struct StockBalance: Hashable, Sendable {
    public var onHand: Quantity
    /// Granted to reservations and not yet taken.
    public var reserved: Quantity
    /// Granted to leases and not yet spent.
    public var leased: Quantity
    /// How many of what lies there are known by their serial numbers.
    public var units: Int64 = 0

    /// What lies there of which no serial number is known; below zero when pieces were used without theirs.
    public var nameless: Quantity { Quantity(millionths: onHand.millionths - units * Quantity.one.millionths) }

    /// What nobody has been promised; never below zero.
    public var free: Quantity {
        let left = onHand.millionths - reserved.millionths - leased.millionths
        return Quantity(millionths: max(0, left))
    }
}

/// Reads balances. They are records the server derives from the stock entries, one per location and part.
public struct StockBook {
    private let schema: Schema
    private let access: any RecordAccess

    public init(schema: Schema, access: any RecordAccess) {
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
            leased: view?.quantity("leased") ?? .zero, units: view?.integer("units") ?? 0)
    }
}
