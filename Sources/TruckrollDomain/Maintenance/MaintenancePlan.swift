import TruckrollCore

/// When work on an asset comes round, and what work: by the calendar, by a meter, or by a value that is watched.
///
/// Each time at which it comes round is a *period* of the plan. There is one order for a plan and period, whoever makes it: its id follows from both.
public struct MaintenancePlan: Sendable {
    /// What a plan goes by.
    public enum Trigger: Sendable {
        /// The days on which a rule falls, counted from a first one or, when it floats, from the day on which the work was done last.
        case calendar(RecurrenceRule, startsOn: CalendarDate, isFloating: Bool)
        /// Every so many units of a meter's total, counted from where it began or, when it floats, from where the work was done last.
        case meter(RecordID, step: Quantity, startsAt: Quantity, lead: Quantity, isFloating: Bool)
        /// A value that reaches a limit. It asks again only after it has come back to another: so a value that trembles about one limit asks once.
        case condition(alert: String, isAbove: Bool, tripsAt: Quantity, clearsAt: Quantity)
    }

    /// A time at which work is due.
    public struct Due: Hashable, Sendable {
        /// A day, or the count of a cycle.
        public let period: String
        /// When the work is due.
        public let on: CalendarDate

        public init(period: String, on day: CalendarDate) { (self.period, on) = (period, day) }
    }

    /// Its record.
    public let id: RecordID
    /// The asset it is about.
    public let asset: RecordID
    /// Its number.
    public let number: String
    /// What it goes by.
    public let trigger: Trigger
    /// Whether it makes orders.
    public let isActive: Bool
    /// How many days before the work is due its order is made.
    public let leadDays: Int
    /// When it was made, in Unix milliseconds: what was before is nobody's debt.
    public let madeAt: Int64
    /// The day of that.
    public let madeOn: CalendarDate
    /// Who made it.
    public let author: RecordID
    /// The last period for which there is an order.
    public let lastPeriod: String?
    /// The period whose work was done last.
    public let donePeriod: String?
    /// When its work was done last.
    public let doneOn: CalendarDate?
    /// The meter's total when its work was done last.
    public let base: Quantity?
    /// Whether the value has not come back since it last asked for work.
    public let isTripped: Bool
    /// When the last alert that counted was given, in Unix milliseconds.
    public let heardAt: Int64?

    /// As a record says; `nil` for one that does not say when it comes round.
    ///
    /// - Parameter calendar: the tenant's.
    public init?(_ view: RecordView, calendar: TenantCalendar) {
        guard let asset = view.reference("asset"), let number = view.text("number"), let author = view.reference("made_by"),
            let trigger = Trigger(view), let field = view.entity["number"], let made = view.record[field.id]?.version.stamp.milliseconds
        else { return nil }
        (id, self.asset, self.number, self.author, self.trigger) = (view.id, asset, number, author, trigger)
        isActive = view.text("status") == "active"
        leadDays = Int(view.integer("lead_days") ?? 0)
        madeAt = Int64(clamping: made)
        madeOn = calendar.local(madeAt).date
        lastPeriod = view.text("last_period")
        donePeriod = view.text("done_period")
        doneOn = view.text("done_on").flatMap { CalendarDate($0) }
        base = view.quantity("base")
        isTripped = view.boolean("tripped")
        heardAt = view.time("heard_at")?.milliseconds
    }

    /// Whether it waits for one order to be done before it makes the next.
    public var isFloating: Bool {
        switch trigger {
        case .calendar(_, _, let isFloating), .meter(_, _, _, _, let isFloating): isFloating
        case .condition: false
        }
    }

    // MARK: Days

    /// How many orders are made at once at most: of days that have passed while nobody could make them the newest, of those that are still to come
    /// the next.
    public static let mostAtOnce = 12

    /// The day on which it is due next by the calendar.
    public func nextDay(after period: String?) -> CalendarDate? {
        guard case .calendar(let rule, let start, let isFloating) = trigger else { return nil }
        if isFloating { return doneOn.map { rule.next(afterDone: $0) } ?? rule.first(after: nil, from: start) }
        // A period is due on its day; those from before the plan was made are nobody's debt.
        let last = period.flatMap { CalendarDate($0) } ?? madeOn.adding(days: -1)
        return rule.first(after: max(last, start.adding(days: -1)), from: start)
    }

    /// What is to be ordered by the calendar on a day.
    ///
    /// - Parameter isOpen: whether the order of the last period is still to be done.
    public func due(on today: CalendarDate, isOpen: Bool) -> [Due] {
        guard isActive, case .calendar = trigger else { return [] }
        if isFloating {
            guard !isOpen, let day = nextDay(after: nil), day <= today.adding(days: leadDays) else { return [] }
            return [Due(period: "\(cycle + 1)", on: day)]
        }
        var found: [Due] = []
        // A period that could not be due yet was counted by a clock that was ahead.
        let reach = today.adding(days: leadDays)
        var last = lastPeriod.flatMap { CalendarDate($0) }.map { $0 <= reach ? $0 : today.adding(days: -1) }?.description
        while let day = nextDay(after: last), day <= reach, found.count < 1000 {
            found.append(Due(period: day.description, on: day))
            last = day.description
        }
        return found.filter { $0.on < today }.suffix(Self.mostAtOnce) + found.filter { $0.on >= today }.prefix(Self.mostAtOnce)
    }

    /// How many periods have come, where they are counted.
    public var cycle: Int { lastPeriod.flatMap { Int($0) }.flatMap { (0...Self.mostCycles).contains($0) ? $0 : nil } ?? 0 }

    /// No plan comes round more often; what says so was made up.
    private static let mostCycles = 1_000_000_000

    // MARK: Meters

    /// How often a meter's total has reached its step, less its lead; `nil` for one that counts from when the work was done.
    public func reached(at total: Quantity) -> Int? {
        guard case .meter(_, let step, let start, let lead, isFloating: false) = trigger else { return nil }
        return Int(min((total.adding(lead) ?? .greatest).remainder(after: start).millionths / step.millionths, Int64(Self.mostCycles)))
    }

    /// The total at which the meter asks for the next order, less its lead.
    ///
    /// - Parameter total: what it has counted.
    public func nextTotal(after total: Quantity) -> Quantity? {
        guard case .meter(_, let step, let start, let lead, let isFloating) = trigger else { return nil }
        // What was counted when the work was done may have been put right since.
        if isFloating { return min(base ?? start, max(total, start)).adding(step)?.subtracting(lead) }
        let (reach, overflow) = step.millionths.multipliedReportingOverflow(by: Int64(reached(at: total) ?? 0) + 1)
        return overflow ? nil : start.adding(Quantity(millionths: reach))?.subtracting(lead)
    }

    /// What is to be ordered at a meter's total. Several steps that were made since the last reading ask for one order, and a reading that is put right
    /// asks for what it reaches then.
    public func due(at total: Quantity, on today: CalendarDate, isOpen: Bool) -> Due? {
        guard isActive, case .meter = trigger else { return nil }
        if let reached = reached(at: total) { return reached > 0 ? Due(period: "\(reached)", on: today) : nil }
        guard !isOpen, let next = nextTotal(after: total), total >= next else { return nil }
        return Due(period: "\(cycle + 1)", on: today)
    }

    // MARK: Conditions

    /// What comes of a value that is told.
    ///
    /// - Parameter moment: when it was given; one that is older than the last that counted, or than the plan, changes nothing.
    /// - Returns: `nil` where nothing changes; else whether it waits for the value to come back, and the order that is asked for: none while it rests.
    public func hearing(_ value: Quantity, at moment: Int64, on today: CalendarDate) -> (isTripped: Bool, due: Due?)? {
        // Times are to the second.
        guard case .condition(_, let isAbove, let trips, let clears) = trigger, moment >= (heardAt ?? madeAt / 1000 * 1000) else { return nil }
        let isBeyond = isAbove ? value >= trips : value <= trips
        if !isTripped, isBeyond { return (true, isActive ? Due(period: "\(cycle + 1)", on: today) : nil) }
        let isBack = isAbove ? value <= clears : value >= clears
        return (isTripped && !isBack, nil)
    }

    // MARK: Ids

    /// The id of the order for a period.
    public static func orderID(_ entity: Entity, plan: RecordID, period: String) -> RecordID {
        RecordID.derived(type: entity.type, key: [plan.bytes, Array(period.utf8)])
    }

    /// The id of the occurrence of a period.
    public static func occurrenceID(_ entity: Entity, plan: RecordID, period: String) -> RecordID {
        RecordID.derived(type: entity.type, key: [plan.bytes, Array(period.utf8)])
    }

    /// The number of the order for a period, such as `ACME-2026-D4-M3-7-20270301`.
    public func orderNumber(_ period: String) -> String { "\(number)-\(period.replacing("-", with: ""))" }
}

extension MaintenancePlan.Trigger {
    fileprivate init?(_ view: RecordView) {
        let isFloating = view.text("basis") == "floating"
        switch view.text("trigger") {
        case "calendar":
            guard let rule = view.text("rule").flatMap({ try? RecurrenceRule($0) }), let start = view.text("starts_on").flatMap({ CalendarDate($0) })
            else { return nil }
            self = .calendar(rule, startsOn: start, isFloating: isFloating)
        case "meter":
            guard let meter = view.reference("meter"), let step = view.quantity("step"), step > .zero else { return nil }
            let lead = max(.zero, view.quantity("lead") ?? .zero)
            self = .meter(meter, step: step, startsAt: view.quantity("starts_at") ?? .zero, lead: lead, isFloating: isFloating)
        case "condition":
            guard let alert = view.text("alert"), let trips = view.quantity("trips_at") else { return nil }
            self = .condition(
                alert: alert, isAbove: view.text("direction") != "below", tripsAt: trips, clearsAt: view.quantity("clears_at") ?? trips)
        default: return nil
        }
    }
}
