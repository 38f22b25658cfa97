import TruckrollCore

/// What a rule says of its subject.
public enum RuleAnswer: Hashable, Sendable {
    /// What it found; nothing where the subject is as it should be.
    case found([RuleFinding])
    /// It could not be asked, and why.
    case notAsked(String)
}

/// One rule.
public struct Rule<Subject: Sendable>: Sendable {
    /// The codes of what it can find.
    public let codes: [String]
    /// Codes of errors after which it makes no sense.
    public let after: Set<String>
    private let body: @Sendable (Subject) -> RuleAnswer

    public init(_ codes: String..., after: Set<String> = [], _ body: @escaping @Sendable (Subject) -> RuleAnswer) {
        (self.codes, self.after, self.body) = (codes, after, body)
    }

    func ask(_ subject: Subject) -> RuleAnswer { body(subject) }
}

/// Rules that are asked together.
public struct RuleLevel<Subject: Sendable>: Sendable {
    /// What its rules are about, for a person.
    public let name: String
    /// Asked in this order.
    public let rules: [Rule<Subject>]

    public init(_ name: String, _ rules: [Rule<Subject>]) { (self.name, self.rules) = (name, rules) }
}

/// Rules in ordered levels.
///
/// Every rule of every level is asked, but for those that an error of a higher level makes meaningless: they are listed as skipped, with
/// the code of that error.
public struct RuleSet<Subject: Sendable>: Sendable {
    /// Its name and edition, such as `order-entry/1`. A change of what is found raises the edition.
    public let name: String
    /// Asked from the first to the last.
    public let levels: [RuleLevel<Subject>]

    public init(_ name: String, _ levels: [RuleLevel<Subject>]) { (self.name, self.levels) = (name, levels) }

    /// Every code, in the order of the rules.
    public var codes: [String] { levels.flatMap { $0.rules.flatMap(\.codes) } }

    /// Asks the rules.
    ///
    /// - Parameter settings: what the company makes of each finding.
    public func report(on subject: Subject, _ settings: RuleSettings = .standard) -> RuleReport {
        var findings: [RuleFinding] = []
        var skipped: [SkippedRule] = []
        for rule in levels.flatMap(\.rules) {
            if let error = findings.first(where: { $0.severity == .error && rule.after.contains($0.code) }) {
                skipped += rule.codes.map { SkippedRule($0, because: "\(error.code) was found.") }
                continue
            }
            switch rule.ask(subject) {
            case .found(let found): findings += found.compactMap { settings.applied(to: $0) }
            case .notAsked(let reason): skipped += rule.codes.map { SkippedRule($0, because: reason) }
            }
        }
        return RuleReport(rules: name + settings.mark, findings: findings, skipped: skipped)
    }
}

/// What a company makes of what rules find: how grave each finding is to it.
public struct RuleSettings: Hashable, Sendable {
    /// As the rules say themselves.
    public static let standard = RuleSettings([:])

    /// How grave a finding is.
    public enum Weight: String, Hashable, Sendable, CaseIterable {
        /// Not told at all.
        case off
        case notice, warning, error
    }

    /// By the code of the finding; one that is not named weighs what its rule says.
    public let weights: [String: Weight]

    public init(_ weights: [String: Weight]) { self.weights = weights }

    /// As records say, one a code.
    public init(_ views: some Sequence<RecordView>) {
        weights = Dictionary(
            views.compactMap { view in
                guard let code = view.text("code"), let weight = view.text("weight").flatMap({ Weight(rawValue: $0) }) else { return nil }
                return (code, weight)
            }, uniquingKeysWith: { $1 })
    }

    /// The id of the record for a code: one a code, whoever makes it.
    public static func id(_ entity: Entity, code: String) -> RecordID { entity.id(named: code) }

    /// Tells one company's settings from another's in the name of the rules; empty where all is as the rules say.
    var mark: String {
        guard !weights.isEmpty else { return "" }
        let text = weights.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.rawValue)" }.joined(separator: "\n")
        return "-"
            + ContentDigest.sha256(Array(text.utf8)).prefix(4).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0\(digits)" : digits
            }.joined()
    }

    func applied(to finding: RuleFinding) -> RuleFinding? {
        guard let weight = weights[finding.code] else { return finding }
        guard let severity = RuleFinding.Severity(rawValue: weight.rawValue) else { return nil }
        return RuleFinding(finding.code, severity, at: finding.path, finding.text, remedy: finding.remedy)
    }
}
