import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Sets of the server's own: the effects of a device's set, right after it, and what is due by the clock.
extension Sequencer {
    func react(to applied: [AppliedOp], outsideView: [Int], _ set: ChangeSet, _ replica: ReplicaRow) throws {
        try serverSet(cause: Self.effectsCause(set.writeID), intent: "effects") { builder in
            let rulings = RulingEffects(builder: builder, author: author, isOfWork: replica.role != .importer)
            let stock = try stock(builder)
            let blankets = BlanketEffects(builder: builder, promises: stock.promises)
            let isImport = replica.role == .importer
            let orders = OrderEffects(builder: builder, stock: stock, isImport: isImport)
            let facts = FactEffects(builder: builder, isImport: isImport)
            let exceptions = ExceptionEffects(builder: builder)
            let plans = PlanEffects(builder: builder, isImport: isImport)
            try AssetEffects(builder: builder).add(for: applied, author: set.user)
            for item in applied {
                try rulings.add(for: item)
                if item.entity.name == "assignment_request" { try AssignmentEffects(builder: builder).add(for: item, author: set.user) }
                try orders.add(for: item)
                try stock.add(for: item, replica: replica, base: set.base)
                try facts.add(for: item, author: set.user)
                try exceptions.add(for: item, author: set.user)
                try plans.add(for: item)
                try blankets.add(for: item, replica: replica)
            }
            try plans.countMeters()
            if !outsideView.isEmpty {
                try builder.raise(
                    .outside_view, "outside", order: nil, about: set.user,
                    text:
                        "\(outsideView.count) fact(s) of set \(set.writeID) concern records outside the device's view. They are kept with the set for review."
                )
            }
            try closeRecovered(set, builder)
            for item in applied where item.entity.name == "recovered_state" {
                if let view = try builder.writer.view(item.entity, item.op.key.id), let author = view.integer("author_replica") {
                    try closeCase(of: ReplicaID(rawValue: UInt32(truncatingIfNeeded: author)), builder)
                }
            }
            let reviews = OrderReviewEffects(builder: builder, isImport: isImport)
            try reviews.reconsider(by: set.user)
            try reviews.noteOvertaken(by: set.user)
            for order in builder.ordersToClose.sorted() { try orders.closeIfComplete(order, by: set.user) }
        }
    }

    /// Why there are effects of a set.
    static func effectsCause(_ set: WriteID) -> String { "write:\(set)" }

    private func author(_ version: Version) throws -> RecordID? { try transaction.admitted(version.writeID)?.user }

    /// Makes and admits a set of the server's own, unless nothing comes of it or its cause has been served.
    ///
    /// - Returns: whether a set was admitted.
    @discardableResult
    func serverSet(cause: String, intent: String, _ body: (EffectBuilder) throws -> Void) throws -> Bool {
        guard let tenant = try transaction.tenant(), try transaction.admitted(cause: cause) == nil else { return false }
        let position = tenant.head.next
        let stamp = try nextServerStamp(tenant)
        let writeID = WriteID(replica: tenant.serverReplica, sequence: tenant.serverSequence + 1)
        let writer = PositionWriter(transaction: transaction, schema: schema, position: position, clock: moment)
        let builder = EffectBuilder(
            schema: schema, writer: writer, moment: moment, version: Version(stamp: stamp, sequence: writeID.sequence), cause: cause)
        try body(builder)
        try PlanEffects(builder: builder).noteMoved(builder.movedOrders)
        for order in builder.movedOrders.sorted() { try DueEffects(builder: builder).refresh(order) }
        try ShelfEffects(builder: builder).refreshTouched(isSettling: try transaction.tenant()?.settlingUntil != nil)
        guard !builder.ops.isEmpty else { return false }
        try writer.finish()
        try recordOwn(builder.ops, stamp: stamp, intent: intent, cause: cause, at: position)
        return true
    }

    /// Keeps a set of the server's own at the next position.
    ///
    /// - Parameters:
    ///   - about: the set whose taking effect it is, with what became of that.
    ///   - origin: the work that took effect, so that it is known when it comes again under another number.
    @discardableResult
    func recordOwn(
        _ ops: [Op], stamp: Stamp, intent: String, cause: String, at position: Position, about: (set: AdmittedSet, outcome: Outcome)? = nil,
        remarks: [Remark] = [], origin: Origin? = nil
    ) throws -> PBReceipt {
        guard let tenant = try transaction.tenant() else { throw DecodingProblem("no-tenant", "the store was not initialised") }
        let nobody = RecordID(high: 0, low: 0)
        let writeID = WriteID(replica: tenant.serverReplica, sequence: tenant.serverSequence + 1)
        let base = Checkpoint(epoch: tenant.epoch, position: tenant.head, historyPrefix: tenant.history.prefix, viewVersion: 0)
        let set = ChangeSet(
            protocolVersion: Limits.protocolVersion, schemaVersion: schema.version, tenant: tenant.tenant, device: DeviceID(high: 0, low: 0),
            writeID: writeID, previous: tenant.serverHash, base: base, claimed: stamp, user: nobody, intent: intent, ops: ops)
        let signed = SignedSet(writeID: writeID, body: try set.encodedBody(), algorithm: .p256, signature: [])
        let receipt = try record(
            signed, signed.hash, stamp: stamp, claimed: stamp, outcome: .applied, user: nobody, intent: intent, cause: cause, origin: origin,
            remarks: remarks, position: position, about: about)
        guard var after = try transaction.tenant() else { return receipt }
        after.serverSequence = writeID.sequence
        after.serverHash = signed.hash
        after.serverStamp = stamp
        try transaction.save(after)
        return receipt
    }

    /// What the server's next set is stamped with: above its last one and above what stands at the head.
    func nextServerStamp(_ tenant: TenantState) throws -> Stamp {
        let now = UInt64(max(0, moment.milliseconds))
        let stamp = serverStamp(tenant, now) ?? Stamp(milliseconds: now, counter: 0, replica: tenant.serverReplica)
        // What effects write stands above what their cause wrote.
        guard let last = try transaction.admitted(at: tenant.head)?.stamp, !(last < stamp) else { return stamp }
        return Stamp.justAbove(last, replica: tenant.serverReplica)
    }

    /// Above the server's last stamp, under the number it has in this epoch.
    private func serverStamp(_ tenant: TenantState, _ now: UInt64) -> Stamp? {
        tenant.serverStamp.map { last in
            Stamp(milliseconds: last.milliseconds, counter: last.counter, replica: tenant.serverReplica).next(wallMilliseconds: now)
        }
    }
}
