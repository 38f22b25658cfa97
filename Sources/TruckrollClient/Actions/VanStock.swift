import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A part in a stock: what the server last confirmed, and what this device takes from it.
public struct StockLine: Sendable {
    public let part: RecordID
    public let number: String
    public let name: String
    public let unit: String
    public let location: String
    public let locationID: RecordID
    /// What can be promised there, as the server last said.
    public let availability: StockAvailability
    /// Uses of this device that the server has not answered.
    public let waiting: Quantity

    /// On hand, as the server last said.
    public var confirmed: Quantity { availability.onHand }
    /// What should lie there now; below zero when more was used than the book had.
    public var predicted: Quantity { confirmed.subtracting(waiting) ?? confirmed }
    /// What can be promised, less what this device takes.
    public var free: Quantity { max(.zero, availability.available.subtracting(waiting) ?? .zero) }
    /// The serial numbers of the pieces that should lie there now, by the book less what this device took, ascending.
    public let serials: [String]
    /// Where the balance stands: `stored` when nothing of this device is on its way.
    public let place: Whereabouts
}

extension RecordSource {
    /// The van a person drives.
    func van(of user: RecordID) throws -> RecordView? {
        try views("stock_location", where: "holder", equals: .reference(user)).first { $0.text("kind") == "van" }
    }
}

extension DeviceClient {
    /// What lies in the user's van.
    public func vanStock() throws -> [StockLine] {
        try screen { screen in
            guard let van = try screen.reader.van(of: screen.user) else {
                throw DeviceProblem(
                    "no-van", "No van of yours is among this device's records.", next: "Sync; if it stays, ask the office whose van you drive.")
            }
            return try Self.stock(at: van, screen)
        }
    }

    /// What lies in the depots this device knows, of one part or all.
    public func depotStock(part: RecordID? = nil) throws -> [StockLine] {
        try screen { screen in
            try screen.reader.views("stock_location", where: "kind", equals: .text("depot"))
                .flatMap { try Self.stock(at: $0, screen) }.filter { part == nil || $0.part == part }
        }
    }

    private static func stock(at location: RecordView, _ screen: ScreenReader) throws -> [StockLine] {
        let reader = screen.reader
        let uses = try reader.views("part_use", where: "from", equals: .reference(location.id)).filter { $0.text("action") != "removed" }
        var waiting: [RecordID: (quantity: Quantity, place: Whereabouts)] = [:]
        var serials: [RecordID: Set<String>] = [:]
        let corrected = Set(uses.compactMap { $0.reference("corrects") })
        for unit in try reader.views("unit", where: "location", equals: .reference(location.id)) {
            if let part = unit.reference("part"), let serial = unit.text("serial") { serials[part, default: []].insert(serial) }
        }
        for use in uses {
            let place = screen.place(use)
            guard place != .stored, let part = use.reference("part"), let quantity = use.quantity("quantity") else { continue }
            if let serial = UnitPassage.serial(use), !corrected.contains(use.id) { serials[part]?.remove(serial) }
            if let former = try use.reference("corrects").flatMap({ try reader.view("part_use", $0) }), former["from"] == use["from"],
                let part = former.reference("part"), let serial = UnitPassage.serial(former)
            {
                serials[part, default: []].insert(serial)
            }
            let before = waiting[part]
            waiting[part] = (before?.quantity.adding(quantity) ?? quantity, before?.place == .onDevice ? .onDevice : place)
        }
        let balances = try reader.views("balance", where: "location", equals: .reference(location.id))
        let parts = Set(balances.compactMap { $0.reference("part") }).union(waiting.keys)
        return try parts.sorted().map { part in
            let view = try reader.view("part", part)
            return StockLine(
                part: part, number: view?.text("number") ?? "…\(part.short)", name: view?.text("name") ?? "", unit: view?.text("unit") ?? "",
                location: location.text("name") ?? "", locationID: location.id,
                availability: try reader.availability(of: part, at: location.id), waiting: waiting[part]?.quantity ?? .zero,
                serials: (serials[part] ?? []).sorted(), place: waiting[part]?.place ?? .stored)
        }.sorted { $0.number < $1.number }
    }
}
