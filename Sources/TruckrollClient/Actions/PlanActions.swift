import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A maintenance plan as lists show it.
public struct PlanLine: Sendable {
    /// The record.
    public let view: RecordView
    /// Its number.
    public let number: String
    /// What is to be done.
    public let title: String
    /// What people call the asset.
    public let asset: String
    /// The asset.
    public let assetID: RecordID?
    /// `active`, `paused` or `ended`.
    public let status: String
    /// When it comes round, in words.
    public let rhythm: String
    /// When it is due next by the calendar, or by when an order of it has to be done; `nil` where that cannot be known.
    public let dueOn: CalendarDate?
    /// At which total of its meter it asks for the next order; `nil` where it goes by none.
    public let dueAt: Quantity?
    /// The number and state of the order of its last period.
    public let lastOrder: (number: String, state: OrderState?)?
    /// What could be ordered now and is not.
    public let due: [MaintenancePlan.Due]
    /// Whether the order of its last period is past its day and not done.
    public let isOverdue: Bool

    init?(_ view: RecordView, _ screen: ScreenReader, _ book: PlanBook, today: CalendarDate) throws {
        let reader = screen.reader
        guard let plan = try book.plan(view.id) else { return nil }
        self.view = view
        (number, title) = (plan.number, view.text("title") ?? "")
        (asset, assetID) = (try screen.assetName(plan.asset), plan.asset)
        status = view.text("status") ?? ""
        let meter = try view.reference("meter").flatMap { try reader.view("meter", $0) }
        rhythm = plan.rhythm(view, meter)
        dueAt = plan.nextTotal(after: meter?.quantity("total") ?? .zero)
        due = plan.isActive ? try book.due(plan, on: today) : []
        let occurrence = try plan.lastPeriod.flatMap { try book.occurrence(of: plan, $0) }
        let order = try occurrence?.reference("order").flatMap { try reader.view("service_order", $0) }
        let state = order?.text("state").flatMap { OrderState(rawValue: $0) }
        lastOrder = order.map { ($0.text("number") ?? "", state) }
        let isOpen = state.map { !$0.isPastWork && $0 != .cancelled } ?? false
        let ordered = occurrence?.text("due_on").flatMap { CalendarDate($0) }
        isOverdue = isOpen && (ordered.map { $0 < today } ?? false)
        dueOn = isOpen ? ordered : plan.isActive ? plan.nextDay(after: plan.lastPeriod) : nil
    }
}

extension MaintenancePlan {
    /// When it comes round, in words.
    fileprivate func rhythm(_ view: RecordView, _ meter: RecordView?) -> String {
        switch trigger {
        case .calendar(_, let start, let isFloating):
            return "\(view.text("rule") ?? ""), \(isFloating ? "after it was done last" : "from \(start)")"
        case .meter(_, let step, let start, _, let isFloating):
            let name = meter?.text("name") ?? "a meter"
            return "every \(step) \(meter?.text("unit") ?? "") of \(name), \(isFloating ? "after it was done last" : "from \(start)")"
        case .condition(let alert, let isAbove, let trips, let clears):
            return "\(alert) \(isAbove ? "at least" : "at most") \(trips), again after \(isAbove ? "at most" : "at least") \(clears)"
        }
    }
}

/// A maintenance plan as somebody makes it.
public struct PlanEntry: Sendable {
    /// What it goes by.
    public enum Trigger: Sendable {
        /// An RRULE of RFC 5545, and the first day.
        case calendar(rule: String, startsOn: CalendarDate)
        /// `startsAt` is where the meter stands when it is left out.
        case meter(RecordID, step: Quantity, startsAt: Quantity?, lead: Quantity?)
        case condition(alert: String, isAbove: Bool, tripsAt: Quantity, clearsAt: Quantity)
    }

    /// The asset it is about.
    public var asset: RecordID
    /// What is to be done, in one line.
    public var title: String
    /// What it goes by.
    public var trigger: Trigger
    /// Whether it counts from when the work was done last.
    public var isFloating = false
    /// How many days before it is due its order is made.
    public var leadDays = 14
    /// The schema's word for the kind of work.
    public var kind = "inspection"
    /// How urgent its orders are.
    public var priority: String? = "normal"
    /// What must exist before an order of it is closed; by its kind when left out.
    public var documents: [String]?
    /// Kinds of tools it cannot be done without.
    public var tools: [String] = []
    /// What each order of it is to bring.
    public var parts: [(part: RecordID, quantity: Quantity)] = []
    /// The steps of the work, in their order.
    public var tasks: [String] = []

    public init(asset: RecordID, title: String, trigger: Trigger) { (self.asset, self.title, self.trigger) = (asset, title, trigger) }
}

extension DeviceClient {
    /// The plans that this device holds: overdue first, then by day.
    ///
    /// - Parameter asset: only those of one asset.
    public func plans(of asset: RecordID? = nil) throws -> [PlanLine] {
        let now = try now()
        return try screen { screen in
            let views =
                try asset.map { try screen.reader.views("maintenance_plan", where: "asset", equals: .reference($0)) }
                ?? screen.reader.views("maintenance_plan")
            let book = try screen.reader.plans()
            let today = screen.day(at: now)
            return try views.compactMap { try PlanLine($0, screen, book, today: today) }.sorted {
                ($0.dueOn?.description ?? "9", $0.number) < ($1.dueOn?.description ?? "9", $1.number)
            }
        }
    }

    /// The plan a person means by its number, its id, or the end of either.
    public func findPlan(_ text: String) throws -> RecordID {
        try read {
            try RecordFinder(reader: $0).find("maintenance_plan", text, by: ["number"]) { "\($0.text("number") ?? "")  \($0.text("title") ?? "")" }.id
        }
    }

    /// Makes a plan. Its orders are made by the server, or by whoever is there first; there is one for each time.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` for a rule that cannot be read or never falls on a day, or limits without room between them.
    public func addPlan(_ entry: PlanEntry) throws -> Recorded {
        try act("maintenance-plan") { editor in
            _ = try editor.require("asset", entry.asset)
            var fields = try editor.fields(of: entry.trigger)
            let number = OrderNumber.text(series: editor.series, .maintenance, editor.nextDocumentNumber())
            guard entry.tasks.count <= PlanBook.mostSteps, entry.tasks.allSatisfy({ $0.unicodeScalars.count <= 200 }) else {
                throw DeviceProblem(
                    .valueUnfit, "A plan has at most \(PlanBook.mostSteps) steps of at most 200 characters.",
                    next: "Say it in fewer words; details go into the manual.")
            }
            let documents = entry.documents ?? DispatchNewOrder.documents(of: entry.kind)
            fields.merge([
                "asset": .reference(entry.asset), "number": .text(number), "title": .text(entry.title), "status": .text("active"),
                "basis": .text(entry.isFloating ? "floating" : "fixed"), "lead_days": .integer(Int64(entry.leadDays)), "kind": .text(entry.kind),
                "priority": .optional(entry.priority), "required_documents": documents.isEmpty ? .null : .list(documents.map { .text($0) }),
                "tools_needed": entry.tools.isEmpty ? .null : .list(entry.tools.map { .text($0) }),
                "parts": entry.parts.isEmpty ? .null : PlanBook.parts(entry.parts),
                "tasks": entry.tasks.isEmpty ? .null : .list(entry.tasks.map { .text($0) }), "made_by": .reference(editor.user),
            ]) { $1 }
            let id = try editor.create("maintenance_plan", fields)
            let calendar = try editor.companyCalendar()
            let plan = try editor.view("maintenance_plan", id).flatMap { MaintenancePlan($0, calendar: calendar) }
            var notices = ["Its number is \(number)."]
            if let first = plan?.nextDay(after: nil) { notices.append("It is due on \(first) for the first time.") }
            if case .calendar(let rule, let start) = entry.trigger, !entry.isFloating, try RecurrenceRule(rule).skipsMonths(from: start) {
                notices.append("Months without a day \(start.day) are left out. For the last day of each, say BYMONTHDAY=-1.")
            }
            return (id, notices)
        }
    }

    /// Lets a plan go on, rest, or end.
    public func setPlan(_ id: RecordID, status: String) throws -> Recorded {
        try act("plan-\(status)") { editor in
            let view = try editor.require("maintenance_plan", id)
            guard view.text("status") != status else { return (id, ["It was so already; nothing was recorded."]) }
            guard view.text("status") != "ended" else {
                throw DeviceProblem(.transition, "The plan has ended.", next: "Make another one; this one keeps its past.")
            }
            try editor.patch("maintenance_plan", id, ["status": .text(status)])
            return (id, status == "active" ? ["What fell due meanwhile is not made up for."] : [])
        }
    }

    /// Makes the orders that a plan asks for now, without waiting for the server. Where somebody else has made one for the same time, it is the
    /// same order.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` where it asks for none.
    public func orderDue(of id: RecordID) throws -> Recorded {
        try act("plan-order") { editor in
            let view = try editor.require("maintenance_plan", id)
            let role = try editor.view("user", editor.user)?.text("role").flatMap { Role(rawValue: $0) }
            if let role, try !editor.schema.entity("service_order").writers.contains(role) {
                throw DeviceProblem(
                    .role, "A \(role.rawValue) may not make orders.", next: "The server makes it when it is due, or somebody of the office now.")
            }
            let calendar = try editor.companyCalendar()
            let book = editor.plans(calendar)
            guard let plan = try book.plan(id) else {
                throw DeviceProblem(.valueUnfit, "It does not say when it comes round.", next: "Ask the office to make it anew.")
            }
            let due = try book.due(plan, on: calendar.local(editor.now.milliseconds).date)
            guard !due.isEmpty else {
                let next = plan.nextDay(after: plan.lastPeriod).map { "It is due on \($0), and ordered \(plan.leadDays) days before." }
                throw DeviceProblem(
                    .valueUnfit, "\(view.text("title") ?? "The plan") asks for no order now.", next: next ?? "Look at it with `plans`.")
            }
            var numbers: [String] = []
            var last: RecordID?
            for time in due {
                guard let (order, drafts) = try book.drafts(for: time, of: plan) else {
                    throw DeviceProblem(.valueUnfit, "The asset's site is not on this device.", next: "Sync first.")
                }
                for draft in drafts { try editor.create(draft.entity, id: draft.id, draft.fields) }
                for event in [OrderEvent.create, .submit] { try editor.event(event, id: book.eventID(event, of: order), order: order) }
                numbers.append(plan.orderNumber(time.period))
                last = order
            }
            return (last, numbers.map { "Order \($0)." })
        }
    }
}

extension LocalEditor {
    fileprivate func fields(of trigger: PlanEntry.Trigger) throws -> [String: Value] {
        switch trigger {
        case .calendar(let rule, let start):
            do {
                guard try RecurrenceRule(rule).first(after: nil, from: start) != nil else {
                    throw DeviceProblem(
                        .valueUnfit, "“\(rule)” falls on no day.", next: "Compare its parts: a month has no such day, or it ends before it begins.")
                }
            } catch let problem as RecurrenceProblem {
                throw DeviceProblem(
                    .valueUnfit, "“\(rule)”: \(problem)", next: "Such as FREQ=MONTHLY;INTERVAL=6, or FREQ=YEARLY;BYMONTH=3;BYDAY=1MO.")
            }
            return ["trigger": .text("calendar"), "rule": .text(rule), "starts_on": .text("\(start)")]
        case .meter(let meter, let step, let start, let lead):
            let view = try require("meter", meter)
            let count = MeterCount(try views("meter_reading", where: "meter", equals: .reference(meter)), rollsOverAt: view.quantity("rolls_over_at"))
            guard step > .zero, lead ?? .zero < step, lead ?? .zero >= .zero else {
                throw DeviceProblem(.valueUnfit, "A step is more than nothing, and more than its lead.", next: "Such as --every 500 --lead 50.")
            }
            return [
                "trigger": .text("meter"), "meter": .reference(meter), "step": .text("\(step)"),
                "starts_at": .text("\(start ?? count?.total ?? .zero)"), "lead": .optional(lead?.description),
            ]
        case .condition(let alert, let isAbove, let trips, let clears):
            guard isAbove ? clears < trips : clears > trips else {
                throw DeviceProblem(
                    .valueUnfit, "Between \(trips) and \(clears) is no room on the right side.",
                    next: isAbove ? "--clears-at has to be below --above." : "--clears-at has to be above --below.")
            }
            return [
                "trigger": .text("condition"), "alert": .text(alert), "direction": .text(isAbove ? "above" : "below"), "trips_at": .text("\(trips)"),
                "clears_at": .text("\(clears)"),
            ]
        }
    }
}

extension LocalReader {
    /// What maintenance plans ask for, by what this device shows.
    func plans() throws -> PlanBook { plans(TenantCalendar(timeZone: try companyZone() ?? "UTC")) }
}
