import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Exceptions from the moment they are raised until they are closed: owner, clock, and what people do about them
/// (Protocol/05-workflow.md, 5.11).
struct ExceptionEffects {
    let builder: EffectBuilder

    func add(for applied: AppliedOp, author: RecordID) throws {
        switch applied.entity.name {
        case "exception":
            guard let view = try view(applied.op.key.id) else { return }
            if view["state"] == .null { try begin(view.id) } else { try takeWords(of: view, author) }
        case "exception_event":
            guard applied.isNew, let record = try builder.writer.record(applied.op.key) else { return }
            try fold(RecordView(record, applied.entity), author)
        case "escalation_rule":
            let kind = try builder.writer.view(applied.entity, applied.op.key.id)?.text("kind")
            for id in try openIDs() where try kind == nil || view(id)?.text("kind") == kind { try wind(id) }
        case "service_order" where !applied.isNew:
            let fields = Set(["priority", "worth", "currency"].compactMap { applied.entity[$0]?.id })
            guard applied.op.writes.contains(where: { fields.contains($0.field) }) else { return }
            for view in try builder.writer.views(entity(), where: "order", equals: .reference(applied.op.key.id)) { try wind(view.id) }
        default: break
        }
    }

    // MARK: Beginning and end

    /// Gives one that was just raised, or opened again, its owner and its clock. What is to be escalated at once is.
    func begin(_ id: RecordID) throws {
        guard let view = try view(id) else { return }
        let team = try policy(of: view).team ?? ExceptionKind(rawValue: view.text("kind") ?? "")?.team ?? Role.dispatcher.rawValue
        try builder.patch(
            "exception", id: id,
            ["owner": .text(team), "state": .text("open"), "stage": stage(.raised), "level": .integer(0)])
        try wind(id)
    }

    /// Ends one of which the server itself knows that nothing is left to do.
    func settle(_ view: RecordView, _ words: String) throws {
        guard view.text("state") == "open" else { return }
        var fields = leavingWait(view).merging(close(view)) { $1 }
        fields["resolution"] = .text(words)
        if view["resolved_at"] == .null { fields["resolved_at"] = builder.now }
        try builder.patch("exception", id: view.id, fields)
    }

    /// Opens one again that is closed, or that somebody has resolved: there is more of what it is about. Its clock begins anew.
    func reopen(_ id: RecordID) throws {
        guard let view = try view(id), [.closed, .resolved, .overridden].contains(stage(of: view)) else { return }
        let gone = ["resolved_at", "resolved_by", "resolution", "approved", "approvals", "acknowledged_at", "assignee", "waited"]
        try builder.patch("exception", id: id, ["reopened_at": builder.now].merging(gone.map { ($0, .null) }) { $1 })
        try begin(id)
    }

    /// Words that a client of an earlier schema writes into the record: they resolve it, where nothing else is asked for.
    private func takeWords(of view: RecordView, _ author: RecordID) throws {
        guard !(view.text("resolution") ?? "").allSatisfy(\.isWhitespace), view["resolved_at"] == .null,
            ExceptionWorkflow.allows(.resolve, at: stage(of: view)), try openQuestions(of: view).isEmpty, try stillWrong(view) == nil
        else { return }
        let fields = try leavingWait(view).merging(acknowledgement(view)) { $1 }.merging(finish(view, .resolved, author)) { $1 }
        try builder.patch("exception", id: view.id, fields)
        try wind(view.id)
    }

    // MARK: Events

    private func fold(_ event: RecordView, _ author: RecordID) throws {
        guard let id = event.reference("exception"), let view = try view(id), let kind = event.text("event").flatMap({ ExceptionEvent(rawValue: $0) })
        else { return try note(event, ruling: "The exception is not known; this is kept as a fact.", after: nil) }
        let stage = stage(of: view)
        if let problem = try problem(with: kind, event, view, stage, author) { return try note(event, ruling: problem, after: stage) }
        let fields = try effect(of: kind, event, view, author)
        // Whatever moves it on ends a wait.
        let wait = fields["stage"] == nil ? [:] : leavingWait(view)
        try builder.patch("exception", id: id, wait.merging(fields) { $1 })
        let team = kind == .approve || kind == .send_back ? nextApproval(of: view) : nil
        try note(event, ruling: nil, after: self.stage(of: try self.view(id) ?? view), team: team)
        try wind(id)
    }

    /// Why an event moves nothing.
    private func problem(
        with kind: ExceptionEvent, _ event: RecordView, _ view: RecordView, _ stage: ExceptionStage, _ author: RecordID
    ) throws -> String? {
        guard ExceptionWorkflow.allows(kind, at: stage) else { return "“\(kind.rawValue)” is not possible while the exception is \(stage.rawValue)." }
        let hasText = !(event.text("text") ?? "").allSatisfy(\.isWhitespace)
        switch kind {
        case .assign: return event["to"] == .null ? "It says not to whom." : nil
        case .wait:
            let isAhead = event.time("until").map { $0.milliseconds > builder.moment.milliseconds } ?? false
            return isAhead && hasText ? nil : "A wait needs a reason, and a moment ahead at which it is over."
        case .answer: return event["question"] == .null || !hasText ? "It says not what is answered, or nothing." : nil
        case .escalate:
            let isHigher = event.integer("level").map { $0 > view.integer("level") ?? 0 } ?? false
            return isHigher && event["team"] != .null ? nil : "It is escalated that far already, or it is not said to whom."
        case .resolve, .override:
            guard hasText else { return "It says not how, or why." }
            if kind == .resolve, let wrong = try stillWrong(view) { return wrong }
            let open = kind == .resolve ? try openQuestions(of: view) : []
            return open.isEmpty
                ? nil : String("To be answered first: \(open.joined(separator: " · "))".unicodeScalars.prefix(300).map(Character.init))
        case .approve, .send_back: return try problem(withApprovalOf: view, author)
        case .investigate, .resume: return nil
        }
    }

    /// What an order on hold still has against it: that is mended, or somebody answers for going on.
    private func stillWrong(_ view: RecordView) throws -> String? {
        guard view.text("kind") == ExceptionKind.order_held.rawValue, let order = view.reference("order") else { return nil }
        let rules = RuleBook(schema: builder.schema, access: builder.writer)
        guard try builder.state(of: order) == .on_hold, let report = try rules.report(onOrder: order),
            let error = report.findings.first(where: { $0.severity == .error })
        else { return nil }
        return String("\(error.text) \(error.remedy) What is right although the rules say otherwise is overridden, with the reason.".prefix(300))
    }

    /// Each step is for somebody of its team, and for nobody who has resolved it or approved it before.
    private func problem(withApprovalOf view: RecordView, _ author: RecordID) throws -> String? {
        guard let team = nextApproval(of: view) else { return "Nobody has to approve it." }
        let teams = try builder.schema.entity("team")
        let record = try builder.writer.view(teams, Team.id(teams, name: team))
        let user = try builder.writer.view(try builder.schema.entity("user"), author)
        let isOfTeam = user.map { Team.holds($0, name: team, team: record) } ?? false
        guard isOfTeam else { return "It is for somebody of \(team) to approve it." }
        let isOwn = view.reference("resolved_by") == author || view.references("approved").contains(author)
        return isOwn ? "Somebody else has to approve it: this person has resolved it, or approved a step before." : nil
    }

    /// What the event makes of the exception.
    private func effect(of kind: ExceptionEvent, _ event: RecordView, _ view: RecordView, _ author: RecordID) throws -> [String: Value] {
        let acknowledged = acknowledgement(view)
        switch kind {
        case .assign: return acknowledged.merging(["stage": stage(.assigned), "assignee": event["to"]]) { $1 }
        case .investigate: return acknowledged.merging(["stage": stage(.investigating), "assignee": .reference(author)]) { $1 }
        case .wait: return acknowledged.merging(["stage": stage(.waiting), "waiting_since": builder.now, "due_at": event["until"]]) { $1 }
        case .resume: return ["stage": stage(.investigating)]
        case .answer: return [:]
        case .escalate: return ["level": event["level"], "owner": event["team"]]
        case .resolve, .override:
            let fields = try finish(view, kind == .resolve ? .resolved : .overridden, author)
            return fields.merging(["resolution": event["text"]]) { $1 }.merging(acknowledged) { $1 }
        case .approve:
            let approved = view.references("approved") + [author]
            let isLast = approved.count >= (view["approvals"].list ?? []).count
            return ["approved": .list(approved.map { .reference($0) })].merging(isLast ? close(view) : [:]) { $1 }
        case .send_back:
            return ["stage": stage(.investigating), "approved": .null, "approvals": .null, "resolved_at": .null, "resolved_by": .null]
        }
    }

    /// - Parameter team: the one that it was approved for, or not.
    private func note(_ event: RecordView, ruling: String?, after: ExceptionStage?, team: String? = nil) throws {
        var fields: [String: Value] = [
            "effective": .boolean(ruling == nil), "ruling": ruling.map { .text($0) } ?? .null, "stage_after": after.map { stage($0) } ?? .null,
        ]
        if let team { fields["team"] = .text(team) }
        try builder.patch("exception_event", id: event.id, fields)
    }

    // MARK: Reading

    func entity() throws -> Entity { try builder.schema.entity("exception") }
    /// What only somebody's patch has reached is none yet.
    func view(_ id: RecordID) throws -> RecordView? { try builder.writer.view(entity(), id).flatMap { $0.isThere ? $0 : nil } }
    func stage(_ stage: ExceptionStage) -> Value { .text(stage.rawValue) }

    private func openIDs() throws -> [RecordID] { try builder.writer.ids(entity(), where: "state", equals: .text("open")) }

    func stage(of view: RecordView) -> ExceptionStage { ExceptionStage(of: view) }

    func policy(of view: RecordView) throws -> ExceptionPolicy {
        let entity = try builder.schema.entity("exception_kind")
        let id = ExceptionPolicy.id(entity, kind: view.text("kind") ?? "")
        return try builder.writer.view(entity, id).map { ExceptionPolicy($0) } ?? .plain
    }

    private func events(of view: RecordView) throws -> [RecordView] {
        try builder.writer.views(try builder.schema.entity("exception_event"), where: "exception", equals: .reference(view.id))
            .filter { $0.boolean("effective") }
    }

    private func openQuestions(of view: RecordView) throws -> [String] {
        let policy = try policy(of: view)
        guard !policy.questions.isEmpty else { return [] }
        return policy.open(
            answered: try events(of: view).filter { $0.text("event") == ExceptionEvent.answer.rawValue }.compactMap { $0.text("question") })
    }

    /// The team whose turn it is to approve; `nil` when all have.
    private func nextApproval(of view: RecordView) -> String? {
        (view["approvals"].list ?? []).compactMap(\.text).dropFirst(view.references("approved").count).first
    }

    private func acknowledgement(_ view: RecordView) -> [String: Value] {
        view["acknowledged_at"] == .null ? ["acknowledged_at": builder.now] : [:]
    }

    /// Resolved or overridden, and closed where nobody has to approve it.
    private func finish(_ view: RecordView, _ end: ExceptionStage, _ author: RecordID) throws -> [String: Value] {
        let approvals = try policy(of: view).approvals
        let fields: [String: Value] = [
            "stage": stage(end), "resolved_at": builder.now, "resolved_by": .reference(author), "approved": .null,
            "approvals": approvals.isEmpty ? .null : .list(approvals.map { .text($0) }),
        ]
        return approvals.isEmpty ? fields.merging(close(view)) { $1 } : fields
    }

    private func close(_ view: RecordView) -> [String: Value] {
        if let order = view.reference("order") {
            builder.ordersToClose.insert(order)
            if view.text("kind") == ExceptionKind.order_held.rawValue { builder.heldOrders.insert(order) }
        }
        return ["state": .text("resolved"), "stage": stage(.closed), "due_at": .null]
    }

    /// The end of a wait, where it waits: the time it took does not count.
    func leavingWait(_ view: RecordView) -> [String: Value] {
        guard stage(of: view) == .waiting else { return [:] }
        let since = view.time("waiting_since")?.milliseconds ?? builder.moment.milliseconds
        let waited = (view.integer("waited") ?? 0) + max(0, builder.moment.milliseconds - since) / 1000
        return ["waiting_since": .null, "waited": .integer(waited), "due_at": .null]
    }
}
