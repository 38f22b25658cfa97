import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct TechniciansCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "technicians", abstract: "List the technicians and how full their day is.",
        discussion: """
            EXAMPLE
              truckroll-dispatch technicians --day tomorrow

            EXIT STATUS: 0 listed, being offline included; 64 bad usage; 1 anything else.
            JSON: day, technicians (number, name, phone, working_hours, absent, appointments, planned_minutes, id), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: ArgumentHelp("YYYY-MM-DD, today or tomorrow; today when left out.", valueName: "day"), transform: CalendarText.day) var day: String?

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let day = try DispatchDay(try calendar.day(day), reader, calendar)
                var table = Table(
                    [
                        .init("Number"), .init("Name", .left, .truncates(minimum: 10)), .init("Phone"), .init("Hours", .left, .truncates(minimum: 8)),
                        .init("Stops", .right), .init("Planned", .right), .init(""),
                    ], emptyText: "No technicians.")
                for row in day.rows {
                    let view = row.technician
                    table.addRow(
                        StyledText(view.text("number") ?? ""), StyledText(view.text("name") ?? ""), StyledText(view.text("phone") ?? ""),
                        StyledText(view.text("working_hours") ?? ""), "\(row.stops.count)", StyledText(Self.hours(row.plannedMinutes)),
                        row.isAbsent ? StyledText("absent", .yellow) : "")
                }
                return (
                    [
                        ("day", .string("\(day.day)")),
                        (
                            "technicians",
                            .array(
                                day.rows.map { row in
                                    .object(
                                        JSONValue.members(row.technician, ["number", "name", "phone", "working_hours"]) + [
                                            ("absent", .bool(row.isAbsent)), ("appointments", .int(row.stops.count)),
                                            ("planned_minutes", .int(row.plannedMinutes)), ("id", .string("\(row.technician.id)")),
                                        ])
                                })
                        ),
                    ], [table]
                )
            }
        }
    }

    private static func hours(_ minutes: Int) -> String { "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60) h" }
}
