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
              truckroll-dispatch why SO-2026-000001 priority
              truckroll-dispatch why SO-2026-000001 appointment
              truckroll-dispatch why SO-2026-000001 problem

            EXIT STATUS: 0 told, being offline included; 64 bad usage; 1 anything else, an unknown record or field included.
            JSON: record, field, rule, value, origins (value, written_at, author, write_id, whereabouts, reasons), \
            losses (rule, text, value, author, id, restorable), parts (of a text: text, author, device, shown), synced, as_of_position. Of an appointment: \
            number, appointments (technician, starts_at, ends_at, active, ended_because), steps (at, by, text, answer).
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The record: an order's number, or entity/id.") var record: String
    @Argument(help: "The field, by its name in the schema.") var field: String

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let record = try Self.find(record, reader)
                if record.entity.name == "service_order", PlanningTrace.names.contains(field) {
                    let trace = try reader.planning(of: record.id)
                    return (Self.json(trace), Self.content(trace))
                }
                let why = try reader.why(record.entity, record.id, field, offsetMinutes: 0)
                return (Self.json(why), [Self.block(why, calendar)])
            }
        }
    }

    private static func content(_ trace: PlanningTrace) -> [any TerminalContent] {
        var block = KeyValueBlock(title: "\(trace.order) · appointment")
        if trace.appointments.isEmpty { block.add("Shows", "nobody is planned for it") }
        for line in trace.appointments {
            let times = "\(line.starts.map { "\($0.date) \($0.clock)" } ?? "") to \(line.ends?.clock ?? "")"
            let end = line.isActive ? "" : " (ended: \(line.endedBecause ?? ""))"
            block.add("Shows", StyledText("\(line.technician), \(times)\(end)", line.isActive ? .bold : .dim))
        }
        block.add("Merge rule", "server: the office wishes, the server decides and writes it")
        var table = Table(
            [.init("When"), .init("What", .left, .wraps(minimum: 20)), .init("By"), .init("Answer", .left, .wraps(minimum: 12))],
            emptyText: "Nothing changed it that this device can see.")
        for step in trace.steps {
            let at = step.fact.at.map { "\($0.date) \($0.clock)" } ?? ""
            table.addRow(StyledText(at), StyledText(step.text.replacing("_", with: " ")), StyledText(step.fact.by), StyledText(step.answer ?? ""))
        }
        return [block, table]
    }

    private static func json(_ trace: PlanningTrace) -> [(String, JSONValue)] {
        let appointments: [JSONValue] = trace.appointments.map {
            [
                "technician": .string($0.technician), "starts_at": .text($0.starts?.description), "ends_at": .text($0.ends?.description),
                "active": .bool($0.isActive), "ended_because": .text($0.endedBecause),
            ]
        }
        let steps: [JSONValue] = trace.steps.map {
            [
                "at": .text($0.fact.at?.description), "by": .string($0.fact.by), "text": .string($0.text), "answer": .text($0.answer),
            ]
        }
        return [("number", .string(trace.order)), ("appointments", .array(appointments)), ("steps", .array(steps))]
    }

    /// The record a person means: an order by its number, or entity/id.
    static func find(_ text: String, _ reader: LocalReader) throws -> RecordView {
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
        var block = KeyValueBlock(title: StyledText(why.heading))
        block.add("Shows", StyledText(why.shown, .bold))
        block.add("Merge rule", StyledText(why.rule.rawValue))
        for candidate in standing {
            block.section(standing.count > 1 ? "Stands beside others: \(candidate.value)" : "Written")
            block.add("By", StyledText(author(candidate)))
            block.add("When", StyledText(calendar.spoken(candidate.at.description)))
            for reason in candidate.reasons { block.add("Said", StyledText(reason)) }
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
            if ruling.isRestorable { block.add("Restore", StyledText("truckroll-dispatch restore \(ruling.id)", .cyan)) }
        }
        return block
    }

    private static func json(_ why: Explanation) -> [(String, JSONValue)] {
        let standing: [JSONValue] = why.candidates.compactMap { candidate in
            guard let value = candidate.raw else { return nil }
            return [
                "value": .value(value, why.type), "written_at": .time(candidate.at), "author": .string(author(candidate)),
                "write_id": .string("\(candidate.version.writeID)"), "whereabouts": .text(candidate.isMadeHere ? candidate.place.rawValue : nil),
                "reasons": .array(candidate.reasons.map { .string($0) }),
            ]
        }
        let losses: [JSONValue] = why.rulings.map { ruling in
            [
                "rule": .string(ruling.rule), "text": .string(ruling.text), "value": .value(ruling.rawLoser, why.type),
                "author": .string(ruling.loserBy ?? ""), "id": .string("\(ruling.id)"), "restorable": .bool(ruling.isRestorable),
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
