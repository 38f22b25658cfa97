import TruckrollCore

/// A generator whose numbers are the same on every machine.
struct TextRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var mixed = state
        mixed ^= mixed >> 33
        mixed = mixed &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ mixed >> 33
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// Replicas that edit one text at random and now and then take over what others did: every edit with its author, in each author's
/// order.
struct TypedHistory {
    var edits: [ReplicaID: [TextOp]] = [:]

    init(replicas: [UInt32], steps: Int, seed: UInt64) throws {
        var random = TextRandom(seed: seed)
        var texts = Dictionary(uniqueKeysWithValues: replicas.map { (ReplicaID(rawValue: $0), JointText()) })
        var taken: [ReplicaID: [ReplicaID: Int]] = [:]
        let letters = Array("abc äß😀\n".unicodeScalars)
        for _ in 0..<steps {
            let me = ReplicaID(rawValue: replicas[random.below(replicas.count)])
            guard var text = texts[me] else { continue }
            let other = ReplicaID(rawValue: replicas[random.below(replicas.count)])
            if other != me, random.below(3) == 0 {
                // In their own order, up to anywhere: what they build on may be missing.
                let all = edits[other] ?? []
                let from = taken[me]?[other] ?? 0
                let to = from + (all.count > from ? random.below(all.count - from + 1) : 0)
                for op in all[from..<to] { try text.apply(op, by: other) }
                taken[me, default: [:]][other] = to
            }
            var draft = TextDraft(text, by: me)
            let position = random.below(draft.count + 1)
            if random.below(3) == 0, draft.count > 0 {
                let gone = try draft.erase(1 + random.below(4), at: position)
                if !gone.isEmpty { edits[me, default: []].append(.erase(gone)) }
            } else {
                let typed = (0...random.below(4)).map { _ in letters[random.below(letters.count)] }
                if let op = try draft.insert(typed, at: position) { edits[me, default: []].append(op) }
            }
            texts[me] = draft.text
        }
    }

    /// All edits in one order that keeps each author's own.
    func shuffled(_ random: inout TextRandom) -> [(ReplicaID, TextOp)] {
        var left = edits.mapValues { $0[...] }
        var order: [(ReplicaID, TextOp)] = []
        while true {
            let authors = left.filter { !$0.value.isEmpty }.keys.sorted()
            guard !authors.isEmpty else { return order }
            let author = authors[random.below(authors.count)]
            if let op = left[author]?.popFirst() { order.append((author, op)) }
        }
    }

    /// Every order that keeps each author's own.
    static func allOrders(_ left: [ReplicaID: ArraySlice<TextOp>]) -> [[(ReplicaID, TextOp)]] {
        let authors = left.filter { !$0.value.isEmpty }.keys.sorted()
        guard !authors.isEmpty else { return [[]] }
        return authors.flatMap { author in
            var rest = left
            guard let op = rest[author]?.popFirst() else { return [[(ReplicaID, TextOp)]]() }
            return allOrders(rest).map { [(author, op)] + $0 }
        }
    }
}

extension JointText {
    static func merged(_ edits: some Sequence<(ReplicaID, TextOp)>) throws -> JointText {
        var text = JointText()
        for (author, op) in edits { try text.apply(op, by: author) }
        return text
    }
}

/// The rule in its plainest form: one node a character, found by search, walked by recursion.
struct PlainText {
    private var anchors: [CharacterID: TextAnchor] = [:]
    private var letters: [CharacterID: Unicode.Scalar] = [:]
    private var erased: Set<CharacterID> = []

    init(_ edits: some Sequence<(ReplicaID, TextOp)>) {
        for (author, op) in edits {
            switch op {
            case .insert(let insertion):
                for (offset, letter) in insertion.scalars.enumerated() {
                    let id = CharacterID(replica: author, counter: insertion.first + UInt32(offset))
                    anchors[id] = offset == 0 ? insertion.anchor : .after(CharacterID(replica: author, counter: id.counter - 1))
                    letters[id] = letter
                }
            case .erase(let ranges):
                for range in ranges { for counter in range.first...range.last { erased.insert(.init(replica: range.replica, counter: counter)) } }
            }
        }
    }

    var shown: String {
        String(String.UnicodeScalarView(children(.beginning).flatMap { walk($0) }.filter { !erased.contains($0) }.compactMap { letters[$0] }))
    }

    private func children(_ anchor: TextAnchor) -> [CharacterID] { anchors.filter { $0.value == anchor }.keys.sorted() }

    private func walk(_ id: CharacterID) -> [CharacterID] {
        children(.before(id)).flatMap { walk($0) } + [id] + children(.after(id)).flatMap { walk($0) }
    }
}
