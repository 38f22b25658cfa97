import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension DeviceClient {
    /// The id of a reservation line: order, part and location, so that asking twice is one request.
    static func reservationID(_ entity: Entity, order: RecordID, part: RecordID, location: RecordID) -> RecordID {
        RecordID.derived(type: entity.type, key: [order.bytes, part.bytes, location.bytes])
    }

    /// Asks the server for a part of a depot. The answer comes with the next sync.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`; `already-reserved` when it was asked for before, with what became of it.
    public func reserve(_ part: RecordID, quantity: Quantity, at location: RecordID, for order: RecordID) throws -> Recorded {
        let free = try depotStock(part: part).first { $0.locationID == location }?.free
        return try act("reserve") { editor in
            _ = try editor.require("service_order", order)
            try editor.require("part", part).checkAmount(quantity)
            _ = try editor.require("stock_location", location)
            let id = Self.reservationID(try schema.entity("reservation"), order: order, part: part, location: location)
            if let standing = try editor.view("reservation", id) { throw DeviceProblem.alreadyReserved(standing) }
            try editor.create(
                "reservation", id: id,
                [
                    "order": .reference(order), "part": .reference(part), "location": .reference(location), "quantity": .text(quantity.description),
                    "requested_by": .reference(editor.user),
                ])
            guard let free, free < quantity else { return (id, ["The server answers with the next sync."]) }
            return (id, ["As last known only \(free) are free there; the server answers with the next sync."])
        }
    }

    /// Asks for the right to take parts of a depot while offline. The answer comes with the next sync.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`.
    public func requestLease(_ part: RecordID, amount: Quantity, at location: RecordID) throws -> Recorded {
        return try act("lease") { editor in
            try editor.require("part", part).checkAmount(amount)
            _ = try editor.require("stock_location", location)
            let id = try editor.create(
                "lease",
                [
                    "kind": .text("depot_stock"), "user": .reference(editor.user), "location": .reference(location), "part": .reference(part),
                    "amount": .text(amount.description),
                ])
            return (id, ["The server answers with the next sync; then spend it with `part use --lease`."])
        }
    }

    /// The user's stock leases.
    public func leases() throws -> [LeaseLine] {
        try screen { screen in
            try screen.reader.views("lease", where: "user", equals: .reference(screen.user)).filter { $0.text("kind") == "depot_stock" }
                .map { try LeaseLine($0, screen) }
        }
    }
}

/// The right to take parts of a depot.
public struct LeaseLine: Sendable {
    public let fact: Fact
    public let part: String
    public let location: String
    public let amount: Quantity
    public let granted: Quantity?
    public let used: Quantity
    /// `requested` until the server has answered.
    public let state: String
    public let softExpiry: DeviceTime?
    public let answer: String?

    init(_ view: RecordView, _ screen: ScreenReader) throws {
        fact = try screen.fact(view)
        part = try view.reference("part").map { try screen.partName($0) } ?? ""
        location = try view.reference("location").map { try screen.locationName($0) } ?? ""
        amount = view.quantity("amount") ?? .zero
        granted = view.quantity("granted")
        used = view.quantity("used") ?? .zero
        state = view.text("state") ?? "requested"
        softExpiry = view.time("soft_expiry")
        answer = view.text("answer")
    }
}
