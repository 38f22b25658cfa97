import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// After a restore the server does not know what it has promised since the copy was made. Until those who may hold such
/// promises have told theirs, it makes no new ones (Protocol/09-epochs.md, 9.16 on).
extension Sequencer {
    /// Begins to wait for the replicas that may hold what the copy lacks: who was in contact within a day before the newest
    /// contact it knows of, who holds a stock lease in it, and who was enrolled after it.
    ///
    /// - Parameters:
    ///   - enrolledSince: numbers devices got that the copy does not know.
    ///   - isAgeKnown: the newest contact is of the time before the copy. Otherwise the copy may be of any age, and whoever has ever
    ///     been in contact may hold promises.
    func beginSettling(enrolledSince: [UInt32], isAgeKnown: Bool) throws {
        guard var tenant = try transaction.tenant() else { return }
        let replicas = try transaction.replicas().filter { !$0.publicKey.isEmpty && $0.revokedAt == nil }
        // The server's own timers are no contact: after a weekend Friday's devices are those to wait for.
        // A contact in time to come was noted by a clock that was wrong, and says nothing of the others.
        let last = replicas.map(\.lastSeen).filter { $0 <= moment.milliseconds }.max() ?? 0
        let since = isAgeKnown ? last - Int64(Limits.settlingSeconds + Limits.seenSeconds) * 1000 : 0
        let entity = try schema.entity("lease")
        let holders = try transaction.ids(entity, where: "state", equals: .text("granted")).compactMap { id in
            try transaction.soundRecord(RecordKey(type: entity.type, id: id)).flatMap { RecordView($0.record, entity).integer("replica") }
        }
        for replica in replicas where replica.lastSeen >= since && replica.lastSeen > 0 || holders.contains(Int64(replica.replica.rawValue)) {
            try transaction.setAwaited(replica.replica, true)
        }
        for number in enrolledSince { try transaction.setAwaited(ReplicaID(rawValue: number), true) }
        guard try !transaction.awaited().isEmpty else { return }
        tenant.settlingUntil = moment.milliseconds + Int64(Limits.settlingSeconds) * 1000
        try transaction.save(tenant)
    }

    /// Waits for a replica no longer: it has given back all it had, or will not. When it was the last one, the tenant has settled.
    func stopWaiting(for replica: ReplicaID) throws {
        try transaction.setAwaited(replica, false)
        if try transaction.awaited().isEmpty { try settle() }
    }

    /// Ends the waiting, whoever has not been heard of, and answers the requests that waited: first those that were decided
    /// before, in the order they had then, and after them all others in the order in which they came.
    func settle() throws {
        guard var tenant = try transaction.tenant(), tenant.settlingUntil != nil else { return }
        tenant.settlingUntil = nil
        try transaction.save(tenant)
        for replica in try transaction.awaited() { try transaction.setAwaited(replica, false) }
        try serverSet(cause: "settled:\(tenant.epoch)", intent: "settled") { builder in
            let stock = try stock(builder)
            let reservations = try schema.entity("reservation")
            let policies = try schema.entity("stock_policy")
            let waiting = try builder.writer.views(reservations, where: "state", equals: .text("backordered"))
            let planned = try transaction.ids(policies).compactMap { try builder.writer.view(policies, $0) }
            builder.freedShelves.formUnion((waiting + planned).compactMap { StockShelf($0) })
            let granted = try ["granted", "picked"].flatMap { try builder.writer.views(reservations, where: "state", equals: .text($0)) }
            // Who was named pieces before the copy was put back has its turn before those who ask now.
            for view in (granted + waiting).sorted(by: { $0.id < $1.id }) where view["serials"] != .null {
                try stock.shelves.pieces.refresh(view.id, stock.shelves, isSettling: false)
            }
            let requests = try openRequests()
            func answer(_ requests: some Sequence<OpenRequest>) throws {
                for request in requests {
                    guard let view = try builder.writer.view(request.entity, request.id) else { continue }
                    try stock.answerWaiting(view, used: try used(by: view, since: request.position), replica: request.author)
                }
            }
            try answer(requests.filter { $0.former != nil })
            // What came back while nothing was promised serves who has waited since before, and then those who ask now.
            let blankets = BlanketEffects(builder: builder, promises: stock.promises)
            for id in try transaction.ids(try schema.entity("blanket_order"), where: "status", equals: .text("open")) {
                try blankets.serveWaiting(id)
            }
            try answer(requests.filter { $0.former == nil })
        }
        try adopt()
    }

    private struct OpenRequest {
        let entity: Entity
        let id: RecordID
        let position: Position
        /// Where it stood in the history that was lost.
        let former: Position?
        let author: ReplicaRow?
    }

    /// Reservations, leases, and releases of blanket orders that have no answer, in the order in which they are decided. No stamp has a say in it: a clock that is
    /// behind must not go before those who were promised something.
    private func openRequests() throws -> [OpenRequest] {
        var requests: [OpenRequest] = []
        let kinds = [
            ("reservation", "quantity", "state"), ("lease", "amount", "state"), ("blanket_release", "quantity", "state"),
            ("release_decision", "action", "effective"),
        ]
        for (name, field, answer) in kinds {
            let entity = try schema.entity(name)
            guard let asked = entity[field] else { continue }
            for id in try transaction.ids(entity) {
                guard let stored = try transaction.soundRecord(RecordKey(type: entity.type, id: id)), let entry = stored.record[asked.id],
                    RecordView(stored.record, entity)[answer] == .null
                else { continue }
                let admitted = try transaction.admitted(entry.version.writeID)
                let former = try admitted.map { try Wire.decode(PBReceipt.self, $0.answer).formerPosition } ?? 0
                requests.append(
                    OpenRequest(
                        entity: entity, id: id, position: admitted?.position ?? .start,
                        former: former == 0 ? nil : Position(rawValue: former),
                        author: try author(of: entry.version)))
            }
        }
        // What is said of a release comes after it.
        let rank = { (request: OpenRequest) in request.entity.name == "release_decision" ? 1 : 0 }
        return requests.sorted {
            (rank($0), $0.former?.rawValue ?? .max, $0.position, $0.id) < (rank($1), $1.former?.rawValue ?? .max, $1.position, $1.id)
        }
    }

    /// Who wrote it, with the rights of now.
    private func author(of version: Version) throws -> ReplicaRow? {
        guard var replica = try transaction.replica(version.writeID.replica) else { return nil }
        replica.role = try presentRole(of: replica)
        return replica
    }

    /// What was handed out for an order meanwhile of what it asks for.
    private func handedOut(for request: RecordView, _ order: RecordID, since position: Position) throws -> Quantity {
        let entity = try schema.entity("hand_over")
        return try transaction.ids(entity, where: "order", equals: .reference(order)).reduce(.zero) { sum, id in
            guard let stored = try transaction.record(RecordKey(type: entity.type, id: id)), let entry = stored.record.entries.first,
                try transaction.admitted(entry.version.writeID).map({ $0.position > position }) ?? false
            else { return sum }
            let offer = RecordView(stored.record, entity)
            guard offer.text("state") == HandOverState.accepted.rawValue, !offer.boolean("contested"), offer["part"] == request["part"],
                offer["from"] == request["location"]
            else { return sum }
            return offer.quantity("quantity").flatMap { sum.adding($0) } ?? sum
        }
    }

    /// What an order took of the part from the place since it asked for it.
    func used(by request: RecordView, since position: Position) throws -> Quantity {
        guard request.entity.name == "reservation", let order = request.reference("order") else { return .zero }
        let entity = try schema.entity("part_use")
        var uses: [RecordView] = []
        for id in try transaction.ids(entity, where: "order", equals: .reference(order)) {
            guard let stored = try transaction.record(RecordKey(type: entity.type, id: id)), let entry = stored.record.entries.first,
                try transaction.admitted(entry.version.writeID).map({ $0.position > position }) ?? false
            else { continue }
            uses.append(RecordView(stored.record, entity))
        }
        let corrected = Set(uses.compactMap { $0.reference("corrects") })
        let loaded = try handedOut(for: request, order, since: position)
        return uses.reduce(loaded) { sum, use in
            guard !corrected.contains(use.id), use["part"] == request["part"], use["from"] == request["location"], use.text("action") != "removed"
            else { return sum }
            return use.quantity("quantity").flatMap { sum.adding($0) } ?? sum
        }
    }

    /// Leases that a device shows with this server's own MAC hold again, where the requests for them are here and have no grant.
    func grantShownLeases() throws {
        let entity = try schema.entity("lease")
        for proof in shownLeases.values.sorted(by: { $0.lease < $1.lease }) {
            guard let stored = try transaction.record(RecordKey(type: entity.type, id: proof.lease)), !stored.isDeleted else { continue }
            let view = RecordView(stored.record, entity)
            guard ![.text("granted"), .text("expired"), .text("returned")].contains(view["state"]) else { continue }
            let epoch = try transaction.tenant()?.epoch
            try serverSet(cause: "lease-shown:\(proof.lease):\(epoch?.description ?? "")", intent: "lease-shown") {
                try stock($0).grantShown(view, proof)
            }
        }
    }

    /// What decides about stock, with what it needs to know of promises made before.
    func stock(_ builder: EffectBuilder) throws -> StockEffects {
        StockEffects(
            builder: builder,
            promises: StockPromises(key: security.receiptKey, isSettling: try transaction.tenant()?.settlingUntil != nil, shown: shownLeases))
    }
}
