import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Where a used part came from.
public enum PartSource: Sendable, Hashable {
    /// The user's own van.
    case van
    /// Another stock; without a reservation or lease there the office gets a question.
    case location(RecordID)
    /// A depot, by a lease of this device.
    case lease(RecordID)
    /// Nobody's book, such as the customer's own spare.
    case none
}

/// A part fitted, removed or used up.
public struct PartEntry: Sendable {
    public var part: RecordID
    public var quantity: Quantity
    public var action: PartAction = .fitted
    public var source: PartSource = .van
    public var asset: RecordID?
    public var serial: String?
    public var lot: String?
    public var corrects: RecordID?
    /// Why it was fitted although the rules speak against it.
    public var override: String?
    /// The sensor channel whose element it is.
    public var channel: RecordID?
    /// When that element wears out.
    public var expires: CalendarDate?

    public init(part: RecordID, quantity: Quantity) {
        self.part = part
        self.quantity = quantity
    }
}

extension DeviceClient {
    /// Records the use of a part. What was physically used is never refused; what the book lacks is told.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`, `serial-missing`, `lot-missing` or `lease-unusable`; `part-unapproved` where the rules speak
    ///   against fitting it and the entry does not say why it was done all the same.
    public func usePart(_ entry: PartEntry, on order: RecordID) throws -> Recorded { try usePart(entry, on: order) { _ in } }

    /// - Parameter before: what comes before it in the same change set.
    func usePart(_ entry: PartEntry, on order: RecordID, before: (LocalEditor) throws -> Void) throws -> Recorded {
        var stock = entry.source == .van && entry.action != .removed ? try vanStock() : []
        if case .location(let location) = entry.source { stock = try depotStock(part: entry.part).filter { $0.locationID == location } }
        let spent = try leaseSpent(entry)
        return try act("use-part") { editor in
            _ = try editor.require("service_order", order)
            let part = try editor.require("part", entry.part)
            try Self.check(entry, part)
            try before(editor)
            let (from, lease) = try editor.source(entry, spent: spent)
            let former = try editor.corrected("part_use", entry.corrects, on: order)
            let found = try editor.fitting(entry, on: (former?.time("at") ?? editor.now).date)
            let id = try editor.create(
                "part_use",
                [
                    "order": .reference(order), "part": .reference(entry.part), "quantity": .text(entry.quantity.description),
                    "serial": .optional(entry.serial),
                    "lot": .optional(entry.lot), "from": .optional(from), "asset": .optional(entry.asset), "action": .text(entry.action.rawValue),
                    "lease": .optional(lease), "at": former?["at"] ?? .time(editor.now), "corrects": .optional(entry.corrects),
                    "by": .reference(editor.user), "override": .optional(entry.override), "channel": .optional(entry.channel),
                    "expires_on": .optional(entry.expires?.description),
                ])
            try editor.renewElement(entry)
            let notices = try found + editor.notices(entry, part, stock, order: order) + editor.unitNotices(entry, part, from: from, besides: id)
            let line = stock.first { $0.part == entry.part }
            return (id, try notices + editor.lotNotices(entry, part, line?.lots ?? []))
        }
    }

    private static func check(_ entry: PartEntry, _ part: RecordView) throws {
        let name = part.text("number") ?? ""
        try part.checkAmount(entry.quantity)
        let isNamed = entry.serial.map { !$0.allSatisfy(\.isWhitespace) } ?? false
        if part.boolean("serialised"), !isNamed || entry.quantity != .one {
            throw DeviceProblem(.serialMissing, "Each \(name) has a serial number.", next: "Record each piece by itself with --serial.")
        }
        if part.boolean("lot_tracked"), entry.lot == nil {
            throw DeviceProblem(.lotMissing, "\(name) is kept by lot.", next: "Give the lot from its label with --lot.")
        }
    }

    /// What this device has spent of the entry's lease and the server has not answered.
    private func leaseSpent(_ entry: PartEntry) throws -> Quantity {
        guard case .lease(let lease) = entry.source else { return .zero }
        return try screen { screen in
            guard let view = try screen.reader.view("lease", lease), let location = view.reference("location") else { return .zero }
            return try screen.reader.views("part_use", where: "from", equals: .reference(location))
                .filter { $0.reference("lease") == lease && screen.place($0) != .stored }
                .compactMap { $0.quantity("quantity") }.reduce(.zero) { $0.adding($1) ?? $0 }
        }
    }
}

extension LocalEditor {
    /// A new element of a sensor channel says on the channel which it is, and when it wears out.
    fileprivate func renewElement(_ entry: PartEntry) throws {
        guard entry.action == .fitted, let channel = entry.channel else { return }
        _ = try require("sensor_channel", channel)
        try patch(
            "sensor_channel", channel,
            ["sensor_serial": .optional(entry.serial), "sensor_expires": .optional(entry.expires?.description)])
    }
}

extension LocalEditor {
    fileprivate func source(_ entry: PartEntry, spent: Quantity) throws -> (from: RecordID?, lease: RecordID?) {
        switch entry.source {
        case .none: return (nil, nil)
        case .location(let id): return (try require("stock_location", id).id, nil)
        case .van:
            guard let van = try van(of: user) else {
                if entry.action == .removed { return (nil, nil) }
                throw DeviceProblem(
                    "no-van", "No van of yours is among this device's records.", next: "Say where the part came from with --from or --lease.")
            }
            return (van.id, nil)
        case .lease(let id):
            let lease = try require("lease", id)
            func refuse(_ text: String) -> DeviceProblem {
                DeviceProblem(.leaseUnusable, text, next: "Reserve the part, or record it with --from the depot; the office then gets a question.")
            }
            guard lease.text("state") == "granted", lease.reference("user") == user else {
                throw refuse("The lease is \(lease.text("state") ?? "not answered yet").")
            }
            guard lease.reference("part") == entry.part else { throw refuse("The lease is of another part.") }
            if let expiry = lease.time("soft_expiry"), expiry.milliseconds <= now.milliseconds { throw refuse("The lease ran out at \(expiry).") }
            let granted = lease.quantity("granted") ?? .zero
            let left = granted.subtracting(lease.quantity("used") ?? .zero)?.subtracting(spent) ?? .zero
            guard entry.quantity <= left else { throw refuse("The lease has \(max(.zero, left)) left of \(granted).") }
            return (lease.reference("location"), id)
        }
    }

    fileprivate func notices(_ entry: PartEntry, _ part: RecordView, _ stock: [StockLine], order: RecordID) throws -> [String] {
        var notices: [String] = []
        if let line = stock.first(where: { $0.part == entry.part }) {
            let left = line.predicted.subtracting(entry.quantity) ?? .zero
            notices.append(left < .zero ? "The book had \(line.predicted); count the stock." : "\(left) \(line.unit) left.")
        } else if entry.source == .van, entry.action != .removed {
            notices.append("The book has none of it in the van; count the stock.")
        }
        if case .location(let location) = entry.source, entry.action != .removed {
            let entity = try schema.entity("reservation")
            let id = DeviceClient.reservationID(entity, order: order, part: entry.part, location: location)
            let amounts = try view("reservation", id).map { ReservationAmounts($0) }
            let promised = amounts.flatMap { $0.granted.adding($0.picked) } ?? .zero
            if promised < entry.quantity {
                notices.append("No granted reservation covers it; the office gets a question.")
            }
        }
        return notices
    }

    /// What the rules find about fitting it there. What they speak against is recorded with a reason.
    fileprivate func fitting(_ entry: PartEntry, on day: CalendarDate) throws -> [String] {
        guard entry.action == .fitted, let asset = entry.asset,
            let report = try rules.report(onFitting: entry.part, serial: entry.serial, to: asset, on: day)
        else { return [] }
        guard report.verdict == .error else { return report.findings.map(\.text) }
        guard entry.override != nil else {
            throw DeviceProblem(
                .partUnapproved, report, next: "If it was fitted all the same, record it with --override and the reason; quality is told.")
        }
        return report.findings.map(\.text) + ["Quality is told."]
    }

    /// What is known of the lot that was named: whether it may be used, and whether another has to be used first.
    fileprivate func lotNotices(_ entry: PartEntry, _ part: RecordView, _ lots: [StockLot]) throws -> [String] {
        guard part.boolean("lot_tracked"), entry.action != .removed, let lot = entry.lot else { return [] }
        let today = now.date
        let record = try view("lot", LotBook.lotID(try schema.entity("lot"), part: entry.part, number: lot))
        let life = record.map { ShelfLife(lot: $0, part: part) } ?? .unknown
        switch life {
        case .withdrawn: return ["Lot \(lot) is withdrawn and may not be used; quality gets a question."]
        case .until(let last) where last < today: return ["Lot \(lot) was to be used until \(last); quality gets a question."]
        default: break
        }
        guard let first = lots.first(where: { $0.life.isUsable(on: today) }), first.number != lot, first.life.order < life.order,
            case .until(let last) = first.life
        else { return [] }
        return ["Lot \(first.number) expires sooner, on \(last): use it first."]
    }

    /// What the book says of the piece that was named. It is told and never refused: who holds the piece knows better.
    fileprivate func unitNotices(_ entry: PartEntry, _ part: RecordView, from: RecordID?, besides id: RecordID) throws -> [String] {
        guard part.boolean("serialised"), let serial = entry.serial else { return [] }
        let uses = try views("part_use", where: "serial", equals: .text(serial)).filter { $0.reference("part") == entry.part && $0.id != id }
        // A correction of a mistyped number has another one, on the same job.
        let beside = try Set(uses.compactMap { $0.reference("order") }).flatMap { try views("part_use", where: "order", equals: .reference($0)) }
        let corrected = Set(beside.compactMap { $0.reference("corrects") } + [entry.corrects].compactMap(\.self))
        if entry.action != .removed, let other = uses.first(where: { $0.text("action") != "removed" && !corrected.contains($0.id) }),
            !uses.contains(where: { $0.text("action") == "removed" })
        {
            let job = try other.reference("order").flatMap { try view("service_order", $0) }?.text("number")
            return ["\(serial) is recorded as used already\(job.map { ", on \($0)" } ?? ""); the office gets a question."]
        }
        guard entry.action != .removed, let from else { return [] }
        let unit = try view("unit", UnitBook.unitID(try schema.entity("unit"), part: entry.part, serial: serial))
        guard let unit else { return ["The book knows no piece \(serial) there: compare the number with the plate."] }
        let holder = UnitHolder(unit: unit)
        return holder == .location(from) ? [] : ["By the book \(serial) is not there: compare the number with the plate. The office gets a question."]
    }
}
