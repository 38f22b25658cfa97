import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Every step of an order, or how it stood at a moment.",
        discussion: """
            With --at: where it stood then, whose move it was, and what could come next. A step counts from when it happened, also when the \
            server heard of it later.

            EXAMPLE
              truckroll-dispatch history SO-2026-000001
              truckroll-dispatch history SO-2026-000001 --at "2026-11-23 09:30"

            EXIT STATUS: 0 shown, being offline included; 64 bad usage; 1 anything else, an unknown order included.
            JSON: order; steps (event, by, device_time, corrected_time, effective, state_after, cause), or with --at: at, state, owner, \
            technicians, last, next (event, roles); synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The order's number, its end, or its id.") var order: String
    @Option(help: ArgumentHelp("HH:MM of today, YYYY-MM-DD HH:MM or RFC 3339.", valueName: "time"), transform: CalendarText.due) var at: String?

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let view = try DispatchLookup(reader).order(order)
                let number = view.text("number") ?? view.id.short
                guard let at else { return try steps(view, number, reader, calendar) }
                return try past(view, number, try calendar.due(at), reader, calendar)
            }
        }
    }

    private func steps(
        _ view: RecordView, _ number: String, _ reader: LocalReader, _ calendar: DispatchCalendar
    ) throws -> (json: [(String, JSONValue)], content: [any TerminalContent]) {
        let steps = try reader.steps(of: view)
        var table = Table(
            [
                .init("Happened"), .init("Corrected"), .init("Event"), .init("By", .left, .truncates(minimum: 8)), .init("State after"),
                .init("Why", .left, .wraps(minimum: 16)),
            ], emptyText: "Nothing has happened.", footer: StyledText("\(number)  \(view.text("title") ?? "")"))
        for step in steps {
            let isEffective = step.event.boolean("effective")
            let style: Style = isEffective ? .plain : .dim
            table.addRow(
                StyledText(calendar.spoken(step.deviceTime?.description), style), StyledText(calendar.spoken(step.correctedTime.description), style),
                StyledText((step.event.text("event") ?? "").words, style), StyledText(step.actor, style),
                StyledText(isEffective ? (step.event.text("state_after") ?? "").words : "no effect", style), StyledText(step.cause, style))
        }
        let json = steps.map { step in
            JSONValue.object([
                ("event", .text(step.event.text("event"))), ("by", .string(step.actor)), ("device_time", .text(step.deviceTime?.description)),
                ("corrected_time", .string(step.correctedTime.description)), ("effective", .bool(step.event.boolean("effective"))),
                ("state_after", .text(step.event.text("state_after"))), ("cause", .string(step.cause)),
            ])
        }
        return ([("order", .string(number)), ("steps", .array(json))], [table])
    }

    private func past(
        _ view: RecordView, _ number: String, _ at: DeviceTime, _ reader: LocalReader, _ calendar: DispatchCalendar
    ) throws -> (json: [(String, JSONValue)], content: [any TerminalContent]) {
        let past = try reader.past(of: view.id, at: at)
        let (technicians, owner) = try reader.names(of: past)
        var block = KeyValueBlock(title: StyledText("\(number) on \(calendar.spoken(at.description))"))
        block.add("State", past.state.map { .state($0.rawValue) } ?? StyledText("not made yet"))
        block.add("Owner", StyledText(owner))
        block.add("Technicians", StyledText(technicians.isEmpty ? "nobody" : technicians.joined(separator: ", ")))
        if let last = past.last {
            block.add("Last step", StyledText("\((last.text("event") ?? "").words), \(calendar.spoken(last.text("at")))"))
        }
        for step in past.next {
            let who = step.roles.filter { $0 != .importer }.map(\.rawValue)
            block.add("Can come next", StyledText("\(step.event.rawValue.words) (\(who.isEmpty ? "the server" : who.joined(separator: ", ")))"))
        }
        let next = past.next.map { step in
            JSONValue.object([("event", .string(step.event.rawValue)), ("roles", .texts(step.roles.map(\.rawValue)))])
        }
        return (
            [
                ("order", .string(number)), ("at", .string(at.description)), ("state", .text(past.state?.rawValue)), ("owner", .string(owner)),
                ("technicians", .texts(technicians)), ("last", .text(past.last?.text("event"))), ("next", .array(next)),
            ], [block]
        )
    }
}
