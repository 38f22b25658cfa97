import TruckrollCore
import TruckrollDomain

/// What maintenance plans ask for, read from the records that are here: the same on server and device.
public struct PlanBook {
    private let schema: Schema
    private let access: any RecordReading
    private let calendar: TenantCalendar
    private let holdsAll: Bool

    /// - Parameters:
    ///   - calendar: the tenant's.
    ///   - holdsAll: whether an order that is not here is nowhere: so it is on the server.
    public init(schema: Schema, access: any RecordReading, calendar: TenantCalendar, holdsAll: Bool = false) {
        (self.schema, self.access, self.calendar, self.holdsAll) = (schema, access, calendar, holdsAll)
    }

    /// A plan; `nil` for a record that is none, or says not when it comes round.
    public func plan(_ id: RecordID) throws -> MaintenancePlan? {
        try access.view(try schema.entity("maintenance_plan"), id).flatMap { MaintenancePlan($0, calendar: calendar) }
    }

    /// Whether the order of the plan's last period is still to be done. One that is not here is: whoever has it will say when it is done.
    public func isOpen(_ plan: MaintenancePlan) throws -> Bool {
        guard let period = plan.lastPeriod, let occurrence = try occurrence(of: plan, period) else { return false }
        let order = try occurrence.reference("order").flatMap { try access.view(try schema.entity("service_order"), $0) }
        guard let state = order?.text("state").flatMap({ OrderState(rawValue: $0) }) else { return !holdsAll }
        return !state.isPastWork && state != .cancelled
    }

    /// The occurrence of a period, whoever made it. One that names another order than the plan's for that period is none, nor is one whose order was
    /// not made with it.
    public func occurrence(of plan: MaintenancePlan, _ period: String) throws -> RecordView? {
        let (entity, orders) = (try schema.entity("plan_occurrence"), try schema.entity("service_order"))
        let order = MaintenancePlan.orderID(orders, plan: plan.id, period: period)
        guard let view = try access.view(entity, MaintenancePlan.occurrenceID(entity, plan: plan.id, period: period)),
            view.reference("plan") == plan.id, view.text("period") == period, view.reference("order") == order
        else { return nil }
        return try holdsAll && access.view(orders, order) == nil ? nil : view
    }

    /// Whether the asset is at work, so that maintenance comes round for it.
    public func isInService(_ plan: MaintenancePlan) throws -> Bool {
        guard let asset = try access.view(try schema.entity("asset"), plan.asset) else { return false }
        return asset.text("lifecycle").flatMap { AssetStage(rawValue: $0) }?.isInService ?? true
    }

    /// What a plan by calendar or meter asks for on a day, and nobody has ordered.
    public func due(_ plan: MaintenancePlan, on today: CalendarDate) throws -> [MaintenancePlan.Due] {
        guard try isInService(plan) else { return [] }
        let isOpen = try isOpen(plan)
        var found = plan.due(on: today, isOpen: isOpen)
        if case .meter(let meter, _, _, _, _) = plan.trigger, let total = try access.view(try schema.entity("meter"), meter)?.quantity("total"),
            let due = plan.due(at: total, on: today, isOpen: isOpen)
        {
            found.append(due)
        }
        return try found.filter { try occurrence(of: plan, $0.period) == nil }
    }

    /// The records of an order that a plan asks for: it, its steps, and the occurrence that says which time it is for. Their ids and numbers follow
    /// from the plan and the period, so that two who make it make one.
    ///
    /// - Returns: `nil` where the asset's site is not here.
    public func drafts(for due: MaintenancePlan.Due, of plan: MaintenancePlan) throws -> (order: RecordID, drafts: [RecordDraft])? {
        let orders = try schema.entity("service_order")
        guard let view = try access.view(try schema.entity("maintenance_plan"), plan.id),
            let site = try access.view(try schema.entity("asset"), plan.asset)?.reference("site"),
            let customer = try access.view(try schema.entity("site"), site)?.reference("customer")
        else { return nil }
        let order = MaintenancePlan.orderID(orders, plan: plan.id, period: due.period)
        let asked = calendar.instant(max(due.on.adding(days: -plan.leadDays), plan.madeOn), minute: 0)
        let end = calendar.instant(due.on, minute: 1440) - 1000
        var drafts = [
            RecordDraft(
                "service_order", id: order,
                [
                    "number": .text(Self.first(40, of: plan.orderNumber(due.period))), "channel": .text("contract"), "customer": .reference(customer),
                    "site": .reference(site), "kind": view["kind"], "title": view["title"], "priority": view["priority"],
                    "assets": .list([.reference(plan.asset)]), "requested_at": .text(calendar.local(asked).description),
                    "due_at": .text(calendar.local(end).description), "required_documents": view["required_documents"],
                    "tools_needed": view["tools_needed"], "plan": .reference(plan.id), "period": .text(due.period),
                ])
        ]
        let steps = (view["tasks"].list ?? []).compactMap(\.text).filter { !$0.allSatisfy(\.isWhitespace) }.prefix(Self.mostSteps)
        for (place, title) in steps.enumerated() {
            drafts.append(
                RecordDraft(
                    "task", id: RecordID.derived(type: try schema.entity("task").type, key: [order.bytes, Array("\(place)".utf8)]),
                    [
                        "order": .reference(order), "title": .text(Self.first(200, of: title)), "rank": .integer(Int64(10 * (place + 1))),
                        "mandatory": .text("yes"),
                    ]))
        }
        for (place, item) in Self.parts(view["parts"]).prefix(Self.mostSteps).enumerated() {
            drafts.append(
                RecordDraft(
                    "order_line", id: RecordID.derived(type: try schema.entity("order_line").type, key: [order.bytes, Array("\(place)".utf8)]),
                    [
                        "order": .reference(order), "part": .reference(item.part), "quantity": .text("\(item.quantity)"),
                        "asset": .reference(plan.asset),
                    ]))
        }
        drafts.append(
            RecordDraft(
                "plan_occurrence",
                id: MaintenancePlan.occurrenceID(try schema.entity("plan_occurrence"), plan: plan.id, period: due.period),
                [
                    "plan": .reference(plan.id), "asset": .reference(plan.asset), "period": .text(due.period),
                    "due_on": .text(due.on.description), "order": .reference(order),
                ]))
        return (order, drafts.map { RecordDraft($0.entity, id: $0.id, $0.fields.filter { $0.value != .null && $0.value.list != [] }) })
    }

    /// What each order of a plan is to bring, as its field holds it: a list of lists of a part's id and a quantity.
    public static func parts(_ parts: [(part: RecordID, quantity: Quantity)]) -> Value {
        .list(parts.map { .list([.reference($0.part), .text("\($0.quantity)")]) })
    }

    /// The same out of the field; what cannot be read is left out.
    public static func parts(_ value: Value) -> [(part: RecordID, quantity: Quantity)] {
        (value.list ?? []).compactMap { item in
            guard let pair = item.list, pair.count == 2, let part = pair[0].reference, let quantity = pair[1].text.flatMap({ Quantity($0) }),
                quantity > .zero
            else { return nil }
            return (part, quantity)
        }
    }

    /// How many steps, and how many lines, an order of a plan has at most.
    public static let mostSteps = 50

    private static func first(_ count: Int, of text: String) -> String { String(String.UnicodeScalarView(text.unicodeScalars.prefix(count))) }

    /// The id of an event by which such an order is made.
    public func eventID(_ event: OrderEvent, of order: RecordID) throws -> RecordID {
        RecordID.derived(type: try schema.entity("order_event").type, key: [order.bytes, Array(event.rawValue.utf8)])
    }
}
