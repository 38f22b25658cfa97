import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

extension RuleSettings.Weight: ExpressibleByArgument {}
extension ChannelProfile.Field: ExpressibleByArgument {}

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "What the rules ask of an order, and how grave each finding is to the company.",
        discussion: """
            They are asked in their order, on the server and on devices alike; an error of one level can make rules of a lower one \
            meaningless, and the report says which. Every verdict names the rules it was found by.

            EXAMPLE
              truckroll-dispatch rules
              truckroll-dispatch rules set order-assets error \\
                --because "Nobody can prepare such an order"

            EXIT STATUS: 0 shown, being offline included; 64 bad usage; 1 anything else.
            JSON: rules, codes (level, code, weight, reason), synced, as_of_position.
            """, subcommands: [List.self, Set.self, Channel.self, CompatibilityCommand.self, AttributesCommand.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the rules.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch rules list

                EXIT STATUS: 0 shown, being offline included; 64 bad usage; 1 anything else.
                JSON: rules, codes (level, code, weight, reason), synced, as_of_position.
                """)
        @OptionGroup var options: DispatchOptions

        func run() async throws {
            try await options.run { session in
                try await session.show { reader, _ in
                    let entity = try reader.schema.entity("rule_setting")
                    var table = Table(
                        [.init("Level"), .init("Finding"), .init("Weight"), .init("Why", .left, .wraps(minimum: 20))], emptyText: "",
                        footer: StyledText("Rules: \(OrderCheck.rules.name)"))
                    var codes: [JSONValue] = []
                    for level in OrderCheck.rules.levels {
                        for code in level.rules.flatMap(\.codes) {
                            let setting = try reader.view("rule_setting", RuleSettings.id(entity, code: code))
                            let weight = setting?.text("weight") ?? "as the rule says"
                            let reason = setting?.text("reason")
                            table.addRow(
                                StyledText(level.name), StyledText(code, .bold), StyledText(weight, setting == nil ? .dim : .plain),
                                StyledText(reason ?? ""))
                            codes.append(
                                [
                                    "level": .string(level.name), "code": .string(code), "weight": .text(setting?.text("weight")),
                                    "reason": .text(reason),
                                ])
                        }
                    }
                    return ([("rules", .string(OrderCheck.rules.name)), ("codes", .array(codes))], [table])
                }
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Say how grave a finding is to the company.",
            discussion: """
                It counts for orders that come after it, and for those on hold. Off, and it is not told at all.

                EXAMPLE
                  truckroll-dispatch rules set customer-contract warning \\
                    --because "Contracts are renewed in January"

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "Code of the finding, as `rules` lists it.") var code: String
        @Argument(help: "off, notice, warning or error.") var weight: RuleSettings.Weight
        @Option(help: "Why.", transform: Wording.read) var because: String

        func validate() throws {
            if !OrderCheck.rules.codes.contains(code) {
                throw ValidationError("No rule finds “\(code.prefix(40))”. They are: \(OrderCheck.rules.codes.joined(separator: ", ")).")
            }
        }

        func run() async throws {
            try await options.run { session in
                try await session.stock("Rule \(code)", "It is \(weight.rawValue) from now on.") {
                    try $0.dispatchWeigh(code, as: weight, because: because)
                }
            }
        }
    }

    struct Channel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "channel", abstract: "See or say what an order has to have that comes in by a channel.",
            discussion: """
                Without options it is shown. What is missing is named before an order is taken down; one that came in all the same is on hold.

                EXAMPLE
                  truckroll-dispatch rules channel contract --require po_reference
                  truckroll-dispatch rules channel phone

                \(StockCommand.written)
                JSON: channel, required, synced, as_of_position; when something is changed: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "office, portal, field, phone or contract.") var channel: CreateCommand.Channel
        @Option(help: ArgumentHelp("A field that is asked for; repeat it for several.", valueName: "field")) var require: [ChannelProfile.Field] = []
        @Option(help: ArgumentHelp("A field that is not asked for any more.", valueName: "field")) var noRequire: [ChannelProfile.Field] = []

        func run() async throws {
            try await options.run { session in
                if !require.isEmpty || !noRequire.isEmpty {
                    return try await session.stock("Channel \(channel.rawValue)", "It counts from now on.") {
                        try $0.dispatchChannel(channel.rawValue, adding: require, removing: noRequire)
                    }
                }
                return try await session.show { reader, _ in
                    let id = ChannelProfile.id(try reader.schema.entity("channel_profile"), channel: channel.rawValue)
                    let required = (try reader.view("channel_profile", id)?["required"].list ?? []).compactMap(\.text).sorted()
                    var block = KeyValueBlock(title: StyledText(channel.rawValue))
                    for field in required { block.add("Has to have", StyledText(field.words)) }
                    if required.isEmpty { block.add("Has to have", StyledText("nothing more than any order", .dim)) }
                    return ([("channel", .string(channel.rawValue)), ("required", .texts(required))], [block])
                }
            }
        }
    }
}
