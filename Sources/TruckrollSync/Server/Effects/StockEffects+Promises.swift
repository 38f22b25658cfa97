import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What the server knows of promises it made and may have forgotten.
struct StockPromises {
    /// The key of its own MACs.
    let key: [UInt8]
    /// Whether it was restored and waits for those who may hold promises it lacks.
    let isSettling: Bool
    /// Grants it made in a history it lost, as the device in front of it shows them, by the lease.
    let shown: [RecordID: LeaseProof]
}

/// Reservations and leases: what is promised of what lies somewhere.
extension StockEffects {
    // MARK: Reservations

    /// Takes from what the order was granted; what it takes beyond that has no promise behind it, and is waited for no more.
    ///
    /// - Parameter isLoaded: whether it was only brought into a van, for the order to be used there.
    /// - Returns: whether the order was granted that much.
    func consumeReservation(
        _ order: RecordID, _ part: RecordID, _ location: RecordID, _ quantity: Quantity, isLoaded: Bool = false
    ) throws -> Bool {
        guard var view = try reservation(for: order, part, location) else { return false }
        var amounts = ReservationAmounts(view)
        if quantity > amounts.granted, amounts.picked > .zero {
            for offer in try offers.open(for: view) {
                try offers.end(offer, as: .refused, because: "The parts were taken for the order without it.")
            }
            view = try reservation(for: order, part, location) ?? view
            amounts = ReservationAmounts(view)
        }
        let granted = amounts.granted
        let taken = min(granted, quantity)
        let unwaited = min(amounts.backordered, quantity.remainder(after: taken))
        guard taken > .zero || unwaited > .zero else { return false }
        amounts.granted = granted.remainder(after: taken)
        amounts.backordered = amounts.backordered.remainder(after: unwaited)
        if isLoaded { amounts.loaded = amounts.loaded.adding(taken)?.adding(unwaited) ?? amounts.loaded }
        try offers.write(amounts, view)
        try change(part, at: location) {
            $0.reserved = $0.reserved.remainder(after: taken)
            $0.backordered = $0.backordered.remainder(after: unwaited)
        }
        return quantity <= granted
    }

    /// What an order asked for of a part at a place.
    func reservation(for order: RecordID?, _ part: RecordID, _ location: RecordID) throws -> RecordView? {
        guard let order else { return nil }
        let entity = try builder.schema.entity("reservation")
        return try builder.writer.view(entity, Self.reservationID(entity, order: order, part: part, location: location))
    }

    func isWaiting(_ order: RecordID, _ part: RecordID, _ location: RecordID) throws -> Bool {
        guard promises.isSettling else { return false }
        return try reservation(for: order, part, location).map { $0.text("state") == nil } ?? false
    }

    /// Frees what an order was granted and did not take, when it is cancelled or closed; what it still asks for, it asks no more.
    func release(reservationsOf order: RecordID) throws {
        let entity = try builder.schema.entity("reservation")
        for offer in try offers.open(for: order) { try offers.end(offer, as: .refused, because: "The order needs it no more.") }
        for asked in try builder.writer.views(entity, where: "order", equals: .reference(order)) {
            if asked.text("state") == nil { try builder.patch("reservation", id: asked.id, ["state": .text("released")]) }
            if asked.text("state") == "backordered", let view = try builder.writer.view(entity, asked.id) {
                try shelves.giveUp(view, because: "The order needs it no more.", isNews: false)
            }
            guard let view = try builder.writer.view(entity, asked.id), let shelf = StockShelf(view), case var amounts = ReservationAmounts(view),
                amounts.state != nil
            else { continue }
            let granted = amounts.granted
            try change(shelf.part, at: shelf.location) { $0.reserved = $0.reserved.remainder(after: granted) }
            // What was loaded stays where it is, as that place's stock.
            (amounts.granted, amounts.loaded) = (.zero, .zero)
            try offers.write(amounts, view, end: .released)
        }
    }

    /// Frees what was granted until now and nobody has come for. What is being handed over, or was, goes on.
    func expire(reservation view: RecordView) throws {
        guard let shelf = StockShelf(view), case var amounts = ReservationAmounts(view), case let granted = amounts.granted, granted > .zero else {
            return
        }
        try change(shelf.part, at: shelf.location) { $0.reserved = $0.reserved.remainder(after: granted) }
        amounts.granted = .zero
        try offers.write(amounts, view, end: .expired)
        let day = view.time("expires_at").map { "\($0.date)" } ?? "today"
        let remedy = "If they are still needed, ask at another depot, or for a follow-up order."
        try builder.patch("reservation", id: view.id, ["answer": .text("\(granted) were kept until \(day) and not taken. \(remedy)")])
    }

    /// The id of a reservation line: order, part and location. Asking twice is one request.
    static func reservationID(_ entity: Entity, order: RecordID, part: RecordID, location: RecordID) -> RecordID {
        RecordID.derived(type: entity.type, key: [order.bytes, part.bytes, location.bytes])
    }

    /// What lies in a van is promised as a whole to the device that drives it.
    func isDepot(_ location: RecordID) throws -> Bool {
        let kind = try builder.writer.view(try builder.schema.entity("stock_location"), location)?.text("kind")
        return kind == "depot" || kind == "consignment"
    }

    private static let vanAnswer = "Only the stock of a depot or a consignment can be promised. Ask for it there, or ask who drives the van."

    private static let settlingAnswer =
        "The server was restored from a copy. It answers once the devices have told what it had promised since; at the latest after a day."

    /// Answers a request that waited while the server settled.
    ///
    /// - Parameters:
    ///   - used: what the order took meanwhile of what it asks for.
    ///   - replica: who asks.
    func answerWaiting(_ view: RecordView, used: Quantity, replica: ReplicaRow?) throws {
        let blankets = BlanketEffects(builder: builder, promises: promises)
        switch view.entity.name {
        case "blanket_release": try blankets.answer(view, by: replica)
        case "release_decision": try blankets.hear(view, from: replica)
        case "lease" where view.text("kind") == "blanket": try blankets.answer(lease: view, by: replica)
        case "lease": try answer(lease: view, replica: replica)
        default: try answer(reservation: view, used: used, replica: replica)
        }
    }

    /// - Parameter used: what its order took meanwhile of what it asks for.
    func answer(reservation view: RecordView, used: Quantity = .zero, replica: ReplicaRow?) throws {
        guard let part = view.reference("part"), let location = view.reference("location"), let quantity = view.quantity("quantity"),
            let order = view.reference("order")
        else { return }
        guard view.id == Self.reservationID(view.entity, order: order, part: part, location: location) else {
            return try builder.patch(
                "reservation", id: view.id,
                ["state": .text("refused"), "answer": .text("A reservation's id follows from order, part and location; ask again with it.")])
        }
        let state = try builder.state(of: order)
        if state == .cancelled || state == .closed {
            return try builder.patch("reservation", id: view.id, ["state": .text("released"), "answer": .text("The order needs it no more.")])
        }
        let partView = try builder.writer.view(try builder.schema.entity("part"), part)
        if partView?.text("status") == "discontinued" {
            let replacement = try partView?.reference("replaced_by").flatMap {
                try builder.writer.view(try builder.schema.entity("part"), $0)?.text("number")
            }
            try builder.patch(
                "reservation", id: view.id,
                ["state": .text("refused"), "answer": .text("The part is discontinued." + (replacement.map { " It is replaced by \($0)." } ?? ""))])
            return
        }
        if let criteria = UnitCriteria(reservation: view), let refusal = try refusal(of: criteria, view, part) {
            return try builder.patch("reservation", id: view.id, ["state": .text("refused"), "answer": .text(refusal)])
        }
        guard try isDepot(location) else {
            return try builder.patch("reservation", id: view.id, ["state": .text("refused"), "answer": .text(Self.vanAnswer)])
        }
        if view.boolean("emergency"), let refusal = Self.refusal(ofEmergency: view, by: replica) {
            return try builder.patch("reservation", id: view.id, ["state": .text("refused"), "answer": .text(refusal)])
        }
        if promises.isSettling { return try builder.patch("reservation", id: view.id, ["answer": .text(Self.settlingAnswer)]) }
        let wanted = quantity.remainder(after: used)
        guard wanted > .zero else {
            return try builder.patch("reservation", id: view.id, ["state": .text("consumed"), "answer": .text("It was taken meanwhile.")])
        }
        if let end = view.time("expires_at"), end.milliseconds <= builder.moment.milliseconds {
            let answer = "It was to be kept until \(end), which has passed. If it is still needed, ask at another depot, or for a follow-up order."
            return try builder.patch("reservation", id: view.id, ["state": .text("expired"), "answer": .text(answer)])
        }
        try promise(wanted, to: view, StockShelf(location: location, part: part))
    }

    /// Kept back stock is for the office to release, and somebody says why.
    private static func refusal(ofEmergency view: RecordView, by replica: ReplicaRow?) -> String? {
        if replica?.role == .technician { return "Only the office may release what is kept back. Ask the dispatcher." }
        let reason = view.text("reason") ?? ""
        return reason.allSatisfy(\.isWhitespace) ? "Say why the safety stock is released, and ask again." : nil
    }

    /// Only of pieces that are told apart, certain ones can be asked for.
    private func refusal(of criteria: UnitCriteria, _ view: RecordView, _ part: RecordID) throws -> String? {
        if criteria.isContradictory {
            return "No piece can be fit for \(criteria.words). Ask for a gas zone with a gas group, or for dust with dust."
        }
        guard try units.book.isSerialised(part) else { return "The pieces of this part are not told apart. Ask for it without criteria." }
        let isWhole = view.quantity("quantity").map { $0.millionths % Quantity.one.millionths == 0 } ?? false
        return isWhole ? nil : "Pieces are asked for by whole numbers."
    }

    /// Grants what a request can have in its turn, and lets it wait for the rest.
    private func promise(_ wanted: Quantity, to view: RecordView, _ shelf: StockShelf) throws {
        let availability = try book.availability(of: shelf.part, at: shelf.location, today: builder.today)
        let isEmergency = view.boolean("emergency")
        let criteria = UnitCriteria(reservation: view)
        let room =
            isEmergency ? availability.unpromised : Quantity(millionths: availability.unpromised.millionths - availability.safetyStock.millionths)
        var grant: BackorderQueue.Grant?
        // Where there is nothing to grant, nobody's turn has to be known; where nobody waits and all is there, neither.
        if room > .zero {
            let isAlone = availability.backordered == .zero
            let line =
                isAlone && room >= wanted && criteria == nil
                ? BackorderLine(alone: view.id, wanted, isEmergency) : try shelves.line(view, outstanding: wanted)
            let queue = BackorderQueue(try (isAlone ? [] : shelves.waiting(for: shelf)) + [line].compactMap { $0 })
            grant = queue.grants(of: availability.unpromised, keeping: availability.safetyStock).first { $0.line == line }
        }
        let granted = grant?.quantity ?? .zero
        let left = Quantity(millionths: wanted.millionths - granted.millionths)
        guard let backordered = availability.backordered.adding(left) else {
            return try builder.patch(
                "reservation", id: view.id,
                ["state": .text("refused"), "answer": .text("More would be waited for than the book can say. Ask for less.")])
        }
        var fields: [String: Value] = ["state": .text("granted"), "granted": .text(granted.description), "answer": .text("Granted.")]
        if criteria != nil { fields["serials"] = .list([]) }
        if let kept = grant?.fromSafetyStock, kept > .zero {
            fields["from_safety_stock"] = .text(kept.description)
            fields["answer"] = .text("Granted, \(kept) of it from the safety stock.")
        }
        let end = try shelves.lapse(of: view)
        let isOver = end.map { $0.milliseconds <= builder.moment.milliseconds } ?? false
        if left > .zero, isOver {
            fields["state"] = .text(granted > .zero ? "granted" : "released")
            fields["answer"] = .text("\(granted) are granted; the rest was not there in time and is not wanted any more.")
        } else if left > .zero {
            fields["state"] = .text("backordered")
            fields["backordered"] = .text(left.description)
            fields["open_for"] = .reference(try book.balanceID(shelf.part, shelf.location))
            if let end { fields["lapses_at"] = .text(end.description) }
            let what = granted > .zero ? "\(granted) are granted, \(left) more are waited for." : "Only \(max(.zero, room)) free there."
            let turn = granted == .zero && room >= wanted ? " They are held for those who come before." : ""
            fields["answer"] = .text("\(what)\(turn) \(try alternatives(shelf, left))")
            if let criteria {
                let fit = try shelves.pieces.candidates(for: view)?.filter(\.isEligible).count ?? 0
                fields["answer"] = .text("\(granted) are granted. Of what lies there \(fit) meet \(criteria.words); \(left) more are waited for.")
            }
        }
        try builder.patch("reservation", id: view.id, fields)
        if let grant { try shelves.pieces.name(grant.pieces, for: view) }
        if criteria != nil, grant == nil { builder.namedReservations.insert(view.id) }
        if left > .zero, !isOver, let waiting = try builder.writer.view(view.entity, view.id) { try shelves.raiseShortage(of: waiting) }
        try change(shelf.part, at: shelf.location) {
            $0.reserved = $0.reserved.adding(granted) ?? $0.reserved
            if !isOver { $0.backordered = backordered }
        }
    }

    private func alternatives(_ shelf: StockShelf, _ quantity: Quantity) throws -> String {
        let entity = try builder.schema.entity("stock_location")
        var names: [String] = []
        for other in try builder.writer.views(entity, where: "kind", equals: .text("depot")) where other.id != shelf.location {
            let free = try book.availability(of: shelf.part, at: other.id, today: builder.today).available
            if free >= quantity { names.append("\(other.text("name") ?? "depot") has \(free)") }
        }
        return names.isEmpty
            ? "No other depot has that much; it is on backorder." : "Alternatives: " + names.prefix(4).joined(separator: "; ") + "."
    }

    // MARK: Leases

    func answer(lease view: RecordView, replica: ReplicaRow?) throws {
        guard view.text("kind") == "depot_stock", let replica else { return }
        guard let part = view.reference("part"), let location = view.reference("location"), let amount = view.quantity("amount") else {
            return try builder.patch(
                "lease", id: view.id, ["state": .text("refused"), "answer": .text("A stock lease names part, location and amount.")])
        }
        guard try isDepot(location) else {
            return try builder.patch("lease", id: view.id, ["state": .text("refused"), "answer": .text(Self.vanAnswer)])
        }
        if let proof = promises.shown[view.id] { return try grantShown(view, proof) }
        if promises.isSettling { return try builder.patch("lease", id: view.id, ["answer": .text(Self.settlingAnswer)]) }
        let free = try book.availability(of: part, at: location, today: builder.today).available
        guard free >= amount else {
            return try builder.patch("lease", id: view.id, ["state": .text("refused"), "answer": .text("Only \(free) free there.")])
        }
        let now = builder.moment.milliseconds
        try grant(
            LeaseProof(
                lease: view.id, replica: replica.replica, part: part, location: location, granted: amount,
                softExpiry: now + Int64(Limits.leaseSoftSeconds) * 1000, hardExpiry: now + Int64(Limits.leaseHardSeconds) * 1000))
    }

    private func grant(_ proof: LeaseProof) throws {
        try change(proof.part, at: proof.location) { $0.leased = $0.leased.adding(proof.granted) ?? $0.leased }
        try builder.write(grant: proof, key: promises.key)
    }

    /// A lease that was granted in a history that is lost is granted again as it was. Should it not fit any more, it stands all the
    /// same, and somebody is told of the shortage (I3).
    func grantShown(_ view: RecordView, _ proof: LeaseProof) throws {
        if view.text("kind") == "blanket" { return try BlanketEffects(builder: builder, promises: promises).grantShown(view, proof) }
        guard view.reference("part") == proof.part, view.reference("location") == proof.location else { return }
        try grant(proof)
        guard try !coversPromises(proof.part, at: proof.location) else { return }
        try builder.raise(
            .stock_discrepancy, "promise:\(view.id)", order: nil, about: view.reference("user"),
            text: "What a device was granted before the server was restored does not fit what is there. Replenish the location.")
    }

    /// Gives back to a lease what a use took that is corrected.
    func unspend(_ lease: RecordID, _ part: RecordID, _ from: RecordID, _ quantity: Quantity) throws {
        let entity = try builder.schema.entity("lease")
        guard let view = try builder.writer.view(entity, lease), view.reference("part") == part, view.reference("location") == from,
            view.text("state") == "granted", let granted = view.quantity("granted")
        else { return }
        let used = view.quantity("used") ?? .zero
        let left = used.remainder(after: quantity)
        let open = { (used: Quantity) in max(0, granted.millionths - used.millionths) }
        try builder.patch("lease", id: lease, ["used": .text(left.description)])
        let freed = open(left) - open(used)
        try change(part, at: from) { $0.leased = Quantity(millionths: $0.leased.millionths + freed) }
    }

    /// A spend is a fact even when the lease has run out or does not cover it; then it raises an exception.
    ///
    /// - Parameter isCovered: it corrects one of at least as much on the same lease, so there is nothing new to doubt.
    func spend(
        _ lease: RecordID, _ part: RecordID, _ quantity: Quantity, _ from: RecordID, _ use: RecordView, _ replica: ReplicaRow?, isCovered: Bool
    ) throws {
        let entity = try builder.schema.entity("lease")
        guard let view = try builder.writer.view(entity, lease), view.reference("part") == part, view.reference("location") == from,
            view.text("state") == "granted", replica.map({ view.integer("replica") == Int64($0.replica.rawValue) }) ?? true
        else {
            if isCovered { return }
            return try builder.raise(
                .lease_overrun, "lease:\(use.id)", order: use.reference("order"), about: use.reference("by"),
                text: "The part was taken on a lease that does not exist, has run out, or is another device's.")
        }
        let used = view.quantity("used") ?? .zero
        let granted = view.quantity("granted") ?? .zero
        let covered = Quantity(millionths: min(quantity.millionths, max(0, granted.millionths - used.millionths)))
        try builder.patch("lease", id: lease, ["used": .text((used.adding(quantity) ?? used).description)])
        try change(part, at: from) { $0.leased = $0.leased.remainder(after: covered) }
        if covered < quantity, !isCovered {
            try builder.raise(
                .lease_overrun, "lease:\(use.id)", order: use.reference("order"), about: use.reference("by"),
                text: "\(quantity) were taken on a lease that had \(covered) left.")
        }
    }

    /// Takes back what is left of a lease whose hard expiry has passed.
    func expire(lease view: RecordView) throws {
        if view.text("kind") == "blanket" { return try BlanketEffects(builder: builder, promises: promises).expire(lease: view) }
        let left = max(0, (view.quantity("granted") ?? .zero).millionths - (view.quantity("used") ?? .zero).millionths)
        if let part = view.reference("part"), let location = view.reference("location"), left > 0 {
            try change(part, at: location) { $0.leased = Quantity(millionths: max(0, $0.leased.millionths - left)) }
        }
        try builder.patch("lease", id: view.id, ["state": .text("expired")])
    }
}
