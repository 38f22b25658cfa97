import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct ExceptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exceptions", abstract: "List the cases that need a person.",
        discussion: """
            The text says how things stood when it was raised; beside it stands where its order is now. With --all the words of \
            who resolved it are there too.

            EXAMPLE
              truckroll-dispatch exceptions
              truckroll-dispatch resolve 1f2e3d4c "Called her: she goes on alone"

            EXIT STATUS: 0 listed, an empty list and being offline included; 64 bad usage; 1 anything else.
            JSON: exceptions (kind, state, owner, raised_at, text, resolution, order, order_state, about, id), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Flag(help: "Resolved ones as well.") var all = false

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let found = try all ? reader.views("exception") : reader.views("exception", where: "state", equals: .text("open"))
                var table = Table(
                    [
                        .init("Id"), .init("Raised"), .init("Kind"), .init("Order"), .init("Order now"),
                        .init("About", .left, .truncates(minimum: 8)), .init("Owner"),
                        .init("State"),
                        .init("What happened", .left, .wraps(minimum: 24)),
                    ], emptyText: all ? "No exceptions." : "No open exceptions.")
                var json: [JSONValue] = []
                for view in found.sorted(by: { ($0.time("raised_at")?.milliseconds ?? 0) < ($1.time("raised_at")?.milliseconds ?? 0) }) {
                    let order = try view.reference("order").flatMap { try reader.view("service_order", $0) }
                    let resolution = view.text("resolution").map { StyledText(" Resolved: \($0)", .dim) } ?? ""
                    let about = try view.reference("about").flatMap { try reader.view("user", $0) }?.text("name")
                    table.addRow(
                        StyledText(view.id.short, .bold), StyledText(calendar.spoken(view.text("raised_at"))),
                        StyledText((view.text("kind") ?? "").words, .yellow), StyledText(order?.text("number") ?? ""), .state(order?.text("state")),
                        StyledText(about ?? ""), StyledText(view.text("owner") ?? ""), StyledText(view.text("state") ?? ""),
                        StyledText(view.text("text") ?? "") + resolution)
                    json.append(
                        .object(
                            JSONValue.members(view, ["kind", "state", "owner", "raised_at", "text", "resolution"])
                                + [
                                    ("order", .text(order?.text("number"))), ("order_state", .text(order?.text("state"))), ("about", .text(about)),
                                    ("id", .string("\(view.id)")),
                                ]))
                }
                return ([("exceptions", .array(json))], [table])
            }
        }
    }
}
