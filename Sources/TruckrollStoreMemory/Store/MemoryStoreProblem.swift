import TruckrollSync

/// Why a store in memory refused a call. The cases and codes are those of the SQLite stores that memory can have.
public enum MemoryStoreProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// A row with this write id, position, cause or name is there already.
    case taken(detail: String)
    /// A value has no place in a database: a number above 2^63-1, a text with the character NUL.
    case unstorable(detail: String)
    /// A write inside a read.
    case readOnly
    /// A broken invariant: a fault of the program.
    case failed(detail: String)

    /// The name in logs; the same as of a file that refuses.
    public var code: String {
        switch self {
        case .taken: "store-taken"
        case .unstorable: "store-unstorable"
        case .readOnly: "store-read-only"
        case .failed: "store-failed"
        }
    }

    public var description: String {
        switch self {
        case .taken(let detail): "Already stored: \(detail). Read what is there before writing again."
        case .unstorable(let detail): "Cannot be stored: \(detail). Refuse such values before they get here."
        case .readOnly: "Inside a read nothing is written. Use write."
        case .failed(let detail): "The store refused a step: \(detail). Nothing of it was kept; report this as a fault of the program."
        }
    }
}

extension MemoryStoreProblem: FaultOfSet {
    /// What a set wants stored cannot be; any other set can.
    public var isFaultOfSet: Bool {
        switch self {
        case .taken, .unstorable: true
        case .readOnly, .failed: false
        }
    }

    public var befallsAll: Bool { false }
}
