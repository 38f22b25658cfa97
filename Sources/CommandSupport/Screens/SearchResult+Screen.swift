import TruckrollClient
import TruckrollSync
import TruckrollTerminal

extension SearchResult {
    /// What was found as a table.
    public var table: Table {
        let footer = lines.count.counted("record") + (more.map { ", and \($0); narrow it with more words or --kind, or raise --limit" } ?? "")
        var table = Table(
            [
                .init("What"), .init("Name"), .init("About", .left, .truncates(minimum: 20)), .init("Order"), .init("Where"),
            ], emptyText: "Nothing this device holds has all of these words.", footer: StyledText(footer))
        for line in lines {
            table.addRow(
                StyledText(line.kind.rawValue), StyledText(line.name, .bold), StyledText(line.text), StyledText(line.order ?? ""),
                Sign.text(line.place))
        }
        return table
    }

    /// The same for programs.
    public var json: [(String, JSONValue)] {
        [
            (
                "found",
                .array(
                    lines.map { line in
                        [
                            "kind": .string(line.kind.rawValue), "name": .string(line.name), "text": .string(line.text), "order": .text(line.order),
                            "where": .string(line.place.rawValue), "id": .string("\(line.kind.entity)/\(line.id)"),
                        ]
                    })
            ), ("total", .int(min(total, Self.countedUpTo))), ("total_is_more", .bool(total > Self.countedUpTo)),
        ]
    }
}
