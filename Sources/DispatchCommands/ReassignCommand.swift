import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

struct ReassignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reassign", abstract: "Give an order to another technician.",
        discussion: """
            Without --at the times stay. An order somebody has started is refused: assign the second technician beside the first.

            EXAMPLE
              truckroll-dispatch reassign SO-2026-000001 --from P0101 --to P0102

            EXIT STATUS: 0 granted; 2 refused, the answer is printed; 3 recorded, to be decided when this device syncs; \
            64 bad usage; 1 anything else.
            JSON: answer (granted, refused, pending), text, action, order, technician, starts_at, ends_at, earliest_at, request_id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var time: AppointmentOptions
    @Argument(help: "The order's number, its end, or its id.") var order: String
    @Option(help: ArgumentHelp("Who is taken off, by number or name; the only technician when left out.", valueName: "who")) var from: String?
    @Option(help: ArgumentHelp("Who takes over, by number or name.", valueName: "who")) var to: String

    func run() async throws {
        try await options.run { session in
            try await session.request("Reassign") { reader, calendar in
                let lookup = DispatchLookup(reader)
                let order = try lookup.order(order)
                let former = try reader.assigned(from, to: order)
                let interval = try time.interval(calendar, usual: former.minutes)
                return DispatchRequest(
                    .reassign, order: order.id, technician: try lookup.technician(to).id, insteadOf: former.technician,
                    starts: interval?.starts, ends: interval?.ends)
            }
        }
    }
}

extension DispatchAppointment {
    /// How long it takes, where that can be read.
    var minutes: Int? {
        guard let starts, let ends, ends.milliseconds > starts.milliseconds else { return nil }
        return Int(clamping: (ends.milliseconds - starts.milliseconds) / 60_000)
    }
}
