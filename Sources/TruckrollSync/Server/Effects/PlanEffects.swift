import TruckrollCore
import TruckrollDomain

/// Counts meters, listens to alerts, and makes the orders that maintenance plans ask for: one for a plan and period, whoever makes it
/// (Protocol/05-workflow.md, 5.22).
struct PlanEffects {
    let builder: EffectBuilder
    private let reviews: OrderReviewEffects
    private let isImport: Bool

    /// - Parameter isImport: whether the set brings in the past: what was told then asks for no order now.
    init(builder: EffectBuilder, isImport: Bool = false) {
        self.builder = builder
        self.isImport = isImport
        reviews = OrderReviewEffects(builder: builder, isImport: isImport)
    }

    private var book: PlanBook { PlanBook(schema: builder.schema, access: builder.writer, calendar: builder.moment.calendar, holdsAll: true) }

    func add(for applied: AppliedOp) throws {
        let id = applied.op.key.id
        switch applied.entity.name {
        case "maintenance_plan": try resume(applied)
        case "plan_occurrence":
            if applied.isNew, let plan = try view("plan_occurrence", id)?.reference("plan") { try refresh(plan) }
        case "meter_reading":
            if applied.isNew, let meter = try view("meter_reading", id)?.reference("meter") { builder.readMeters.insert(meter) }
        case "meter": if applied.isNew { builder.readMeters.insert(id) }
        case "alert": if applied.isNew, let alert = try view("alert", id) { try hear(alert) }
        case "reading": if applied.isNew, let reading = try view("reading", id) { try measureDrift(reading) }
        default: break
        }
    }

    // MARK: Meters

    /// Counts the meters of which something was read, each once however much of it a set brings.
    func countMeters() throws {
        for meter in builder.readMeters.sorted() { try count(meter) }
    }

    private func count(_ id: RecordID) throws {
        guard let meter = try view("meter", id) else { return }
        let readings = try builder.writer.views(try builder.schema.entity("meter_reading"), where: "meter", equals: .reference(id))
        guard let count = MeterCount(readings, rollsOverAt: meter.quantity("rolls_over_at")) else { return }
        try builder.patch(
            "meter", id: id,
            [
                "life": .integer(Int64(count.life)), "value": .text("\(count.value)"), "total": .text("\(count.total)"),
                "read_at": .text(builder.moment.calendar.local(count.readAt).description),
            ])
        for plan in try builder.writer.ids(try builder.schema.entity("maintenance_plan"), where: "meter", equals: .reference(id)) {
            try refresh(plan)
        }
    }

    // MARK: Values that are watched

    private func hear(_ alert: RecordView) throws {
        guard let value = alert.quantity("value"), let kind = alert.text("kind") else { return }
        // What is dated ahead would deafen the plan until then.
        try hear(kind, value, at: min(builder.soundTime(alert, "at"), builder.moment.milliseconds), of: alert.reference("asset"))
    }

    private func hear(_ kind: String, _ value: Quantity, at moment: Int64, of asset: RecordID?) throws {
        for plan in try listeners(to: kind, of: asset) {
            guard let heard = plan.hearing(value, at: moment, on: builder.today) else { continue }
            try builder.patch(
                "maintenance_plan", id: plan.id,
                ["tripped": .boolean(heard.isTripped), "heard_at": .text(builder.moment.calendar.local(moment).description)])
            if let due = heard.due, !isImport, try book.isInService(plan) { try make(due, of: plan) }
        }
    }

    private func listeners(to kind: String, of asset: RecordID?) throws -> [MaintenancePlan] {
        guard let asset else { return [] }
        return try builder.writer.ids(try builder.schema.entity("maintenance_plan"), where: "asset", equals: .reference(asset)).compactMap { id in
            guard let plan = try book.plan(id), case .condition(let alert, _, _, _) = plan.trigger, alert == kind else { return nil }
            return plan
        }
    }

    /// How far a channel has drifted since it was left: what plans may watch under ``driftAlert``, in percent of what was applied and year.
    private func measureDrift(_ reading: RecordView) throws {
        guard reading.text("phase") == "as_found", reading.text("point") == "span", let channel = reading.reference("channel"),
            case let plans = try listeners(to: Self.driftAlert, of: reading.reference("asset")), !plans.isEmpty
        else { return }
        let former = try builder.writer.views(reading.entity, where: "channel", equals: .reference(channel))
        guard let drift = try CalibrationDrift(found: reading, among: former, time: { try builder.soundTime($0, "at") }) else { return }
        try hear(Self.driftAlert, drift.percentPerYear, at: drift.foundAt, of: reading.reference("asset"))
    }

    /// The alert that calibrations give by themselves.
    static let driftAlert = "drift"

    // MARK: Orders

    /// A plan that goes on after a pause asks for nothing that fell into it.
    private func resume(_ applied: AppliedOp) throws {
        let id = applied.op.key.id
        if !applied.isNew, let former = applied.former.map({ RecordView($0, applied.entity) }), former.text("status") != "active" { try skip(id) }
        try refresh(id)
    }

    /// Lets what fell due on days of the past be nobody's debt.
    private func skip(_ id: RecordID) throws {
        guard let plan = try book.plan(id), plan.isActive, !plan.isFloating, case .calendar = plan.trigger else { return }
        var last = plan.lastPeriod
        var steps = 0
        while let day = plan.nextDay(after: last), day < builder.today, steps < 40_000 { (last, steps) = (day.description, steps + 1) }
        try builder.patch("maintenance_plan", id: id, ["last_period": .optional(last)])
    }

    /// An asset has come into service, or left it.
    func noteService(of asset: RecordID, isBack: Bool) throws {
        for plan in try builder.writer.ids(try builder.schema.entity("maintenance_plan"), where: "asset", equals: .reference(asset)) {
            if isBack { try skip(plan) }
            try refresh(plan)
        }
    }

    /// Makes what is due, and says when to look again.
    func refresh(_ id: RecordID) throws {
        guard var plan = try book.plan(id) else { return }
        for due in try book.due(plan, on: builder.today) { try make(due, of: plan) }
        // What others have made is not made again, and the plan goes on after it.
        let known = try lastKnown(of: plan)
        if known != plan.lastPeriod { try builder.patch("maintenance_plan", id: id, ["last_period": .optional(known)]) }
        plan = try book.plan(id) ?? plan
        let isWaiting = try plan.isFloating && book.isOpen(plan)
        let day = isWaiting ? nil : plan.nextDay(after: plan.lastPeriod)
        let calendar = builder.moment.calendar
        let wakes = day.map { calendar.local(calendar.instant($0.adding(days: -plan.leadDays), minute: 0)).description }
        let isAsleep = try !plan.isActive || !book.isInService(plan)
        try builder.patch("maintenance_plan", id: id, ["due_on": .optional(day?.description), "wakes_at": isAsleep ? .null : .optional(wakes)])
    }

    /// The last period of a plan that is behind it: of those that can have come by now, as a clock that was ahead, or somebody who made one up, may have
    /// told of others.
    private func lastKnown(of plan: MaintenancePlan) throws -> String? {
        if case .calendar = plan.trigger, !plan.isFloating {
            let reach = builder.today.adding(days: plan.leadDays)
            let made = try builder.writer.views(try builder.schema.entity("plan_occurrence"), where: "plan", equals: .reference(plan.id))
                .compactMap { $0.text("period") }.filter { try book.occurrence(of: plan, $0) != nil }
            return (made + [plan.lastPeriod].compactMap(\.self)).filter { CalendarDate($0).map { $0 <= reach } ?? false }.max()
        }
        if case .meter(let meter, _, _, _, isFloating: false) = plan.trigger {
            let total = try view("meter", meter)?.quantity("total") ?? .zero
            return plan.reached(at: total).flatMap { $0 > 0 ? "\($0)" : nil }
        }
        var cycle = plan.cycle
        while try book.occurrence(of: plan, "\(cycle + 1)") != nil { cycle += 1 }
        return cycle > 0 ? "\(cycle)" : nil
    }

    private func make(_ due: MaintenancePlan.Due, of plan: MaintenancePlan) throws {
        guard try book.occurrence(of: plan, due.period) == nil, let (order, drafts) = try book.drafts(for: due, of: plan) else { return }
        try builder.patch("maintenance_plan", id: plan.id, ["last_period": .text(due.period)])
        for draft in drafts { try builder.create(draft.entity, id: draft.id, draft.fields) }
        for event in [OrderEvent.create, .submit] {
            try builder.event(event, id: book.eventID(event, of: order), order: order, by: plan.author)
        }
        try reviews.submit(order, plan.author)
    }

    /// What was ordered by a plan was done, or will not be: one that floats counts from then. Each period counts once.
    func noteMoved(_ orders: Set<RecordID>) throws {
        for id in orders.sorted() {
            guard let order = try view("service_order", id), let period = order.text("period"),
                let plan = try order.reference("plan").flatMap({ try book.plan($0) }), plan.isFloating, period == plan.lastPeriod,
                id == MaintenancePlan.orderID(order.entity, plan: plan.id, period: period),
                period != plan.donePeriod, let state = order.text("state").flatMap({ OrderState(rawValue: $0) }),
                state.isPastWork || state == .cancelled
            else { continue }
            var fields: [String: Value] = ["done_period": .text(period), "done_on": .text("\(try doneOn(order, state, plan))")]
            if case .meter(let meter, _, _, _, _) = plan.trigger { fields["base"] = .optional(try view("meter", meter)?.text("total")) }
            try builder.patch("maintenance_plan", id: plan.id, fields)
            try refresh(plan.id)
        }
    }

    /// The day on which the work was completed; of what was cancelled, the day on which it was due.
    private func doneOn(_ order: RecordView, _ state: OrderState, _ plan: MaintenancePlan) throws -> CalendarDate {
        if state == .cancelled, let due = try plan.lastPeriod.flatMap({ try book.occurrence(of: plan, $0) })?.text("due_on") {
            return CalendarDate(due) ?? builder.today
        }
        let completions = try builder.writer.views(try builder.schema.entity("order_event"), where: "order", equals: .reference(order.id))
            .filter { $0.text("event") == OrderEvent.complete.rawValue && $0.boolean("effective") }
        let moments = try completions.map { try builder.soundTime($0, "at") }
        return moments.max().map { builder.moment.calendar.local($0).date } ?? builder.today
    }

    private func view(_ entity: String, _ id: RecordID) throws -> RecordView? { try builder.writer.view(try builder.schema.entity(entity), id) }
}
