import TruckrollCore
import TruckrollDomain

/// What follows from an event in an order's life: the engine's own next step, and the pairs of C6 that touch appointments.
struct OrderEffects {
    let builder: EffectBuilder
    private let stock: StockEffects
    private let assignments: AssignmentEffects
    private let reviews: OrderReviewEffects

    /// - Parameter isImport: whether the set brings in the past.
    init(builder: EffectBuilder, stock: StockEffects, isImport: Bool) {
        self.builder = builder
        self.stock = stock
        reviews = OrderReviewEffects(builder: builder, isImport: isImport)
        assignments = AssignmentEffects(builder: builder)
    }

    func add(for applied: AppliedOp) throws {
        let promised = Set(["priority", "due_at"].compactMap { applied.entity[$0]?.id })
        if applied.entity.name == "service_order", applied.op.writes.contains(where: { promised.contains($0.field) }) {
            try DueEffects(builder: builder).reprioritise(applied.op.key.id)
        }
        try reviews.noteChange(applied)
        guard let ruling = applied.eventRuling, let record = try builder.writer.record(applied.op.key) else { return }
        let event = RecordView(record, applied.entity)
        guard let order = event.reference("order"), let kind = event.text("event").flatMap({ OrderEvent(rawValue: $0) }),
            let author = event.reference("by")
        else { return }
        if case .notEffective = ruling {} else { builder.movedOrders.insert(order) }
        // Whose event it is was checked against the set's author at the door.
        if kind == .start { try reviews.noteStart(event, ruling, order, author) }
        switch ruling {
        case .effective: try effective(kind, order, author, reason: event.text("reason"))
        case .doubleAssignment:
            try assignments.restore(order, technician: author)
            try untell(.reassignment_stands, order)
            try builder.raise(
                .double_assignment, "double", order: order, about: author,
                text:
                    "The order was given to somebody else while its first technician was already working on it offline. Both are assigned; decide who goes on."
            )
        case .reassignmentVoid:
            try assignments.keepOnly(author, of: order, because: "The first technician had completed the order; the reassignment is void.")
            try builder.resolve(.double_assignment, order: order, text: "The first technician completed the order.")
            try untell(.reassignment_stands, order)
        case .cancellationAsked:
            try assignments.restore(order, technician: author)
            try untell(.cancellation_stands, order)
            try builder.raise(
                .cancel_requested, "cancel", order: order, about: author,
                text: "The order was cancelled after its technician had started it offline. It is in progress; decide whether to stop the work.")
        case .notEffective(let rule, let text):
            switch rule {
            case "incomplete": try builder.raise(.incomplete, "incomplete", order: order, about: author, text: text)
            case "cancel-requested": try builder.raise(.cancel_requested, "cancel", order: order, about: nil, text: text)
            case "reassignment-stands": try tell(.reassignment_stands, order, author, text)
            case "cancel-stands": try tell(.cancellation_stands, order, author, text)
            case "declined-beside": try assignments.end(order, technician: author, because: "The technician declined.")
            default: break
            }
        }
    }

    /// Tells a person once what became of an order they had worked on without knowing; it has left their list meanwhile.
    private func tell(_ kind: ExceptionKind, _ order: RecordID, _ user: RecordID, _ text: String) throws {
        let exceptions = try builder.writer.views(try builder.schema.entity("exception"), where: "order", equals: .reference(order))
        let isTold = exceptions.contains { $0.text("kind") == kind.rawValue && $0.text("state") == "open" && $0.reference("about") == user }
        if !isTold { try builder.raise(kind, kind.rawValue, order: order, about: user, text: text) }
    }

    /// What a technician was told of the first steps of a day is no longer so after a later one.
    private func untell(_ kind: ExceptionKind, _ order: RecordID) throws {
        try builder.resolve(kind, order: order, text: "The work that came after it stands.")
    }

    private func effective(_ event: OrderEvent, _ order: RecordID, _ author: RecordID, reason: String?) throws {
        if event == .complete || event == .certify { try builder.resolve(.incomplete, order: order, text: "What was missing has been done.") }
        switch event {
        case .submit: try reviews.submit(order, author)
        case .take:
            try assignments.appoint(author, to: order, starts: nil, ends: nil)
            try reviews.submit(order, author)
        case .schedule: try replan(order, "It was planned anew.")
        case .no_access: try stop(.no_access, order, author, "There was no access", reason)
        case .unsafe: try stop(.unsafe, order, author, "It was not safe to work", reason)
        case .cannot_complete: try stop(.cannot_complete, order, author, "The work could not be completed", reason)
        case .cancel:
            try replan(order, "The order was cancelled.")
            for kind in [ExceptionKind.order_held, .order_review] { try builder.resolve(kind, order: order, text: "The order was cancelled.") }
            try assignments.endAll(of: order, because: "The order was cancelled.")
            try stock.release(reservationsOf: order)
        case .close: try stock.release(reservationsOf: order)
        case .decline: try assignments.end(order, technician: author, because: "The technician declined.")
        case .complete: try builder.resolve(.double_assignment, order: order, text: "One of the two completed the order.")
        case .customer_sign, .customer_refuse, .customer_absent, .certify: builder.ordersToClose.insert(order)
        default: break
        }
    }

    /// A visit that could not go on needs somebody who plans the order anew.
    private func stop(_ kind: ExceptionKind, _ order: RecordID, _ author: RecordID, _ what: String, _ reason: String?) throws {
        let why = reason.map { ": \($0)" } ?? ""
        try builder.raise(kind, kind.rawValue, order: order, about: author, text: "\(what)\(why). Plan the order anew, or cancel it.")
    }

    private func replan(_ order: RecordID, _ text: String) throws {
        for kind in ExceptionKind.ofVisits.sorted(by: { $0.rawValue < $1.rawValue }) {
            try builder.resolve(kind, order: order, text: text, isMoot: false)
        }
    }

    /// Closes an order when everything it needs is there: documents, the bytes of its attachments, no open exception.
    ///
    /// - Parameter author: whose work made it complete.
    func closeIfComplete(_ order: RecordID, by author: RecordID) throws {
        let entity = try builder.schema.entity("service_order")
        guard let view = try builder.writer.view(entity, order), let state = view.text("state").flatMap({ OrderState(rawValue: $0) }),
            state == .signed_off || state == .certified
        else { return }
        guard try OrderCompleteness.missingDocuments(view, state: state, schema: builder.schema, access: builder.writer).isEmpty else { return }
        let attachment = try builder.schema.entity("attachment")
        let missing = try builder.writer.views(attachment, where: "order", equals: .reference(order)).contains { !$0.boolean("stored") }
        if missing { return }
        let exception = try builder.schema.entity("exception")
        let isOpen = try builder.writer.views(exception, where: "order", equals: .reference(order))
            .contains { $0.text("state") == "open" && $0.text("kind").flatMap { ExceptionKind(rawValue: $0) }?.isNotice != true }
        if isOpen { return }
        try builder.event(.close, order: order, by: author)
        try stock.release(reservationsOf: order)
    }
}
