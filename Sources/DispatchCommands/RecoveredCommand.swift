import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct RecoveredCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovered", abstract: "Look at work that a restored server lacks and devices still show.",
        discussion: """
            When a server is put back to an older copy, devices bring their own later work by themselves. What a lost device had \
            recorded can only be seen on others that had synced it. It is listed here, set by set, beside what stands there now, \
            and takes no effect. It closes itself when the device comes after all.

            --take writes anew what an item shows, under your name; --dismiss closes it without.

            EXAMPLE
              truckroll-dispatch recovered
              truckroll-dispatch recovered --take 1f2e3d4c

            EXIT STATUS: 0 listed or decided, an empty list and being offline included; 64 bad usage; 1 anything else.
            JSON: recovered (id, set, author, found_at, standing, lines (record, field, value, present)), synced, as_of_position; \
            after --take and --dismiss: id, standing, written.
            """)

    @OptionGroup var options: DispatchOptions
    @Flag(help: "Closed ones as well.") var all = false
    @Option(help: "Write anew what this item shows: its id or the end of it.") var take: String?
    @Option(help: "Close this item.") var dismiss: String?

    func validate() throws {
        if take != nil, dismiss != nil { throw ValidationError("Name --take or --dismiss, not both.") }
    }

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            guard let named = take ?? dismiss else {
                try list(session, reach)
                return .done
            }
            let item = try session.client.findRecovered(named)
            var written = 0
            if take != nil { written = try session.client.takeRecovered(item.id) } else { try session.client.dismissRecovered(item.id) }
            try await session.deliver(after: reach)
            let words = take != nil ? "Written anew: \(written.counted("field")) of set \(item.set)." : "Closed: set \(item.set)."
            session.console.result(
                .object([
                    ("id", .string("\(item.id)")), ("standing", .string(take != nil ? "taken" : "dismissed")), ("written", .int(written)),
                ]), [StyledText(words)])
            return .done
        }
    }

    private func list(_ session: DeviceSession, _ reach: DispatchReach) throws {
        let items = try session.client.recoveredWork().filter { all || $0.standing == .open }
        try session.print(reach) { _, calendar in
            var table = Table(
                [
                    .init("Id"), .init("Found"), .init("Set"), .init("Author", .left, .truncates(minimum: 8)), .init("Standing"),
                    .init("Record", .left, .wraps(minimum: 16)), .init("Field"), .init("Lost value", .left, .wraps(minimum: 12)),
                    .init("Now", .left, .wraps(minimum: 8)),
                ], emptyText: all ? "Nothing was ever recovered." : "Nothing waits to be looked at.")
            for item in items {
                for (index, line) in item.lines.enumerated() {
                    let isFirst = index == 0
                    table.addRow(
                        StyledText(isFirst ? item.id.short : "", .bold),
                        StyledText(isFirst ? calendar.spoken(item.foundAt?.description) : ""), StyledText(isFirst ? "\(item.set)" : ""),
                        StyledText(isFirst ? item.author : ""),
                        StyledText(isFirst ? item.standing.rawValue : "", item.standing == .open ? .yellow : .dim),
                        StyledText(line.record), StyledText(line.field), StyledText(line.value), StyledText(line.present ?? "not here", .dim))
                }
            }
            return ([("recovered", .array(items.map { Self.json($0) }))], [table])
        }
    }

    private static func json(_ item: RecoveredWork) -> JSONValue {
        .object([
            ("id", .string("\(item.id)")), ("set", .string("\(item.set)")), ("author", .string(item.author)),
            ("found_at", .text(item.foundAt?.description)), ("standing", .string(item.standing.rawValue)),
            (
                "lines",
                .array(
                    item.lines.map {
                        .object([
                            ("record", .string($0.record)), ("field", .string($0.field)), ("value", .string($0.value)),
                            ("present", .text($0.present)),
                        ])
                    })
            ),
        ])
    }
}
