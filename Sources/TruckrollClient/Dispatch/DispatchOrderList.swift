import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Which orders a list shows. Without any wish: those that are neither closed nor cancelled.
public struct DispatchOrderFilter: Sendable {
    /// Only these states; empty for all that are open.
    public var states: Set<OrderState> = []
    /// Closed and cancelled orders as well.
    public var includesClosed = false
    /// Only orders with an appointment on the day.
    public var day: CalendarDate?
    /// Only orders this technician is planned for.
    public var technician: RecordID?
    /// Only orders with this in number, title, customer, site or purchase order.
    public var search: String?
    /// Only orders that wait for a technician.
    public var isUnassigned = false

    /// No wish.
    public init() {}

    func admits(_ state: OrderState?) -> Bool {
        if let state, !states.isEmpty { return states.contains(state) }
        guard states.isEmpty else { return false }
        return includesClosed || !(state?.isClosed ?? false)
    }
}

/// An order as one line of a list.
public struct DispatchOrderLine: Sendable {
    /// The order's record.
    public let order: RecordView
    /// For whom.
    public let customer: String
    /// Where.
    public let site: String
    /// The appointments that hold, earliest first.
    public let appointments: [DispatchAppointment]

    /// Where it stands; `nil` for a state this version does not know.
    public var state: OrderState? { order.text("state").flatMap { OrderState(rawValue: $0) } }

    /// Most urgent first, then by due time and number.
    static func precedes(_ a: DispatchOrderLine, _ b: DispatchOrderLine) -> Bool {
        (a.urgency, a.due, a.order.text("number") ?? "") < (b.urgency, b.due, b.order.text("number") ?? "")
    }

    /// Of several priorities that stand until somebody picks one, the most urgent counts.
    private var urgency: Int {
        order.standing("priority").compactMap { DispatchOrderRow.priorities.firstIndex(of: $0.value) }.min() ?? 2
    }
    private var due: Int64 { order.time("due_at")?.milliseconds ?? .max }
}

/// The first lines of a list, and how many there are in all.
public struct DispatchOrderPage: Sendable {
    /// Most urgent first.
    public let lines: [DispatchOrderLine]
    /// Of these.
    public let total: Int
}

extension LocalReader {
    /// All orders a filter admits, most urgent first.
    public func dispatchOrders(_ filter: DispatchOrderFilter, _ calendar: DispatchCalendar) throws -> [DispatchOrderLine] {
        try dispatchOrders(filter, calendar, limit: .max).lines
    }

    /// The first orders a filter admits, most urgent first. Only those that are shown are read, unless texts are searched.
    ///
    /// Of an order with several priorities that stand until somebody picks one, the one that was set last decides whether it is
    /// among the first, and the most urgent one where it stands there.
    public func dispatchOrders(_ filter: DispatchOrderFilter, _ calendar: DispatchCalendar, limit: Int) throws -> DispatchOrderPage {
        let names = DispatchNames(self)
        let candidates = try DispatchOrderRow.candidates(filter, self, calendar, names)
        let shown = filter.search == nil ? candidates.prefix(limit) : candidates[...]
        var lines = try shown.compactMap { row -> DispatchOrderLine? in
            guard let order = try view("service_order", row.id) else { return nil }
            return DispatchOrderLine(
                order: order, customer: try names.name("customer", order.reference("customer")),
                site: try names.name("site", order.reference("site")), appointments: try DispatchAppointment.active(of: order.id, self, names))
        }
        if let wanted = filter.search?.folded {
            lines.removeAll { line in
                let text = [line.order.text("number"), line.order.text("title"), line.customer, line.site, line.order.text("po_reference")]
                return !text.compactMap(\.self).joined(separator: "\n").folded.contains(wanted)
            }
        }
        return DispatchOrderPage(
            lines: Array(lines.sorted(by: DispatchOrderLine.precedes).prefix(limit)), total: filter.search == nil ? candidates.count : lines.count)
    }
}

/// What the typed columns say of an order.
private struct DispatchOrderRow {
    static let priorities = ["emergency", "high", "normal", "low"]

    let id: RecordID
    let urgency: Int
    let due: Int64
    let number: String

    /// The orders a filter admits but for its search, most urgent first.
    static func candidates(
        _ filter: DispatchOrderFilter, _ reader: LocalReader, _ calendar: DispatchCalendar, _ names: DispatchNames
    ) throws -> [DispatchOrderRow] {
        var planned: Set<RecordID>?
        if filter.day != nil || filter.technician != nil {
            planned = Set(
                try DispatchAppointment.active(on: filter.day, technician: filter.technician, reader, calendar, names).map(\.order))
        }
        let taken = filter.isUnassigned ? Set(try AppointmentRow.active(reader).map(\.order)) : []
        let rows: [DispatchOrderRow] = try reader.rows("service_order", columns: ["state", "priority", "due_at", "number"]).compactMap { id, values in
            let state = values[0].text.flatMap { OrderState(rawValue: $0) }
            guard filter.admits(state), planned?.contains(id) ?? true else { return nil }
            if filter.isUnassigned, state == .draft || taken.contains(id) { return nil }
            return DispatchOrderRow(
                id: id, urgency: values[1].text.flatMap { priorities.firstIndex(of: $0) } ?? 2,
                due: values[2].text.flatMap { DeviceTime($0)?.milliseconds } ?? .max, number: values[3].text ?? "")
        }
        return rows.sorted { ($0.urgency, $0.due, $0.number) < ($1.urgency, $1.due, $1.number) }
    }
}
