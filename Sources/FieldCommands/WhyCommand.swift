import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct WhyCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Why a field shows what it shows.",
        discussion: Teach.text(
            "Every value that competes for it, who wrote it when, which rule decided, what lost, and what waits on this device. "
                + "Of a text: who wrote which part, and what it read before. Of an appointment: who has the job when, and what led there, as far as "
                + "this device holds it: the dispatchers' requests are in the office alone. "
                + "A RECORD is entity/id, an order number, a tag, or the end of an id.", "why SO-2026-000001 priority", "why SO-2026-000001 problem",
            "why SO-2026-000001 appointment", "why task/9f31c2ab answer",
            exits: Teach.read))

    @Argument(help: "The record: entity/id, an order number, a tag, or the end of an id.") var record: String
    @Argument(help: "The field.") var field: String
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let (entity, id) = try desk.client.findRecord(record)
        if entity.name == "service_order", PlanningTrace.names.contains(field) { return try Self.tell(try desk.client.planning(of: id), desk) }
        let explanation = try desk.client.why(entity, id, field)
        try desk.nameZone()
        desk.print(json: explanation.json)
        var block = KeyValueBlock(title: StyledText(explanation.heading))
        block.add("shows", StyledText(explanation.shown, .bold))
        block.add("is", StyledText(explanation.summary))
        block.add("rule", "\(explanation.rule.rawValue): \(explanation.rule.inWords)")
        desk.print(block)
        desk.print("")
        desk.print(Self.candidates(explanation))
        for line in explanation.candidates { for reason in line.reasons { desk.print("  \(line.by) said: \(reason)") } }
        if !explanation.parts.isEmpty {
            desk.print("")
            desk.print(Self.parts(explanation))
        }
        if !explanation.rulings.isEmpty {
            desk.print("")
            desk.print(Self.rulings(explanation))
        }
        if !explanation.pending.isEmpty {
            desk.print("")
            desk.print(Self.pending(explanation))
        }
        if explanation.candidates.count > 1, explanation.rule == .multiValue {
            desk.print(StyledText("Pick one: truckroll-field resolve \(explanation.entity)/\(explanation.id) \(explanation.field) VALUE", .cyan))
        }
        if let last = explanation.rulings.last(where: \.isRestorable) {
            desk.print(StyledText("Restore what lost: truckroll-field restore \(last.id)", .cyan))
        }
        if let kind = JointTextKind(rawValue: field), kind.subjectEntity == entity.name {
            try Self.tellFormer(try desk.client.formerWordings(kind, of: id), "\(record) \(field)", desk)
        }
    }

    private static func tellFormer(_ former: [FormerWording], _ subject: String, _ desk: Desk) throws {
        guard !former.isEmpty else { return }
        var table = Table([.init("#", .right), .init("Read before", .left, .wraps(minimum: 20)), .init("Until")], emptyText: "")
        for (index, wording) in former.enumerated() {
            let until = DeviceTime(wording.until).map { desk.client.environment.local($0) }
            table.addRow("\(index + 1)", StyledText(wording.wording), StyledText(Words.clock(until)))
        }
        desk.print("")
        desk.print(table)
        desk.print(StyledText("Write one again: truckroll-field restore \(subject) --wording NUMBER", .cyan))
    }

    private static func tell(_ trace: PlanningTrace, _ desk: Desk) throws {
        try desk.nameZone()
        desk.print(
            json: [
                "number": .string(trace.order), "appointments": .array(trace.appointments.map(\.json)),
                "steps": .array(trace.steps.map { $0.fact.with([("text", .string($0.text)), ("answer", .text($0.answer))]) }),
            ])
        var block = KeyValueBlock(title: "\(trace.order) · appointment")
        if trace.appointments.isEmpty { block.add("shows", "nobody is planned for it") }
        for line in trace.appointments {
            let end = line.isActive ? "" : " (ended: \(line.endedBecause ?? ""))"
            block.add("shows", StyledText("\(line.technician), \(Words.span(line.starts, line.ends))\(end)", line.isActive ? .bold : .dim))
        }
        block.add("rule", "server: the office wishes, the server decides and writes it")
        desk.print(block)
        desk.print("")
        var table = Table(
            [.init("When"), .init("What", .left, .wraps(minimum: 20)), .init("By"), .init("Answer", .left, .wraps(minimum: 12))],
            emptyText: "Nothing changed it that this device can see.")
        for step in trace.steps {
            table.addRow(
                StyledText(Words.clock(step.fact.at)), StyledText(Words.spaced(step.text)), StyledText(step.fact.by), StyledText(step.answer ?? ""))
        }
        desk.print(table)
    }

    private static func candidates(_ explanation: Explanation) -> Table {
        var table = Table(
            [.init("Stands", .left, .wraps(minimum: 14)), .init("Shown"), .init("By"), .init("When"), .init("Version"), .init("Where")],
            emptyText: "Nothing was ever written there.")
        for line in explanation.candidates {
            table.addRow(
                StyledText(line.value), line.isShown ? StyledText("✓", .green) : "", StyledText(line.by), StyledText(Words.clock(line.at)),
                StyledText(line.version.description, .dim), Sign.text(line.place))
        }
        return table
    }

    private static func parts(_ explanation: Explanation) -> Table {
        var table = Table([.init("Part", .left, .wraps(minimum: 20)), .init("Written by"), .init("On"), .init("Stands")], emptyText: "")
        for part in explanation.parts {
            table.addRow(
                StyledText(part.text), StyledText(part.by), StyledText(part.device ?? ""),
                part.isShown ? StyledText("✓", .green) : StyledText("waits for what it was written into", .yellow))
        }
        return table
    }

    private static func rulings(_ explanation: Explanation) -> Table {
        var table = Table(
            [
                .init("Lost", .left, .wraps(minimum: 12)), .init("Written by"), .init("To", .left, .wraps(minimum: 12)), .init("By"), .init("Rule"),
                .init("In words", .left, .wraps(minimum: 20)),
            ],
            emptyText: "")
        for line in explanation.rulings {
            table.addRow(
                StyledText(line.loser ?? ""), StyledText(line.loserBy ?? ""), StyledText(line.winner ?? ""), StyledText(line.winnerBy ?? ""),
                StyledText(line.rule), StyledText(line.text))
        }
        return table
    }

    private static func pending(_ explanation: Explanation) -> Table {
        var table = Table(
            [
                .init("Written here", .left, .wraps(minimum: 14)), .init("Set"), .init("In"), .init("When"), .init("Where"),
                .init("Said", .left, .wraps(minimum: 14)),
            ], emptyText: "")
        for line in explanation.pending {
            table.addRow(
                StyledText("\(line.operation) \(line.value)"), StyledText(line.set.description), StyledText(line.intent),
                StyledText(Words.clock(line.madeAt)), Sign.text(line.place),
                StyledText(line.remarks.joined(separator: " ")))
        }
        return table
    }
}

extension MergeRule {
    /// What the rule does, for a person.
    var inWords: String {
        switch self {
        case .lastWriter: "the latest write stands, what lost is kept in a ruling"
        case .multiValue: "values written without seeing each other all stand until somebody picks one"
        case .addWins: "an addition beats a removal that had not seen it"
        case .removeWins: "a removal beats an addition that had not seen it"
        case .safety: "the strictest value stands; only a release that has seen it lifts it"
        case .immutable: "set once; the first one admitted stands"
        case .maximum: "the greatest value stands"
        case .counter: "the sum of all increments"
        case .workflow: "follows from the events"
        case .server: "written by the server"
        case .derived: "computed by the server"
        case .sealed: "part of a signed document; never changes"
        case .text: "everybody's edits stand, character by character"
        }
    }
}

extension Explanation {
    var json: JSONValue {
        [
            "entity": .string(entity), "id": .string(id.description), "label": .string(label), "field": .string(field),
            "rule": .string(rule.rawValue),
            "shown": .string(shown),
            "candidates": .array(
                candidates.map {
                    [
                        "value": .string($0.value), "shown": .bool($0.isShown), "by": .string($0.by), "at": .time($0.at),
                        "version": .string($0.version.description),
                        "where": .string($0.place.rawValue), "reasons": .texts($0.reasons),
                    ]
                }),
            "parts": .array(
                parts.map {
                    ["text": .string($0.text), "by": .string($0.by), "device": .text($0.device), "shown": .bool($0.isShown)]
                }),
            "rulings": .array(
                rulings.map {
                    [
                        "id": .string($0.id.description), "rule": .string($0.rule), "text": .string($0.text), "winner": .text($0.winner),
                        "winner_by": .text($0.winnerBy),
                        "loser": .text($0.loser), "loser_by": .text($0.loserBy), "restorable": .bool($0.isRestorable),
                    ]
                }),
            "pending": .array(
                pending.map {
                    [
                        "value": .string($0.value), "op": .string($0.operation), "set": .string($0.set.description), "intent": .string($0.intent),
                        "made_at": .time($0.madeAt),
                        "where": .string($0.place.rawValue), "remarks": .texts($0.remarks),
                    ]
                }),
        ]
    }
}
