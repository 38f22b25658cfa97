import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A movement of stock that the office books.
public struct StockMovement: Hashable, Sendable {
    /// Why something moves; the raw values are the schema's.
    public enum Reason: String, Hashable, Sendable {
        case receipt, transfer, `return`, count
    }

    public var reason: Reason
    public var part: RecordID
    public var quantity: Quantity
    /// `nil` where it comes from outside.
    public var from: RecordID?
    /// `nil` where it is gone.
    public var to: RecordID?
    public var lot: String?
    /// The delivery that was announced.
    public var announced: RecordID?

    public init(_ reason: Reason, part: RecordID, quantity: Quantity, from: RecordID? = nil, to: RecordID? = nil) {
        (self.reason, self.part, self.quantity, self.from, self.to) = (reason, part, quantity, from, to)
    }
}

/// A request for a part of a depot, with its terms.
public struct ReservationRequest: Hashable, Sendable {
    public var order: RecordID
    public var part: RecordID
    public var location: RecordID
    public var quantity: Quantity
    public var neededBy: DeviceTime?
    /// `nil` for the customer's way.
    public var takesPart: Bool?
    public var cancelAfter: DeviceTime?
    /// Until when it is kept; `nil` until its order is over.
    public var keptUntil: DeviceTime?
    /// Why the safety stock is released; `nil` for ordinary demand.
    public var emergency: String?
    /// What the pieces have to be certified for; `nil` where any will do.
    public var criteria: UnitCriteria?

    public init(order: RecordID, part: RecordID, location: RecordID, quantity: Quantity) {
        (self.order, self.part, self.location, self.quantity) = (order, part, location, quantity)
    }
}

extension DeviceClient {
    /// Books a movement; a part with serial numbers is moved piece by piece in one set.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` where quantity and serial numbers do not go together.
    public func dispatchMove(_ movement: StockMovement, serials: [String] = []) throws -> DispatchTicket {
        var first: RecordID?
        let (_, set) = try commit("stock-\(movement.reason.rawValue)") { editor in
            let part = try editor.require("part", movement.part)
            try part.checkAmount(movement.quantity)
            let isSerialised = part.boolean("serialised")
            let isNamed = isSerialised && !(movement.reason == .count && serials.isEmpty)
            guard isNamed ? Quantity(millionths: Int64(serials.count) * Quantity.one.millionths) == movement.quantity : serials.isEmpty else {
                let what =
                    isSerialised ? "Each piece of \(part.text("number") ?? "this part") has a serial number." : "The part has no serial numbers."
                throw DeviceProblem(
                    .valueUnfit, what, next: isSerialised ? "Give --serial once for each piece." : "Leave --serial out and give the quantity.")
            }
            for serial in isNamed ? serials.map(Optional.some) : [nil] {
                let id = try editor.create(
                    "stock_entry",
                    [
                        "part": .reference(movement.part), "quantity": .text((isNamed ? .one : movement.quantity).description),
                        "from": .optional(movement.from), "to": .optional(movement.to), "reason": .text(movement.reason.rawValue),
                        "serial": .optional(serial), "lot": .optional(movement.lot), "source": .optional(movement.announced),
                        "at": .time(editor.now),
                    ])
                first = first ?? id
            }
        }
        return DispatchTicket(record: first ?? movement.part, set: try written(set))
    }

    /// Hands something out of a stock: it is held until its receiver has accepted it.
    public func dispatchHandOut(_ entry: HandOverEntry) throws -> DispatchTicket { try ticket(handOver(entry)) }

    /// Says what became of a hand-over.
    public func dispatchAnswer(_ text: String, _ action: HandOverAction, at place: RecordID?, received: ReceivedGoods, reason: String?) throws
        -> DispatchTicket
    { try ticket(answerHandOver(text, action, at: place, received: received, reason: reason)) }

    /// Says what is known of a lot. What is left out stays as it was.
    ///
    /// - Parameters:
    ///   - lastDay: its last day of use; `nil` follows from the day it was made on, where its part says how long it keeps.
    ///   - isWithdrawn: whether it may not be used any more, whatever its date.
    /// - Throws: ``DeviceProblem`` `value-unfit`.
    public func dispatchLot(_ number: String, of part: RecordID, madeOn: CalendarDate?, lastDay: CalendarDate?, isWithdrawn: Bool) throws
        -> DispatchTicket
    {
        let id = LotBook.lotID(try schema.entity("lot"), part: part, number: number)
        let (_, set) = try commit("stock-lot") { editor in
            let view = try editor.require("part", part)
            guard view.boolean("lot_tracked"), !number.allSatisfy(\.isWhitespace), number.unicodeScalars.count <= 40 else {
                throw DeviceProblem(
                    .valueUnfit, view.boolean("lot_tracked") ? "A lot's number has 1 to 40 characters." : "The part is not kept by lot.",
                    next: "Compare the part and the label.")
            }
            let keeps = view.integer("shelf_life_days")
            let standing = try editor.view("lot", id)?.text("expires_on")
            let last =
                lastDay
                ?? (standing != nil ? nil : madeOn).flatMap { made in keeps.map { CalendarDate(daysSince1970: made.daysSince1970 + Int($0)) } }
            var fields: [String: Value] = [:]
            if let madeOn { fields["made_on"] = .text(madeOn.description) }
            if let last { fields["expires_on"] = .text(last.description) }
            let isThere = try editor.view("lot", id) != nil
            if isThere {
                if !fields.isEmpty { try editor.patch("lot", id, fields) }
                if isWithdrawn { try editor.change("lot", id, "withdrawn", element: .text("yes"), op: .raise) }
            } else {
                fields["part"] = .reference(part)
                fields["number"] = .text(number)
                if isWithdrawn { fields["withdrawn"] = .text("yes") }
                try editor.create("lot", id: id, fields)
            }
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Records what was counted of a part at a place.
    public func dispatchCount(_ entry: CountEntry) throws -> DispatchTicket { try ticket(count(entry)) }

    private func ticket(_ recorded: Recorded) throws -> DispatchTicket {
        guard let record = recorded.record, let set = recorded.set else {
            throw DeviceProblem("nothing-changed", "There was nothing to record.", next: "Try again.")
        }
        return DispatchTicket(record: record, set: set)
    }

    /// Announces a delivery.
    ///
    /// - Parameter request: the replenishment it answers.
    public func dispatchAnnounce(
        _ part: RecordID, _ quantity: Quantity, at location: RecordID, on day: CalendarDate, supplier: String?, answering request: RecordID?
    ) throws -> DispatchTicket {
        let (record, set) = try commit("stock-announce") { editor in
            try editor.require("part", part).checkAmount(quantity)
            return try editor.create(
                "scheduled_receipt",
                [
                    "part": .reference(part), "location": .reference(location), "quantity": .text(quantity.description),
                    "expected_on": .text(day.description), "supplier": .optional(supplier), "answers": .optional(request),
                ])
        }
        return DispatchTicket(record: record, set: try written(set))
    }

    /// Gives an announced delivery another day or quantity, or says that it does not come.
    public func dispatchChange(receipt: RecordID, day: CalendarDate? = nil, quantity: Quantity? = nil, isCancelled: Bool? = nil) throws
        -> DispatchTicket
    {
        var fields: [String: Value] = [:]
        if let day { fields["expected_on"] = .text(day.description) }
        if let quantity { fields["quantity"] = .text(quantity.description) }
        if let isCancelled { fields["cancelled"] = .boolean(isCancelled) }
        let (_, set) = try commit("stock-announce") { try $0.patch("scheduled_receipt", receipt, fields) }
        return DispatchTicket(record: receipt, set: try written(set))
    }

    /// Says how much of a part should lie at a place. What is left out stays as it was.
    public func dispatchPolicy(
        _ part: RecordID, at location: RecordID, reorderPoint: Quantity?, orderUpTo: Quantity?, safetyStock: Quantity?
    ) throws -> DispatchTicket {
        let id = StockBook.policyID(try schema.entity("stock_policy"), location: location, part: part)
        let (_, set) = try commit("stock-policy") { editor in
            var fields: [String: Value] = [:]
            for (name, value) in [("reorder_point", reorderPoint), ("order_up_to", orderUpTo), ("safety_stock", safetyStock)] {
                if let value { fields[name] = .text(value.description) }
            }
            if try editor.view("stock_policy", id) != nil {
                try editor.patch("stock_policy", id, fields)
            } else {
                fields["part"] = .reference(part)
                fields["location"] = .reference(location)
                try editor.create("stock_policy", id: id, fields)
            }
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Asks for a part of a depot for an order. The server answers.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`, `already-reserved`.
    public func dispatchReserve(_ request: ReservationRequest) throws -> DispatchTicket {
        let id = Self.reservationID(try schema.entity("reservation"), order: request.order, part: request.part, location: request.location)
        let (_, set) = try commit("reserve") { editor in
            try editor.require("part", request.part).checkAmount(request.quantity)
            if let standing = try editor.view("reservation", id) { throw DeviceProblem.alreadyReserved(standing) }
            try editor.create(
                "reservation", id: id,
                [
                    "order": .reference(request.order), "part": .reference(request.part), "location": .reference(request.location),
                    "quantity": .text(request.quantity.description), "requested_by": .reference(editor.user),
                    "needed_by": request.neededBy.map { .time($0) } ?? .null, "partial": request.takesPart.map { .boolean($0) } ?? .null,
                    "cancel_after": request.cancelAfter.map { .time($0) } ?? .null, "expires_at": request.keptUntil.map { .time($0) } ?? .null,
                    "emergency": request.emergency == nil ? .null : .boolean(true), "reason": .optional(request.emergency),
                    "scheme": .optional(request.criteria?.scheme?.rawValue), "zone": .optional(request.criteria?.zone.map { "\($0)" }),
                    "protection_group": .optional(request.criteria?.group?.rawValue),
                    "temperature_class": .optional(request.criteria?.temperatureClass),
                    "valid_days": request.criteria?.validDays.map { .integer(Int64($0)) } ?? .null,
                ])
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Whether something about stock that this device recorded took effect.
    ///
    /// - Parameter words: says what became of it, once the server has answered.
    public func dispatchStockAnswer(to ticket: DispatchTicket, _ words: (LocalReader) throws -> String) throws -> DispatchAnswer {
        try read { reader in
            if let refusal = try setAside(ticket, reader) { return refusal }
            guard try reader.own(ticket.set)?.standing == .answered else { return .pending }
            if let request = try reader.view("reservation", ticket.record) {
                guard let state = request.text("state") else { return .pending }
                let asksForSome = ["scheme", "zone", "protection_group", "temperature_class", "valid_days"].contains { request[$0] != .null }
                let isOpen = ReservationState(rawValue: state)?.isOpen ?? false
                if asksForSome, request["serials"] == .null, isOpen {
                    return .refused("It was asked for before without criteria, and is \(state) so. \(request.text("answer") ?? "")")
                }
                let pieces = (request["serials"].list ?? []).compactMap(\.text)
                let named = pieces.isEmpty ? [] : ["Named for it: \(pieces.joined(separator: ", "))."]
                let lacking = (request["shortcomings"].list ?? []).compactMap(\.text).map { "· \($0)" }
                let words = ([([request.text("answer") ?? state] + named).joined(separator: " ")] + lacking).joined(separator: "\n")
                return state == "granted" ? .granted(words) : state == "backordered" ? .waiting(words) : .refused(words)
            }
            if let offer = try reader.view("hand_over", ticket.record) {
                guard let state = offer.text("state").flatMap({ HandOverState(rawValue: $0) }) else { return .pending }
                guard state != .refused else { return .refused(offer.text("answer") ?? "Nothing is held for it.") }
                if offer.boolean("contested") { return .refused(offer.text("answer") ?? "By the book the piece is elsewhere.") }
                return .granted("Held. It is accepted with the code \(HandOverCode.spoken(offer.text("code") ?? "")).")
            }
            if let count = try reader.view("stock_count", ticket.record) {
                guard let answer = count.text("answer") else { return .pending }
                return .granted(answer)
            }
            if let answer = try blanketAnswer(ticket.record, reader) { return answer }
            if let answer = try reader.view("hand_over_answer", ticket.record) {
                guard answer["effective"] != .null else {
                    return .waiting("Its author's device has not synced yet; it counts as soon as that one has.")
                }
                guard answer.boolean("effective") else { return .refused(answer.text("ruling") ?? "It decided nothing.") }
                let offer = try answer.reference("hand_over").flatMap { try reader.view("hand_over", $0) }
                if let offer, offer.boolean("contested") {
                    return .refused("\(offer.text("answer") ?? "By the book the piece is elsewhere.") The office has a question.")
                }
            }
            return .granted(try words(reader))
        }
    }
}

extension DeviceProblem {
    static func alreadyReserved(_ standing: RecordView) -> DeviceProblem {
        DeviceProblem(
            .alreadyReserved,
            "This order has asked for the part there: \(standing.text("quantity") ?? ""), \(standing.text("state") ?? "requested").",
            next: standing.text("answer") ?? "The answer comes with the next sync.")
    }
}

extension DeviceClient {
    /// What became of a release of a blanket order, of what was said of one, or of a lease.
    private func blanketAnswer(_ id: RecordID, _ reader: LocalReader) throws -> DispatchAnswer? {
        if let release = try reader.view("blanket_release", id) {
            let words = release.text("answer") ?? ""
            switch release.text("state").flatMap({ ReleaseState(rawValue: $0) }) {
            case .granted, .shipped: return .granted(words)
            case .pending: return .waiting(words)
            case .refused, .withdrawn: return .refused(words)
            case nil: return .pending
            }
        }
        if let decision = try reader.view("release_decision", id) {
            guard decision["effective"] != .null else { return .pending }
            guard decision.boolean("effective") else { return .refused(decision.text("answer") ?? "") }
            let release = try decision.reference("release").flatMap { try reader.view("blanket_release", $0) }
            return .granted([decision.text("answer"), release?.text("answer")].compactMap(\.self).joined(separator: " "))
        }
        guard let lease = try reader.view("lease", id), let state = lease.text("state") else { return nil }
        return state == "granted" ? .granted(lease.text("answer") ?? "") : .refused(lease.text("answer") ?? state)
    }
}
