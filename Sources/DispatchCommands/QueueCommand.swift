import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "What has come in by any channel and waits to be planned.",
        discussion: """
            The most urgent first, then what was asked for first; with who has it, and what keeps it from being planned.

            EXAMPLE
              truckroll-dispatch queue
              truckroll-dispatch queue --channel phone

            \(StockCommand.read)
            JSON: queue (order, channel, title, customer, kind, priority, state, since, age_minutes, owners, block, respond_by), synced, \
            as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: "Only what came in so: office, portal, field, phone or contract.") var channel: CreateCommand.Channel?

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let lines = try reader.queuedOrders().filter { channel == nil || $0.order.text("channel") == channel?.rawValue }
                var table = Table(
                    [
                        .init("Order"), .init("Channel"), .init("Title", .left, .truncates(minimum: 12)),
                        .init("Customer", .left, .truncates(minimum: 10)),
                        .init("Priority"), .init("State"), .init("Age", .right), .init("With"), .init("There by"),
                        .init("What keeps it", .left, .wraps(minimum: 20)),
                    ], emptyText: "Nothing waits to be planned.", footer: StyledText(lines.count.counted("order")))
                var list: [JSONValue] = []
                for line in lines {
                    let minutes = line.since.map { max(0, calendar.now.milliseconds - $0.milliseconds) / 60_000 }
                    table.addRow(
                        StyledText(line.order.text("number") ?? "", .bold), StyledText(line.order.text("channel") ?? ""),
                        StyledText(line.order.text("title") ?? ""), StyledText(line.customer), Words.priority(line.order.standing("priority")),
                        .state(line.order.text("state")), StyledText(minutes.map(Self.age) ?? ""), StyledText(line.owners.joined(separator: ", ")),
                        StyledText(line.order["respond_by"] == .null ? "" : calendar.spoken(line.order.text("respond_by"))),
                        StyledText(line.block ?? "", .yellow))
                    list.append(
                        .object(
                            [("order", .text(line.order.text("number")))]
                                + JSONValue.members(line.order, ["channel", "title", "kind", "state", "respond_by"])
                                + [
                                    ("customer", .string(line.customer)), ("priority", .text(line.priority?.rawValue)),
                                    ("since", .text(line.since?.description)), ("age_minutes", minutes.map { .int(Int($0)) } ?? .null),
                                    ("owners", .texts(line.owners)), ("block", .text(line.block)),
                                ]))
                }
                return ([("queue", .array(list))], [table])
            }
        }
    }

    /// In the two largest units that matter.
    private static func age(_ minutes: Int64) -> String {
        if minutes < 60 { return "\(minutes) min" }
        return minutes < 48 * 60 ? "\(minutes / 60) h" : "\(minutes / 1440) d"
    }
}
