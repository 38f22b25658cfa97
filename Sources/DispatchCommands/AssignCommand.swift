import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

struct AssignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Plan a technician for an order.",
        discussion: """
            The server decides: it refuses an order that is closed or still being checked, and times that overlap. A second \
            technician may be assigned beside the first. Who is planned for the order already is moved with `move`.

            EXAMPLE
              truckroll-dispatch assign SO-2026-000001 P0101 --at 09:30 --minutes 120

            EXIT STATUS: 0 granted; 2 refused, the answer is printed; 3 recorded, to be decided when this device syncs; \
            64 bad usage; 1 anything else.
            JSON: answer (granted, refused, pending), text, action, order, technician, starts_at, ends_at, earliest_at, request_id.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: ArgumentHelp("Begin: HH:MM in the company's time zone, or RFC 3339.", valueName: "time"), transform: CalendarText.time) var at:
        String
    @Option(parsing: .unconditional, help: ArgumentHelp("How long, in minutes.", valueName: "n")) var minutes: Int
    @Option(
        help: ArgumentHelp("The day of HH:MM: YYYY-MM-DD, today or tomorrow; today when left out.", valueName: "day"), transform: CalendarText.day)
    var day: String?
    @Argument(help: "The order's number, its end, or its id.") var order: String
    @Argument(help: "The technician, by number or name.") var technician: String

    func validate() throws {
        try AppointmentOptions.check(minutes: minutes)
    }

    func run() async throws {
        try await options.run { session in
            try await session.request("Assign") { reader, calendar in
                let lookup = DispatchLookup(reader)
                let (order, technician) = (try lookup.order(order), try lookup.technician(technician))
                let interval = try AppointmentOptions.interval(at: at, day: day, minutes: minutes, calendar)
                try refuse(technician, alreadyOn: order, reader, calendar)
                return DispatchRequest(
                    .assign, order: order.id, technician: technician.id, starts: interval.starts, ends: interval.ends)
            }
        }
    }

    /// Planning somebody a second time would move the appointment there is; that has a verb of its own.
    private func refuse(_ technician: RecordView, alreadyOn order: RecordView, _ reader: LocalReader, _ calendar: DispatchCalendar) throws {
        let planned = try DispatchOrderSheet(order, reader).appointments.first { $0.isActive && $0.technician == technician.id }
        guard let planned else { return }
        let number = order.text("number") ?? order.id.short
        throw RequestRefusal(
            text: "\(planned.technicianName) is planned for \(number) already, \(calendar.spoken(planned.starts?.description)) to "
                + "\(planned.ends.map { calendar.local($0).clock } ?? "?"). Nothing was recorded; change the time with: "
                + "truckroll-dispatch move \(number) \"\(technician.text("number") ?? planned.technicianName)\" --at TIME")
    }
}
