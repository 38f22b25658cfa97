/// How concurrent writes to a field become one state. Declared per field in `Schemas/`.
public enum MergeRule: String, Hashable, Sendable, CaseIterable {
    /// The higher version stays; the loser goes into a ruling.
    case lastWriter = "last_writer"
    /// Concurrent values are all kept until a person picks.
    case multiValue = "multi_value"
    /// Set whose element is present if any writer that nobody has seen since says so.
    case addWins = "add_wins"
    /// Set whose element is absent if any writer that nobody has seen since says so.
    case removeWins = "remove_wins"
    /// Ordered values of which the strictest is shown; lowered only by a release that has seen the restriction.
    case safety
    /// Set once; the first admitted stands.
    case immutable
    /// The greatest value stands.
    case maximum
    /// A sum of increments, each counted once.
    case counter
    /// Folded from event records; no patch.
    case workflow
    /// Written by the server alone.
    case server
    /// Computed by the server from other records.
    case derived
    /// Content of a signed document; a different later value sets the change set's decisions aside.
    case sealed
    /// Edited jointly, character by character; nothing anybody typed gives way to what somebody else did.
    case text

    /// Whether a device may write such a field at all after the record was created.
    public var isPatchable: Bool {
        switch self {
        case .lastWriter, .multiValue, .addWins, .removeWins, .safety, .maximum, .counter, .text: true
        case .immutable, .workflow, .server, .derived, .sealed: false
        }
    }

    /// Whether the server alone writes such a field.
    public var isServerOnly: Bool {
        switch self {
        case .workflow, .server, .derived: true
        default: false
        }
    }

    /// Whether any order of admission that keeps each replica's own order gives the same bytes.
    public var isOrderFree: Bool {
        switch self {
        case .lastWriter, .multiValue, .addWins, .removeWins, .safety, .maximum, .counter, .text: true
        case .immutable, .workflow, .server, .derived, .sealed: false
        }
    }
}

/// What a write does to a field.
public enum MergeOp: UInt8, Hashable, Sendable, CaseIterable {
    /// Gives the field a value: last_writer, multi_value, maximum, immutable, sealed, and the server's own fields.
    case set = 1
    /// Puts an element into a set.
    case add = 2
    /// Takes an element out of a set.
    case remove = 3
    /// Makes a safety value at least this strict.
    case raise = 4
    /// Lowers a safety value, past the restrictions it names.
    case release = 5
    /// Adds to a counter.
    case increment = 6
    /// Types characters into a text.
    case insert = 7
    /// Erases characters of a text.
    case erase = 8

    /// Whether the rule understands the op.
    public func fits(_ rule: MergeRule) -> Bool {
        switch self {
        case .set: ![.addWins, .removeWins, .safety, .counter, .text].contains(rule)
        case .add, .remove: rule == .addWins || rule == .removeWins
        case .raise, .release: rule == .safety
        case .increment: rule == .counter
        case .insert, .erase: rule == .text
        }
    }
}
