import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// What every command about one exception takes.
struct ExceptionChoice: ParsableArguments {
    @Argument(help: "The exception's id or its end, as `exceptions` lists it.") var exception: String
}

extension DeviceSession {
    /// Records what somebody does about an exception, syncs, and tells what became of it.
    func act(_ action: ExceptionAction, on text: String, _ complete: (inout ExceptionAction, RecordView) throws -> Void = { _, _ in }) async throws
        -> ExitStatus
    {
        let reach = try await sync()
        let exception = try client.read { try $0.exception(text) }
        var action = action
        try complete(&action, exception)
        let ticket = try client.dispatchAct(action, on: exception.id)
        try await deliver(after: reach)
        let answer = try client.dispatchExceptionAnswer(to: ticket)
        return report(answer, about: "\(action.event.words.capitalisedFirst) \(exception.id.short)", json: [("id", .string("\(exception.id)"))])
    }

    /// Records something about exceptions as a whole, syncs, and tells what became of it.
    func settle(_ about: String, _ body: (DeviceClient) throws -> DispatchTicket) async throws -> ExitStatus {
        let reach = try await sync()
        let ticket = try body(client)
        try await deliver(after: reach)
        return report(try client.dispatchExceptionAnswer(to: ticket), about: about, json: [("id", .string("\(ticket.record)"))])
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}

struct ExceptionsRaiseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raise", abstract: "Raise an exception by hand.",
        discussion: """
            One about an order holds up its closing until it is resolved, but for wrong_part.

            EXAMPLE
              truckroll-dispatch exceptions raise credit_hold \\
                "Two invoices are overdue" --order SO-2026-000001

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    /// The kinds that people raise.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case credit_hold, custom_configuration, regulatory_limit, wrong_part, other
    }

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The kind.") var kind: Kind
    @Argument(help: "What happened, and what can be done.", transform: Wording.read) var words: String
    @Option(help: "The order it is about: its number, its end, or its id.") var order: String?

    func run() async throws {
        try await options.run { session in
            try await session.settle("Raise \(kind.rawValue.words)") { client in
                let about = try client.read { reader in try order.map { try DispatchLookup(reader).order($0).id } }
                return try client.dispatchRaise(ExceptionKind(rawValue: kind.rawValue) ?? .other, order: about, text: words)
            }
        }
    }
}

struct ExceptionsAssignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Give an exception to somebody.",
        discussion: """
            EXAMPLE
              truckroll-dispatch exceptions assign 1f2e3d4c P0108

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var choice: ExceptionChoice
    @Argument(help: "The person: personnel number, name, or id.") var person: String
    @Option(help: "A remark.", transform: Wording.read) var note: String?

    func run() async throws {
        try await options.run { session in
            try await session.act(ExceptionAction(.assign, text: note), on: choice.exception) { action, _ in
                action.to = try session.client.read { try DispatchLookup($0).person(person).id }
            }
        }
    }
}

struct ExceptionsInvestigateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "investigate", abstract: "Take an exception on.",
        discussion: """
            EXAMPLE
              truckroll-dispatch exceptions investigate 1f2e3d4c

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var choice: ExceptionChoice

    func run() async throws { try await options.run { try await $0.act(ExceptionAction(.investigate), on: choice.exception) } }
}

struct ExceptionsWaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Let an exception wait for something outside.",
        discussion: """
            Its clock stands until then, at most; then it goes on by itself.

            EXAMPLE
              truckroll-dispatch exceptions wait 1f2e3d4c "They call back" \\
                --until "2026-12-01 16:00"

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var choice: ExceptionChoice
    @Argument(help: "What for.", transform: Wording.read) var words: String
    @Option(help: ArgumentHelp("HH:MM, YYYY-MM-DD HH:MM, or YYYY-MM-DD.", valueName: "time"), transform: CalendarText.due) var until: String

    func run() async throws {
        try await options.run { session in
            let calendar = try session.calendar()
            return try await session.act(ExceptionAction(.wait, text: words), on: choice.exception) { action, _ in
                action.until = try calendar.due(until)
            }
        }
    }
}

struct ExceptionsResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with an exception that waits.",
        discussion: """
            EXAMPLE
              truckroll-dispatch exceptions resume 1f2e3d4c

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var choice: ExceptionChoice

    func run() async throws { try await options.run { try await $0.act(ExceptionAction(.resume), on: choice.exception) } }
}

struct ExceptionsAnswerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer", abstract: "Answer a question of an exception's kind.",
        discussion: """
            All of them are answered before it is resolved; the last answer counts.

            EXAMPLE
              truckroll-dispatch exceptions answer 1f2e3d4c 1 "The site manager"

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var choice: ExceptionChoice
    @Argument(help: "Which question: 1 for the first that `exceptions show` lists.") var question: Int
    @Argument(help: "The answer.", transform: Wording.read) var words: String

    func run() async throws {
        try await options.run { session in
            try await session.act(ExceptionAction(.answer, text: words), on: choice.exception) { action, exception in
                let questions = try session.client.read { try ExceptionSheet(exception, $0).policy.questions }
                guard questions.indices.contains(question - 1) else {
                    let count = questions.count.counted("question")
                    throw ValidationError(questions.isEmpty ? "Its kind has no questions." : "Its kind has \(count); give 1 to \(questions.count).")
                }
                action.question = questions[question - 1]
            }
        }
    }
}

struct ExceptionsEscalateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escalate", abstract: "Have an exception go to another team now.",
        discussion: """
            EXAMPLE
              truckroll-dispatch exceptions escalate 1f2e3d4c management \\
                "The plant stands still"

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var choice: ExceptionChoice
    @Argument(help: "The team.", transform: Wording.read) var team: String
    @Argument(help: "Why.", transform: Wording.read) var words: String
    @Option(help: "How far, 1 to 9; one further than it is when left out.") var level: Int?

    func validate() throws { if let level, !(1...9).contains(level) { throw ValidationError("--level takes 1 to 9.") } }

    func run() async throws {
        try await options.run { session in
            try await session.act(ExceptionAction(.escalate, text: words), on: choice.exception) { action, exception in
                action.team = team
                action.level = level ?? min(9, Int(exception.integer("level") ?? 0) + 1)
            }
        }
    }
}

struct ExceptionsOverrideCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "override", abstract: "Go on although an exception is not dealt with; who and why is kept.",
        discussion: """
            EXAMPLE
              truckroll-dispatch exceptions override 1f2e3d4c "They have paid cash"

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var choice: ExceptionChoice
    @Argument(help: "Why.", transform: Wording.read) var words: String

    func run() async throws { try await options.run { try await $0.act(ExceptionAction(.override, text: words), on: choice.exception) } }
}

struct ExceptionsApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve how an exception was resolved.",
        discussion: """
            For somebody of the team whose turn it is, who has neither resolved it nor approved a step before.

            EXAMPLE
              truckroll-dispatch exceptions approve 1f2e3d4c

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var choice: ExceptionChoice
    @Argument(help: "A remark.", transform: Wording.read) var words: String?

    func run() async throws { try await options.run { try await $0.act(ExceptionAction(.approve, text: words), on: choice.exception) } }
}

struct ExceptionsSendBackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-back", abstract: "Do not approve how an exception was resolved.",
        discussion: """
            It is investigated again, and every step of approval begins anew.

            EXAMPLE
              truckroll-dispatch exceptions send-back 1f2e3d4c "The letter is missing"

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var choice: ExceptionChoice
    @Argument(help: "Why.", transform: Wording.read) var words: String

    func run() async throws { try await options.run { try await $0.act(ExceptionAction(.send_back, text: words), on: choice.exception) } }
}
