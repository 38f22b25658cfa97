/// A text while one replica edits it: finds the characters at positions people point at, and makes the edits.
///
/// Positions count the characters shown. An edit costs what it touches and the square root of the text, not the text.
public struct TextDraft: Sendable {
    /// The text with the edits applied.
    public private(set) var text: JointText
    private let replica: ReplicaID
    private var nextCounter: UInt32
    private var chunks: [Chunk] = []
    /// Ends of runs behind which something hangs.
    private var branched: Set<CharacterID> = []

    /// Consecutive characters of one replica as they stand, all erased or none.
    private struct Span {
        let replica: ReplicaID
        let first: UInt32
        var count: Int
        var isErased: Bool

        func id(_ offset: Int) -> CharacterID { CharacterID(replica: replica, counter: first + UInt32(offset)) }
    }

    private struct Chunk {
        var spans: [Span]
        var shown: Int
    }

    /// Where a character stands.
    private struct Spot {
        var chunk: Int
        var span: Int
        var offset: Int
    }

    private static let spansInChunk = 256

    /// - Parameter counter: the counter for the replica's next character, at least; it has used those below.
    public init(_ text: JointText, by replica: ReplicaID, from counter: UInt32 = 1) {
        self.text = text
        self.replica = replica
        nextCounter = max(counter, text.nextCounter(of: replica))
        var spans: [Span] = []
        for span in TextOrder(text).spans {
            guard let run = text.runs[span.replica]?[span.run] else { continue }
            var start = span.offsets.lowerBound
            while start < span.offsets.upperBound {
                let isErased = run.characters[start] == nil
                let end = run.characters[start..<span.offsets.upperBound].firstIndex { ($0 == nil) != isErased } ?? span.offsets.upperBound
                spans.append(Span(replica: span.replica, first: run.first + UInt32(start), count: end - start, isErased: isErased))
                start = end
            }
        }
        for run in text.runs.values.joined() {
            if run.anchor.side == .after, let id = run.anchor.character { branched.insert(id) }
        }
        chunks = stride(from: 0, to: spans.count, by: Self.spansInChunk / 2).map {
            Self.chunk(Array(spans[$0..<min($0 + Self.spansInChunk / 2, spans.count)]))
        }
        if chunks.isEmpty { chunks = [Chunk(spans: [], shown: 0)] }
    }

    /// Characters shown.
    public var count: Int { chunks.reduce(0) { $0 + $1.shown } }

    // MARK: Edits

    /// Types characters at a position.
    ///
    /// - Throws: `text-full` when the text would have had more characters in its life than it can, or the replica has no numbers left.
    public mutating func insert(_ scalars: [Unicode.Scalar], at position: Int) throws(DecodingProblem) -> TextOp? {
        let left = position > 0 ? spot(ofShown: min(position, count) - 1) : nil
        let next = left.map { following($0) } ?? firstSpot
        let anchor: TextAnchor
        switch (left.map { id($0) }, next.map { id($0) }) {
        case (let left?, let next?): anchor = isBranched(left) ? .before(next) : .after(left)
        case (let left?, nil): anchor = .after(left)
        case (nil, let next?): anchor = .before(next)
        case (nil, nil): anchor = .beginning
        }
        guard let insertion = TextInsertion(first: nextCounter, anchor: anchor, text: scalars) else { return nil }
        guard nextCounter > 0, let range = insertion.range(of: replica) else {
            throw DecodingProblem("text-full", "replica \(replica) has typed all the characters it can")
        }
        try text.apply(.insert(insertion), by: replica)
        if anchor.side == .after, let id = anchor.character { branched.insert(id) }
        place(Span(replica: replica, first: range.first, count: scalars.count, isErased: false), behind: left)
        nextCounter = range.last &+ 1
        return .insert(insertion)
    }

    /// Erases characters from a position on.
    public mutating func erase(_ count: Int, at position: Int) throws(DecodingProblem) -> [CharacterRange] {
        var ranges: [CharacterRange] = []
        var left = min(count, max(0, self.count - position))
        while left > 0, let spot = spot(ofShown: position) {
            let span = chunks[spot.chunk].spans[spot.span]
            let taken = min(left, span.count - spot.offset)
            let first = span.first + UInt32(spot.offset)
            let range = CharacterRange(replica: span.replica, first: first, last: first + UInt32(taken - 1))
            markErased(spot, taken)
            ranges.append(range)
            left -= taken
        }
        if !ranges.isEmpty { try text.apply(.erase(ranges), by: replica) }
        return ranges
    }

    // MARK: Finding

    private func id(_ spot: Spot) -> CharacterID { chunks[spot.chunk].spans[spot.span].id(spot.offset) }

    private func isBranched(_ id: CharacterID) -> Bool {
        guard let place = text.place(of: id), let run = text.runs[id.replica]?[place.run] else { return false }
        return place.offset + 1 < run.characters.count || branched.contains(id)
    }

    private func spot(ofShown position: Int) -> Spot? {
        var left = position
        for (index, chunk) in chunks.enumerated() {
            guard left < chunk.shown else {
                left -= chunk.shown
                continue
            }
            for (number, span) in chunk.spans.enumerated() where !span.isErased {
                if left < span.count { return Spot(chunk: index, span: number, offset: left) }
                left -= span.count
            }
        }
        return nil
    }

    private var firstSpot: Spot? {
        chunks.firstIndex { !$0.spans.isEmpty }.map { Spot(chunk: $0, span: 0, offset: 0) }
    }

    /// The character behind one, erased or not.
    private func following(_ spot: Spot) -> Spot? {
        let chunk = chunks[spot.chunk]
        if spot.offset + 1 < chunk.spans[spot.span].count { return Spot(chunk: spot.chunk, span: spot.span, offset: spot.offset + 1) }
        if spot.span + 1 < chunk.spans.count { return Spot(chunk: spot.chunk, span: spot.span + 1, offset: 0) }
        return chunks[(spot.chunk + 1)...].firstIndex { !$0.spans.isEmpty }.map { Spot(chunk: $0, span: 0, offset: 0) }
    }

    // MARK: Placing

    private mutating func place(_ span: Span, behind spot: Spot?) {
        guard let spot else {
            chunks[0].spans.insert(span, at: 0)
            return recount(0)
        }
        let left = chunks[spot.chunk].spans[spot.span]
        let isEnd = spot.offset + 1 == left.count
        if isEnd, left.replica == span.replica, !left.isErased, left.first + UInt32(left.count) == span.first {
            chunks[spot.chunk].spans[spot.span].count += span.count
            chunks[spot.chunk].shown += span.count
            return
        }
        if !isEnd { split(spot.chunk, spot.span, at: spot.offset + 1) }
        chunks[spot.chunk].spans.insert(span, at: spot.span + 1)
        recount(spot.chunk)
    }

    private mutating func markErased(_ spot: Spot, _ count: Int) {
        var index = spot.span
        if spot.offset > 0 {
            split(spot.chunk, index, at: spot.offset)
            index += 1
        }
        if count < chunks[spot.chunk].spans[index].count { split(spot.chunk, index, at: count) }
        chunks[spot.chunk].spans[index].isErased = true
        recount(spot.chunk)
    }

    private mutating func split(_ chunk: Int, _ span: Int, at offset: Int) {
        let whole = chunks[chunk].spans[span]
        chunks[chunk].spans[span].count = offset
        chunks[chunk].spans.insert(
            Span(replica: whole.replica, first: whole.first + UInt32(offset), count: whole.count - offset, isErased: whole.isErased), at: span + 1)
    }

    private mutating func recount(_ index: Int) {
        let spans = chunks[index].spans
        guard spans.count > Self.spansInChunk else { return chunks[index] = Self.chunk(spans) }
        let half = spans.count / 2
        chunks.replaceSubrange(index...index, with: [Self.chunk(Array(spans[..<half])), Self.chunk(Array(spans[half...]))])
    }

    private static func chunk(_ spans: [Span]) -> Chunk {
        Chunk(spans: spans, shown: spans.reduce(0) { $0 + ($1.isErased ? 0 : $1.count) })
    }
}

extension TextDraft {
    /// Edits that give the text a new wording: what is new in it is inserted, what is gone erased, all else stays its authors'.
    ///
    /// - Throws: `text-full`, as ``insert(_:at:)``.
    public mutating func rewrite(as wording: String) throws(DecodingProblem) -> [TextOp] {
        var ops: [TextOp] = []
        var erased: [CharacterRange] = []
        var moved = 0
        for change in TextDifference(from: text.shown, to: wording).changes {
            let position = change.range.lowerBound + moved
            erased += try erase(change.range.count, at: position)
            if let op = try insert(change.inserted, at: position) { ops.append(op) }
            moved += change.inserted.count - change.range.count
        }
        if !erased.isEmpty { ops.append(.erase(erased)) }
        return ops
    }
}
