import TruckrollCore
import TruckrollDomain

/// Keeps in step which pieces are named for reservations that ask for certain ones: as many as are granted, each of them fit for what is
/// asked, none for two.
struct NamedUnitEffects {
    let balances: BalanceEffects
    private var builder: EffectBuilder { balances.builder }
    private var conformity: ConformityBook { ConformityBook(schema: builder.schema, access: builder.writer) }

    /// The pieces that lie where a request asks for them; `nil` where any of the part will do.
    func candidates(for view: RecordView) throws -> [UnitCandidate]? {
        guard let criteria = UnitCriteria(reservation: view), let shelf = StockShelf(view) else { return nil }
        return try conformity.candidates(shelf.part, at: shelf.location, for: criteria, neededOn: day(of: view))
    }

    /// The day on which they are needed; today where nobody has said or it is past.
    private func day(of view: RecordView) -> CalendarDate {
        let needed = view.time("needed_by").map { builder.moment.calendar.local($0.milliseconds).date }
        return max(builder.today, needed ?? builder.today)
    }

    /// A certificate of a part says something else than before: pieces that are not what was asked for any more are named no longer, and who
    /// waits has another turn. That time goes by takes nothing away: what was fit when it was asked for stays named.
    func recheck(part: RecordID) throws {
        let reservations = try builder.schema.entity("reservation")
        let certificates = try conformity.certificates(ofPart: part)
        for unit in try builder.writer.views(try builder.schema.entity("unit"), where: "part", equals: .reference(part)) {
            guard let view = try unit.reference("reserved_for").flatMap({ try builder.writer.view(reservations, $0) }),
                let criteria = UnitCriteria(reservation: view), let serial = unit.text("serial"),
                criteria.report(on: serial, certificates, neededOn: askedFor(view)).verdict == .error
            else { continue }
            try builder.patch("unit", id: unit.id, ["reserved_for": .null])
            builder.namedReservations.insert(view.id)
            let offers = OfferEffects(balances: balances)
            for offer in try offers.open(of: part, serial: serial) where offer.reference("picked_for") == view.id {
                try offers.end(offer, as: .refused, because: "Its certificate does not hold any more.")
            }
        }
        for view in try builder.writer.views(reservations, where: "part", equals: .reference(part))
        where view.text("state") == ReservationState.backordered.rawValue && UnitCriteria(reservation: view) != nil {
            if let shelf = StockShelf(view) { builder.freedShelves.insert(shelf) }
            builder.namedReservations.insert(view.id)
        }
    }

    /// The day on which the pieces were to be fit when they were asked for.
    private func askedFor(_ view: RecordView) -> CalendarDate {
        let asked = view.record.entries.first.map { builder.moment.calendar.local(Int64(clamping: $0.version.stamp.milliseconds)).date }
        let needed = view.time("needed_by").map { builder.moment.calendar.local($0.milliseconds).date }
        return max(asked ?? builder.today, needed ?? asked ?? builder.today)
    }

    /// Names pieces that were granted.
    func name(_ pieces: [RecordID], for view: RecordView) throws {
        guard !pieces.isEmpty else { return }
        for piece in pieces { try builder.patch("unit", id: piece, ["reserved_for": .reference(view.id)]) }
        try list(view)
    }

    /// Brings in step what a request lists that waits.
    func list(_ id: RecordID) throws {
        if let view = try builder.writer.view(try builder.schema.entity("reservation"), id) { try list(view) }
    }

    /// Writes into a request which pieces are named for it, and while it waits, why the others are not.
    private func list(_ view: RecordView) throws {
        let view = try builder.writer.view(view.entity, view.id) ?? view
        let serials = try named(for: view).compactMap { $0.text("serial") }.sorted()
        let isWaiting = view.text("state") == ReservationState.backordered.rawValue
        let shortcomings = isWaiting ? try candidates(for: view)?.compactMap(\.shortcoming) ?? [] : []
        try builder.patch(
            "reservation", id: view.id,
            [
                "serials": .list(serials.map { .text($0) }),
                "shortcomings": shortcomings.isEmpty ? .null : .list(shortcomings.prefix(Self.mostListed).map { .text(String($0.prefix(300))) }),
            ])
    }

    /// How many pieces a request that waits lists; a person reads no more.
    private static let mostListed = 20

    private func named(for view: RecordView) throws -> [RecordView] {
        try builder.writer.views(try builder.schema.entity("unit"), where: "reserved_for", equals: .reference(view.id))
    }

    // MARK: What has changed

    /// Frees pieces that are not needed any more, names others for those that have gone another way, and lets a request wait again for what
    /// cannot be replaced.
    ///
    /// - Parameter isSettling: whether nothing is promised now; what is missing is looked for when that is over.
    func refresh(_ id: RecordID, _ shelves: ShelfEffects, isSettling: Bool) throws {
        guard let view = try builder.writer.view(try builder.schema.entity("reservation"), id), let shelf = StockShelf(view) else { return }
        var amounts = ReservationAmounts(view)
        let needed = Int((amounts.granted.millionths + amounts.picked.millionths) / Quantity.one.millionths)
        let named = try named(for: view)
        if named.count > needed {
            let handed = Set(try OfferEffects(balances: balances).open(for: view).compactMap { UnitPassage.serial($0) })
            let loose = named.filter { !handed.contains($0.text("serial") ?? "") }.sorted { ($0.text("serial") ?? "") > ($1.text("serial") ?? "") }
            for unit in loose.prefix(named.count - needed) { try builder.patch("unit", id: unit.id, ["reserved_for": .null]) }
            builder.freedShelves.insert(shelf)
        }
        if named.count < needed, !isSettling {
            let eligible = try candidates(for: view)?.filter(\.isEligible).prefix(needed - named.count).map(\.unit) ?? []
            for piece in eligible { try builder.patch("unit", id: piece, ["reserved_for": .reference(view.id)]) }
            let lost = min(Quantity(millionths: Int64(needed - named.count - eligible.count) * Quantity.one.millionths), amounts.granted)
            if lost > .zero {
                amounts.granted = amounts.granted.remainder(after: lost)
                amounts.backordered = amounts.backordered.adding(lost) ?? amounts.backordered
                try shelves.wait(again: view, amounts, lost)
            }
        }
        try list(view)
    }
}
