/// Characters a replica typed in one go.
public struct TextInsertion: Hashable, Sendable {
    /// Counter of the first character; the others follow.
    public let first: UInt32
    /// Where the first hangs; each other one hangs behind the one before.
    public let anchor: TextAnchor
    /// Never empty.
    public let scalars: [Unicode.Scalar]

    /// `nil` for no characters.
    public init?(first: UInt32, anchor: TextAnchor, text: some Sequence<Unicode.Scalar>) {
        self.first = first
        self.anchor = anchor
        scalars = Array(text)
        if scalars.isEmpty { return nil }
    }

    /// `nil` when the counters leave their range.
    public func range(of replica: ReplicaID) -> CharacterRange? {
        CharacterRange(replica: replica, first: Int64(first), count: Int64(scalars.count))
    }

    public var text: String { String(String.UnicodeScalarView(scalars)) }
}

/// One edit of a text, as a field write carries it (Protocol/04-merge.md).
public enum TextOp: Hashable, Sendable {
    /// The author's replica is the one of the write's version.
    case insert(TextInsertion)
    case erase([CharacterRange])

    public var mergeOp: MergeOp {
        switch self {
        case .insert: .insert
        case .erase: .erase
        }
    }

    /// `[first, anchor replica, anchor counter, after, text]` or `[[replica, first, count], …]`; the beginning is replica 0, counter 0.
    public var value: Value {
        switch self {
        case .insert(let insertion):
            .list([.integer(Int64(insertion.first))] + insertion.anchor.values + [.text(insertion.text)])
        case .erase(let ranges):
            .list(ranges.map { .list([.integer(Int64($0.replica.rawValue)), .integer(Int64($0.first)), .integer($0.count)]) })
        }
    }

    /// Reads what ``value`` gives.
    ///
    /// - Throws: `text-op` for anything else.
    public init(_ op: MergeOp, _ value: Value) throws(DecodingProblem) {
        guard let parts = value.list, !parts.isEmpty else { throw DecodingProblem("text-op", "an edit of a text is a list") }
        switch op {
        case .insert:
            guard parts.count == 5, let first = parts[0].integer.flatMap({ UInt32(exactly: $0) }), first > 0,
                let anchor = TextAnchor(parts[1...3]), let text = parts[4].text,
                let insertion = TextInsertion(first: first, anchor: anchor, text: text.unicodeScalars)
            else { throw DecodingProblem("text-op", "an insertion is [first, anchor replica, anchor counter, after, text]") }
            guard UInt64(first) + UInt64(insertion.scalars.count) - 1 <= UInt64(UInt32.max) else {
                throw DecodingProblem("text-op", "counters leave 32 bits")
            }
            self = .insert(insertion)
        case .erase:
            var ranges: [CharacterRange] = []
            for part in parts {
                guard let numbers = part.list, numbers.count == 3, let range = CharacterRange(numbers) else {
                    throw DecodingProblem("text-op", "an erasure is a list of [replica, first, count]")
                }
                ranges.append(range)
            }
            self = .erase(ranges)
        default: throw DecodingProblem("text-op", "a text takes insertions and erasures")
        }
    }
}

extension CharacterRange {
    init?(_ numbers: [Value]) {
        guard let replica = numbers[0].integer.flatMap({ UInt32(exactly: $0) }), let first = numbers[1].integer, let count = numbers[2].integer
        else { return nil }
        self.init(replica: ReplicaID(rawValue: replica), first: first, count: count)
    }
}

extension TextAnchor {
    /// Replica, counter, and whether behind.
    var values: [Value] {
        [.integer(Int64(character?.replica.rawValue ?? 0)), .integer(Int64(character?.counter ?? 0)), .boolean(side == .after)]
    }

    init?(_ values: ArraySlice<Value>) {
        let parts = Array(values)
        guard parts.count == 3, let replica = parts[0].integer.flatMap({ UInt32(exactly: $0) }),
            let counter = parts[1].integer.flatMap({ UInt32(exactly: $0) }), let isAfter = parts[2].boolean, (replica == 0) == (counter == 0)
        else { return nil }
        guard replica != 0 else {
            guard isAfter else { return nil }
            self = .beginning
            return
        }
        let id = CharacterID(replica: ReplicaID(rawValue: replica), counter: counter)
        self = isAfter ? .after(id) : .before(id)
    }
}
