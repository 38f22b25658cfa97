import TruckrollCore
import TruckrollDomain

/// What the rules find about orders: a verdict that is kept, orders on hold, and cases for those who have to look.
struct OrderReviewEffects {
    let builder: EffectBuilder
    /// Who brings in the past is judged by no rule of today: a verdict is kept, nothing is held and nobody is told.
    let isImport: Bool
    private var rules: RuleBook { RuleBook(schema: builder.schema, access: builder.writer) }

    // MARK: New orders

    /// Asks the rules about a new order. An error keeps it from being planned until it is mended or somebody answers for it; something to look
    /// at needs somebody who has looked. What a technician has taken up already is held by nothing.
    func submit(_ order: RecordID, _ author: RecordID) throws {
        guard let report = try verdict(on: order, "submitted") else { return }
        let isSubmitted = try builder.state(of: order) == .submitted
        if !isImport, isSubmitted, report.verdict == .error { return try hold(order, author, report) }
        if !isImport { try tell(order, author, report) }
        if isSubmitted { try builder.event(.validate, order: order, by: author) }
    }

    private func hold(_ order: RecordID, _ author: RecordID, _ report: RuleReport) throws {
        try builder.event(.hold, order: order, by: author)
        try raise(.order_held, order, author, report, "The order is on hold.")
    }

    /// Somebody has to look, once while nobody has.
    private func tell(_ order: RecordID, _ author: RecordID, _ report: RuleReport) throws {
        guard report.verdict ?? .notice >= .warning, try cases(.order_review, of: order).allSatisfy({ $0.text("state") != "open" }) else { return }
        try raise(.order_review, order, author, report, "Look at the order.")
    }

    private func raise(_ kind: ExceptionKind, _ order: RecordID, _ author: RecordID, _ report: RuleReport, _ intro: String) throws {
        let told = report.findings.filter { $0.severity >= .warning }.map(OrderCheck.publicFinding)
        let found = told.map { "\($0.text) (\($0.code)) \($0.remedy)" }
        let words = found.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: " ")
        try builder.raise(kind, kind.rawValue, order: order, about: author, text: "\(intro) \(words) Rules: \(report.rules).")
    }

    /// What the rules say, which is kept; what finance alone may know, where finance alone sees it.
    private func verdict(on order: RecordID, _ name: String) throws -> RuleReport? {
        guard let report = try rules.report(onOrder: order) else { return nil }
        func list(_ findings: [RuleFinding]) -> Value {
            findings.isEmpty
                ? .null
                : .list(
                    findings.prefix(Self.mostFindings).map { finding in
                        .list([finding.severity.rawValue, finding.code, finding.path, finding.text, finding.remedy].map { .text($0) })
                    })
        }
        let shown = report.findings.map(OrderCheck.publicFinding)
        try builder.create(
            "order_verdict", id: try builder.id("order_verdict", "\(name):\(order):\(builder.ops.count)"),
            [
                "order": .reference(order), "rules": .text(report.rules), "verdict": report.verdict.map { .text($0.rawValue) } ?? .null,
                "findings": list(shown), "account": list(report.findings.filter { OrderCheck.confidential.contains($0.code) }), "at": builder.now,
            ])
        return report
    }

    /// How many findings are kept; a person reads no more.
    private static let mostFindings = 50

    private func cases(_ kind: ExceptionKind, of order: RecordID) throws -> [RecordView] {
        try builder.writer.views(try builder.schema.entity("exception"), where: "order", equals: .reference(order))
            .filter { $0.text("kind") == kind.rawValue }
    }

    // MARK: Changes

    /// Something was written that the rules look at: orders on hold that it concerns are asked about again, and so is one that can be planned
    /// and was itself changed.
    func noteChange(_ applied: AppliedOp) throws {
        let (name, id) = (applied.entity.name, applied.op.key.id)
        let orders = try builder.schema.entity("service_order")
        switch name {
        case "service_order":
            builder.heldOrders.insert(id)
            let asked = Set(
                ["kind", "priority", "assets", "title", "due_at", "po_reference", "worth", "required_documents"].compactMap { applied.entity[$0]?.id }
            )
            if !applied.isNew, applied.op.writes.contains(where: { asked.contains($0.field) }) { builder.changedOrders.insert(id) }
        case "order_line":
            if let record = try builder.writer.record(applied.op.key), let order = RecordView(record, applied.entity).reference("order") {
                builder.heldOrders.insert(order)
                builder.changedOrders.insert(order)
            }
        case "text":
            if applied.isNew, let record = try builder.writer.record(applied.op.key),
                let order = RecordView(record, applied.entity).reference("order")
            {
                builder.heldOrders.insert(order)
            }
        case "customer", "site":
            let held = try builder.writer.views(orders, where: "state", equals: .text(OrderState.on_hold.rawValue))
            builder.heldOrders.formUnion(held.filter { $0.reference(name) == id }.map(\.id))
        case "asset":
            let held = try builder.writer.views(orders, where: "state", equals: .text(OrderState.on_hold.rawValue))
            builder.heldOrders.formUnion(held.filter { $0.references("assets").contains(id) }.map(\.id))
        case "asset_model", "hazardous_area", "gas", "sensor_channel", "rule_setting", "channel_profile", "compatibility_rule", "attribute_set":
            builder.heldOrders.formUnion(try builder.writer.ids(orders, where: "state", equals: .text(OrderState.on_hold.rawValue)))
        default: break
        }
    }

    /// Orders on hold in which nothing is wrong any more, or for which somebody has answered, can be planned; those that were changed since they
    /// could be are asked about again.
    ///
    /// - Parameter author: whose set it was.
    func reconsider(by author: RecordID) throws {
        for order in builder.changedOrders.sorted() where try builder.state(of: order) == .ready_to_plan && !isImport {
            guard let report = try verdict(on: order, "changed") else { continue }
            if report.verdict == .error, try !isAnswered(order) { try hold(order, author, report) } else { try tell(order, author, report) }
        }
        for order in builder.heldOrders.sorted() where try builder.state(of: order) == .on_hold {
            let held = try cases(.order_held, of: order)
            let isOpen = held.contains { $0.text("state") == "open" }
            if isOpen, try rules.report(onOrder: order)?.verdict == .error { continue }
            guard let report = try verdict(on: order, "released") else { continue }
            let reason = isOpen ? nil : held.compactMap { $0.text("resolution") }.first
            try builder.event(.release, order: order, by: author, reason: reason.map { String($0.prefix(500)) })
            if isOpen { try builder.resolve(.order_held, order: order, text: "The rules find nothing against it any more.") }
            // What somebody has answered for is not asked about once more.
            if isOpen { try tell(order, author, report) }
        }
    }

    /// Work that was begun without knowing of a hold stands (C6), and so the hold is over: somebody looks at the order instead.
    ///
    /// - Parameter author: whose set it was.
    func noteOvertaken(by author: RecordID) throws {
        for order in builder.movedOrders.sorted() where try builder.state(of: order) != .on_hold {
            guard try cases(.order_held, of: order).contains(where: { $0.text("state") == "open" }) else { continue }
            try builder.resolve(.order_held, order: order, text: "It is worked on without having known of the hold.")
            if let report = try rules.report(onOrder: order) { try tell(order, author, report) }
        }
    }

    /// Whether somebody has overridden what was found before: a further change of the order is not held up for the same.
    private func isAnswered(_ order: RecordID) throws -> Bool {
        let held = try cases(.order_held, of: order)
        return !held.isEmpty && held.allSatisfy { $0.text("state") != "open" }
    }

    // MARK: Starts

    /// Work that was started without what is asked for there is a fact, and quality is told (I9).
    func noteStart(_ event: RecordView, _ ruling: EventRuling, _ order: RecordID, _ author: RecordID) throws {
        if case .notEffective = ruling { return }
        guard !isImport, let at = event.time("at"), let report = try rules.report(onStart: order, by: author, at: at) else { return }
        try builder.raise(.unfit_start, "start:\(event.id)", order: order, about: author, subject: nil, report, reason: event.text("reason"))
    }
}
