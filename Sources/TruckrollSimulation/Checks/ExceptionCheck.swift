import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// No exception is open without an owner, none lies past its time, and each goes to a level once (I19, I22).
struct ExceptionCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]

    func check() throws {
        var events: [RecordID: [RecordView]] = [:]
        for event in try stored.views(of: schema.entity("exception_event")) where event.boolean("effective") {
            if let exception = event.reference("exception") { events[exception, default: []].append(event) }
        }
        for view in try stored.views(of: schema.entity("exception")) where view.isThere {
            try check(view, events[view.id] ?? [])
        }
    }

    private func check(_ view: RecordView, _ events: [RecordView]) throws {
        let (stage, isOpen) = (ExceptionStage(of: view), view.text("state") == "open")
        func broken(_ what: String) -> Violation { Violation("I19", "exception \(view.id) (\(view.text("kind") ?? "")) \(what)") }
        if isOpen == (stage == .closed) { throw broken("is \(view.text("state") ?? "nothing") and \(stage.rawValue)") }
        if isOpen, view.text("owner")?.isEmpty ?? true { throw broken("is open and nobody's") }
        if stage == .waiting, view["due_at"] == .null || view["waiting_since"] == .null { throw broken("waits for ever") }
        if !isOpen, view["due_at"] != .null || view["resolution"] == .null { throw broken("is closed with a clock that runs, or without words") }
        let levels = events.filter { $0.text("event") == ExceptionEvent.escalate.rawValue }.compactMap { $0.integer("level") }
        // One that was opened again is escalated anew.
        guard view["reopened_at"] != .null || Set(levels).count == levels.count && (levels.max() ?? 0) == view.integer("level") ?? 0 else {
            throw Violation("I22", "exception \(view.id) is at level \(view.integer("level") ?? 0), and was escalated to \(levels.sorted())")
        }
        for event in events {
            guard let kind = event.text("event").flatMap({ ExceptionEvent(rawValue: $0) }),
                let after = event.text("stage_after").flatMap({ ExceptionStage(rawValue: $0) }),
                ExceptionWorkflow.transitions.contains(where: { $0.event == kind && ($0.to == after || (after == .closed && $0.to.isEnd)) })
            else { throw broken("was moved by event \(event.id) in a way that is not declared") }
        }
    }

    /// Whatever was due is done, once the server has looked.
    static func nothingLies(in store: any ServerStore, _ schema: Schema, at milliseconds: Int64) throws {
        for name in ["asset", "maintenance_plan"] {
            let due = try store.read { try $0.ids(schema.entity(name), dueAt: milliseconds) }
            guard due.isEmpty else { throw Violation("I22", "\(name) records lie past their time: \(due.map { "\($0)" }.joined(separator: ", "))") }
        }
        let entity = try schema.entity("exception")
        let (due, open) = try store.read { transaction in
            let open = try transaction.ids(entity, where: "state", equals: .text("open")).filter { id in
                let stored = try transaction.record(RecordKey(type: entity.type, id: id))
                return stored.flatMap { RecordView($0.record, entity).time("due_at") }.map { $0.milliseconds <= milliseconds } ?? false
            }
            return (try transaction.ids(entity, dueAt: milliseconds), open)
        }
        guard due.isEmpty, open.isEmpty else {
            throw Violation("I19", "exceptions lie past their time: \((due + open).map { "\($0)" }.joined(separator: ", "))")
        }
    }
}

extension ExceptionStage {
    /// What is closed in the same step where nobody has to approve it.
    fileprivate var isEnd: Bool { self == .resolved || self == .overridden }
}
