import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What the clock alone asks for: windows that open and close, and what the schemas declare clocks for. Each moment is acted on once, also
/// across restarts, by a set of the server's own whose cause names it.
extension Sequencer {
    /// Does what is due. Called before the next set is admitted, and at least once a minute.
    ///
    /// - Parameter isMinute: whether to look for what nobody is harmed by who waits a minute longer for it.
    /// - Returns: whether anything moved.
    func tick(isMinute: Bool = false) throws -> Bool {
        var moved = false
        if let end = try transaction.tenant()?.settlingUntil, end <= moment.milliseconds {
            try settle()
            moved = true
        }
        while true {
            let due = try transaction.edgesDue(at: moment.milliseconds, limit: 500)
            guard !due.isEmpty, let tenant = try transaction.tenant() else { break }
            try moveEdges(due, at: tenant.head.next)
            moved = true
        }
        // Whoever spends a lease is judged by whether it has run out.
        moved = try forDue("lease") { try expire(lease: $0, $1) } || moved
        guard isMinute else { return moved }
        // While the server waits for promises it may have made, it takes none back and makes no new ones.
        if try transaction.tenant()?.settlingUntil == nil { moved = try forDue("reservation") { try attend(to: $0, $1) } || moved }
        moved =
            try forDue("exception") { view, due in
                try timed("timer:exception:\(view.id):\(due):\(version(of: "due_at", view))", "escalation") {
                    try ExceptionEffects(builder: $0).wake(view.id)
                }
            } || moved
        moved =
            try forDue("service_order") { view, due in
                try timed("timer:order:\(view.id):\(due):\(version(of: "next_check", view))", "overdue") { try DueEffects(builder: $0).wake(view.id) }
            } || moved
        moved =
            try forDue("asset") { view, due in
                try timed("timer:asset:\(view.id):\(due):\(version(of: "moves_at", view))", "placement") {
                    try AssetEffects(builder: $0).place(view.id)
                }
            } || moved
        moved =
            try forDue("maintenance_plan") { view, due in
                try timed("timer:plan:\(view.id):\(due):\(version(of: "wakes_at", view))", "maintenance") {
                    try PlanEffects(builder: $0).refresh(view.id)
                }
            } || moved
        moved =
            try forDue("blanket_order") { view, due in
                try timed("timer:blanket:\(view.id):\(due):\(version(of: "wakes_at", view))", "blanket") {
                    try BlanketEffects(builder: $0, promises: try stock($0).promises).refresh(view.id)
                }
            } || moved
        moved = try expireLots() || moved
        return moved
    }

    /// Edges move at a position of their own, so that views change only where the history says so.
    private func moveEdges(_ due: [EdgeRow], at position: Position) throws {
        let keeper = ViewKeeper(transaction: transaction, schema: schema, position: position, moment: moment)
        for row in due { try keeper.refresh(row) }
        guard let tenant = try transaction.tenant() else { return }
        try recordOwn(
            [], stamp: try nextServerStamp(tenant), intent: "window", cause: "timer:window:\(tenant.epoch):\(position)", at: position)
    }

    /// Calls the body with each record of the entity that is due, and the moment it was due at.
    ///
    /// - Returns: whether anything moved.
    private func forDue(_ name: String, _ body: (RecordView, Int64) throws -> Bool) throws -> Bool {
        let entity = try schema.entity(name)
        var moved = false
        for view in try sound(entity, transaction.ids(entity, dueAt: moment.milliseconds)) {
            guard let due = view.nextDue, due <= moment.milliseconds else { continue }
            moved = try body(view, due) || moved
        }
        return moved
    }

    private func expire(lease view: RecordView, _ due: Int64) throws -> Bool {
        try timed("timer:lease:\(view.id):\(due)", "lease-expiry") { try stock($0).expire(lease: view) }
    }

    /// Frees what was kept until now, gives up what has waited as long as it may, and looks for another day where the day has passed.
    private func attend(to view: RecordView, _ due: Int64) throws -> Bool {
        if view.text("state") == "granted" {
            // What was held for a hand-over may come back after the moment, and is due again.
            return try timed("timer:reservation:\(view.id):\(due):\(version(of: "state", view))", "reservation-expiry") {
                try stock($0).expire(reservation: view)
            }
        }
        if let end = view.time("lapses_at"), end.milliseconds <= moment.milliseconds {
            return try timed("timer:backorder:\(view.id):\(end.milliseconds):\(version(of: "state", view))", "backorder-lapse") { builder in
                try ShelfEffects(builder: builder).giveUp(view, because: "It was not there in time and is not wanted any more.", isNews: true)
                if let left = try builder.writer.view(view.entity, view.id), let next = left.nextDue, next <= moment.milliseconds {
                    try stock(builder).expire(reservation: left)
                }
            }
        }
        guard let day = view.text("expected_on"), day < moment.calendar.local(moment.milliseconds).date.description else { return false }
        return try timed("timer:expected:\(view.id):\(day)", "backorder") { ShelfEffects(builder: $0).lookAgain(view) }
    }

    /// Where a field was written last: tells apart two moments that are the same by a clock that was put back.
    private func version(of field: String, _ view: RecordView) -> String {
        view.entity[field].flatMap { view.record[$0.id]?.version.writeID }.map { "\($0)" } ?? ""
    }

    /// Keeps account of what waited, and of exceptions that were open, before the server did so. Called when it starts, and when it has
    /// settled. What cannot be read is left until then.
    func adopt() throws {
        let exceptions = try schema.entity("exception")
        for view in try sound(exceptions, transaction.ids(exceptions, where: "state", equals: .text("open"))) where view["stage"] == .null {
            _ = try timed("exception-adopted:\(view.id)", "escalation") { try ExceptionEffects(builder: $0).begin(view.id) }
        }
        guard try transaction.tenant()?.settlingUntil == nil else { return }
        let reservations = try schema.entity("reservation")
        for view in try sound(reservations, transaction.ids(reservations, where: "state", equals: .text("backordered"))) {
            if view["open_for"] == .null {
                _ = try timed("backorder-adopted:\(view.id)", "backorder") { builder in
                    let asked = try view.record.entries.first.flatMap { try transaction.admitted($0.version.writeID)?.position }
                    let stock = try stock(builder)
                    try stock.shelves.adopt(view, used: try used(by: view, since: asked ?? .start), lapse: try stock.shelves.lapse(of: view))
                }
            }
            guard try transaction.ids(exceptions, where: "subject", equals: .reference(view.id)).isEmpty else { continue }
            _ = try timed("shortage-adopted:\(view.id)", "shortage") { builder in
                guard let waiting = try builder.writer.view(view.entity, view.id), waiting.text("state") == "backordered" else { return }
                try stock(builder).shelves.raiseShortage(of: waiting)
            }
        }
    }

    /// Those of the records that can be read and are there.
    private func sound(_ entity: Entity, _ ids: [RecordID]) throws -> [RecordView] {
        try ids.compactMap { id in
            guard let stored = try transaction.soundRecord(RecordKey(type: entity.type, id: id)), !stored.isDeleted else { return nil }
            return RecordView(stored.record, entity)
        }
    }

    /// Tells of lots whose last day has passed, once, and lets what lies there be asked for anew. A server that was down for a week tells
    /// what that week brought.
    private func expireLots() throws -> Bool {
        let entity = try schema.entity("lot")
        let today = moment.calendar.local(moment.milliseconds).date
        var moved = false
        for back in 1...7 {
            let day = CalendarDate(daysSince1970: today.daysSince1970 - back)
            for lot in try sound(entity, transaction.ids(entity, where: "expires_on", equals: .text(day.description))) {
                guard lot.text("expires_on") == day.description, lot.text("withdrawn") != "yes" else { continue }
                moved = try timed("timer:lot:\(lot.id):\(day)", "lot-expiry") { try LotEffects(builder: $0).noteExpired(lot) } || moved
            }
        }
        return moved
    }

    /// A set of the server's own that the clock asks for. Where what it needs cannot be read, all stays as it is until that is mended, and
    /// nothing else is held up.
    private func timed(_ cause: String, _ intent: String, _ body: (EffectBuilder) throws -> Void) throws -> Bool {
        do { return try transaction.savepoint { try serverSet(cause: cause, intent: intent, body) } } catch let error as any DamageOfStore
            where error.damage != nil
        { return false } catch is SchemaProblem {
            // What cannot be written for one record holds up no other.
            return false
        }
    }
}
