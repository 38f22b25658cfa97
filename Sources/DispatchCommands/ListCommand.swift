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
            Without options: the orders that are neither closed nor cancelled, up to --limit. Options narrow each other. `find` looks in all texts.

            EXAMPLE
              truckroll-dispatch list --unassigned
              truckroll-dispatch list --day tomorrow --technician P0101
              truckroll-dispatch list --state needs_replan --state on_hold

            EXIT STATUS: 0 listed, an empty list and being offline included; 64 bad usage; 1 anything else.
            JSON: orders (number, state, kind, priority, priorities, title, customer, site, due_at, appointments, id), total, synced, \
            as_of_position.
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
    @Option(help: "How many to show.") var limit = 200

    func validate() throws { guard limit > 0 else { throw ValidationError("--limit is at least 1.") } }

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
                let page = try reader.dispatchOrders(filter, calendar, limit: limit)
                return (
                    [("orders", .array(page.lines.map { .order($0) })), ("total", .int(page.total))], [Self.table(page, calendar)]
                )
            }
        }
    }

    private static func table(_ page: DispatchOrderPage, _ calendar: DispatchCalendar) -> Table {
        var table = Table(
            [
                .init("Number"), .init("State"), .init("Priority"), .init("Title", .left, .truncates(minimum: 12)),
                .init("Customer, site", .left, .truncates(minimum: 12)), .init("Due"), .init("Planned", .left, .wraps(minimum: 12)),
            ], emptyText: "No orders.", footer: StyledText(page.words))
        for line in page.lines {
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

extension DispatchOrderPage {
    fileprivate var words: String {
        total > lines.count ? "\(lines.count) of \(total) orders; see more with --limit" : lines.count.counted("order")
    }
}

extension OrderState: ExpressibleByArgument {}
