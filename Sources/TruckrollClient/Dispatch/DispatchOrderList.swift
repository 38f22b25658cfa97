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
        order.standing("priority").compactMap { ["emergency", "high", "normal", "low"].firstIndex(of: $0.value) }.min() ?? 2
    }
    private var due: Int64 { order.time("due_at")?.milliseconds ?? .max }
}

extension LocalReader {
    /// The orders a filter admits, most urgent first.
    public func dispatchOrders(_ filter: DispatchOrderFilter, _ calendar: DispatchCalendar) throws -> [DispatchOrderLine] {
        let names = DispatchNames(self)
        let appointments = Dictionary(grouping: try DispatchAppointment.active(self, names), by: \.order)
        let wanted = filter.search.map(\.folded)
        var lines: [DispatchOrderLine] = []
        for order in try candidates(filter, appointments) {
            let line = DispatchOrderLine(
                order: order, customer: try names.name("customer", order.reference("customer")),
                site: try names.name("site", order.reference("site")), appointments: appointments[order.id] ?? [])
            guard filter.admits(line.state), Self.holds(filter, line, calendar) else { continue }
            if let wanted {
                let text = [order.text("number"), order.text("title"), line.customer, line.site, order.text("po_reference")].compactMap(\.self)
                guard text.joined(separator: "\n").folded.contains(wanted) else { continue }
            }
            lines.append(line)
        }
        return lines.sorted(by: DispatchOrderLine.precedes)
    }

    /// The orders worth a look, by the columns where they help.
    private func candidates(_ filter: DispatchOrderFilter, _ appointments: [RecordID: [DispatchAppointment]]) throws -> [RecordView] {
        if filter.day != nil || filter.technician != nil {
            return try appointments.keys.sorted().compactMap { try view("service_order", $0) }
        }
        guard !filter.states.isEmpty else { return try views("service_order") }
        return try filter.states.sorted { $0.rawValue < $1.rawValue }
            .flatMap { try views("service_order", where: "state", equals: .text($0.rawValue)) }
    }

    private static func holds(_ filter: DispatchOrderFilter, _ line: DispatchOrderLine, _ calendar: DispatchCalendar) -> Bool {
        if filter.isUnassigned, !line.appointments.isEmpty || line.state == .draft { return false }
        return filter.day == nil && filter.technician == nil
            || line.appointments.contains { appointment in
                (filter.technician ?? appointment.technician) == appointment.technician
                    && (filter.day.map { appointment.touches($0, calendar) } ?? true)
            }
    }
}
