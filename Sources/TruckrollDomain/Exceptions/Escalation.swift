import TruckrollCore

/// One line of the table of thresholds: which exceptions go to whom, and when.
public struct EscalationRule: Hashable, Sendable {
    /// `nil` for a rule of ``standard``.
    public let id: RecordID?
    /// `nil` for all kinds.
    public let kind: String?
    /// 1 to 9.
    public let level: Int
    /// Seconds since it was raised, those it waited not counted.
    public let after: Int64
    /// Only orders worth at least as much; `nil` for all.
    public let worth: Money?
    /// Only orders at least as urgent; `nil` for all.
    public let priority: OrderPriority?
    /// Who has to deal with it from then on.
    public let team: String

    public init(
        id: RecordID? = nil, kind: String? = nil, level: Int, after: Int64, worth: Money? = nil,
        priority: OrderPriority? = nil, team: String
    ) {
        (self.id, self.kind, self.level, self.after, self.worth, self.priority, self.team) = (id, kind, level, after, worth, priority, team)
    }

    /// - Parameter view: an `escalation_rule`.
    /// - Returns: `nil` for one that counts no more, or says too little to be followed.
    public init?(_ view: RecordView) {
        guard view.text("withdrawn") != "yes", let level = view.integer("level"), (1...9).contains(level), let after = view.integer("after"),
            after >= 0, let team = view.text("team"), case let worth = Money(view, "worth_from"), (view["worth_from"] == .null) == (worth == nil)
        else { return nil }
        self.init(
            id: view.id, kind: view.text("kind"), level: Int(level), after: after, worth: worth,
            priority: view.text("priority").flatMap { OrderPriority(rawValue: $0) }, team: team)
    }

    /// What holds where no rule of the company's concerns an exception, so that nothing lies forgotten.
    public static let standard: [EscalationRule] = [
        EscalationRule(level: 1, after: 3_600, priority: .emergency, team: "management"),
        EscalationRule(level: 1, after: 4 * 3_600, priority: .high, team: "management"),
        EscalationRule(level: 1, after: 24 * 3_600, team: "management"),
    ]
}

/// What of an exception its escalation goes by.
public struct EscalationCase: Hashable, Sendable {
    public var kind: String
    /// Unix milliseconds.
    public var raisedAt: Int64
    /// Seconds that it had waited before.
    public var waited: Int64 = 0
    /// Since when it waits, Unix milliseconds: its clock stands still.
    public var waitingSince: Int64?
    /// The most urgent of what people say of its order.
    public var priority: OrderPriority?
    /// What its order is worth.
    public var worth: Money?
    /// How far it was escalated.
    public var level = 0

    public init(kind: String, raisedAt: Int64) { (self.kind, self.raisedAt) = (kind, raisedAt) }

    /// The rule that raises it next, of the company's or the standard ones, and when, in Unix milliseconds; the lowest of those that are met together. A rule is met exactly at its
    /// moment: after 24 hours is not at 23:59:59. What is met while it waits has to wait as well.
    public func next(_ rules: [EscalationRule]) -> (rule: EscalationRule, at: Int64)? {
        guard waitingSince == nil else { return nil }
        let own = rules.filter { concerns($0) }
        return (own.isEmpty ? EscalationRule.standard.filter { concerns($0) } : own).filter { $0.level > level }.map {
            (rule: $0, at: raisedAt + ($0.after + waited) * 1000)
        }
        .min { ($0.at, $0.rule.level, $0.rule.team) < ($1.at, $1.rule.level, $1.rule.team) }
    }

    private func concerns(_ rule: EscalationRule) -> Bool {
        if let kind = rule.kind, kind != self.kind { return false }
        if let least = rule.priority, priority.map({ $0 > least }) ?? true { return false }
        guard let least = rule.worth else { return true }
        return worth.map { $0.currency == least.currency && $0.minorUnits >= least.minorUnits } ?? false
    }
}
