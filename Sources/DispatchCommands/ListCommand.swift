import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List orders, the most urgent first.",
        discussion: """
            Without options: every order that is neither closed nor cancelled. Options narrow each other.

            EXAMPLE
              truckroll-dispatch list --unassigned
              truckroll-dispatch list --day tomorrow --technician P0101
              truckroll-dispatch list --state needs_replan --state on_hold

            EXIT STATUS: 0 listed, an empty list and being offline included; 64 bad usage; 1 anything else.
            JSON: orders (number, state, kind, priority, priorities, title, customer, site, due_at, appointments, id), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: ArgumentHelp("Only orders in this state; repeat it for several.", valueName: "state")) var state: [OrderState] = []
    @Option(
        help: ArgumentHelp("Only orders with an appointment on the day: YYYY-MM-DD, today, tomorrow.", valueName: "day"), transform: CalendarText.day)
    var day: String?
    @Option(help: ArgumentHelp("Only orders of this technician, by number or name.", valueName: "who")) var technician: String?
    @Option(help: ArgumentHelp("Only orders with this in number, title, customer, site or purchase order.", valueName: "text")) var search: String?
    @Flag(help: "Only orders that wait for a technician.") var unassigned = false
    @Flag(help: "Closed and cancelled orders as well.") var all = false

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                var filter = DispatchOrderFilter()
                filter.states = Set(state)
                filter.includesClosed = all
                filter.day = try day.map { try calendar.day($0) }
                filter.technician = try technician.map { try DispatchLookup(reader).technician($0).id }
                filter.search = search
                filter.isUnassigned = unassigned
                let lines = try reader.dispatchOrders(filter, calendar)
                return ([("orders", .array(lines.map { .order($0) }))], [Self.table(lines, calendar)])
            }
        }
    }

    private static func table(_ lines: [DispatchOrderLine], _ calendar: DispatchCalendar) -> Table {
        var table = Table(
            [
                .init("Number"), .init("State"), .init("Priority"), .init("Title", .left, .truncates(minimum: 12)),
                .init("Customer, site", .left, .truncates(minimum: 12)), .init("Due"), .init("Planned", .left, .wraps(minimum: 12)),
            ], emptyText: "No orders.", footer: lines.count == 1 ? "1 order" : "\(lines.count) orders")
        for line in lines {
            let planned = line.appointments.map { "\($0.technicianName) \(calendar.spoken($0.starts?.description))" }
            table.addRow(
                StyledText(line.order.text("number") ?? line.order.id.short), .state(line.order.text("state")),
                Words.priority(line.order.standing("priority")),
                StyledText(line.order.text("title") ?? ""), "\(line.customer), \(line.site)", StyledText(calendar.spoken(line.order.text("due_at"))),
                planned.isEmpty ? StyledText("nobody", .dim) : StyledText(planned.joined(separator: "; ")))
        }
        return table
    }
}

extension OrderState: ExpressibleByArgument {}
