import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollTerminal

struct AttentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attention", abstract: "What waits for a person.",
        discussion: Teach.text(
            "Sets that were set aside or quarantined (their facts are kept), fields with several values, and cases about you.", "attention",
            "attention resolve 7/12",
            exits: "0 nothing waits, 1 failed, 4 something does, 64 bad usage."),
        subcommands: [List.self, Resolve.self], defaultSubcommand: List.self)

    struct List: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The list.",
            discussion: Teach.text(
                "Each line says what to do next.", "attention", exits: "0 nothing waits, 1 failed, 4 something does, 64 bad usage."))
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let list = try desk.client.attention()
            desk.print(
                json: [
                    "sets": .array(list.sets.map { SetTable.json($0) }),
                    "siblings": .array(
                        list.siblings.map {
                            [
                                "entity": .string($0.entity), "id": .string($0.id.description), "label": .string($0.label),
                                "field": .string($0.field), "values": .texts($0.values.map(\.value)),
                            ]
                        }),
                    "exceptions": .array(list.exceptions.map(\.json)),
                ])
            if list.isEmpty { return desk.print("Nothing waits for you.") }
            try desk.nameZone()
            if !list.sets.isEmpty {
                desk.print(StyledText("Change sets that did not take effect as they were meant", .bold))
                desk.print(SetTable.table(list.sets, empty: ""))
                desk.print(StyledText("What they wrote", .bold))
                desk.print(Self.written(list.sets))
                desk.print(StyledText("When it is dealt with: truckroll-field attention resolve SET", .cyan))
            }
            if !list.siblings.isEmpty {
                desk.print(StyledText("Several values stand side by side", .bold))
                var table = Table(
                    [
                        .init("Record", .left, .truncates(minimum: 14)), .init("Field"), .init("Values", .left, .wraps(minimum: 14)),
                        .init("Pick one with", .left, .wraps(minimum: 20)),
                    ], emptyText: "")
                for line in list.siblings {
                    table.addRow(
                        StyledText(line.label), StyledText(line.field), StyledText(line.values.map(\.value).joined(separator: " ⟷ ")),
                        StyledText("resolve \(line.entity)/\(line.id) \(line.field) VALUE", .cyan))
                }
                desk.print(table)
            }
            if !list.exceptions.isEmpty {
                desk.print(StyledText("Cases about you", .bold))
                var table = Table(
                    [.init("Case"), .init("Job"), .init("What", .left, .wraps(minimum: 20)), .init("Since"), .init("Owner")], emptyText: "")
                for line in list.exceptions {
                    table.addRow(
                        StyledText(Words.spaced(line.kind)), StyledText(line.order ?? ""), StyledText(line.text),
                        StyledText(Words.clock(line.raisedAt)), StyledText(line.owner ?? ""))
                }
                desk.print(table)
            }
            throw ExitStatus.attention.code
        }

        private static func written(_ sets: [SetLine]) -> Table {
            var table = Table(
                [
                    .init("Set", .right), .init("Record", .left, .truncates(minimum: 14)), .init("Field"),
                    .init("Written here", .left, .wraps(minimum: 14)), .init("At the server", .left, .wraps(minimum: 14)),
                ], emptyText: "Nothing in words.")
            for set in sets {
                for line in set.written {
                    table.addRow(
                        StyledText(set.id.description), StyledText(line.record), StyledText(Words.spaced(line.field)), StyledText(line.value),
                        StyledText(line.serverValue ?? ""))
                }
            }
            return table
        }
    }

    struct Resolve: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "resolve", abstract: "A set is dealt with; take it off the list.",
            discussion: Teach.text(
                "The set itself is kept, here and at the server.", "attention resolve 7/12", exits: "0 taken off, 1 failed, 64 bad usage."))
        @Argument(help: "The set, as listed: replica/sequence, or the sequence.") var set: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let id = try desk.client.resolveAttention(set)
            desk.print("Set \(id) is off the list.")
            desk.print(json: ["resolved": .string(id.description)])
        }
    }
}
