import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

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

    /// What was promised follows from its priority; how long it may stand there, from its state.
    func refresh(_ id: RecordID) throws {
        guard let order = try view(id), let state = order.text("state").flatMap({ OrderState(rawValue: $0) }) else { return }
        let promise = try book.promise(for: order, from: asked(order))
        let limit = state.isClosed ? nil : try book.limit(of: state, since: builder.moment.milliseconds)
        try builder.patch(
            "service_order", id: id, ["respond_by": time(promise.respondBy), "resolve_by": time(promise.resolveBy), "stalls_at": time(limit)])
        if state.isBegun { try builder.resolve(.response_overdue, order: id, text: "Somebody is there.") }
        if state.isPastWork { try builder.resolve(.resolution_overdue, order: id, text: "The work is done.") }
        if state.isClosed {
            for kind in [ExceptionKind.response_overdue, .resolution_overdue] { try builder.resolve(kind, order: id, text: "The order is over.") }
        }
        try builder.resolve(.stalled, order: id, text: "It has moved on.")
        try wind(id)
    }

    /// A priority that somebody has changed promises something else; where the order stands, it stands as long as before.
    func reprioritise(_ id: RecordID) throws {
        guard let order = try view(id), !(order.text("state").flatMap { OrderState(rawValue: $0) }?.isPastWork ?? true) else { return }
        let promise = try book.promise(for: order, from: asked(order))
        try builder.patch("service_order", id: id, ["respond_by": time(promise.respondBy), "resolve_by": time(promise.resolveBy)])
        try wind(id)
    }

    /// A moment has come: somebody is told.
    func wake(_ id: RecordID) throws {
        guard let order = try view(id) else { return }
        for moment in try moments(of: order) where moment.at <= builder.moment.milliseconds {
            try builder.raise(moment.kind, id: exceptionID(moment, id), order: id, about: nil, text: moment.text)
        }
        try wind(id)
    }

    /// Says when it is to be looked at next.
    private func wind(_ id: RecordID) throws {
        guard let order = try view(id) else { return }
        try builder.patch("service_order", id: id, ["next_check": time(try moments(of: order).map(\.at).min())])
    }

    /// Those about which nobody has been told.
    private func moments(of order: RecordView) throws -> [Moment] {
        guard let state = order.text("state").flatMap({ OrderState(rawValue: $0) }), !state.isClosed else { return [] }
        var moments: [Moment] = []
        func add(_ kind: ExceptionKind, _ field: String, _ text: (String) -> String) {
            guard let time = order.time(field) else { return }
            moments.append(Moment(kind: kind, at: time.milliseconds, text: text("\(time.date) \(time.clock)")))
        }
        if !state.isBegun { add(.response_overdue, "respond_by") { "Somebody was to be there by \($0), and nobody is." } }
        if !state.isPastWork { add(.resolution_overdue, "resolve_by") { "The work was to be done by \($0), and is not." } }
        add(.stalled, "stalls_at") { "It was to be moved on from “\(state.title)” by \($0), and was not." }
        let entity = try builder.schema.entity("exception")
        return try moments.filter { try builder.writer.view(entity, exceptionID($0, order.id)) == nil }
    }

    private func exceptionID(_ moment: Moment, _ order: RecordID) throws -> RecordID {
        RecordID.derived(type: try builder.schema.entity("exception").type, key: [order.bytes, Array(moment.name.utf8)])
    }

    private func view(_ id: RecordID) throws -> RecordView? { try builder.writer.view(try builder.schema.entity("service_order"), id) }

    private func time(_ milliseconds: Int64?) -> Value { milliseconds.map { .text(builder.moment.calendar.local($0).description) } ?? .null }

    /// As the order says itself, unless its author's clock was far off: then when its set was made, by the clock that the server has corrected.
    /// Who brings in the past says himself when it was.
    private func asked(_ order: RecordView) throws -> Int64 {
        let version = order.entity["requested_at"].flatMap { order.record[$0.id]?.version }
        let claimed = order.time("requested_at")?.milliseconds ?? builder.moment.milliseconds
        guard let stamp = version.map({ Int64(clamping: $0.stamp.milliseconds) }) else { return claimed }
        if let replica = version?.stamp.replica, try builder.writer.transaction.replica(replica)?.role == .importer { return claimed }
        return Limits.plausibleTimes.contains(claimed) && abs(claimed - stamp) <= Int64(Limits.aheadMilliseconds) ? claimed : stamp
    }
}
