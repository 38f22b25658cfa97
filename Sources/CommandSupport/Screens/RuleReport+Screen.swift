import TruckrollDomain
import TruckrollTerminal

extension RuleReport {
    /// A table of what was found.
    ///
    /// - Parameter all: also the rules that could not be asked, with why.
    public func table(all: Bool, emptyText: String) -> Table {
        var table = Table(
            [.init("Rule"), .init("Found", .left, .wraps(minimum: 24)), .init("What to do", .left, .wraps(minimum: 20))], emptyText: emptyText,
            footer: StyledText("Rules: \(rules)"))
        for finding in findings {
            table.addRow(StyledText(finding.code, finding.severity.style), StyledText(finding.text), StyledText(finding.remedy))
        }
        for rule in all ? skipped : [] { table.addRow(StyledText(rule.code, .dim), StyledText("Not asked: \(rule.reason)", .dim), "") }
        return table
    }

    /// What was found, and which rules could not be asked.
    public var json: [(String, JSONValue)] {
        [
            ("rules", .string(rules)), ("verdict", .text(verdict?.rawValue)),
            (
                "findings",
                .array(
                    findings.map {
                        [
                            "code": .string($0.code), "severity": .string($0.severity.rawValue), "path": .string($0.path), "text": .string($0.text),
                            "remedy": .string($0.remedy),
                        ]
                    })
            ), ("not_asked", .array(skipped.map { ["code": .string($0.code), "reason": .string($0.reason)] })),
        ]
    }
}

extension RuleFinding.Severity {
    /// How it is shown.
    public var style: Style {
        switch self {
        case .error: [.bold, .red]
        case .warning: .yellow
        case .notice: .plain
        }
    }
}
