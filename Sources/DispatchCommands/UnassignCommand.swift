import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

struct UnassignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unassign", abstract: "Take a technician off an order.",
        discussion: """
            EXAMPLE
              truckroll-dispatch unassign SO-2026-000001 P0101

            EXIT STATUS: 0 granted; 2 refused, the answer is printed; 3 recorded, to be decided when this device syncs; \
            64 bad usage; 1 anything else.
            JSON: answer (granted, refused, pending), text, action, order, technician, starts_at, ends_at, request_id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The order's number, its end, or its id.") var order: String
    @Argument(help: "The technician, by number or name; the only one when left out.") var technician: String?

    func run() async throws {
        try await options.run { session in
            try await session.request("Unassign") { reader, _ in
                let order = try DispatchLookup(reader).order(order)
                return DispatchRequest(.unassign, order: order.id, technician: try reader.assigned(technician, to: order).technician)
            }
        }
    }
}
