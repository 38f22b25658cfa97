/// A text that several people edit without seeing each other: a sequence CRDT after Fugue (Weidner, Kleppmann: The Art of the
/// Fugue, 2023).
///
/// Its state is nothing but the set of characters that were ever typed, each with the place it hangs, and of those that were
/// erased. What is shown follows from the two sets alone (``TextOrder``), so the same edits in any order make the same state. A
/// character whose anchor has not come yet is kept and shown when it comes; an erasure of one that has not come, likewise.
///
/// Invariant: runs are as long as they can be and stand in order, so one state has one encoding.
public struct JointText: Hashable, Sendable {
    /// What one replica typed, in ascending counters.
    public internal(set) var runs: [ReplicaID: [TextRun]] = [:]
    /// Characters that were erased before they came, in ascending counters.
    public internal(set) var erasedAhead: [ReplicaID: [CharacterRange]] = [:]
    /// All characters, erased ones included.
    public private(set) var characterCount = 0
    /// UTF-8 bytes of the characters that are not erased, shown or not.
    public private(set) var textBytes = 0

    public init() {}

    /// UTF-8 bytes a text may have; what is to be longer goes into a note.
    public static let maximumTextBytes = 64 << 10
    /// Bytes its encoding may have.
    public static let maximumEncodedBytes = 256 << 10
    /// Characters it may have had in its life: what memory a text takes is bounded by it, whoever sends it.
    public static let maximumCharacters = 1 << 20

    public var replicas: [ReplicaID] { runs.keys.sorted() }

    /// The counter a replica gives its next character, as far as this state tells.
    public func nextCounter(of replica: ReplicaID) -> UInt32 { (runs[replica]?.last?.last ?? 0) &+ 1 }

    /// The run a character is in, and its place there.
    func place(of id: CharacterID) -> (run: Int, offset: Int)? {
        guard let list = runs[id.replica] else { return nil }
        let index = Self.firstIndex(in: list, reaching: id.counter)
        guard index < list.count, list[index].first <= id.counter else { return nil }
        return (index, Int(id.counter - list[index].first))
    }

    // MARK: Edits

    /// Applies an edit of a replica.
    ///
    /// - Throws: `text-id-taken` for an insertion under a number that is there, `text-full` for more characters than a text can
    ///   have in its life, `text-op` for one that hangs on itself. Then nothing has changed.
    public mutating func apply(_ op: TextOp, by replica: ReplicaID) throws(DecodingProblem) {
        switch op {
        case .insert(let insertion): try insert(insertion, by: replica)
        case .erase(let ranges): erase(ranges)
        }
    }

    private mutating func insert(_ insertion: TextInsertion, by replica: ReplicaID) throws(DecodingProblem) {
        guard let range = insertion.range(of: replica) else { throw DecodingProblem("text-op", "counters leave 32 bits") }
        if let anchor = insertion.anchor.character, range.contains(anchor) {
            throw DecodingProblem("text-op", "characters hang on themselves")
        }
        guard characterCount + insertion.scalars.count <= Self.maximumCharacters else {
            throw DecodingProblem("text-full", "a text has at most \(Self.maximumCharacters) characters in its life")
        }
        let index = Self.firstIndex(in: runs[replica] ?? [], reaching: range.first)
        if let there = runs[replica], index < there.count, there[index].first <= range.last {
            throw DecodingProblem("text-id-taken", "character \(replica):\(there[index].first) is there")
        }
        var run = TextRun(first: range.first, anchor: insertion.anchor, characters: insertion.scalars)
        for erased in takeErasedAhead(range) {
            for counter in erased.first...erased.last { run.characters[Int(counter - range.first)] = nil }
        }
        characterCount += run.characters.count
        textBytes += run.characters.reduce(0) { $0 + ($1.map { UTF8.width($0) } ?? 0) }
        var list = runs.removeValue(forKey: replica) ?? []
        list.insert(run, at: index)
        Self.join(&list, at: index + 1, replica)
        Self.join(&list, at: index, replica)
        runs[replica] = list
    }

    /// Makes one run of the one at an index and the one before it, where both are one.
    private static func join(_ list: inout [TextRun], at index: Int, _ replica: ReplicaID) {
        guard index > 0, index < list.count, isOne(list[index - 1], list[index], replica) else { return }
        list[index - 1].characters += list[index].characters
        list.remove(at: index)
    }

    /// Whether a run goes on where the other ends.
    static func isOne(_ run: TextRun, _ next: TextRun, _ replica: ReplicaID) -> Bool {
        next.first == run.last &+ 1 && next.anchor == .after(CharacterID(replica: replica, counter: run.last))
    }

    /// Costs what the ranges and the runs they meet hold, in whatever order they come.
    private mutating func erase(_ ranges: [CharacterRange]) {
        let ranges = CharacterRange.coalesced(ranges)
        var ahead: [ReplicaID: [CharacterRange]] = [:]
        var start = 0
        while start < ranges.count {
            let replica = ranges[start].replica
            let end = ranges[start...].firstIndex { $0.replica != replica } ?? ranges.count
            // Taken out, so that the characters are written where they are and not into a copy.
            var list = runs.removeValue(forKey: replica) ?? []
            for range in ranges[start..<end] {
                ahead[replica, default: []] += erase(range, in: &list)
            }
            runs[replica] = list.isEmpty ? nil : list
            start = end
        }
        for (replica, ranges) in ahead where !ranges.isEmpty {
            erasedAhead[replica] = CharacterRange.coalesced((erasedAhead[replica] ?? []) + ranges)
        }
    }

    /// Erases what is there of a range, and gives what is not.
    private mutating func erase(_ range: CharacterRange, in list: inout [TextRun]) -> [CharacterRange] {
        var ahead: [CharacterRange] = []
        var index = Self.firstIndex(in: list, reaching: range.first)
        // From here on nothing of the range has been looked at.
        var next = UInt64(range.first)
        while index < list.count, list[index].first <= range.last {
            let (first, last) = (list[index].first, list[index].last)
            if next < UInt64(first) { ahead.append(CharacterRange(replica: range.replica, first: UInt32(next), last: first - 1)) }
            for offset in Int(max(first, range.first) - first)...Int(min(last, range.last) - first) {
                textBytes -= list[index].characters[offset].map { UTF8.width($0) } ?? 0
                list[index].characters[offset] = nil
            }
            next = UInt64(last) + 1
            index += 1
        }
        if next <= UInt64(range.last) { ahead.append(CharacterRange(replica: range.replica, first: UInt32(next), last: range.last)) }
        return ahead
    }

    // MARK: Erased before they came

    /// Takes out what was erased ahead of characters that come now.
    private mutating func takeErasedAhead(_ range: CharacterRange) -> [CharacterRange] {
        guard let ahead = erasedAhead[range.replica] else { return [] }
        var taken: [CharacterRange] = []
        var kept: [CharacterRange] = []
        for erased in ahead {
            guard erased.last >= range.first, erased.first <= range.last else {
                kept.append(erased)
                continue
            }
            taken.append(CharacterRange(replica: range.replica, first: max(erased.first, range.first), last: min(erased.last, range.last)))
            if erased.first < range.first { kept.append(CharacterRange(replica: range.replica, first: erased.first, last: range.first - 1)) }
            if erased.last > range.last { kept.append(CharacterRange(replica: range.replica, first: range.last + 1, last: erased.last)) }
        }
        erasedAhead[range.replica] = kept.isEmpty ? nil : kept
        return taken
    }

    /// The first run that ends at or behind a counter.
    static func firstIndex(in list: [TextRun], reaching counter: UInt32) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].last < counter { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension JointText {
    /// A state out of its parts, which the caller has checked.
    init(runs: [ReplicaID: [TextRun]], erasedAhead: [ReplicaID: [CharacterRange]]) {
        self.runs = runs
        self.erasedAhead = erasedAhead
        for run in runs.values.joined() {
            characterCount += run.characters.count
            textBytes += run.characters.reduce(0) { $0 + ($1.map { UTF8.width($0) } ?? 0) }
        }
    }
}
