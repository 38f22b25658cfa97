import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

extension BlanketLine {
    /// Blanket orders as a list.
    public static func table(_ lines: [BlanketLine]) -> Table {
        var table = Table(
            [
                .init("Blanket"), .init("Customer", .left, .truncates(minimum: 10)), .init("Part", .left, .truncates(minimum: 10)),
                .init("Days"), .init("Total", .right), .init("Called off", .right), .init("Leased", .right), .init("Left", .right),
                .init("Price", .right),
                .init("Status"),
            ], emptyText: "No blanket order is agreed.")
        for line in lines {
            let balance = line.balance
            table.addRow(
                StyledText(line.number, .bold), StyledText(line.customer), StyledText(line.part), StyledText(line.days), "\(balance.total)",
                StyledText("\(balance.calledOff) (\(balance.percent) %)"), "\(balance.leased)",
                StyledText("\(balance.remaining)", balance.remaining == .zero ? [.bold, .red] : .plain), StyledText(line.price?.description ?? "–"),
                StyledText(line.status ?? "not answered", line.status == "open" ? .plain : .dim))
        }
        return table
    }

    private var days: String { terms.map { "\($0.days.lowerBound) to \($0.days.upperBound)" } ?? "–" }

    /// The blanket order.
    public var json: JSONValue {
        [
            "id": .string("\(view.id)"), "number": .string(number), "title": .string(title), "customer": .string(customer), "part": .string(part),
            "valid_from": .text(terms?.days.lowerBound.description), "valid_until": .text(terms?.days.upperBound.description),
            "total": .string("\(balance.total)"), "released": .string("\(balance.released)"), "leased": .string("\(balance.leased)"),
            "shipped": .string("\(balance.shipped)"), "returned": .string("\(balance.returned)"), "remaining": .string("\(balance.remaining)"),
            "price": .text(price?.description), "status": .text(status),
        ]
    }
}

extension ReleaseLine {
    /// Releases as a list.
    public static func table(_ lines: [ReleaseLine]) -> Table {
        var table = Table(
            [
                .init("Release"), .init("For"), .init("Asked", .right), .init("Granted", .right), .init("Shipped", .right), .init("Back", .right),
                .init("State"), .init("By"), .init("Answer", .left, .wraps(minimum: 16)), .init("Where"),
            ], emptyText: "Nothing is called off.")
        for line in lines {
            let style: Style =
                switch line.state {
                case .granted, .shipped: .green
                case .refused: .red
                case .pending, nil: .yellow
                case .withdrawn: .dim
                }
            table.addRow(
                StyledText(line.fact.id.short), StyledText(line.neededOn?.description ?? "–"), "\(line.quantity)",
                StyledText(line.granted?.description ?? "–"), "\(line.shipped)", "\(line.returned)", StyledText(line.word, style),
                StyledText(line.fact.by),
                StyledText([line.answer, line.entries, line.approvedBy.map { "Approved by \($0)." }].compactMap(\.self).joined(separator: " ")),
                Sign.text(line.fact.place))
        }
        return table
    }

    private var entries: String? {
        movements.isEmpty ? nil : "Entries: " + movements.map { "\($0.kind) \($0.quantity) (\($0.id.short))" }.joined(separator: ", ") + "."
    }

    private var word: String { state?.rawValue ?? (isCertain ? "certain" : "asked") }

    /// The release.
    public var json: JSONValue {
        fact.with([
            ("quantity", .string("\(quantity)")), ("needed_on", .text(neededOn?.description)), ("state", .string(word)),
            ("granted", .text(granted?.description)), ("offered", .text(offered?.description)), ("shipped", .string("\(shipped)")),
            ("returned", .string("\(returned)")),
            ("movements", .array(movements.map { ["kind": .string($0.kind), "quantity": .string("\($0.quantity)"), "id": .string("\($0.id)")] })),
            ("answer", .text(answer)), ("approved_by", .text(approvedBy)),
        ])
    }
}
