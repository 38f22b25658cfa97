import TruckrollClient
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// Hand-overs on both command lines.
public enum HandOverScreen {
    /// A line for each hand-over.
    public static func table(_ lines: [HandOverLine], emptyText: String) -> Table {
        var table = Table(
            [
                .init("Code"), .init("Part", .left, .truncates(minimum: 12)), .init("Quantity", .right), .init("Serial"), .init("From"), .init("To"),
                .init("For"), .init("State"), .init("Answer", .left, .wraps(minimum: 12)), .init("By"), .init("Where"),
            ], emptyText: emptyText, footer: StyledText(lines.count.counted("hand-over")))
        for line in lines {
            table.addRow(
                StyledText(line.code, .bold), StyledText(line.part), "\(line.quantity)", StyledText(line.serial ?? ""),
                StyledText(line.from ?? (line.state == nil && line.waiting != nil ? "" : "in hand")), StyledText(line.to),
                StyledText(line.order ?? ""), state(of: line),
                StyledText(line.answer ?? line.note ?? ""), StyledText(line.fact.by), Sign.text(line.fact.place))
        }
        return table
    }

    /// What this device has said to it counts once the server has heard of it.
    private static func state(of line: HandOverLine) -> StyledText {
        if let waiting = line.waiting { return StyledText("\(waiting.state.rawValue) here", .yellow) }
        if line.isContested { return StyledText("contested", .red) }
        return StyledText(line.state?.rawValue ?? "on this device", line.state == .refused ? .yellow : .plain)
    }

    /// A hand-over for scripts; amounts are decimal text in the part's unit.
    public static func json(_ line: HandOverLine) -> JSONValue {
        line.fact.with([
            ("code", .string(line.code)), ("part", .string(line.part)), ("quantity", .string(line.quantity.description)),
            ("serial", .text(line.serial)), ("from", .text(line.from)), ("to", .string(line.to)), ("order", .text(line.order)),
            ("state", .text(line.state?.rawValue)), ("said", .text(line.waiting?.rawValue)), ("answer", .text(line.answer)),
            ("contested", .bool(line.isContested)), ("note", .text(line.note)),
        ])
    }
}
