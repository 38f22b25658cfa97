import TruckrollCore
import TruckrollDomain

/// What follows from an event in an order's life: the engine's own next step, and the pairs of C6 that touch appointments.
struct OrderEffects {
    let builder: EffectBuilder
    private let stock: StockEffects
    private let assignments: AssignmentEffects

    init(builder: EffectBuilder, stock: StockEffects) {
        self.builder = builder
        self.stock = stock
        assignments = AssignmentEffects(builder: builder)
    }

    func add(for applied: AppliedOp) throws {
        if applied.entity.name == "service_order", let field = applied.entity["priority"], applied.op.writes.contains(where: { $0.field == field.id })
        {
            try DueEffects(builder: builder).reprioritise(applied.op.key.id)
        }
        guard let ruling = applied.eventRuling, let record = try builder.writer.record(applied.op.key) else { return }
        let event = RecordView(record, applied.entity)
        guard let order = event.reference("order"), let kind = event.text("event").flatMap({ OrderEvent(rawValue: $0) }),
            let author = event.reference("by")
        else { return }
        if case .notEffective = ruling {} else { builder.movedOrders.insert(order) }
        // Whose event it is was checked against the set's author at the door.
        switch ruling {
        case .effective:
            if kind == .start { try noteStart(event, order, author) }
            try effective(kind, order, author, reason: event.text("reason"))
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
        case .submit: try review(order, author)
        case .take:
            try assignments.appoint(author, to: order, starts: nil, ends: nil)
            try review(order, author)
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

    /// Work that was started without what is asked for there is a fact, and quality is told (I9).
    private func noteStart(_ event: RecordView, _ order: RecordID, _ author: RecordID) throws {
        guard let at = event.time("at"), let report = try rules.report(onStart: order, by: author, at: at), report.verdict == .error else { return }
        let found = report.findings.filter { $0.severity == .error }.map { "\($0.text) (\($0.code))" }.joined(separator: " ")
        let reason = event.text("reason").map { " Reason given: \($0)" } ?? " No reason was given."
        try builder.raise(.unfit_start, "start:\(event.id)", order: order, about: author, text: "\(found)\(reason) Rules: \(report.rules).")
    }

    // MARK: What the rules find

    /// Asks the rules about a new order. An error keeps it from being planned until it is mended or somebody answers for it; something to look
    /// at needs somebody who has looked. What a technician has taken up already is held by nothing.
    private func review(_ order: RecordID, _ author: RecordID) throws {
        let report = try verdict(on: order, "submitted")
        let isHeld = try report?.verdict == .error && builder.state(of: order) == .submitted
        if isHeld, let report {
            try builder.event(.hold, order: order, by: author)
            try raise(.order_held, order, author, report, from: .error, "The order is on hold.")
        } else if let report, report.verdict ?? .notice >= .warning {
            try raise(.order_review, order, author, report, from: .warning, "Look at the order.")
        }
        if !isHeld, try builder.state(of: order) == .submitted { try builder.event(.validate, order: order, by: author) }
    }

    private func raise(
        _ kind: ExceptionKind, _ order: RecordID, _ author: RecordID, _ report: RuleReport, from severity: RuleFinding.Severity, _ intro: String
    ) throws {
        let found = report.findings.filter { $0.severity >= severity }.map { "\($0.text) (\($0.code)) \($0.remedy)" }.joined(separator: " ")
        try builder.raise(
            kind, kind.rawValue, order: order, about: author, text: "\(intro) \(found) Rules: \(report.rules).")
    }

    /// What the rules say, which is kept.
    private func verdict(on order: RecordID, _ name: String) throws -> RuleReport? {
        guard let report = try rules.report(onOrder: order) else { return nil }
        try builder.create(
            "order_verdict", id: try builder.id("order_verdict", "\(name):\(order)"),
            [
                "order": .reference(order), "rules": .text(report.rules), "verdict": report.verdict.map { .text($0.rawValue) } ?? .null,
                "findings": report.findings.isEmpty
                    ? .null
                    : .list(
                        report.findings.prefix(Self.mostFindings).map { finding in
                            .list([finding.severity.rawValue, finding.code, finding.path, finding.text, finding.remedy].map { .text($0) })
                        }),
                "at": builder.now,
            ])
        return report
    }

    /// How many findings are kept; a person reads no more.
    private static let mostFindings = 50
    private var rules: RuleBook { RuleBook(schema: builder.schema, access: builder.writer) }

    /// What may be mended by writing to them.
    static let asked: Set<String> = [
        "service_order", "customer", "site", "asset", "asset_model", "hazardous_area", "gas", "sensor_channel", "rule_setting",
    ]

    /// Orders on hold in which nothing is wrong any more, or for which somebody has answered, can be planned.
    ///
    /// - Parameter isMended: whether something was written that the rules look at.
    func reconsider(isMended: Bool) throws {
        if isMended {
            builder.heldOrders.formUnion(try builder.writer.ids(try builder.schema.entity("service_order"), where: "state", equals: .text("on_hold")))
        }
        for order in builder.heldOrders.sorted() where try builder.state(of: order) == .on_hold {
            let exceptions = try builder.writer.views(try builder.schema.entity("exception"), where: "order", equals: .reference(order))
                .filter { $0.text("kind") == ExceptionKind.order_held.rawValue }
            let isOpen = exceptions.contains { $0.text("state") == "open" }
            if isOpen, try rules.report(onOrder: order)?.verdict == .error { continue }
            guard let author = exceptions.first?.reference("about") else { continue }
            _ = try verdict(on: order, "released")
            try builder.event(.release, order: order, by: author)
            if isOpen { try builder.resolve(.order_held, order: order, text: "The rules find nothing against it any more.") }
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
