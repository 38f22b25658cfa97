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
    /// What came in by hand-overs that were accepted here, less what left so, and the server has not answered.
    public let incoming: Quantity
    /// What is being handed over from there, and nobody has accepted yet.
    public let offered: Quantity

    /// On hand, as the server last said.
    public var confirmed: Quantity { availability.onHand }
    /// What should lie there now; below zero when more was used than the book had.
    public var predicted: Quantity { confirmed.adding(incoming)?.subtracting(waiting) ?? confirmed }
    /// What can be promised, less what this device takes.
    public var free: Quantity { max(.zero, availability.available.subtracting(waiting) ?? .zero) }
    /// The serial numbers of the pieces that should lie there now, by the book less what this device took, ascending.
    public let serials: [String]
    /// The lots that lie there by the book, the one to be used first first.
    public let lots: [StockLot]
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
        let now = try now()
        return try screen { screen in
            guard let van = try screen.reader.van(of: screen.user) else {
                throw DeviceProblem(
                    "no-van", "No van of yours is among this device's records.", next: "Sync; if it stays, ask the office whose van you drive.")
            }
            return try Self.stock(at: van, now, screen)
        }
    }

    /// What lies in the depots this device knows, of one part or all.
    public func depotStock(part: RecordID? = nil) throws -> [StockLine] {
        let now = try now()
        return try screen { screen in
            try screen.reader.views("stock_location", where: "kind", equals: .text("depot"))
                .flatMap { try Self.stock(at: $0, now, screen) }.filter { part == nil || $0.part == part }
        }
    }

    static func stock(at location: RecordView, _ now: DeviceTime, _ screen: ScreenReader) throws -> [StockLine] {
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
        let passing = try PassingGoods(at: location.id, screen)
        for (part, added) in passing.serials { serials[part, default: []].formUnion(added) }
        for (part, gone) in passing.gone { serials[part, default: []].subtract(gone) }
        let balances = try reader.views("balance", where: "location", equals: .reference(location.id))
        let parts = Set(balances.compactMap { $0.reference("part") }).union(waiting.keys).union(passing.incoming.keys)
        return try parts.sorted().map { part in
            let view = try reader.view("part", part)
            return StockLine(
                part: part, number: view?.text("number") ?? "…\(part.short)", name: view?.text("name") ?? "", unit: view?.text("unit") ?? "",
                location: location.text("name") ?? "", locationID: location.id,
                availability: try reader.availability(of: part, at: location.id, today: screen.day(at: now)),
                waiting: waiting[part]?.quantity ?? .zero,
                incoming: passing.incoming[part] ?? .zero, offered: passing.offered[part] ?? .zero,
                serials: (serials[part] ?? []).sorted(),
                lots: view?.boolean("lot_tracked") ?? false ? try reader.lots(of: part, at: location.id) : [],
                place: waiting[part]?.place ?? (passing.incoming[part] == nil ? .stored : passing.place))
        }.sorted { $0.number < $1.number }
    }
}

/// What is on its way into and out of a stock by hand-overs.
private struct PassingGoods {
    /// Accepted here and not answered by the server; below zero where it left.
    var incoming: [RecordID: Quantity] = [:]
    var offered: [RecordID: Quantity] = [:]
    var serials: [RecordID: Set<String>] = [:]
    var gone: [RecordID: Set<String>] = [:]
    /// Where the least advanced of what is incoming stands.
    var place = Whereabouts.stored

    init(at location: RecordID, _ screen: ScreenReader) throws {
        let reader = screen.reader
        let offers = try reader.views("hand_over", where: "from", equals: .reference(location))
        for offer in offers where offer["state"] == .null || offer.text("state") == HandOverState.offered.rawValue {
            guard let part = offer.reference("part"), let quantity = offer.quantity("quantity") else { continue }
            let answers = try reader.views("hand_over_answer", where: "hand_over", equals: .reference(offer.id)).filter { $0["effective"] == .null }
            guard let action = answers.last?.text("action").flatMap({ HandOverAction(rawValue: $0) }) else {
                offered[part] = offered[part]?.adding(quantity) ?? quantity
                continue
            }
            guard action == .accept else { continue }
            add(part, Quantity(millionths: -quantity.millionths), screen.place(offer))
            if let serial = UnitPassage.serial(offer) { gone[part, default: []].insert(serial) }
        }
        let answers = try reader.views("hand_over_answer", where: "location", equals: .reference(location)).filter { $0["effective"] == .null }
        // Who has mistyped a code declines it: the last word counts.
        let last = Dictionary(grouping: answers) { $0.reference("hand_over") }.values.compactMap { $0.max { $0.firstVersion < $1.firstVersion } }
        for answer in last.sorted(by: { $0.id < $1.id }) where answer.text("action") == HandOverAction.accept.rawValue {
            // What the receiver says stands before the hand-over is known.
            let offer = try answer.reference("hand_over").flatMap { try reader.view("hand_over", $0) }
            guard let part = answer.reference("part") ?? offer?.reference("part") else { continue }
            add(part, answer.quantity("quantity") ?? offer?.quantity("quantity") ?? .one, screen.place(answer))
            if let serial = answer.text("serial") ?? offer.flatMap({ UnitPassage.serial($0) }) { serials[part, default: []].insert(serial) }
        }
    }

    private mutating func add(_ part: RecordID, _ quantity: Quantity, _ place: Whereabouts) {
        incoming[part] = incoming[part]?.adding(quantity) ?? quantity
        if place == .onDevice || self.place == .stored { self.place = place }
    }
}
