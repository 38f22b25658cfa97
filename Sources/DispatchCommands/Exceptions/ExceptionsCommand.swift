import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct ExceptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exceptions", abstract: "The cases that need a person: list them, deal with them, say to whom they go.",
        discussion: """
            Each is owned by a team from the moment it is raised, and goes to another one when it lies too long: see `exceptions rules`. \
            Without a subcommand the open ones are listed.

            EXAMPLE
              truckroll-dispatch exceptions
              truckroll-dispatch exceptions show 1f2e3d4c
              truckroll-dispatch exceptions wait 1f2e3d4c "They call back" --until 16:00
              truckroll-dispatch resolve 1f2e3d4c "Called her: she goes on alone"

            EXIT STATUS: 0 done; 2 it moved nothing, the reason is printed; 3 recorded, to be decided when this device syncs; \
            64 bad usage; 1 anything else.
            JSON: each command says in its own help what it prints with --json.
            """,
        subcommands: [
            ExceptionsListCommand.self, ExceptionsShowCommand.self, ExceptionsRaiseCommand.self, ExceptionsAssignCommand.self,
            ExceptionsInvestigateCommand.self, ExceptionsWaitCommand.self, ExceptionsResumeCommand.self, ExceptionsAnswerCommand.self,
            ExceptionsEscalateCommand.self, ExceptionsOverrideCommand.self, ExceptionsApproveCommand.self, ExceptionsSendBackCommand.self,
            ExceptionsKindCommand.self, ExceptionsRulesCommand.self, ExceptionsRuleCommand.self, ExceptionsTeamCommand.self,
            ExceptionsReportCommand.self,
        ], defaultSubcommand: ExceptionsListCommand.self)

    static let written = """
        EXIT STATUS: 0 done; 2 it moved nothing, the reason is printed; 3 recorded, to be decided when this device syncs; \
        64 bad usage; 1 anything else.
        """
    static let read = "EXIT STATUS: 0 shown, being offline included; 64 bad usage; 1 anything else."
}

struct ExceptionsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the cases that need a person.",
        discussion: """
            The text says how things stood when it was raised; beside it stands where its order is now. With --all the words of \
            who resolved it are there too.

            EXAMPLE
              truckroll-dispatch exceptions
              truckroll-dispatch exceptions list --mine

            EXIT STATUS: 0 listed, an empty list and being offline included; 64 bad usage; 1 anything else.
            JSON: exceptions (kind, state, stage, level, owner, assignee, raised_at, due_at, text, resolution, order, order_state, about, id), \
            synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Flag(help: "Resolved ones as well.") var all = false
    @Flag(help: "Those of your teams, and those assigned to you.") var mine = false
    @Flag(help: "Those that were escalated.") var escalated = false

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let found = try all ? reader.views("exception") : reader.views("exception", where: "state", equals: .text("open"))
                let user = try mine ? reader.identity()?.user : nil
                let teams = try user.map { try reader.teams(of: $0) } ?? []
                let shown = found.filter { view in
                    let isMine = teams.contains(view.text("owner") ?? "") || (user != nil && view.reference("assignee") == user)
                    return (!mine || isMine) && (!escalated || view.integer("level") ?? 0 > 0)
                }
                var table = Table(
                    [
                        .init("Id"), .init("Raised"), .init("Kind"), .init("Order"), .init("Order now"),
                        .init("About", .left, .truncates(minimum: 8)), .init("Owner"), .init("Stage"), .init("Level", .right), .init("Due"),
                        .init("What happened", .left, .wraps(minimum: 24)),
                    ], emptyText: all ? "No exceptions." : "No open exceptions.")
                var json: [JSONValue] = []
                for view in shown.inTime("raised_at") {
                    let order = try view.reference("order").flatMap { try reader.view("service_order", $0) }
                    let resolution = view.text("resolution").map { StyledText(" Resolved: \($0)", .dim) } ?? ""
                    let people = try ["about", "assignee"].map { try view.reference($0).flatMap { try reader.view("user", $0) }?.text("name") }
                    let level = view.integer("level") ?? 0
                    table.addRow(
                        StyledText(view.id.short, .bold), StyledText(calendar.spoken(view.text("raised_at"))),
                        StyledText((view.text("kind") ?? "").words, .yellow), StyledText(order?.text("number") ?? ""), .state(order?.text("state")),
                        StyledText(people[0] ?? ""), StyledText(view.text("owner") ?? ""), StyledText(ExceptionStage(of: view).rawValue),
                        StyledText(level > 0 ? "\(level)" : "", .red), StyledText(calendar.spoken(view.text("due_at"))),
                        StyledText(view.text("text") ?? "") + resolution)
                    let fields = JSONValue.members(
                        view, ["kind", "state", "level", "owner", "raised_at", "due_at", "text", "resolution"])
                    json.append(
                        .object(
                            fields
                                + [
                                    ("stage", .string(ExceptionStage(of: view).rawValue)), ("assignee", .text(people[1])),
                                    ("order", .text(order?.text("number"))), ("order_state", .text(order?.text("state"))),
                                    ("about", .text(people[0])),
                                    ("id", .string("\(view.id)")),
                                ]))
                }
                return ([("exceptions", .array(json))], [table])
            }
        }
    }
}

struct ExceptionsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an exception, what has to be answered, and what was done about it.",
        discussion: """
            EXAMPLE
              truckroll-dispatch exceptions show 1f2e3d4c

            \(ExceptionsCommand.read)
            JSON: kind, state, stage, level, owner, assignee, raised_at, due_at, acknowledged_at, resolved_at, waited, text, resolution, order, \
            answers (question, answer), approvals (team, by), events (event, at, by, text, to, until, question, level, team, effective, \
            ruling), id, synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The exception's id or its end, as `exceptions` lists it.") var exception: String

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let view = try reader.exception(exception, isOpen: false)
                let sheet = try ExceptionSheet(view, reader)
                return (try sheet.json(reader), [try sheet.block(reader, calendar), try sheet.history(reader, calendar)])
            }
        }
    }
}

extension ExceptionSheet {
    private func name(_ view: RecordView, _ field: String, _ reader: LocalReader) throws -> String? {
        try view.reference(field).flatMap { try reader.view("user", $0) }?.text("name")
    }

    private func approvers(_ reader: LocalReader) throws -> [String] {
        try exception.references("approved").map { try reader.view("user", $0)?.text("name") ?? $0.short }
    }

    fileprivate func block(_ reader: LocalReader, _ calendar: DispatchCalendar) throws -> KeyValueBlock {
        var block = KeyValueBlock(title: StyledText("\((exception.text("kind") ?? "").words)  \(exception.id.short)"))
        let level = exception.integer("level").flatMap { $0 > 0 ? ", escalated to level \($0)" : nil } ?? ""
        block.add("Stage", StyledText("\(stage.rawValue)\(level)"))
        block.add("Owner", StyledText(exception.text("owner") ?? ""))
        if let assignee = try name(exception, "assignee", reader) { block.add("Assigned to", StyledText(assignee)) }
        if let about = try name(exception, "about", reader) { block.add("About", StyledText(about)) }
        if let order { block.add("Order", StyledText("\(order.text("number") ?? "")  \(order.text("title") ?? "")")) }
        block.add("Raised", StyledText(calendar.spoken(exception.text("raised_at"))))
        let due = calendar.spoken(exception.text("due_at"))
        if !due.isEmpty { block.add(stage == .waiting ? "Waits until" : "Goes on at", StyledText(due)) }
        block.add("What happened", StyledText(exception.text("text") ?? ""))
        for (question, answer) in answers {
            block.add("Question", StyledText(question) + StyledText("  \(answer ?? "not answered")", answer == nil ? .yellow : .plain))
        }
        let approved = try approvers(reader)
        for (index, team) in approvals.enumerated() {
            let isDone = index < approved.count
            block.add("Approval", StyledText("\(team)  ") + StyledText(isDone ? approved[index] : "open", isDone ? .plain : .yellow))
        }
        if let resolution = exception.text("resolution") { block.add("Resolution", StyledText(resolution)) }
        return block
    }

    fileprivate func history(_ reader: LocalReader, _ calendar: DispatchCalendar) throws -> Table {
        var table = Table(
            [.init("When"), .init("Event"), .init("By", .left, .truncates(minimum: 8)), .init("Note", .left, .wraps(minimum: 24))],
            emptyText: "Nobody has done anything about it yet.")
        for event in events {
            let style: Style = event["effective"] == .boolean(true) ? .plain : .dim
            let level = event.integer("level").map { "level \($0), " } ?? ""
            let parts = [
                try name(event, "to", reader).map { "to \($0)" }, event.text("team").map { "\(level)to \($0)" }, event.text("question"),
                event.text("text"),
                event.text("until").map { "until \(calendar.spoken($0))" }, event.text("ruling").map { "No effect: \($0)" },
                event["effective"] == .null ? "The server does not know it yet." : nil,
            ].compactMap(\.self)
            table.addRow(
                StyledText(calendar.spoken(event.text("at")), style), StyledText((event.text("event") ?? "").words, style),
                StyledText(try name(event, "by", reader) ?? "the clock", style), StyledText(parts.joined(separator: " · "), style))
        }
        return table
    }

    fileprivate func json(_ reader: LocalReader) throws -> [(String, JSONValue)] {
        let fields = JSONValue.members(
            exception, ["kind", "state", "level", "owner", "raised_at", "due_at", "acknowledged_at", "resolved_at", "waited", "text", "resolution"])
        let approved = try approvers(reader)
        return fields + [
            ("stage", .string(stage.rawValue)), ("assignee", .text(try name(exception, "assignee", reader))), ("order", .text(order?.text("number"))),
            ("answers", .array(answers.map { .object([("question", .string($0.question)), ("answer", .text($0.answer))]) })),
            (
                "approvals",
                .array(
                    approvals.enumerated().map { index, team in
                        .object([("team", .string(team)), ("by", .text(index < approved.count ? approved[index] : nil))])
                    })
            ),
            (
                "events",
                .array(
                    try events.map { event in
                        .object(
                            JSONValue.members(event, ["event", "at", "text", "until", "question", "level", "team", "effective", "ruling"])
                                + [("by", .text(try name(event, "by", reader))), ("to", .text(try name(event, "to", reader)))])
                    })
            ), ("id", .string("\(exception.id)")),
        ]
    }
}
