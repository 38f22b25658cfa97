import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A part that the user hands to somebody.
public struct HandOverEntry: Sendable, Hashable {
    /// Where it is before.
    public enum Source: Sendable, Hashable {
        /// The user's own van.
        case van
        /// The user's hands: a piece that was taken off an asset.
        case hand
        case location(RecordID)
    }

    public var part: RecordID
    public var quantity: Quantity
    public var serial: String?
    public var lot: String?
    public var source: Source = .van
    public var to: RecordID
    /// The job whose reservation it serves or comes back from.
    public var order: RecordID?
    public var note: String?
    /// What the receiver types who has not heard of it yet.
    public let code: String

    public init(part: RecordID, quantity: Quantity, to: RecordID) {
        var generator = SystemRandomNumberGenerator()
        (self.part, self.quantity, self.to, code) = (part, quantity, to, HandOverCode.random(using: &generator))
    }
}

/// What somebody received, as they see it, where their device has not heard of the hand-over yet.
public struct ReceivedGoods: Sendable, Hashable {
    public var part: RecordID?
    public var quantity: Quantity?
    public var serial: String?

    public init(part: RecordID? = nil, quantity: Quantity? = nil, serial: String? = nil) {
        (self.part, self.quantity, self.serial) = (part, quantity, serial)
    }
}

/// A hand-over as this device knows it.
public struct HandOverLine: Sendable {
    public let fact: Fact
    public let code: String
    public let part: String
    public let quantity: Quantity
    public let serial: String?
    /// `nil` out of its author's hands, or where this device does not know.
    public let from: String?
    public let to: String
    public let order: String?
    /// `nil` until the server has heard of it.
    public let state: HandOverState?
    /// What the user or somebody on this device has said to it and the server has not answered.
    public let waiting: HandOverAction?
    public let answer: String?
    public let isContested: Bool
    public let note: String?
    /// Whether the user is who hands it over.
    public let isOwn: Bool
}

extension DeviceClient {
    /// Hands a part to somebody: it stays in the user's book until they have accepted it.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`, `serial-missing`, `no-van`.
    public func handOver(_ entry: HandOverEntry) throws -> Recorded {
        try act("hand-over") { editor in
            let id = try editor.create(entry)
            return (id, ["\(try editor.receiver(of: entry.to)) accepts it with the code \(HandOverCode.spoken(entry.code))."])
        }
    }

    /// Takes a part out of a depot into the user's own van: handed over and accepted at once.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`, `serial-missing`, `no-van`.
    public func takeAlong(_ part: RecordID, _ quantity: Quantity, from depot: RecordID, serial: String?, lot: String?, for order: RecordID?) throws
        -> Recorded
    {
        try act("take-along") { editor in
            let van = try editor.ownVan()
            var entry = HandOverEntry(part: part, quantity: quantity, to: van)
            (entry.source, entry.serial, entry.lot, entry.order) = (.location(depot), serial, lot, order)
            let id = try editor.create(entry)
            try editor.answer(id, .accept, at: van)
            return (id, try editor.promiseNotices(part, quantity, at: depot, for: order))
        }
    }

    /// Says what became of a hand-over.
    ///
    /// - Parameters:
    ///   - text: its code, its id, or the end of it.
    ///   - place: where it goes, where it is not known here; the user's own van when it is `nil`.
    ///   - received: what was received.
    /// - Throws: ``DeviceProblem`` `not-found`, `ambiguous`, `not-yours`, `answered`.
    public func answerHandOver(
        _ text: String, _ action: HandOverAction, at place: RecordID? = nil, received: ReceivedGoods = ReceivedGoods(), reason: String? = nil
    ) throws -> Recorded {
        try act(action.rawValue) { editor in
            let known = try editor.handOver(text)
            if let known, let state = known.text("state").flatMap({ HandOverState(rawValue: $0) }), state != .offered,
                state != .refused || action != .accept
            {
                throw DeviceProblem(
                    .answered, "It is \(state.rawValue) already.", next: known.text("answer") ?? "If that is not so, tell the office.")
            }
            guard let known else {
                // Its code names it before this device has heard of it; only where it goes has to be known.
                guard action != .withdraw, HandOverCode.normalised(text).count == 8 else {
                    throw DeviceProblem(
                        "not-found", "This device knows no hand-over “\(text.prefix(40))”.",
                        next: "Sync, or compare the code: it has eight characters.")
                }
                guard let place = try place ?? editor.van(of: editor.user)?.id else {
                    throw DeviceProblem(
                        "not-found", "This device knows no hand-over “\(text.prefix(40))”.",
                        next: "Sync, or say where it goes; the code is looked up there.")
                }
                let id = HandOverCode.id(try editor.schema.entity("hand_over"), code: text, to: place)
                let answer = try editor.answer(id, action, at: place, received: received, reason: reason)
                return (answer, ["This device has not heard of it yet; it counts as soon as the server has heard of both."])
            }
            let place = action == .withdraw ? known.reference("from") : known.reference("to")
            try editor.checkOwn(known, action)
            let answer = try editor.answer(known.id, action, at: place, received: received, reason: reason)
            return (answer, received.differs(from: known) ? ["That is not what was handed over; the office gets a question."] : [])
        }
    }

    /// The hand-overs this device knows, the newest first.
    ///
    /// - Parameter isAll: those that are over as well.
    public func handOvers(isAll: Bool = false) throws -> [HandOverLine] {
        let now = try now()
        return try screen { screen in
            let views = try screen.reader.views("hand_over").filter {
                isAll || $0["state"] == .null || $0.text("state") == HandOverState.offered.rawValue || $0.boolean("contested")
                    || screen.place($0) != .stored || Self.isNews($0, screen.user, now)
            }
            // What was accepted here before it is known stands for itself, until it is declined again.
            let unknown = try screen.reader.views("hand_over_answer").filter { answer in
                guard answer["effective"] == .null, let id = answer.reference("hand_over") else { return false }
                return try screen.reader.view("hand_over", id) == nil
            }
            let last = Dictionary(grouping: unknown) { $0.reference("hand_over") }.values.compactMap { $0.max { $0.firstVersion < $1.firstVersion } }
            let early = last.filter { isAll || $0.text("action") == HandOverAction.accept.rawValue }
            return try (views + early).map { try HandOverLine($0, screen) }.sorted {
                ($0.fact.at?.milliseconds ?? 0) > ($1.fact.at?.milliseconds ?? 0)
            }
        }
    }
}

extension DeviceClient {
    /// Whether it was refused its author lately: they have to hand it over again, or to take it back.
    fileprivate static func isNews(_ offer: RecordView, _ user: RecordID, _ now: DeviceTime) -> Bool {
        let week: Int64 = 7 * 86_400_000
        return offer.text("state") == HandOverState.refused.rawValue && offer.reference("by") == user
            && offer.time("at").map { now.milliseconds - $0.milliseconds < week } ?? false
    }
}

extension HandOverLine {
    init(_ view: RecordView, _ screen: ScreenReader) throws {
        guard view.entity.name == "hand_over" else {
            self = try HandOverLine(early: view, screen)
            return
        }
        fact = try screen.fact(view)
        code = HandOverCode.spoken(view.text("code") ?? "")
        part = try view.reference("part").map { try screen.partName($0) } ?? ""
        quantity = view.quantity("quantity") ?? .zero
        serial = view.text("serial")
        from = try view.reference("from").map { try screen.locationName($0) }
        to = try view.reference("to").map { try screen.locationName($0) } ?? ""
        order = try view.reference("order").map { try screen.orderNumber($0) }
        state = view.text("state").flatMap { HandOverState(rawValue: $0) }
        let answers = try screen.reader.views("hand_over_answer", where: "hand_over", equals: .reference(view.id))
        waiting = answers.last { $0["effective"] == .null }?.text("action").flatMap { HandOverAction(rawValue: $0) }
        answer = view.text("answer").flatMap { $0.isEmpty ? nil : $0 }
        isContested = view.boolean("contested")
        note = view.text("note")
        isOwn = view.reference("by") == screen.user
    }

    /// From an answer whose hand-over this device has not heard of.
    private init(early answer: RecordView, _ screen: ScreenReader) throws {
        fact = try screen.fact(answer)
        code = "…\(answer.id.short)"
        part = try answer.reference("part").map { try screen.partName($0) } ?? ""
        quantity = answer.quantity("quantity") ?? .one
        serial = answer.text("serial")
        (from, order, note, isContested, isOwn) = (nil, nil, nil, false, false)
        to = try answer.reference("location").map { try screen.locationName($0) } ?? ""
        state = nil
        waiting = answer.text("action").flatMap { HandOverAction(rawValue: $0) }
        self.answer = "It counts as soon as the giver's device has synced."
    }
}

extension ReceivedGoods {
    fileprivate func differs(from offer: RecordView) -> Bool {
        part.map { $0 != offer.reference("part") } ?? false || quantity.map { $0 != offer.quantity("quantity") } ?? false
            || serial.map { $0 != offer.text("serial") } ?? false
    }
}

extension LocalEditor {
    fileprivate func ownVan() throws -> RecordID {
        guard let van = try van(of: user) else {
            throw DeviceProblem(
                "no-van", "No van of yours is among this device's records.", next: "Sync; if it stays, ask the office whose van you drive.")
        }
        return van.id
    }

    fileprivate func create(_ entry: HandOverEntry) throws -> RecordID {
        let part = try require("part", entry.part)
        try part.checkAmount(entry.quantity)
        _ = try require("stock_location", entry.to)
        let isNamed = entry.serial.map { !$0.allSatisfy(\.isWhitespace) } ?? false
        if part.boolean("serialised"), !isNamed || entry.quantity != .one {
            throw DeviceProblem(
                .serialMissing, "Each \(part.text("number") ?? "piece") has a serial number.", next: "Hand each piece over by itself with --serial.")
        }
        if part.boolean("lot_tracked"), entry.lot == nil {
            throw DeviceProblem(.lotMissing, "\(part.text("number") ?? "The part") is kept by lot.", next: "Give the lot from its label with --lot.")
        }
        let from: RecordID? =
            switch entry.source {
            case .van: try ownVan()
            case .hand: nil
            case .location(let id): id
            }
        if from == nil, !part.boolean("serialised") {
            throw DeviceProblem(.valueUnfit, "Only a piece with a serial number is kept in hand.", next: "Say what stock it leaves with --from.")
        }
        if from == entry.to { throw DeviceProblem(.valueUnfit, "It lies there already.", next: "Say with --to where it goes.") }
        return try create(
            "hand_over", id: HandOverCode.id(try schema.entity("hand_over"), code: entry.code, to: entry.to),
            [
                "part": .reference(entry.part), "quantity": .text(entry.quantity.description), "serial": .optional(entry.serial),
                "lot": .optional(entry.lot), "from": .optional(from), "to": .reference(entry.to), "code": .text(entry.code),
                "order": .optional(entry.order), "note": .optional(entry.note), "at": .time(now), "by": .reference(user),
            ])
    }

    @discardableResult
    fileprivate func answer(
        _ handOver: RecordID, _ action: HandOverAction, at place: RecordID?, received: ReceivedGoods = ReceivedGoods(), reason: String? = nil
    ) throws -> RecordID {
        try create(
            "hand_over_answer",
            [
                "hand_over": .reference(handOver), "action": .text(action.rawValue), "location": .optional(place),
                "part": .optional(received.part), "quantity": .optional(received.quantity?.description), "serial": .optional(received.serial),
                "reason": .optional(reason), "at": .time(now), "by": .reference(user),
            ])
    }

    /// Who drives the van, or the name of the place.
    fileprivate func receiver(of location: RecordID) throws -> String {
        let place = try view("stock_location", location)
        return try place?.reference("holder").flatMap { try view("user", $0)?.text("name") } ?? place?.text("name") ?? "The receiver"
    }

    /// The hand-over that a code or an id means, where this device knows it.
    fileprivate func handOver(_ text: String) throws -> RecordView? {
        let code = HandOverCode.normalised(text)
        let id = text.trimmed.lowercased()
        let found = try views("hand_over").filter {
            $0.text("code") == code || $0.id.description == id || id.count >= 4 && $0.id.description.hasSuffix(id)
        }
        guard found.count > 1 else { return found.first }
        // A code stands for one at each place; what is over is seldom meant.
        let open = found.filter { $0["state"] == .null || $0.text("state") == HandOverState.offered.rawValue }
        guard open.count == 1, let only = open.first else {
            throw DeviceProblem("ambiguous", "“\(text.prefix(40))” means \(found.count) hand-overs.", next: "Give more of the id.")
        }
        return only
    }

    /// Only who receives something can say that it has come, only its author that it has not gone.
    fileprivate func checkOwn(_ offer: RecordView, _ action: HandOverAction) throws {
        let place = try (action == .withdraw ? offer.reference("from") : offer.reference("to")).flatMap { try view("stock_location", $0) }
        if let holder = place?.reference("holder"), place?.text("kind") == "van", holder != user {
            throw DeviceProblem(
                .notYours, "It \(action == .withdraw ? "leaves" : "goes to") \(place?.text("name") ?? "another van").",
                next: "\(try view("user", holder)?.text("name") ?? "Its driver") has to say so.")
        }
        if action == .withdraw, place == nil, offer.reference("by") != user {
            throw DeviceProblem(.notYours, "Somebody else hands it over.", next: "Decline it instead.")
        }
    }

    /// What is told of goods that leave a depot without anybody having promised them.
    fileprivate func promiseNotices(_ part: RecordID, _ quantity: Quantity, at depot: RecordID, for order: RecordID?) throws -> [String] {
        guard let order else { return ["Nobody has promised it to a job; if it was promised to another, the office gets a question."] }
        let id = DeviceClient.reservationID(try schema.entity("reservation"), order: order, part: part, location: depot)
        let granted = try view("reservation", id).map { ReservationAmounts($0) }?.granted ?? .zero
        return granted >= quantity ? [] : ["No granted reservation of the job covers it; if it was promised to another, the office gets a question."]
    }
}
