import ArgumentParser
import CommandSupport
import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// `rules compatibility`: what works together.
struct CompatibilityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compatibility", abstract: "What works together: rules over the attributes of models and parts.",
        discussion: """
            A rule begins with an attribute and says what has to be there with it, must not be there, or lies within limits. An order whose assets and \
            parts break one is on hold, and so is a part that is fitted all the same told to quality. Rules that contradict each other are not \
            taken.

            EXAMPLE
              truckroll-dispatch rules compatibility add "Bus of the controller" \\
                --when bus=modbus --requires card=rs485
              truckroll-dispatch rules compatibility add "Supply" \\
                --when kind=controller --range "voltage=18..32"
              truckroll-dispatch rules compatibility load rules.json

            \(StockCommand.read)
            JSON: rules (id, name, words, standing, reason, answer), synced, as_of_position.
            """, subcommands: [List.self, Add.self, Load.self, Withdraw.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "All of them.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch rules compatibility list

                \(StockCommand.read)
                JSON: rules (id, name, words, standing, reason, answer), synced, as_of_position.
                """)
        @OptionGroup var options: DispatchOptions

        func run() async throws {
            try await options.run { session in
                let reach = try await session.sync()
                let lines = try session.client.compatibilityRules()
                var table = Table(
                    [
                        .init("Rule"), .init("Says", .left, .wraps(minimum: 24)), .init("Why", .left, .wraps(minimum: 12)), .init("Standing"),
                        .init("Answer", .left, .wraps(minimum: 12)), .init("Id"),
                    ], emptyText: "No rules say what works together.")
                for line in lines {
                    let style: Style = line.standing == "active" ? .green : line.standing == "refused" ? .red : .dim
                    table.addRow(
                        StyledText(line.view.text("name") ?? "", .bold), StyledText(line.rule?.words ?? "nothing"), StyledText(line.reason ?? ""),
                        StyledText(line.standing ?? "not answered", style), StyledText(line.standing == "refused" ? line.answer ?? "" : ""),
                        StyledText(line.view.id.short, .dim))
                }
                try session.print(reach) { _, _ in ([("rules", .array(lines.map(\.json)))], [table]) }
                return .done
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Make a rule.",
            discussion: """
                Several values are parted by commas; one of them is enough. A limit of a range may be left out.

                EXAMPLE
                  truckroll-dispatch rules compatibility add "No acetylene on copper" \\
                    --when gas=acetylene --excludes piping=copper,brass \\
                    --because "EN ISO 9539"

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "What it is called.", transform: Wording.read) var name: String
        @Option(help: ArgumentHelp("The attribute it begins with, alone or with values.", valueName: "attribute=values")) var when: String
        @Option(help: ArgumentHelp("What has to be there.", valueName: "attribute=values")) var requires: String?
        @Option(help: ArgumentHelp("What must not be there.", valueName: "attribute=values")) var excludes: String?
        @Option(help: ArgumentHelp("Within which limits it lies.", valueName: "attribute=low..high")) var range: String?
        @Option(help: "Why.", transform: Wording.read) var because: String?

        func validate() throws { _ = try rule() }

        private func rule() throws -> CompatibilityRule {
            guard [requires, excludes, range].compactMap(\.self).count == 1 else {
                throw ValidationError("Give one of --requires, --excludes and --range.")
            }
            let premise = Self.parts(when)
            guard !premise.name.isEmpty else { throw ValidationError("--when names an attribute, such as bus=modbus.") }
            if let text = requires ?? excludes {
                let (asked, values) = Self.parts(text)
                guard !asked.isEmpty, !values.isEmpty else { throw ValidationError("Give attribute and values, such as card=rs485,rs422.") }
                return CompatibilityRule(
                    name, when: premise.name, in: premise.values, asked, requires == nil ? .excludes(Set(values)) : .requires(Set(values)))
            }
            let halves = (range ?? "").split(separator: "=", maxSplits: 1).map { String($0) }
            let limits = halves.count == 2 ? halves[1].components(separatedBy: "..") : []
            guard limits.count == 2, limits.contains(where: { !$0.isEmpty }), limits.allSatisfy({ $0.isEmpty || Quantity($0) != nil }) else {
                throw ValidationError("--range is an attribute with limits, such as voltage=18..32 or voltage=18.. .")
            }
            return CompatibilityRule(name, when: premise.name, in: premise.values, halves[0], .range(Quantity(limits[0]), Quantity(limits[1])))
        }

        private static func parts(_ text: String) -> (name: String, values: [String]) {
            let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
            let values = halves.count == 2 ? halves[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } : []
            return (halves[0].trimmingCharacters(in: .whitespaces), values.filter { !$0.isEmpty })
        }

        func run() async throws {
            try await options.run { session in
                try await session.record("Rule “\(name)”", "It holds.") { try $0.addCompatibility([CompatibilityEntry(try rule(), reason: because)]) }
            }
        }
    }

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "load", abstract: "Make the rules of a file, all or none.",
            discussion: """
                The file is a JSON list of objects: name, when (attribute, values), and one of requires and excludes (attribute, values) and range \
                (attribute, low, high), with reason where there is one. Numbers are texts.

                EXAMPLE
                  truckroll-dispatch rules compatibility load rules.json

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The file.") var file: String

        func run() async throws {
            let entries: [CompatibilityEntry]
            do { entries = try CompatibilityFile.entries(in: try Data(contentsOf: URL(fileURLWithPath: file))) } catch let problem as ValidationError
            {
                throw problem
            } catch { throw ValidationError("\(file) cannot be read as a list of rules: \(error.localizedDescription)") }
            try await options.run { session in
                try await session.record(entries.count.counted("rule", "rules"), "They hold.") { try $0.addCompatibility(entries) }
            }
        }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: "Let a rule hold no more.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch rules compatibility withdraw "Bus of the controller"

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The rule: its name, its id, or the end of that.") var rule: String

        func run() async throws {
            try await options.run { session in
                try await session.record("Rule “\(rule)”", "It is withdrawn.") { try $0.withdrawCompatibility(try $0.findCompatibility(rule)) }
            }
        }
    }
}

/// `rules attributes`: what a model or a part says of itself.
struct AttributesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attributes", abstract: "See or say what a part or a model says of itself, for the rules about what works together.",
        discussion: """
            EXAMPLE
              truckroll-dispatch rules attributes --part HI-1002 --add card=rs485
              truckroll-dispatch rules attributes --model "GD-1" --add bus=modbus

            \(StockCommand.written)
            JSON: attributes, synced, as_of_position; when something is changed: answer (granted, refused, pending), text, id.
            """)
    @OptionGroup var options: DispatchOptions
    @Option(help: "The part: its number, GTIN, name or id.") var part: String?
    @Option(help: "The model: its name or id.") var model: String?
    @Option(help: ArgumentHelp("What is added; repeat it for several.", valueName: "name=value")) var add: [String] = []
    @Option(help: ArgumentHelp("What is taken off; repeat it for several.", valueName: "name=value")) var remove: [String] = []

    func validate() throws {
        if (part == nil) == (model == nil) { throw ValidationError("Name a part with --part, or a model with --model.") }
        for text in add + remove where ProductAttribute(text) == nil || text.unicodeScalars.count > 160 {
            throw ValidationError("“\(text.prefix(60))” is no attribute; write name=value.")
        }
    }

    func run() async throws {
        try await options.run { session in
            let find = { (client: DeviceClient) in
                try part.map { ("part", try client.findPart($0)) } ?? ("model", try client.findModel(model ?? ""))
            }
            if !add.isEmpty || !remove.isEmpty {
                return try await session.record(part ?? model ?? "", "Recorded.") { client in
                    let (kind, id) = try find(client)
                    return try client.setAttributes(
                        kind, id, add: add.compactMap { ProductAttribute($0) }, remove: remove.compactMap { ProductAttribute($0) })
                }
            }
            let reach = try await session.sync()
            let attributes = try session.client.attributes(of: try find(session.client).1)
            var block = KeyValueBlock(title: StyledText(part ?? model ?? ""))
            for attribute in attributes { block.add("Attribute", StyledText(attribute)) }
            if attributes.isEmpty { block.add("Attribute", StyledText("none", .dim)) }
            try session.print(reach) { _, _ in ([("attributes", .texts(attributes))], [block]) }
            return .done
        }
    }
}

extension CompatibilityLine {
    var json: JSONValue {
        [
            "id": .string("\(view.id)"), "name": .text(view.text("name")), "words": .text(rule?.words), "standing": .text(standing),
            "reason": .text(reason), "answer": .text(answer),
        ]
    }
}

/// A file of rules.
private struct CompatibilityFile: Decodable {
    struct Attribute: Decodable {
        let attribute: String
        let values: [String]?
        let low: String?
        let high: String?
    }

    let name: String
    let when: Attribute
    let requires: Attribute?
    let excludes: Attribute?
    let range: Attribute?
    let reason: String?

    static func entries(in data: Data) throws -> [CompatibilityEntry] { try JSONDecoder().decode([Self].self, from: data).map { try $0.entry() } }

    private func entry() throws -> CompatibilityEntry {
        let asked = [requires, excludes, range].compactMap(\.self)
        guard asked.count == 1, let asked = asked.first else { throw ValidationError("“\(name)” asks for one thing: requires, excludes or range.") }
        let values = asked.values ?? []
        let consequence: CompatibilityRule.Consequence
        if range != nil {
            let limits = [asked.low, asked.high]
            guard limits.contains(where: { $0 != nil }), limits.allSatisfy({ $0.map { Quantity($0) != nil } ?? true }) else {
                throw ValidationError("“\(name)” has no limits that are numbers.")
            }
            consequence = .range(asked.low.flatMap { Quantity($0) }, asked.high.flatMap { Quantity($0) })
        } else {
            guard !values.isEmpty else { throw ValidationError("“\(name)” names no values.") }
            consequence = requires == nil ? .excludes(Set(values)) : .requires(Set(values))
        }
        return CompatibilityEntry(
            CompatibilityRule(name, when: when.attribute, in: when.values ?? [], asked.attribute, consequence), reason: reason)
    }
}
