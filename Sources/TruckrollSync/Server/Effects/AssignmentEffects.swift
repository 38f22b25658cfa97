import TruckrollCore
import TruckrollDomain

/// Answers dispatchers' requests and keeps the appointments, which the server alone writes.
struct AssignmentEffects {
    let builder: EffectBuilder

    /// Travel before an appointment, until the optimiser knows better.
    static let travelSeconds: Int64 = 1800

    /// The id of the appointment of a technician on an order: one record, whoever makes it how often.
    static func appointmentID(_ entity: Entity, order: RecordID, technician: RecordID) -> RecordID {
        RecordID.derived(type: entity.type, key: [order.bytes, technician.bytes])
    }

    // MARK: Requests

    /// Answers an assignment request in the position after it.
    func add(for applied: AppliedOp, author: RecordID) throws {
        guard applied.isNew, let record = try builder.writer.record(applied.op.key) else { return }
        let request = RecordView(record, applied.entity)
        guard let order = request.reference("order"), let technician = request.reference("technician"), let action = request.text("action")
        else { return }
        let refusal = try refusal(request, action, order, technician)
        if refusal == nil { try grant(request, action, order, technician, author) }
        try builder.patch(
            "assignment_request", id: request.id,
            ["state": .text(refusal == nil ? "granted" : "refused"), "answer": .text(refusal ?? "Done.")])
    }

    private func refusal(_ request: RecordView, _ action: String, _ order: RecordID, _ technician: RecordID) throws -> String? {
        guard let state = try builder.state(of: order) else { return "There is no such order." }
        let user = try builder.schema.entity("user")
        guard try builder.writer.view(user, technician) != nil else { return "There is no such technician." }
        switch action {
        case "assign":
            guard state.isPlannable else {
                let way = state == .on_hold ? " Mend what holds it, or override its case with a reason." : ""
                return "The order is \(state.title); it cannot be planned.\(way)"
            }
        case "reassign":
            guard let other = request.reference("instead_of"), try isActive(order, other) else {
                return "That technician is not assigned to the order."
            }
            guard OrderWorkflow.next(from: state, .reassign) != nil else {
                return "The order is \(state.title); it cannot be given to somebody else\(Self.insteadOfReassigning(state))"
            }
        case "unassign":
            guard try isActive(order, technician) else { return "That technician is not assigned to the order." }
            // Who works on it alone would lose the order from under the hands.
            let isWorkedOn = state.isInTheField && OrderWorkflow.next(from: state, .withdraw) == nil
            guard try !isWorkedOn || active(order).count > 1 else {
                return
                    "The order is \(state.title); the only technician on it cannot be taken off. Call the technician, or assign a second one first."
            }
        case "move":
            guard try isActive(order, technician) else { return "That technician is not assigned to the order." }
        default: return "“\(action)” is not known."
        }
        return action == "unassign" ? nil : try overlap(request, order, technician)
    }

    /// What a dispatcher does with an order that cannot change hands.
    private static func insteadOfReassigning(_ state: OrderState) -> String {
        switch state {
        case .in_progress, .paused: ". Assign the second technician beside the first instead."
        case .draft, .submitted, .on_hold: " yet."
        case .ready_to_plan, .needs_replan: ". Assign the technician to it instead."
        default: " any more. What is left to do belongs on an order of its own."
        }
    }

    /// I8: a technician's appointments do not overlap, travel included.
    private func overlap(_ request: RecordView, _ order: RecordID, _ technician: RecordID) throws -> String? {
        // A reassignment without times of its own takes over those of the one it replaces.
        let replaced = request.text("action") == "reassign" ? request.reference("instead_of") : nil
        let former = try replaced.flatMap { try appointment(order, $0) }
        let span = span(request.text("starts_at") ?? former?.text("starts_at"), request.text("ends_at") ?? former?.text("ends_at"))
        guard let start = DeviceTime(span.starts), let end = DeviceTime(span.ends) else { return nil }
        guard start.milliseconds < end.milliseconds else { return "The appointment ends before it begins." }
        let entity = try builder.schema.entity("appointment")
        for other in try builder.writer.views(entity, where: "technician", equals: .reference(technician)) {
            guard other.text("state") == "active", other.reference("order") != order, let otherStart = other.time("starts_at"),
                let otherEnd = other.time("ends_at")
            else { continue }
            let travel = (other.integer("travel_seconds") ?? 0) * 1000
            guard start.milliseconds - Self.travelSeconds * 1000 < otherEnd.milliseconds, otherStart.milliseconds - travel < end.milliseconds else {
                continue
            }
            // An appointment whose order is done holds nobody.
            if let otherOrder = other.reference("order"), let state = try builder.state(of: otherOrder), state.isClosed { continue }
            let there = "an appointment from \(otherStart.clock) to \(otherEnd.clock)"
            // What does not fit may be the travel alone: before this appointment, or before the other one.
            if start.milliseconds >= otherEnd.milliseconds {
                return "The technician has \(there), which leaves less than \(Self.travelSeconds / 60) min to travel from it to this one."
            }
            if end.milliseconds <= otherStart.milliseconds {
                return "The technician has \(there), which leaves less than \(travel / 60_000) min to travel to it after this one."
            }
            return "The technician already has \(there)."
        }
        return nil
    }

    private func grant(_ request: RecordView, _ action: String, _ order: RecordID, _ technician: RecordID, _ author: RecordID) throws {
        switch action {
        case "unassign":
            try end(order, technician: technician, because: "Taken off by the dispatcher.")
            if try active(order).isEmpty, let state = try builder.state(of: order), OrderWorkflow.next(from: state, .withdraw) != nil {
                try builder.event(.withdraw, order: order, by: author, technician: technician)
            }
        case "reassign":
            builder.plannedOrders[order] = technician
            let former = request.reference("instead_of")
            if let former { try end(order, technician: former, because: "Given to somebody else.") }
            let times = try former.flatMap { try appointment(order, $0) }
            try builder.event(.reassign, order: order, by: author, technician: technician)
            try appoint(
                technician, to: order, starts: request.text("starts_at") ?? times?.text("starts_at"),
                ends: request.text("ends_at") ?? times?.text("ends_at"))
        default:
            let state = try builder.state(of: order)
            if state?.isPlannable == true { builder.plannedOrders[order] = technician }
            try appoint(technician, to: order, starts: request.text("starts_at"), ends: request.text("ends_at"))
            if state == .ready_to_plan || state == .needs_replan {
                try builder.event(.schedule, order: order, by: author, technician: technician)
                try builder.event(.dispatch, order: order, by: author, technician: technician)
            }
        }
    }

    // MARK: Appointments

    private func appointment(_ order: RecordID, _ technician: RecordID) throws -> RecordView? {
        let entity = try builder.schema.entity("appointment")
        return try builder.writer.view(entity, Self.appointmentID(entity, order: order, technician: technician))
    }

    private func isActive(_ order: RecordID, _ technician: RecordID) throws -> Bool {
        try appointment(order, technician)?.text("state") == "active"
    }

    /// From when to when: from now on where no beginning is said, and for an hour where no end is.
    private func span(_ starts: String?, _ ends: String?) -> (starts: String, ends: String) {
        let calendar = builder.moment.calendar
        let start = starts ?? calendar.local(builder.moment.milliseconds).description
        let from = DeviceTime(start)?.milliseconds ?? builder.moment.milliseconds
        return (start, ends ?? calendar.local(from + 3_600_000).description)
    }

    /// Makes, or makes active again, the appointment of a technician. Without times it is for now.
    func appoint(_ technician: RecordID, to order: RecordID, starts: String?, ends: String?) throws {
        let entity = try builder.schema.entity("appointment")
        let id = Self.appointmentID(entity, order: order, technician: technician)
        let former = try builder.writer.view(entity, id)
        if former == nil {
            try builder.create("appointment", id: id, ["order": .reference(order), "technician": .reference(technician)])
        }
        let span = span(starts, ends)
        var fields: [String: Value] = [
            "state": .text("active"), "starts_at": .text(span.starts), "ends_at": .text(span.ends), "travel_seconds": .integer(Self.travelSeconds),
        ]
        if former?.text("ended_because") != nil { fields["ended_because"] = .null }
        try builder.patch("appointment", id: id, fields)
    }

    /// Makes a technician's ended appointment active again, with its times.
    func restore(_ order: RecordID, technician: RecordID) throws {
        let former = try appointment(order, technician)
        try appoint(technician, to: order, starts: former?.text("starts_at"), ends: former?.text("ends_at"))
    }

    func end(_ order: RecordID, technician: RecordID, because reason: String) throws {
        guard let view = try appointment(order, technician), view.text("state") == "active" else { return }
        try builder.patch("appointment", id: view.id, ["state": .text("ended"), "ended_because": .text(reason)])
    }

    func endAll(of order: RecordID, because reason: String) throws {
        for view in try active(order) { try builder.patch("appointment", id: view.id, ["state": .text("ended"), "ended_because": .text(reason)]) }
    }

    /// Restores one technician, ends the others, and tells them.
    func keepOnly(_ technician: RecordID, of order: RecordID, because reason: String) throws {
        for view in try active(order) {
            guard let other = view.reference("technician"), other != technician else { continue }
            try end(order, technician: other, because: reason)
            try builder.raise(.reassignment_void, "void:\(other)", order: order, about: other, text: reason)
        }
        try restore(order, technician: technician)
    }

    private func active(_ order: RecordID) throws -> [RecordView] {
        let entity = try builder.schema.entity("appointment")
        return try builder.writer.views(entity, where: "order", equals: .reference(order)).filter { $0.text("state") == "active" }
    }
}
