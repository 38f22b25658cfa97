import ArgumentParser
import CommandSupport
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
            losses (rule, text, value, author), parts (of a text: text, author, device, shown), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The record: an order's number, or entity/id.") var record: String
    @Argument(help: "The field, by its name in the schema.") var field: String

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let record = try Self.find(record, reader)
                let why = try reader.why(record.entity, record.id, field, offsetMinutes: 0)
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

    private static func block(_ why: Explanation, _ calendar: DispatchCalendar) -> KeyValueBlock {
        let standing = why.candidates.filter { $0.raw != nil }
        var block = KeyValueBlock(title: "\(why.label), \(why.field)")
        block.add("Shows", StyledText(why.shown, .bold))
        block.add("Merge rule", StyledText(why.rule.rawValue))
        for candidate in standing {
            block.section(standing.count > 1 ? "Stands beside others: \(candidate.value)" : "Written")
            block.add("By", StyledText(author(candidate)))
            block.add("When", StyledText(calendar.spoken(candidate.at.description)))
            block.add("Change set", "\(candidate.version.writeID)\(candidate.isMadeHere ? ", \(candidate.place.rawValue)" : "")")
        }
        for part in why.parts {
            block.section(part.isShown ? "Part" : "Waits for what it was written into")
            block.add("Text", StyledText(part.text))
            block.add("By", StyledText(part.by + (part.device.map { " (\($0))" } ?? "")))
        }
        for ruling in why.rulings {
            block.section("Lost: \(ruling.loser ?? ruling.rawLoser.spoken(why.type))")
            if let author = ruling.loserBy { block.add("By", StyledText(author)) }
            block.add("Rule", StyledText(ruling.rule))
            block.add("Because", StyledText(ruling.text))
        }
        return block
    }

    private static func json(_ why: Explanation) -> [(String, JSONValue)] {
        let standing: [JSONValue] = why.candidates.compactMap { candidate in
            guard let value = candidate.raw else { return nil }
            return [
                "value": .value(value, why.type), "written_at": .time(candidate.at), "author": .string(author(candidate)),
                "write_id": .string("\(candidate.version.writeID)"), "whereabouts": .text(candidate.isMadeHere ? candidate.place.rawValue : nil),
            ]
        }
        let losses: [JSONValue] = why.rulings.map { ruling in
            [
                "rule": .string(ruling.rule), "text": .string(ruling.text), "value": .value(ruling.rawLoser, why.type),
                "author": .string(ruling.loserBy ?? ""),
            ]
        }
        return [
            ("record", .string("\(why.entity)/\(why.id)")), ("field", .string(why.field)), ("rule", .string(why.rule.rawValue)),
            ("value", .value(why.rawShown, why.type)), ("origins", .array(standing)), ("losses", .array(losses)),
            (
                "parts",
                .array(
                    why.parts.map { ["text": .string($0.text), "author": .string($0.by), "device": .text($0.device), "shown": .bool($0.isShown)] })
            ),
        ]
    }

    /// Who wrote it, and on which device.
    private static func author(_ candidate: Explanation.Candidate) -> String {
        candidate.by + (candidate.device.map { " (\($0))" } ?? "")
    }
}
