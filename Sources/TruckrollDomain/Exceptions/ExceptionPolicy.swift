import TruckrollCore

/// How the company deals with exceptions of a kind.
public struct ExceptionPolicy: Hashable, Sendable {
    /// Who owns them; `nil` for the team that the kind itself names.
    public let team: String?
    /// What has to be answered before one is resolved, in order.
    public let questions: [String]
    /// The teams that have to approve a resolution, one after the other.
    public let approvals: [String]

    /// Nothing to answer, nobody to approve.
    public static let plain = ExceptionPolicy(team: nil, questions: [], approvals: [])

    public init(team: String?, questions: [String], approvals: [String]) {
        self.team = team
        self.questions = questions
        self.approvals = approvals
    }

    /// - Parameter view: an `exception_kind`.
    public init(_ view: RecordView) {
        self.init(
            team: view.text("team"), questions: (view["questions"].list ?? []).compactMap(\.text),
            approvals: (view["approvals"].list ?? []).compactMap(\.text))
    }

    /// The id of the record of a kind: one a kind, whoever makes it.
    public static func id(_ entity: Entity, kind: String) -> RecordID { entity.id(named: kind) }

    /// The questions nobody has answered, in order.
    public func open(answered: some Sequence<String>) -> [String] {
        let answered = Set(answered)
        return questions.filter { !answered.contains($0) }
    }

    /// Whether nothing has to be answered and nobody has to approve.
    public var asksNothing: Bool { questions.isEmpty && approvals.isEmpty }
}

/// A team: people to whom exceptions go together, and who approve together.
public enum Team {
    /// The id of the record of a team: one a name, whoever makes it.
    public static func id(_ entity: Entity, name: String) -> RecordID { entity.id(named: name) }

    /// Whether a person belongs to a team: as a member, or because the team is that of a role.
    ///
    /// - Parameters:
    ///   - team: the team's record, where there is one.
    ///   - user: the person's.
    public static func holds(_ user: RecordView, name: String, team: RecordView?) -> Bool {
        team?.references("members").contains(user.id) ?? false || user.text("role") == name
    }
}
