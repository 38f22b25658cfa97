import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// When exceptions go to whom (Protocol/05-workflow.md, 5.14 and 5.15).
extension ExceptionEffects {
    /// A moment has come that was waited for: a wait is over, or it goes to the next team.
    func wake(_ id: RecordID) throws {
        guard let view = try view(id), view.text("state") == "open" else { return }
        if stage(of: view) == .waiting, let until = view.time("due_at"), until.milliseconds <= builder.moment.milliseconds {
            try builder.patch("exception", id: id, leavingWait(view).merging(["stage": stage(.investigating)]) { $1 })
            // A clock that was put back can make a wait end at the same moment again.
            let began = view.entity["waiting_since"].flatMap { view.record[$0.id]?.version.writeID }.map { "\($0)" } ?? ""
            try record(
                .resume, "resume:\(until.milliseconds):\(began)", of: id, ["text": .text("The time it was to wait is over.")], after: .investigating)
        }
        try wind(id)
    }

    /// Does what its rules ask for now, each level once, and says when they ask next.
    func wind(_ id: RecordID) throws {
        while let view = try view(id), view.text("state") == "open", stage(of: view) != .waiting {
            guard let next = try escalationCase(of: view).next(try rules()) else {
                return try builder.patch("exception", id: id, ["due_at": .null])
            }
            guard next.at <= builder.moment.milliseconds else {
                return try builder.patch("exception", id: id, ["due_at": .text(builder.moment.calendar.local(next.at).description)])
            }
            let (level, team) = (Value.integer(Int64(next.rule.level)), Value.text(next.rule.team))
            try builder.patch("exception", id: id, ["level": level, "owner": team])
            let rule: Value = next.rule.id.map { .reference($0) } ?? .null
            try record(
                .escalate, "level:\(next.rule.level)\(view.text("reopened_at").map { ":\($0)" } ?? "")", of: id,
                ["level": level, "team": team, "rule": rule], after: stage(of: view))
        }
    }

    /// An event that the clock makes, under an id of its own: it happens once.
    private func record(_ kind: ExceptionEvent, _ name: String, of id: RecordID, _ more: [String: Value], after: ExceptionStage) throws {
        let entity = try builder.schema.entity("exception_event")
        let own = RecordID.derived(type: entity.type, key: [id.bytes, Array(name.utf8)])
        let fields: [String: Value] = [
            "exception": .reference(id), "event": .text(kind.rawValue), "at": builder.now, "effective": .boolean(true), "stage_after": stage(after),
        ]
        try builder.create("exception_event", id: own, fields.merging(more) { $1 })
    }

    private func escalationCase(of view: RecordView) throws -> EscalationCase {
        var item = EscalationCase(kind: view.text("kind") ?? "", raisedAt: try raisedAt(view))
        item.waited = view.integer("waited") ?? 0
        item.level = Int(view.integer("level") ?? 0)
        let orders = try builder.schema.entity("service_order")
        if let order = try view.reference("order").flatMap({ try builder.writer.view(orders, $0) }) {
            item.priority = OrderPriority(mostUrgentOf: order)
            item.worth = Money(order, "worth")
        }
        return item
    }

    /// As it says itself, unless its author's clock was far off: then when its set was made, by the clock that the server has corrected. No
    /// moment that was ahead when the server heard of it: so a rule of no time at all is met at once, and what is due stays where it was written.
    private func raisedAt(_ view: RecordView) throws -> Int64 {
        if let again = view.time("reopened_at") { return again.milliseconds }
        let made = view.entity["raised_at"].flatMap { view.record[$0.id]?.version.writeID }
        let heard = try made.flatMap { try builder.writer.transaction.admitted($0)?.admittedAt } ?? builder.moment.milliseconds
        return try min(builder.soundTime(view, "raised_at"), heard / 1000 * 1000)
    }

    private func rules() throws -> [EscalationRule] {
        if let known = builder.escalationRules { return known }
        let entity = try builder.schema.entity("escalation_rule")
        let rules = try builder.writer.transaction.ids(entity).compactMap { try builder.writer.view(entity, $0) }.compactMap { EscalationRule($0) }
        builder.escalationRules = rules
        return rules
    }
}
