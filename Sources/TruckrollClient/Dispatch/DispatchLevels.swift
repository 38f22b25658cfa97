import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// An order that somebody has to move on.
public struct StalledOrder: Sendable {
    /// Its record.
    public let order: RecordView
    /// Why: nobody is there in time, the work is not done in time, or it stands for too long.
    public let kind: ExceptionKind
    /// When that was to be.
    public let due: DeviceTime
    /// The team that has its case; `nil` where the server has raised none yet.
    public let owner: String?
    /// Who plans or does it now.
    public let technicians: [String]
}

extension LocalReader {
    /// Orders past a moment by which they were to be begun, done or moved on, the longest past first.
    public func stalledOrders(at now: DeviceTime) throws -> [StalledOrder] {
        let names = DispatchNames(self)
        var stalled: [StalledOrder] = []
        for order in try views("service_order") {
            guard let state = order.text("state").flatMap({ OrderState(rawValue: $0) }), !state.isClosed else { continue }
            let isThere = state.isBegun || order["responded_at"] != .null
            let moments: [(kind: ExceptionKind, at: DeviceTime?, isOver: Bool)] = [
                (.response_overdue, order.time("respond_by"), isThere), (.resolution_overdue, order.time("resolve_by"), state.isPastWork),
                (.stalled, try order.time("stalls_at") ?? stall(order, state, now), false),
            ]
            let passed = moments.compactMap { moment in
                moment.isOver ? nil : moment.at.flatMap { $0.milliseconds <= now.milliseconds ? (moment.kind, $0) : nil }
            }
            guard !passed.isEmpty else { continue }
            let cases = try views("exception", where: "order", equals: .reference(order.id)).filter { $0.text("state") == "open" }
            let appointments = try views("appointment", where: "order", equals: .reference(order.id)).filter { $0.text("state") == "active" }
            let people = try appointments.compactMap { try $0.reference("technician").map { try names.user($0) } }
            for (kind, due) in passed {
                let owner = cases.first { $0.text("kind") == kind.rawValue }?.text("owner")
                stalled.append(StalledOrder(order: order, kind: kind, due: due, owner: owner, technicians: people.sorted()))
            }
        }
        return stalled.sorted { ($0.due.milliseconds, $0.order.id) < ($1.due.milliseconds, $1.order.id) }
    }

    /// Of an order that came into its state before the company said how long one may stand there.
    private func stall(_ order: RecordView, _ state: OrderState, _ now: DeviceTime) throws -> DeviceTime? {
        guard let event = try order.reference("last_event").flatMap({ try view("order_event", $0) }),
            let since = event.entity["event"].flatMap({ event.record[$0.id]?.version.stamp.milliseconds })
        else { return nil }
        return try due.limit(of: state, since: Int64(clamping: since)).map { DeviceTime(milliseconds: $0, offsetMinutes: now.offsetMinutes) }
    }
}

extension DeviceClient {
    /// Makes a calendar, or changes one: hours and holidays are added and taken away.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` for hours that cannot be read.
    public func dispatchCalendar(
        _ name: String, zone: String?, adding hours: [String], removing gone: [String], holidays: [CalendarDate], working: [CalendarDate]
    ) throws -> DispatchTicket {
        if let wrong = hours.first(where: { WorkCalendar.read($0) == nil }) {
            throw DeviceProblem(
                .valueUnfit, "“\(wrong.prefix(30))” are no hours.", next: "Write them as \"MO-FR 08:00-17:00\" or \"SA 09:00-12:00\".")
        }
        let entity = try schema.entity("work_calendar")
        let id = entity.id(named: name)
        let (_, set) = try commit("work-calendar") { editor in
            if try editor.view("work_calendar", id) == nil {
                try editor.create("work_calendar", id: id, ["name": .text(name), "time_zone": .text(zone ?? "UTC")])
            } else if let zone {
                try editor.patch("work_calendar", id, ["time_zone": .text(zone)])
            }
            for (field, texts, op) in [
                ("hours", hours, MergeOp.add), ("hours", gone, .remove), ("holidays", holidays.map(\.description), .add),
                ("holidays", working.map(\.description), .remove),
            ] {
                for text in texts { try editor.change("work_calendar", id, field, element: .text(text), op: op) }
            }
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Says how soon orders of a priority are begun, and done. What is left out stays as it was.
    ///
    /// - Parameter customer: who was promised it; `nil` for all others.
    public func dispatchLevel(
        _ priority: OrderPriority, customer: RecordID?, responseMinutes: Int?, resolutionMinutes: Int?, calendar: RecordID?
    ) throws -> DispatchTicket {
        let id = ServiceLevel.id(try schema.entity("service_level"), priority: priority, customer: customer)
        var fields: [String: Value] = [:]
        if let responseMinutes { fields["response_minutes"] = .integer(Int64(responseMinutes)) }
        if let resolutionMinutes { fields["resolution_minutes"] = .integer(Int64(resolutionMinutes)) }
        if let calendar { fields["calendar"] = .reference(calendar) }
        return try put("service_level", id, ["priority": .text(priority.rawValue), "customer": .optional(customer)], fields)
    }

    /// Says how long an order may stand in a state before somebody is told.
    public func dispatchLimit(_ state: OrderState, minutes: Int, calendar: RecordID?) throws -> DispatchTicket {
        let id = StageLimit.id(try schema.entity("stage_limit"), state: state)
        var fields: [String: Value] = ["minutes": .integer(Int64(minutes))]
        if let calendar { fields["calendar"] = .reference(calendar) }
        return try put("stage_limit", id, ["state": .text(state.rawValue)], fields)
    }

    private func put(_ entity: String, _ id: RecordID, _ key: [String: Value], _ fields: [String: Value]) throws -> DispatchTicket {
        let (_, set) = try commit(entity) { editor in
            if try editor.view(entity, id) != nil {
                try editor.patch(entity, id, fields)
            } else {
                try editor.create(entity, id: id, fields.merging(key.filter { $0.value != .null }) { $1 })
            }
        }
        return DispatchTicket(record: id, set: try written(set))
    }
}
