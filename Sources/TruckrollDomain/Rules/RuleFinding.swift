/// What a rule found about something, for a person and for a program.
public struct RuleFinding: Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable, Comparable, CaseIterable {
        /// Worth knowing.
        case notice
        /// Somebody has to look and may go on.
        case warning
        /// It may not be as it is.
        case error

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
        public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
    }

    /// Names the rule; once released it never changes.
    public let code: String
    public let severity: Severity
    /// What it is about, as `entity.field` or `entity.field[element]`.
    public let path: String
    public let text: String
    /// What can be done about it.
    public let remedy: String

    public init(_ code: String, _ severity: Severity, at path: String, _ text: String, remedy: String) {
        (self.code, self.severity, self.path, self.text, self.remedy) = (code, severity, path, text, remedy)
    }
}

/// What a set of rules found, and which set it was: the same on every machine that has it.
public struct RuleReport: Hashable, Sendable {
    /// The rules' name and edition, such as `hazardous-area/1`.
    public let rules: String
    /// In the order of the rules.
    public let findings: [RuleFinding]
    /// Rules that were not asked, as what they ask about is not known or makes no sense after another finding, with why.
    public let skipped: [SkippedRule]

    public init(rules: String, findings: [RuleFinding], skipped: [SkippedRule] = []) {
        (self.rules, self.findings, self.skipped) = (rules, findings, skipped)
    }

    /// The worst of the findings; `nil` when there are none.
    public var verdict: RuleFinding.Severity? { findings.map(\.severity).max() }
}

/// A rule that was not asked.
public struct SkippedRule: Hashable, Sendable {
    public let code: String
    public let reason: String

    public init(_ code: String, because reason: String) { (self.code, self.reason) = (code, reason) }
}
