import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

extension [OrderLine] {
    /// What an order is to bring, as a list.
    public var table: Table {
        var table = Table(
            [
                .init("Part", .left, .truncates(minimum: 14)), .init("Qty", .right), .init("For"), .init("Pieces", .left, .wraps(minimum: 10)),
                .init("Promised"), .init("Note", .left, .wraps(minimum: 8)), .init("Where"), .init("Id"),
            ], emptyText: "It is to bring nothing.")
        for line in self {
            let quantity = line.quantities.map(\.description).joined(separator: " or ")
            table.addRow(
                StyledText(line.part), StyledText("\(quantity) \(line.unit)", line.quantities.count > 1 ? .yellow : .plain),
                StyledText(line.asset ?? ""),
                StyledText(line.serials.joined(separator: ", ")), StyledText(line.promise ?? "not asked for"), StyledText(line.note ?? ""),
                Sign.text(line.fact.place), StyledText(line.fact.id.short, .dim))
        }
        return table
    }
}

extension OrderLine {
    /// The line.
    public var json: JSONValue {
        fact.with([
            ("part", .string(part)), ("quantity", .text(quantities.count == 1 ? quantities[0].description : nil)),
            ("quantities", .texts(quantities.map(\.description))), ("unit", .string(unit)), ("asset", .text(asset)), ("serials", .texts(serials)),
            ("promise", .text(promise)), ("note", .text(note)),
        ])
    }
}

extension LabourTotals {
    /// The hours in one line.
    public var words: String {
        let people = byPerson.map { "\($0.name) \(Words.duration($0.seconds))" }.joined(separator: ", ")
        let kinds = byKind.count > 1 ? " (\(byKind.map { "\($0.name) \(Words.duration($0.seconds))" }.joined(separator: ", ")))" : ""
        return "In all \(Words.duration(seconds)): \(people)\(kinds)"
    }

    var json: JSONValue {
        [
            "seconds": .int(seconds), "by_person": .array(byPerson.map { ["name": .string($0.name), "seconds": .int($0.seconds)] }),
            "by_kind": .array(byKind.map { ["kind": .string($0.name), "seconds": .int($0.seconds)] }),
        ]
    }
}

extension [PartTotal] {
    var json: JSONValue {
        .array(map { ["part": .string($0.part), "unit": .string($0.unit), "used": .string("\($0.used)"), "removed": .string("\($0.removed)")] })
    }
}
