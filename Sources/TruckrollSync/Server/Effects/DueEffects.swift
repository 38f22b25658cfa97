import TruckrollCore
import TruckrollDomain

/// Keeps when an order has to be begun, done and moved on, and tells once when one of these moments has passed.
struct DueEffects {
    let builder: EffectBuilder
    private var book: DueBook { DueBook(schema: builder.schema, access: builder.writer) }

    /// A moment of an order that is looked after.
    private struct Moment {
        let kind: ExceptionKind
        let at: Int64
        let text: String
        /// Tells it from another moment of its kind.
        var name: String { "\(kind.rawValue):\(at)" }
    }

    /// What was promised follows from its priority; how long it may stand there, from its state and since when it is in it.
    func refresh(_ id: RecordID) throws {
        guard let order = try view(id), let state = order.text("state").flatMap({ OrderState(rawValue: $0) }) else { return }
        let limit = state.isClosed ? nil : try book.limit(of: state, since: try since(order, state))
        var fields = try promises(of: order)
        fields["stalls_at"] = time(limit)
        if state.isBegun, order["responded_at"] == .null { fields["responded_at"] = time(try since(order, state)) }
        try builder.patch("service_order", id: id, fields)
        try wind(id)
    }

    /// A priority that somebody has changed promises something else, and so does a day.
    func reprioritise(_ id: RecordID) throws {
        guard let order = try view(id), !(order.text("state").flatMap { OrderState(rawValue: $0) }?.isPastWork ?? true) else { return }
        try builder.patch("service_order", id: id, try promises(of: order))
        try wind(id)
    }

    private func promises(of order: RecordView) throws -> [String: Value] {
        // What a plan asks for is due on a day of its own, however long before it was ordered.
        guard order["plan"] == .null else { return [:] }
        let promise = try book.promise(for: order, from: builder.soundTime(order, "requested_at"))
        return ["respond_by": time(promise.respondBy), "resolve_by": time(promise.resolveBy)]
    }

    /// When an order came into the state in which it is: by the last of its events that changed it.
    private func since(_ order: RecordView, _ state: OrderState) throws -> Int64 {
        let events = try builder.schema.entity("order_event")
        var event = try order.reference("last_event").flatMap { try builder.writer.view(events, $0) }
        while let former = try event?.reference("after").flatMap({ try builder.writer.view(events, $0) }),
            former.text("state_after") == state.rawValue
        {
            event = former
        }
        let stamp = event?.entity["event"].flatMap { event?.record[$0.id]?.version.stamp.milliseconds }
        return min(stamp.map { Int64(clamping: $0) } ?? builder.moment.milliseconds, builder.moment.milliseconds)
    }

    /// A moment has come: somebody is told, once while the case of another such moment is open.
    func wake(_ id: RecordID) throws {
        guard let order = try view(id) else { return }
        for moment in try untold(awaited(order), order, cases(of: order)) where moment.at <= builder.moment.milliseconds {
            try builder.raise(moment.kind, id: exceptionID(moment, id), order: id, about: nil, text: moment.text)
        }
        try wind(id)
    }

    /// Ends the cases of moments that are over or have become others, and says when it is to be looked at next.
    private func wind(_ id: RecordID) throws {
        guard let order = try view(id) else { return }
        let awaited = try awaited(order)
        var open = try cases(of: order)
        for kind in Self.kinds where open.contains(kind) {
            let moment = awaited.first { $0.kind == kind }
            if let moment, moment.at <= builder.moment.milliseconds { continue }
            try builder.resolve(kind, order: id, text: moment == nil ? "It is not awaited any more." : "It is awaited at another time now.")
            open.remove(kind)
        }
        try builder.patch("service_order", id: id, ["next_check": time(try untold(awaited, order, open).map(\.at).min())])
    }

    private static let kinds: [ExceptionKind] = [.response_overdue, .resolution_overdue, .stalled, .maintenance_overdue]

    /// The moments by which something has still to happen.
    private func awaited(_ order: RecordView) throws -> [Moment] {
        guard let state = order.text("state").flatMap({ OrderState(rawValue: $0) }), !state.isClosed else { return [] }
        var moments: [Moment] = []
        func add(_ kind: ExceptionKind, _ field: String, _ text: (String) -> String) {
            guard let time = order.time(field) else { return }
            moments.append(Moment(kind: kind, at: time.milliseconds, text: text("\(time.date) \(time.clock)")))
        }
        if order["responded_at"] == .null, !state.isBegun {
            add(.response_overdue, "respond_by") { "Somebody was to be there by \($0), and nobody is." }
        }
        if !state.isPastWork { add(.resolution_overdue, "resolve_by") { "The work was to be done by \($0), and is not." } }
        if !state.isPastWork, order["plan"] != .null {
            add(.maintenance_overdue, "due_at") { "What its maintenance plan asks for was to be done by \($0), and is not." }
        }
        add(.stalled, "stalls_at") { "It was to be moved on from “\(state.title)” by \($0), and was not." }
        return moments
    }

    /// The kinds of which a case about an order is open.
    private func cases(of order: RecordView) throws -> Set<ExceptionKind> {
        let views = try builder.writer.views(try builder.schema.entity("exception"), where: "order", equals: .reference(order.id))
        return Set(views.filter { $0.text("state") == "open" }.compactMap { $0.text("kind").flatMap { ExceptionKind(rawValue: $0) } })
    }

    /// Those of moments about which nobody has been told.
    private func untold(_ moments: [Moment], _ order: RecordView, _ open: Set<ExceptionKind>) throws -> [Moment] {
        let entity = try builder.schema.entity("exception")
        return try moments.filter { moment in
            try !open.contains(moment.kind) && builder.writer.view(entity, exceptionID(moment, order.id)) == nil
        }
    }

    private func exceptionID(_ moment: Moment, _ order: RecordID) throws -> RecordID {
        RecordID.derived(type: try builder.schema.entity("exception").type, key: [order.bytes, Array(moment.name.utf8)])
    }

    private func view(_ id: RecordID) throws -> RecordView? { try builder.writer.view(try builder.schema.entity("service_order"), id) }

    private func time(_ milliseconds: Int64?) -> Value { milliseconds.map { .text(builder.moment.calendar.local($0).description) } ?? .null }
}
