import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

extension ExceptionKind: ExpressibleByArgument {}
extension OrderPriority: ExpressibleByArgument {}

struct ExceptionsKindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kind", abstract: "See or say how exceptions of a kind are dealt with.",
        discussion: """
            Without options it is shown. Questions and approvals are given in their order, all of them at once; --plain takes all away.

            EXAMPLE
              truckroll-dispatch exceptions kind regulatory_limit --team compliance \\
                --question "Which limit?" --question "Who was told?" \\
                --approval quality --approval management

            \(ExceptionsCommand.written)
            JSON: kind, team, questions, approvals, synced, as_of_position; when something is changed: answer (granted, refused, pending), \
            text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The kind.") var kind: ExceptionKind
    @Option(help: "Who owns them.", transform: Wording.read) var team: String?
    @Option(help: "What has to be answered before one is resolved; repeat it for several.", transform: Wording.read) var question: [String] = []
    @Option(help: "A team that has to approve; repeat it for several.", transform: Wording.read) var approval: [String] = []
    @Flag(help: "No questions, and nobody to approve.") var plain = false

    private var changes: Bool { team != nil || !question.isEmpty || !approval.isEmpty || plain }

    func validate() throws {
        if plain, !question.isEmpty || !approval.isEmpty { throw ValidationError("--plain excludes --question and --approval.") }
        if Set(question).count < question.count { throw ValidationError("A question stands once.") }
    }

    func run() async throws {
        try await options.run { session in
            if changes {
                return try await session.settle("Kind \(kind.rawValue.words)") {
                    try $0.dispatchKind(
                        kind, team: team, questions: plain ? [] : question.isEmpty ? nil : question,
                        approvals: plain ? [] : approval.isEmpty ? nil : approval)
                }
            }
            return try await session.show { reader, _ in
                let policy = try reader.exceptionPolicy(of: kind.rawValue)
                var block = KeyValueBlock(title: StyledText(kind.rawValue.words))
                block.add("Owned by", StyledText(policy.team ?? kind.team))
                block.add("Holds up its order", StyledText(kind.isNotice ? "no" : "yes"))
                for question in policy.questions { block.add("Question", StyledText(question)) }
                for team in policy.approvals { block.add("Approval", StyledText(team)) }
                return (
                    [
                        ("kind", .string(kind.rawValue)), ("team", .string(policy.team ?? kind.team)), ("questions", .texts(policy.questions)),
                        ("approvals", .texts(policy.approvals)),
                    ], [block]
                )
            }
        }
    }
}

struct ExceptionsRulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "List when exceptions go to whom.",
        discussion: """
            Where none of the company's rules concerns an exception, the standard ones do; they are listed without an id.

            EXAMPLE
              truckroll-dispatch exceptions rules

            \(ExceptionsCommand.read)
            JSON: rules (kind, level, after_seconds, worth_from, currency, priority, team, id), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, _ in
                let own = try reader.views("escalation_rule").compactMap { EscalationRule($0) }
                let rules = own.sorted { ($0.kind ?? "", $0.level, $0.after) < ($1.kind ?? "", $1.level, $1.after) } + EscalationRule.standard
                var table = Table(
                    [
                        .init("Id"), .init("Kind"), .init("Level", .right), .init("After", .right), .init("Worth at least", .right),
                        .init("At least"), .init("Goes to"),
                    ], emptyText: "")
                for rule in rules {
                    table.addRow(
                        StyledText(rule.id?.short ?? "", .bold), StyledText(rule.kind?.words ?? "any"), "\(rule.level)",
                        StyledText(Span.spoken(rule.after)), StyledText(rule.worth.map { "\($0)" } ?? ""),
                        StyledText(rule.priority?.rawValue ?? ""), StyledText(rule.team))
                }
                let json: [JSONValue] = rules.map { rule in
                    .object([
                        ("kind", .text(rule.kind)), ("level", .int(rule.level)), ("after_seconds", .int(Int(rule.after))),
                        ("worth_from", rule.worth.map { .int(Int($0.minorUnits)) } ?? .null), ("currency", .text(rule.worth?.currency)),
                        ("priority", .text(rule.priority?.rawValue)), ("team", .string(rule.team)), ("id", .text(rule.id.map { "\($0)" })),
                    ])
                }
                return ([("rules", .array(json))], [table])
            }
        }
    }
}

struct ExceptionsRuleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "Say when exceptions go to whom, or that a rule counts no more.",
        discussion: """
            A rule is never changed: withdraw it, and make another one. It counts for exceptions that are open as well.

            EXAMPLE
              truckroll-dispatch exceptions rule --kind credit_hold --after 24h \\
                --team finance-manager
              truckroll-dispatch exceptions rule --kind shortage --after 0m \\
                --worth "10000.00 EUR" --team purchasing-lead
              truckroll-dispatch exceptions rule --withdraw 1f2e3d4c

            \(ExceptionsCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: "Which exceptions; all when left out.") var kind: ExceptionKind?
    @Option(help: ArgumentHelp("How long after it was raised: 30m, 24h or 2d.", valueName: "span"), transform: Span.read) var after: Int64?
    @Option(help: "Who has to deal with it then.", transform: Wording.read) var team: String?
    @Option(help: "The level it raises them to, 1 to 9.") var level = 1
    @Option(help: ArgumentHelp("Only orders worth at least as much, such as \"10000.00 EUR\".", valueName: "amount"), transform: Amount.read)
    var worth: Money?
    @Option(help: "Only orders at least as urgent.") var priority: OrderPriority?
    @Option(help: ArgumentHelp("A rule that counts no more, by its id or the end of it.", valueName: "id")) var withdraw: String?

    func validate() throws {
        if withdraw != nil {
            guard kind == nil, after == nil, team == nil, worth == nil, priority == nil else {
                throw ValidationError("With --withdraw nothing else is given.")
            }
            return
        }
        guard after != nil, team != nil else { throw ValidationError("Give --after and --team; or --withdraw with the rule's id.") }
        guard (1...9).contains(level) else { throw ValidationError("--level takes 1 to 9.") }
    }

    func run() async throws {
        try await options.run { session in
            try await session.settle(withdraw.map { "Withdraw rule \($0)" } ?? "Rule for \(team ?? "")") { client in
                if let withdraw {
                    return try client.dispatchWithdraw(rule: try client.read { try DispatchLookup($0).record("escalation_rule", withdraw).id })
                }
                return try client.dispatchRule(
                    EscalationRule(
                        kind: kind?.rawValue, level: level, after: after ?? 0, worth: worth, priority: priority, team: team ?? ""))
            }
        }
    }
}

struct ExceptionsTeamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "team", abstract: "See who belongs to a team, take people in or out.",
        discussion: """
            Those of a role belong to the team of its name.

            EXAMPLE
              truckroll-dispatch exceptions team purchasing --add P0107

            \(ExceptionsCommand.written)
            JSON: name, members (number, name, id), synced, as_of_position; when something is changed: answer (granted, refused, pending), \
            text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "Its name.", transform: Wording.read) var name: String
    @Option(help: ArgumentHelp("Who joins it; repeat it for several.", valueName: "person")) var add: [String] = []
    @Option(help: ArgumentHelp("Who leaves it; repeat it for several.", valueName: "person")) var remove: [String] = []

    func run() async throws {
        try await options.run { session in
            if !add.isEmpty || !remove.isEmpty {
                return try await session.settle("Team \(name)") { client in
                    let (joining, leaving) = try client.read { reader in
                        let lookup = DispatchLookup(reader)
                        return (try add.map { try lookup.person($0).id }, try remove.map { try lookup.person($0).id })
                    }
                    return try client.dispatchTeam(name, adding: joining, removing: leaving)
                }
            }
            return try await session.show { reader, _ in
                let team = try reader.view("team", Team.id(reader.schema.entity("team"), name: name))
                let members = try reader.views("user").filter { Team.holds($0, name: name, team: team) }
                var table = Table([.init("Number"), .init("Name")], emptyText: "Nobody belongs to “\(name)”.")
                for member in members { table.addRow(StyledText(member.text("number") ?? ""), StyledText(member.text("name") ?? "")) }
                let json: [JSONValue] = members.map { .object(JSONValue.members($0, ["number", "name"]) + [("id", .string("\($0.id)"))]) }
                return ([("name", .string(name)), ("members", .array(json))], [table])
            }
        }
    }
}
