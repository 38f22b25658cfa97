import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

struct MoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move a technician's appointment to another time.",
        discussion: """
            Without --minutes it stays as long as it was.

            EXAMPLE
              truckroll-dispatch move SO-2026-000001 --day tomorrow --at 13:00

            EXIT STATUS: 0 granted; 2 refused, the answer is printed; 3 recorded, to be decided when this device syncs; \
            64 bad usage; 1 anything else.
            JSON: answer (granted, refused, pending), text, action, order, technician, starts_at, ends_at, earliest_at, request_id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var time: AppointmentOptions
    @Argument(help: "The order's number, its end, or its id.") var order: String
    @Argument(help: "The technician, by number or name; the only one when left out.") var technician: String?

    func validate() throws {
        if time.at == nil { throw ValidationError("move needs --at.") }
    }

    func run() async throws {
        try await options.run { session in
            try await session.request("Move") { reader, calendar in
                let order = try DispatchLookup(reader).order(order)
                let appointment = try reader.assigned(technician, to: order)
                let interval = try time.interval(calendar, usual: appointment.minutes)
                return DispatchRequest(
                    .move, order: order.id, technician: appointment.technician, starts: interval?.starts, ends: interval?.ends)
            }
        }
    }
}
