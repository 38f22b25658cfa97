import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Only declared transitions are effective, in one chain from the order's making to its present state (I18).
struct WorkflowCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]

    func check() throws {
        let (orders, events) = (try schema.entity("service_order"), try schema.entity("order_event"))
        var effective: [RecordID: Set<RecordID>] = [:]
        for record in stored.values where record.record.key.type == events.type {
            let view = RecordView(record.record, events)
            if view.boolean("effective"), let order = view.reference("order") { effective[order, default: []].insert(view.id) }
        }
        for record in stored.values where record.record.key.type == orders.type {
            try check(RecordView(record.record, orders), events, effective[record.record.key.id] ?? [])
        }
    }

    private func check(_ order: RecordView, _ events: Entity, _ effective: Set<RecordID>) throws {
        var chain: [RecordView] = []
        var cursor = order.reference("last_event")
        while let id = cursor, chain.count <= effective.count {
            guard let record = stored[RecordKey(type: events.type, id: id)] else { throw Violation("I18", "event \(id) of \(order.id) is no record") }
            let view = RecordView(record.record, events)
            chain.append(view)
            cursor = view.reference("after")
        }
        guard Set(chain.map(\.id)) == effective, chain.count == effective.count else {
            throw Violation("I18", "order \(order.id) has \(effective.count) effective events, \(chain.count) in its chain")
        }
        var state: OrderState?
        for view in chain.reversed() {
            guard let event = view.text("event").flatMap({ OrderEvent(rawValue: $0) }),
                let after = view.text("state_after").flatMap({ OrderState(rawValue: $0) })
            else { throw Violation("I18", "event \(view.id) cannot be read") }
            let isDeclared = OrderWorkflow.next(from: state, event) == after
            // Work that was started or completed without knowing of a decision stands (C6): the state is its author's branch's.
            let isByPair = (event == .start || event == .complete) && OrderWorkflow.transitions.contains { $0.event == event && $0.to == after }
            let isPausedBeside = event == .start && after == .paused
            guard isDeclared || isByPair || isPausedBeside else {
                throw Violation("I18", "\(event.rawValue) moved order \(order.id) from \(state?.rawValue ?? "nothing") to \(after.rawValue)")
            }
            state = after
        }
        guard order.text("state") == state?.rawValue else {
            throw Violation("I18", "order \(order.id) is \(order.text("state") ?? "nothing"), its events say \(state?.rawValue ?? "nothing")")
        }
    }
}
