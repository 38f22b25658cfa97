import TruckrollCore

/// Whether a person may start the work on an order: what the site and its areas ask for is there (I9).
public enum StartCheck {
    /// What the rules look at.
    public struct Subject: Sendable {
        /// A permit that exists.
        public struct Permit: Sendable {
            /// The schema's word for what it allows.
            public var kind: String
            /// Its issuer's number for it.
            public var number: String
            /// Why it does not hold at the moment, as the rest of a sentence; `nil` where it does.
            public var problem: String?

            public init(kind: String, number: String, problem: String?) { (self.kind, self.number, self.problem) = (kind, number, problem) }
        }

        /// A qualification that the person has.
        public struct Qualification: Sendable {
            /// Such as `IECEx CoPC Ex 007`.
            public var scheme: String
            /// Why it does not hold on the day, as the rest of a sentence; `nil` where it does.
            public var problem: String?

            public init(scheme: String, problem: String?) { (self.scheme, self.problem) = (scheme, problem) }
        }

        /// Kinds of permits that are needed, with who asks for them.
        public var permitsNeeded: [(kind: String, by: String)] = []
        /// The permits of the site that are for this order or for every one.
        public var permits: [Permit] = []
        /// Schemes in which the person has to be qualified, with what asks for them.
        public var qualificationsNeeded: [(scheme: String, by: String)] = []
        /// The person's.
        public var qualifications: [Qualification] = []
        /// Name of the person.
        public var person = ""

        public init() {}
    }

    public static let rules = RuleSet<Subject>("start/1", [RuleLevel("access", [permits]), RuleLevel("person", [qualifications])])

    private static let permits = Rule<Subject>("start-permit") { subject in
        guard !subject.permitsNeeded.isEmpty else { return .notAsked("The site asks for no permit.") }
        return .found(
            subject.permitsNeeded.compactMap { kind, by in
                let own = subject.permits.filter { $0.kind == kind }
                guard !own.contains(where: { $0.problem == nil }) else { return nil }
                let name = kind.split(separator: "_").joined(separator: " ")
                let standing = own.map { "\($0.number) \($0.problem ?? "")" }.sorted().joined(separator: ", ")
                return RuleFinding(
                    "start-permit", .error, at: "permit.kind[\(kind)]",
                    "\(by) asks for a permit (\(name))" + (own.isEmpty ? ", and none is recorded." : ": \(standing)."),
                    remedy: "Get it from whoever issues it there, and record it.")
            })
    }

    private static let qualifications = Rule<Subject>("start-qualification") { subject in
        guard !subject.qualificationsNeeded.isEmpty else { return .notAsked("No qualification is asked for there.") }
        return .found(
            subject.qualificationsNeeded.compactMap { scheme, by in
                let own = subject.qualifications.filter { isOf(scheme, $0.scheme) }
                guard !own.contains(where: { $0.problem == nil }) else { return nil }
                let standing = own.compactMap { one in one.problem.map { "\(one.scheme) \($0)" } }.sorted().joined(separator: ", ")
                return RuleFinding(
                    "start-qualification", .error, at: "qualification.scheme[\(scheme)]",
                    "\(by) asks for \(scheme), and \(subject.person) has none that holds" + (own.isEmpty ? "." : ": \(standing)."),
                    remedy: "Have somebody start it who is qualified.")
            })
    }
}

extension StartCheck {
    /// Whether a scheme is the one that is asked for, or a part of it: `IECEx CoPC Ex 007` is of `IECEx CoPC`, `Ex 010` is not of `Ex 01`.
    private static func isOf(_ asked: String, _ scheme: String) -> Bool {
        let (asked, scheme) = (asked.lowercased(), scheme.lowercased())
        guard scheme.hasPrefix(asked) else { return false }
        return scheme.dropFirst(asked.count).first.map { !$0.isLetter && !$0.isNumber } ?? true
    }
}

/// What a permit or an isolation allows, under the schema's words.
public enum PermitKind: String, Sendable, CaseIterable {
    case general, induction, hot_work, confined_space, electrical_isolation, mechanical_isolation, work_at_height
}

/// A permit or an isolation, as a record says.
public enum Permit {
    /// The id of a permit: one for each number of a kind at a site, however often it is recorded. What was suspended stays so.
    public static func id(_ entity: Entity, site: RecordID, kind: String, number: String) -> RecordID {
        RecordID.derived(type: entity.type, key: [site.bytes, Array(kind.utf8), Array(number.lowercased().filter { !$0.isWhitespace }.utf8)])
    }

    /// Why it does not hold at a moment, as the rest of a sentence; `nil` where it does.
    ///
    /// - Parameter person: who starts; one that names a person is that one's alone.
    public static func problem(_ view: RecordView, at moment: Int64, for person: RecordID) -> String? {
        guard view.text("state") == "active" else { return "is \(view.text("state") ?? "not active")" }
        if let holder = view.reference("person"), holder != person { return "is somebody else's" }
        if let from = view.time("valid_from"), moment < from.milliseconds { return "does not hold before \(from.date) \(from.clock)" }
        if let to = view.time("valid_to"), to.milliseconds <= moment { return "held until \(to.date) \(to.clock)" }
        return nil
    }
}
