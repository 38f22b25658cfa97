import ArgumentParser
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Tell why a field shows what it shows: who wrote it, and what lost against it.",
        discussion: """
            RECORD is an order's number, or an entity and an id joined by a slash.

            EXAMPLE
              truckroll-dispatch why S12 priority
              truckroll-dispatch why customer/0199c82c-c000-7000-8000-000000000001 name

            EXIT STATUS: 0 told, being offline included; 64 bad usage; 1 anything else, an unknown record or field included.
            JSON: record, field, rule, value, origins (value, written_at, author, write_id, whereabouts), \
            losses (rule, text, value, author), synced, as_of_position.
            """)

    @OptionGroup var options: StoreOptions
    @Argument(help: "The record: an order's number, or entity/id.") var record: String
    @Argument(help: "The field, by its name in the schema.") var field: String

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let why = try DispatchExplanation(try Self.find(record, reader), field: field, reader)
                return (Self.json(why), [Self.block(why, calendar)])
            }
        }
    }

    private static func find(_ text: String, _ reader: LocalReader) throws -> RecordView {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = RecordID(parts[1]) else { return try DispatchLookup(reader).order(text) }
        guard let entity = reader.schema[String(parts[0])] else {
            throw DeviceProblem(
                "entity-unknown", "There is no kind of record “\(parts[0].prefix(40))”.",
                next: "There are \(reader.schema.entities.map(\.name).joined(separator: ", ")).")
        }
        guard let view = try reader.view(entity.name, id) else {
            throw DeviceProblem(
                "record-unknown", "This device holds no such \(entity.title.lowercased()).", next: "Check the id, and sync if it is new.")
        }
        return view
    }

    private static func block(_ why: DispatchExplanation, _ calendar: DispatchCalendar) -> KeyValueBlock {
        let type = why.field.type
        var block = KeyValueBlock(title: "\(why.record.entity.title) \(why.record.text("number") ?? why.record.id.short), \(why.field.name)")
        block.add("Shows", StyledText(why.shown.spoken(type), .bold))
        block.add("Merge rule", StyledText(why.field.rule.rawValue))
        for origin in why.origins {
            block.section(why.origins.count > 1 ? "Stands beside others: \(origin.value.spoken(type))" : "Written")
            block.add("By", StyledText(origin.author))
            block.add("When", StyledText(calendar.spoken(time(origin.version).description)))
            block.add("Change set", "\(origin.version.writeID)\(origin.whereabouts.map { ", \($0.rawValue)" } ?? "")")
        }
        for loss in why.losses {
            block.section("Lost: \(loss.value.spoken(type))")
            if !loss.author.isEmpty { block.add("By", StyledText(loss.author)) }
            block.add("Rule", StyledText(loss.rule))
            block.add("Because", StyledText(loss.text))
        }
        return block
    }

    private static func json(_ why: DispatchExplanation) -> [(String, JSONValue)] {
        let type = why.field.type
        return [
            ("record", .string("\(why.record.entity.name)/\(why.record.id)")), ("field", .string(why.field.name)),
            ("rule", .string(why.field.rule.rawValue)), ("value", .value(why.shown, type)),
            (
                "origins",
                .array(
                    why.origins.map { origin in
                        [
                            "value": .value(origin.value, type), "written_at": .string(time(origin.version).description),
                            "author": .string(origin.author), "write_id": .string("\(origin.version.writeID)"),
                            "whereabouts": .optional(origin.whereabouts?.rawValue),
                        ]
                    })
            ),
            (
                "losses",
                .array(
                    why.losses.map { loss in
                        ["rule": .string(loss.rule), "text": .string(loss.text), "value": .value(loss.value, type), "author": .string(loss.author)]
                    })
            ),
        ]
    }

    private static func time(_ version: Version) -> DeviceTime {
        DeviceTime(milliseconds: Int64(clamping: version.stamp.milliseconds), offsetMinutes: 0)
    }
}
