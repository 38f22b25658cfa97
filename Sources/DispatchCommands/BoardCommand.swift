import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct BoardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "board", abstract: "Draw who does what when on one day.",
        discussion: """
            Without colours the bars tell the state: # on site and working, = planned, + done.

            EXAMPLE
              truckroll-dispatch board --day 2026-11-24

            EXIT STATUS: 0 drawn, being offline included; 64 bad usage; 1 anything else.
            JSON: day, rows (technician, technician_id, absent, stops (order, title, state, starts_at, ends_at, order_id)), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: ArgumentHelp("YYYY-MM-DD, today or tomorrow; today when left out.", valueName: "day"), transform: CalendarText.day) var day: String?
    @Flag(help: "Leave out technicians without an appointment.") var busy = false

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let day = try DispatchDay(try calendar.day(day), reader, calendar)
                let rows = day.rows.filter { !busy || !$0.stops.isEmpty }
                let board = DayBoard(
                    rows: rows.map { row in
                        DayBoard.Row((row.technician.text("name") ?? "") + (row.isAbsent ? " (absent)" : ""), row.stops.map(Self.bar))
                    }, emptyText: "No technicians.")
                let title = StyledText("\(day.day)", .bold)
                return ([("day", .string("\(day.day)")), ("rows", .array(rows.map(Self.json)))], [title, board])
            }
        }
    }

    private static func bar(_ stop: DispatchDay.Stop) -> DayBoard.Bar {
        let number = stop.order?.text("number").flatMap { $0.split(separator: "-").last } ?? "?"
        let (style, fill): (Style, Character) =
            switch stop.order?.text("state").flatMap({ OrderState(rawValue: $0) }) {
            case .on_site, .in_progress, .paused: (.cyan, "#")
            case .work_complete, .signed_off, .certified, .closed: (.green, "+")
            case .needs_replan, nil: (.yellow, "=")
            default: (.blue, "=")
            }
        return DayBoard.Bar(minutes: stop.minutes, label: "\(number) \(stop.order?.text("title") ?? "")", style: style, fill: fill)
    }

    private static func json(_ row: DispatchDay.Row) -> JSONValue {
        [
            "technician": .text(row.technician.text("name")), "technician_id": .string("\(row.technician.id)"), "absent": .bool(row.isAbsent),
            "stops": .array(
                row.stops.map { stop in
                    [
                        "order": .text(stop.order?.text("number")), "title": .text(stop.order?.text("title")),
                        "state": .text(stop.order?.text("state")), "starts_at": .text(stop.appointment.starts?.description),
                        "ends_at": .text(stop.appointment.ends?.description), "order_id": .string("\(stop.appointment.order)"),
                    ]
                }),
        ]
    }
}
