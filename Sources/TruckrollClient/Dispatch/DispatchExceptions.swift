import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Something that somebody does about an exception.
public struct ExceptionAction: Hashable, Sendable {
    /// What happens.
    public var event: ExceptionEvent
    /// Why, how, or the answer.
    public var text: String?
    /// Whom it is assigned to.
    public var to: RecordID?
    /// Until when it waits at most.
    public var until: DeviceTime?
    /// The question that is answered, as it was asked.
    public var question: String?
    /// How far it is escalated, and who has to deal with it then.
    public var level: Int?
    public var team: String?

    public init(_ event: ExceptionEvent, text: String? = nil) { (self.event, self.text) = (event, text) }
}

/// An exception with what was done about it.
public struct ExceptionSheet: Sendable {
    /// Its record.
    public let exception: RecordView
    /// The order it is about, where this device holds it.
    public let order: RecordView?
    /// How far it is.
    public let stage: ExceptionStage
    /// How the company deals with those of its kind now.
    public let policy: ExceptionPolicy
    /// The last answer to each question of its kind; `nil` where nobody has answered.
    public let answers: [(question: String, answer: String?)]
    /// What was done, oldest first. What this device has recorded and the server does not know yet has no `effective`.
    public let events: [RecordView]
    /// The teams that have to approve, as its kind said when it was resolved; before, as it says now.
    public let approvals: [String]

    /// Reads what belongs to an exception.
    public init(_ exception: RecordView, _ reader: LocalReader) throws {
        self.exception = exception
        order = try exception.reference("order").flatMap { try reader.view("service_order", $0) }
        stage = ExceptionStage(of: exception)
        policy = try reader.exceptionPolicy(of: exception.text("kind") ?? "")
        approvals = exception["resolved_at"] == .null ? policy.approvals : (exception["approvals"].list ?? []).compactMap(\.text)
        events = try reader.views("exception_event", where: "exception", equals: .reference(exception.id)).inTime("at")
        let given = events.filter { $0.text("event") == ExceptionEvent.answer.rawValue && $0["effective"] != .boolean(false) }
        answers = policy.questions.map { question in (question, given.last { $0.text("question") == question }?.text("text")) }
    }
}

extension DeviceClient {
    /// Raises an exception by hand.
    ///
    /// - Parameter kind: one that people raise (``ExceptionKind/isRaisedByHand``).
    public func dispatchRaise(_ kind: ExceptionKind, order: RecordID?, text: String) throws -> DispatchTicket {
        let (id, set) = try commit("raise-exception") { editor in
            try editor.create(
                "exception", ["kind": .text(kind.rawValue), "order": .optional(order), "text": .text(text), "raised_at": .time(editor.now)])
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Records what somebody does about an exception. The server decides whether it moves it.
    ///
    /// - Throws: ``DeviceProblem`` `not-possible` for what the exception, as this device knows it, does not allow.
    public func dispatchAct(_ action: ExceptionAction, on exception: RecordID) throws -> DispatchTicket {
        let (id, set) = try commit("exception-\(action.event.rawValue)") { editor in
            let stage = ExceptionStage(of: try editor.require("exception", exception))
            guard ExceptionWorkflow.allows(action.event, at: stage) else {
                let possible = ExceptionEvent.allCases.filter { ExceptionWorkflow.allows($0, at: stage) }.map(\.words)
                throw DeviceProblem(
                    "not-possible", "The exception is \(stage.rawValue): it is too late, or too early, to \(action.event.words).",
                    next: possible.isEmpty ? "Raise another one." : "Possible now: \(possible.joined(separator: ", ")).")
            }
            return try editor.create(
                "exception_event",
                [
                    "exception": .reference(exception), "event": .text(action.event.rawValue), "at": .time(editor.now), "by": .reference(editor.user),
                    "text": .optional(action.text), "to": .optional(action.to), "until": action.until.map { .time($0) } ?? .null,
                    "question": .optional(action.question), "level": action.level.map { .integer(Int64($0)) } ?? .null,
                    "team": .optional(action.team),
                ])
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// What became of something that was recorded about an exception.
    public func dispatchExceptionAnswer(to ticket: DispatchTicket) throws -> DispatchAnswer {
        try read { reader in
            if let refusal = try setAside(ticket, reader) { return refusal }
            guard try reader.own(ticket.set)?.standing == .answered else { return .pending }
            if let event = try reader.view("exception_event", ticket.record) {
                guard event["effective"] != .null else { return .pending }
                guard event.boolean("effective") else { return .refused(event.text("ruling") ?? "It moved nothing.") }
                return .granted("The exception is \(event.text("stage_after") ?? "as it was").")
            }
            return .granted("The server has it.")
        }
    }

    /// Says how the company deals with exceptions of a kind. What is left out stays as it was.
    public func dispatchKind(_ kind: ExceptionKind, team: String?, questions: [String]?, approvals: [String]?) throws -> DispatchTicket {
        let id = ExceptionPolicy.id(try schema.entity("exception_kind"), kind: kind.rawValue)
        let (_, set) = try commit("exception-kind") { editor in
            var fields: [String: Value] = [:]
            if let team { fields["team"] = .text(team) }
            if let questions { fields["questions"] = .list(questions.map { .text($0) }) }
            if let approvals { fields["approvals"] = .list(approvals.map { .text($0) }) }
            if try editor.view("exception_kind", id) != nil { return try editor.patch("exception_kind", id, fields) }
            fields["kind"] = .text(kind.rawValue)
            try editor.create("exception_kind", id: id, fields)
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Adds a line to the table of thresholds.
    public func dispatchRule(_ rule: EscalationRule) throws -> DispatchTicket {
        let (id, set) = try commit("escalation-rule") { editor in
            try editor.create(
                "escalation_rule",
                [
                    "kind": .optional(rule.kind), "level": .integer(Int64(rule.level)), "after": .integer(rule.after), "team": .text(rule.team),
                    "worth_from": rule.worth.map { .integer($0.minorUnits) } ?? .null, "currency": .optional(rule.worth?.currency),
                    "priority": .optional(rule.priority?.rawValue),
                ])
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Lets a line of that table count no more.
    public func dispatchWithdraw(rule: RecordID) throws -> DispatchTicket {
        let (_, set) = try commit("escalation-rule") { try $0.change("escalation_rule", rule, "withdrawn", element: .text("yes"), op: .raise) }
        return DispatchTicket(record: rule, set: try written(set))
    }

    /// Takes people into a team, or out of it; one that is not there is made.
    public func dispatchTeam(_ name: String, adding: [RecordID], removing: [RecordID]) throws -> DispatchTicket {
        let id = Team.id(try schema.entity("team"), name: name)
        let (_, set) = try commit("team") { editor in
            if try editor.view("team", id) == nil { try editor.create("team", id: id, ["name": .text(name)]) }
            for user in adding { try editor.change("team", id, "members", element: .reference(user), op: .add) }
            for user in removing { try editor.change("team", id, "members", element: .reference(user), op: .remove) }
        }
        return DispatchTicket(record: id, set: try written(set))
    }
}

extension ExceptionEvent {
    /// As a person says it.
    public var words: String { rawValue.replacing("_", with: " ") }
}

extension LocalReader {
    /// The one exception whose id ends so.
    ///
    /// - Parameter isOpen: whether only open ones are meant.
    /// - Throws: ``DeviceProblem`` `not-found` or `ambiguous`.
    public func exception(_ text: String, isOpen: Bool = true) throws -> RecordView {
        let known = try isOpen ? openExceptions() : views("exception")
        let wanted = text.lowercased()
        let found = known.filter { !wanted.isEmpty && $0.id.description.hasSuffix(wanted) }
        guard let only = found.first else {
            throw DeviceProblem("not-found", "No \(isOpen ? "open " : "")exception has the id “\(text)”.", next: "List them with `exceptions --all`.")
        }
        guard found.count == 1 else { throw DeviceProblem("ambiguous", "\(found.count) exceptions end so.", next: "Give more of the id.") }
        return only
    }

    /// How the company deals with exceptions of a kind.
    public func exceptionPolicy(of kind: String) throws -> ExceptionPolicy {
        try view("exception_kind", ExceptionPolicy.id(schema.entity("exception_kind"), kind: kind)).map { ExceptionPolicy($0) } ?? .plain
    }

    /// The names of the teams that a person belongs to, the one of the person's role included.
    public func teams(of user: RecordID) throws -> Set<String> {
        let named = try views("team").filter { $0.references("members").contains(user) }.compactMap { $0.text("name") }
        return Set(named + [try view("user", user)?.text("role")].compactMap(\.self))
    }
}
