/// How far an exception is: a business case that needs a person.
public enum ExceptionStage: String, Sendable, CaseIterable {
    case raised, assigned, investigating
    /// For something outside, until a moment at most. Its clock stands still.
    case waiting
    /// Dealt with; those who have to approve it have not all done so.
    case resolved
    /// Gone on with although it is not dealt with; those who have to approve that have not all done so.
    case overridden
    case closed

    /// The stage of an exception; one that was raised before stages were kept account of is raised, or closed.
    public init(of exception: RecordView) {
        self = exception.text("stage").flatMap { ExceptionStage(rawValue: $0) } ?? (exception.text("state") == "open" ? .raised : .closed)
    }
}

/// What can happen to an exception.
public enum ExceptionEvent: String, Sendable, CaseIterable {
    /// Given to a person.
    case assign
    /// Taken on by the author.
    case investigate
    case wait, resume
    /// A question of its kind is answered.
    case answer
    /// It goes to another team: by the clock, or because somebody says so.
    case escalate
    case resolve
    /// Gone on with although it is not dealt with: who and why is kept.
    case override
    /// One of those who have to approve does, or sends it back.
    case approve, send_back
}

/// The declared machine of an exception. The server folds its events in the order in which they are admitted; one that is not legal then is
/// kept and moves nothing. So a resolution beside an escalation stands, the level is kept, and both are recorded.
public enum ExceptionWorkflow {
    /// One row of the machine.
    public struct Transition: Sendable, Hashable {
        public let from: ExceptionStage
        public let event: ExceptionEvent
        public let to: ExceptionStage
    }

    /// Where nobody has to approve, the server closes in the same step what is resolved or overridden.
    public static let transitions: [Transition] = [
        row([.raised, .assigned, .investigating, .waiting], .assign, .assigned),
        row([.raised, .assigned], .investigate, .investigating),
        row([.raised, .assigned, .investigating], .wait, .waiting),
        row([.waiting], .resume, .investigating),
        row([.raised, .assigned, .investigating, .waiting], .resolve, .resolved),
        row([.raised, .assigned, .investigating, .waiting], .override, .overridden),
        row([.resolved, .overridden], .approve, .closed),
        row([.resolved, .overridden], .send_back, .investigating),
        // These leave it where it is.
        [ExceptionStage.raised, .assigned, .investigating, .waiting].flatMap { stage in
            [ExceptionEvent.answer, .escalate].map { Transition(from: stage, event: $0, to: stage) }
        },
        [ExceptionStage.resolved, .overridden].flatMap { stage in
            [ExceptionEvent.approve, .escalate].map { Transition(from: stage, event: $0, to: stage) }
        },
    ].flatMap(\.self)

    private static func row(_ from: [ExceptionStage], _ event: ExceptionEvent, _ to: ExceptionStage) -> [Transition] {
        from.map { Transition(from: $0, event: event, to: to) }
    }

    /// Whether an event may happen at a stage.
    public static func allows(_ event: ExceptionEvent, at stage: ExceptionStage) -> Bool {
        transitions.contains { $0.from == stage && $0.event == event }
    }
}
