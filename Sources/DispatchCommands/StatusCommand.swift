import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync
import TruckrollTerminal

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tell who this device is, what waits to be sent, and what needs attention.",
        discussion: """
            EXAMPLE
              truckroll-dispatch status --offline

            EXIT STATUS: 0 told, 64 bad usage, 1 anything else.
            JSON: tenant, user, replica, series, server, last_sync, position, durable_position, outbox, attention, \
            exceptions_open, synced, as_of_position. outbox and attention list intent, made_at and, for attention, outcome and remarks.
            """)

    @OptionGroup var options: DispatchOptions

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let (state, outbox, unresolved) = (try reader.state(), try reader.outbox(), try reader.unresolved())
                let identity = try reader.identity()
                let exceptions = try reader.views("exception", where: "state", equals: .text("open")).count
                let user = try identity.flatMap { try reader.view("user", $0.user) }?.text("name")
                let lastSync = state.lastSync.map { DeviceTime(milliseconds: $0, offsetMinutes: 0).description }
                var block = KeyValueBlock(title: StyledText(identity?.tenantName ?? ""))
                block.add("User", StyledText(user ?? ""))
                block.add("Replica", "\(identity?.replica.description ?? "") (series \(identity?.series ?? ""))")
                block.add("Server", StyledText(identity?.serverURL ?? ""))
                block.add("Last sync", StyledText(calendar.spoken(lastSync)))
                block.add("Position", "\(state.checkpoint?.position ?? .start), safely backed up to \(state.durable)")
                block.add("Waiting to be sent", StyledText("\(outbox.count)", outbox.isEmpty ? .plain : .yellow))
                block.add("Open exceptions", StyledText("\(exceptions)", exceptions == 0 ? .plain : .yellow))
                if !unresolved.isEmpty { block.section("Needs attention") }
                for own in unresolved {
                    block.add(own.intent, StyledText("\(own.receipt?.outcome.name ?? ""): \(Self.remarks(own).joined(separator: " "))"))
                }
                return (
                    [
                        ("tenant", .text(identity?.tenantName)), ("user", .text(user)),
                        ("replica", .int(Int(identity?.replica.rawValue ?? 0))),
                        ("series", .text(identity?.series)), ("server", .text(identity?.serverURL)), ("last_sync", .text(lastSync)),
                        ("position", .position(state.checkpoint?.position ?? .start)),
                        ("durable_position", .position(state.durable)),
                        ("outbox", .array(outbox.map { Self.json($0) })), ("attention", .array(unresolved.map { Self.json($0) })),
                        ("exceptions_open", .int(exceptions)),
                    ], [block]
                )
            }
        }
    }

    private static func remarks(_ own: OwnSet) -> [String] { own.receipt?.remarks.map(\.text) ?? [] }

    private static func json(_ own: OwnSet) -> JSONValue {
        [
            "write_id": .string("\(own.set.writeID)"), "intent": .string(own.intent),
            "made_at": .string(DeviceTime(milliseconds: own.madeAt, offsetMinutes: 0).description),
            "outcome": .text(own.receipt?.outcome.name), "remarks": .array(remarks(own).map { .string($0) }),
        ]
    }
}
