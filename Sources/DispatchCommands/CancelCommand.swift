import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel an order.",
        discussion: """
            Ends its appointments. An order whose technician has started, as far as this device knows, is not cancelled and \
            nothing is recorded. A start nobody knew of yet turns the cancellation into an exception: see `exceptions`.

            EXAMPLE
              truckroll-dispatch cancel SO-2026-000001 --reason "The customer withdrew it"

            EXIT STATUS: 0 cancelled; 2 it had no effect, the reason is printed; 3 recorded, to be decided when this device syncs; \
            64 bad usage; 1 anything else.
            JSON: answer (granted, refused, pending), text, order, event_id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The order's number, its end, or its id.") var order: String
    @Option(help: "Why; shown to the technician.", transform: Wording.read) var reason: String

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            let order = try session.client.read { try DispatchLookup($0).order(self.order) }
            let number = order.text("number") ?? order.id.short
            do {
                let ticket = try session.client.dispatchCancel(order.id, reason: reason)
                try await session.deliver(after: reach)
                return session.report(
                    try session.client.dispatchEffect(of: ticket), about: "Cancel \(number)",
                    json: [("order", .string(number)), ("event_id", .string("\(ticket.record)"))])
            } catch let problem as DeviceProblem where problem.code == "cancel-refused" {
                return session.report(
                    .refused(problem.description), about: "Cancel \(number)", json: [("order", .string(number)), ("event_id", nil)])
            }
        }
    }
}
