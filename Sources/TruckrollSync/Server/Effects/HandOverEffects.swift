import TruckrollCore
import TruckrollDomain

/// A part passes from one person to another in two steps: one hands it over, the other accepts it. It has moved when both have said
/// so, whichever of the two arrives first (C2).
struct HandOverEffects {
    let stock: StockEffects
    private var builder: EffectBuilder { stock.builder }
    private var offers: OfferEffects { stock.offers }

    // MARK: Offered

    /// Somebody hands something over: it is held until its receiver has answered, perhaps before.
    func offer(_ offer: RecordView) throws {
        if let problem = try problem(with: offer) {
            return try builder.patch("hand_over", id: offer.id, ["state": .text(HandOverState.refused.rawValue), "answer": .text(problem)])
        }
        let hold = try hold(offer)
        var fields: [String: Value] = ["offered_to": offer["to"]]
        switch hold {
        case .nothing: fields["state"] = .text(HandOverState.offered.rawValue)
        case .held(let quantity, let reservation):
            fields["state"] = .text(HandOverState.offered.rawValue)
            fields["held"] = .text(quantity.description)
            fields["picked_for"] = reservation.map { .reference($0) } ?? .null
        case .refused(let answer):
            fields["state"] = .text(HandOverState.refused.rawValue)
            fields["answer"] = .text(answer)
        }
        try builder.patch("hand_over", id: offer.id, fields)
        let answers = try builder.schema.entity("hand_over_answer")
        for answer in try builder.writer.views(answers, where: "hand_over", equals: .reference(offer.id)).sorted(by: isBefore)
        where answer["effective"] == .null {
            try self.answer(answer)
        }
    }

    private func isBefore(_ a: RecordView, _ b: RecordView) -> Bool {
        guard let first = a.record.entries.first?.version, let second = b.record.entries.first?.version else { return a.id < b.id }
        return first < second
    }

    /// What keeps a hand-over from ever moving anything, as sentences for its author.
    private func problem(with offer: RecordView) throws -> String? {
        guard let part = offer.reference("part"), let to = offer.reference("to"), let code = offer.text("code") else {
            return "It names no part, or not where it goes."
        }
        if offer.id != HandOverCode.id(offer.entity, code: code, to: to) {
            return "A hand-over's id follows from its code and where it goes; hand it over again with it."
        }
        if offer.reference("from") == to { return "It lies there already. Say where it goes." }
        guard try stock.units.book.isSerialised(part) else {
            return offer.reference("from") == nil ? "Say what stock it leaves, and hand it over again." : nil
        }
        return UnitPassage.serial(offer) == nil || offer.quantity("quantity") != .one
            ? "Each piece of this part has a serial number. Hand each over by itself, with its number." : nil
    }

    private enum Hold {
        case nothing
        case held(Quantity, for: RecordID?)
        case refused(String)
    }

    /// What leaves a depot is held, so that nobody else is promised it; a van's stock is its driver's alone.
    private func hold(_ offer: RecordView) throws -> Hold {
        guard let part = offer.reference("part"), let quantity = offer.quantity("quantity") else { return .nothing }
        if let serial = UnitPassage.serial(offer) {
            for former in try offers.open(of: part, serial: serial) where former.id != offer.id && former["from"] == offer["from"] {
                try offers.end(former, as: .refused, because: "It was handed over anew.")
            }
        }
        guard let from = offer.reference("from"), try stock.isDepot(from) else { return .nothing }
        if stock.promises.isSettling {
            return .refused("The server was restored from a copy and promises nothing yet. Hand it over again once it has heard from the devices.")
        }
        if let serial = UnitPassage.serial(offer), let unit = try stock.units.book.unit(of: part, serial: serial) {
            let holder = UnitHolder(unit: unit)
            guard holder == .location(from) else {
                return .refused("The piece \(serial) is \(try stock.units.book.words(for: holder)) by the book. Compare the number with the plate.")
            }
        }
        if let serial = UnitPassage.serial(offer), let problem = try namingProblem(of: offer, serial, part, at: from) { return .refused(problem) }
        if let problem = try lotProblem(of: offer, part, quantity, at: from) { return .refused(problem) }
        // What is somewhere else than in a van is not loaded for an order: anybody may be promised it there.
        if try offer.reference("to").map({ try !stock.isDepot($0) }) ?? false,
            let reservation = try stock.reservation(for: try stock.order(of: offer), part, from)
        {
            var amounts = ReservationAmounts(reservation)
            if amounts.granted >= quantity {
                amounts.granted = amounts.granted.remainder(after: quantity)
                amounts.picked = amounts.picked.adding(quantity) ?? amounts.picked
                try offers.write(amounts, reservation)
                return .held(quantity, for: reservation.id)
            }
        }
        let stocked = try stock.book.availability(of: part, at: from, today: builder.today)
        // What may not be used any more is nobody's to be promised, and goes where it can be put aside.
        let unusable = try offer.lot.map { try !stock.lots.book.shelfLife(of: $0, of: part).isUsable(on: builder.today) } ?? false
        let free = unusable ? min(stocked.unusable, max(.zero, try stock.book.balance(of: part, at: from).unpromised)) : stocked.available
        guard quantity <= free else { return .refused("Only \(free) are free there. Reserve the part for the order, or hand over less.") }
        try stock.change(part, at: from) { $0.reserved = $0.reserved.adding(quantity) ?? $0.reserved }
        return .held(quantity, for: nil)
    }

    /// Why a piece cannot be handed out, as a sentence: it is named for another order, or for this one others are.
    private func namingProblem(of offer: RecordView, _ serial: String, _ part: RecordID, at from: RecordID) throws -> String? {
        let unit = try stock.units.book.unit(of: part, serial: serial)
        if let to = offer.reference("to"), try builder.writer.view(try builder.schema.entity("stock_location"), to)?.text("kind") == "quarantine" {
            return nil
        }
        let own = try stock.reservation(for: try stock.order(of: offer), part, from)
        if let reservation = unit?.reference("reserved_for") {
            return reservation == own?.id ? nil : "The piece \(serial) is named for another order. Hand out another one, or release it there."
        }
        let named = (own?["serials"].list ?? []).compactMap(\.text)
        guard let own, ReservationAmounts(own).granted > .zero, UnitCriteria(reservation: own) != nil else { return nil }
        return "Named for the order are \(named.joined(separator: ", "))."
    }

    /// Why a lot cannot be handed out, as a sentence.
    private func lotProblem(of offer: RecordView, _ part: RecordID, _ quantity: Quantity, at from: RecordID) throws -> String? {
        guard try stock.lots.book.isTracked(part) else { return nil }
        if let doubt = try stock.lots.doubt(of: offer, part, quantity, at: from) { return doubt }
        guard let lot = offer.lot, try !stock.lots.book.shelfLife(of: lot, of: part).isUsable(on: builder.today), let to = offer.reference("to"),
            try builder.writer.view(try builder.schema.entity("stock_location"), to)?.text("kind") != "quarantine"
        else { return nil }
        return "Lot \(lot) may not be used any more. Hand it into quarantine, or write it off."
    }

    // MARK: Answered

    /// Its receiver accepts or declines a hand-over, or its author takes it back. What names one that is not here yet waits for it.
    func answer(_ answer: RecordView) throws {
        let entity = try builder.schema.entity("hand_over")
        guard let action = answer.text("action").flatMap({ HandOverAction(rawValue: $0) }),
            let offer = try answer.reference("hand_over").flatMap({ try builder.writer.view(entity, $0) }), offer["state"] != .null,
            // Beside its hand-over in one set it has decided already.
            answer["effective"] == .null
        else { return }
        if let ruling = try objection(to: answer, action, offer) {
            return try builder.patch("hand_over_answer", id: answer.id, ["effective": .boolean(false), "ruling": .text(ruling)])
        }
        try builder.patch("hand_over_answer", id: answer.id, ["effective": .boolean(true)])
        switch action {
        case .accept: try accept(offer, answer)
        case .decline, .withdraw: try offers.end(offer, as: action.state, because: answer.text("reason") ?? "")
        }
    }

    /// Why an answer decides nothing; where two people say what cannot both be, somebody is told.
    private func objection(to answer: RecordView, _ action: HandOverAction, _ offer: RecordView) throws -> String? {
        let state = offer.text("state").flatMap { HandOverState(rawValue: $0) } ?? .refused
        let place = action == .withdraw ? offer["from"] : offer["to"]
        guard answer["location"] == place, action != .withdraw || place != .null || answer["by"] == offer["by"] else {
            return action == .withdraw ? "It left another stock." : "It goes to another stock."
        }
        if try problem(with: offer) != nil { return offer.text("answer") ?? "It moves nothing." }
        let isOfAnother = [("part", offer["part"]), ("quantity", offer["quantity"]), ("serial", offer["serial"])].contains { name, value in
            answer[name] != .null && answer[name] != value
        }
        if action == .accept, isOfAnother {
            try tell(answer, offer, "What was received is not what was handed over. By the book nothing has moved.")
            return "It was handed over as something else."
        }
        if action == .accept, let part = offer.reference("part"), let to = offer.reference("to"), let quantity = offer.quantity("quantity"),
            try stock.book.balance(of: part, at: to).onHand.adding(quantity) == nil
        {
            return "The place would hold more than a quantity can say."
        }
        switch (action, state) {
        case (_, .offered), (.accept, .refused): return nil
        case (.accept, .accepted), (.decline, .declined), (.withdraw, .withdrawn), (_, .refused): return "It is \(state.rawValue) already."
        case (.accept, _), (.withdraw, .accepted):
            let book = state == .accepted ? "By the book it has moved." : "By the book nothing has moved."
            try tell(answer, offer, "It is \(state.rawValue), and \(action == .accept ? "was received" : "was taken back") all the same. \(book)")
            return "It was \(state.rawValue) before."
        default: return "It was \(state.rawValue) before."
        }
    }

    private func tell(_ answer: RecordView, _ offer: RecordView, _ what: String) throws {
        let name = try offer.reference("part").flatMap { try builder.writer.view(try builder.schema.entity("part"), $0)?.text("number") } ?? "part"
        let piece = UnitPassage.serial(offer).map { " \($0)" } ?? ""
        try builder.raise(
            .custody_conflict, "hand-over:\(answer.id)", order: nil, about: answer.reference("by"),
            text: "Hand-over of \(name)\(piece): \(what) Ask both who has it, and move it there.")
    }

    /// Both have said so: it has moved.
    private func accept(_ offer: RecordView, _ answer: RecordView) throws {
        guard let part = offer.reference("part"), let quantity = offer.quantity("quantity") else { return }
        try CountEffects(stock: stock).explain(offer)
        let outcome = try stock.units.move(handOver: offer)
        try builder.patch("hand_over", id: offer.id, ["state": .text(HandOverState.accepted.rawValue), "answer": .null])
        if case .contested(let place) = outcome {
            try offers.end(offer, as: .accepted, because: "By the book it is \(place).")
            try builder.patch("hand_over", id: offer.id, ["contested": .boolean(true)])
            return try tell(answer, offer, "By the book the piece is \(place), and stays there.")
        }
        var doubts: [String] = []
        if let from = offer.reference("from") { doubts = try stock.leave(part, quantity, from, offer, outcome) }
        try stock.book(
            offer.reference("from") == nil ? "return" : "transfer", part: part, quantity: quantity, from: offer.reference("from"),
            to: offer.reference("to"), use: offer)
        if let from = offer.reference("from"), try !stock.coversPromises(part, at: from) {
            doubts.append("What is left does not cover what was promised. Replenish the location.")
        }
        try CountEffects(stock: stock).explain(arrivalOf: offer, at: answer)
        if let serial = UnitPassage.serial(offer) { try follow(part, serial, since: answer) }
        guard !doubts.isEmpty else { return }
        try builder.raise(
            .stock_discrepancy, "hand-over:\(offer.id)", order: nil, about: offer.reference("by"),
            text: "A hand-over was accepted. " + doubts.joined(separator: " "))
    }

    // MARK: What came after

    /// What was recorded of a piece after it had come to who has it now, and reached the server before, contradicted the book until now.
    ///
    /// - Parameter arrival: the record of who has it now, by whose clock it came.
    private func follow(_ part: RecordID, _ serial: String, since arrival: RecordView) throws {
        guard try stock.units.book.isSerialised(part), let since = arrival.time("at")?.milliseconds,
            let holder = try stock.units.book.unit(of: part, serial: serial).flatMap({ UnitHolder(unit: $0) })
        else { return }
        let uses = try builder.writer.views(try builder.schema.entity("part_use"), where: "serial", equals: .text(serial)).filter {
            $0.boolean("contested") && !$0.boolean("prevailed") && UnitPassage(use: $0)?.from == holder
        }
        let handOvers = try builder.writer.views(try builder.schema.entity("hand_over"), where: "serial", equals: .text(serial)).filter {
            $0.boolean("contested") && UnitPassage(handOver: $0)?.from == holder
        }
        // What was recorded before it came here is about something else.
        let later = (uses + handOvers).compactMap { view in view.time("at").map { (view: view, at: $0.milliseconds) } }
            .filter { $0.view.reference("part") == part && $0.at >= since }
        guard let next = later.min(by: { ($0.at, $0.view.id) < ($1.at, $1.view.id) })?.view else { return }
        if next.entity.name == "part_use" {
            try stock.resume(use: next)
            return try follow(part, serial, since: next)
        }
        guard case .moved = try stock.units.move(handOver: next) else { return }
        try builder.patch("hand_over", id: next.id, ["contested": .boolean(false), "answer": .null])
        try stock.book(
            next.reference("from") == nil ? "return" : "transfer", part: part, quantity: .one, from: next.reference("from"),
            to: next.reference("to"), use: next)
        try follow(part, serial, since: try close(casesOf: next) ?? next)
    }

    /// - Returns: the answer that had accepted it.
    private func close(casesOf offer: RecordView) throws -> RecordView? {
        let answers = try builder.writer.views(
            try builder.schema.entity("hand_over_answer"), where: "hand_over", equals: .reference(offer.id))
        let accepted = answers.first { $0.boolean("effective") }
        if let answer = accepted {
            // It was raised by whichever of the two came last.
            for view in [offer, answer] {
                guard let made = view.record.entries.first?.version.writeID else { continue }
                try builder.resolve(
                    .custody_conflict, raisedBy: Sequencer.effectsCause(made), "hand-over:\(answer.id)", order: nil,
                    text: "The piece came to where it was handed over from.")
            }
        }
        return accepted
    }
}
