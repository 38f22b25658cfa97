/// The characters of a text in the order in which they stand: Fugue's walk of the tree in which each hangs on its anchor.
///
/// Before a character stand those that hang before it, behind it those that hang behind it, each with all that hangs on it;
/// several on one side stand in ascending id. What one person types in one go hangs in one chain, so nothing that others typed
/// at the same place comes between. Characters whose anchors are not there stand nowhere.
public struct TextOrder: Sendable {
    /// Consecutive characters of one run.
    public struct Span: Hashable, Sendable {
        public let replica: ReplicaID
        /// Index of the run among its replica's.
        public let run: Int
        public var offsets: Range<Int>
    }

    public private(set) var spans: [Span] = []

    private struct Branch {
        let offset: Int
        let side: TextAnchor.Side
        let replica: ReplicaID
        let run: Int
    }

    fileprivate struct Place: Hashable {
        let replica: ReplicaID
        let run: Int
    }

    private enum Visit {
        /// A run from an offset on, what hangs before that character included.
        case run(Place, Int)
        /// From a character on before which everything has been visited.
        case character(Place, Int)
    }

    public init(_ text: JointText) {
        var branches: [Place: [Branch]] = [:]
        var stack: [Visit] = []
        // In ascending id, so that branches on one side are.
        for replica in text.replicas {
            for (index, run) in (text.runs[replica] ?? []).enumerated() {
                guard let anchor = run.anchor.character else {
                    stack.append(.run(Place(replica: replica, run: index), 0))
                    continue
                }
                guard let place = text.place(of: anchor) else { continue }
                branches[Place(replica: anchor.replica, run: place.run), default: []].append(
                    Branch(offset: place.offset, side: run.anchor.side, replica: replica, run: index))
            }
        }
        for place in branches.keys { branches[place]?.sort { ($0.offset, $0.replica, $0.run) < ($1.offset, $1.replica, $1.run) } }
        stack.reverse()
        while let visit = stack.popLast() { walk(visit, text, branches, &stack) }
    }

    private mutating func walk(_ visit: Visit, _ text: JointText, _ branches: [Place: [Branch]], _ stack: inout [Visit]) {
        let (place, start, isEntered) =
            switch visit {
            case .run(let place, let offset): (place, offset, false)
            case .character(let place, let offset): (place, offset, true)
            }
        guard let run = text.runs[place.replica]?[place.run] else { return }
        let list = branches[place] ?? []
        var index = Self.firstIndex(in: list, at: start)
        guard index < list.count else { return add(place, start..<run.characters.count) }
        let offset = list[index].offset
        var here: [Branch] = []
        while index < list.count, list[index].offset == offset {
            here.append(list[index])
            index += 1
        }
        let before = here.filter { $0.side == .before }
        if !before.isEmpty, !(isEntered && offset == start) {
            add(place, start..<offset)
            stack.append(.character(place, offset))
            for branch in before.reversed() { stack.append(.run(Place(replica: branch.replica, run: branch.run), 0)) }
            return
        }
        add(place, start..<offset + 1)
        // The run's own next character hangs behind this one like the others, and stands among them by its id.
        let next = CharacterID(replica: place.replica, counter: run.first &+ UInt32(offset) &+ 1)
        let after = here.filter { $0.side == .after }
        let lower = after.filter { branch in
            branch.replica < next.replica || (branch.replica == next.replica && branch.run <= place.run)
        }
        for branch in after.dropFirst(lower.count).reversed() { stack.append(.run(Place(replica: branch.replica, run: branch.run), 0)) }
        if offset + 1 < run.characters.count { stack.append(.run(place, offset + 1)) }
        for branch in lower.reversed() { stack.append(.run(Place(replica: branch.replica, run: branch.run), 0)) }
    }

    private mutating func add(_ place: Place, _ offsets: Range<Int>) {
        guard !offsets.isEmpty else { return }
        if let last = spans.last, last.replica == place.replica, last.run == place.run, last.offsets.upperBound == offsets.lowerBound {
            spans[spans.count - 1].offsets = last.offsets.lowerBound..<offsets.upperBound
        } else {
            spans.append(Span(replica: place.replica, run: place.run, offsets: offsets))
        }
    }

    private static func firstIndex(in list: [Branch], at offset: Int) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension JointText {
    /// What a person reads.
    public var shown: String { shownParts.map(\.text).joined() }

    /// Consecutive characters of one author.
    public struct Part: Hashable, Sendable {
        public let replica: ReplicaID
        public internal(set) var text: String
    }

    /// What a person reads, by who wrote it.
    public var shownParts: [Part] {
        var parts: [Part] = []
        for span in TextOrder(self).spans {
            guard let run = runs[span.replica]?[span.run] else { continue }
            let text = String(String.UnicodeScalarView(run.characters[span.offsets].compactMap { $0 }))
            if text.isEmpty { continue }
            if parts.last?.replica == span.replica {
                parts[parts.count - 1].text.unicodeScalars.append(contentsOf: text.unicodeScalars)
            } else {
                parts.append(Part(replica: span.replica, text: text))
            }
        }
        return parts
    }

    /// What was typed and is not shown, because what it hangs on has not come.
    public var waitingParts: [Part] {
        let shown = Set(TextOrder(self).spans.map { TextOrder.Place(replica: $0.replica, run: $0.run) })
        return replicas.flatMap { replica in
            (runs[replica] ?? []).enumerated().compactMap { index, run in
                guard !shown.contains(.init(replica: replica, run: index)) else { return nil }
                let text = String(String.UnicodeScalarView(run.characters.compactMap { $0 }))
                return text.isEmpty ? nil : Part(replica: replica, text: text)
            }
        }
    }
}
