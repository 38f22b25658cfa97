/// What was changed between two wordings, word by word: two places that were changed are two changes, and a word that was replaced
/// is replaced as a whole where that reads better than its letters.
public struct TextDifference: Sendable {
    public struct Change: Hashable, Sendable {
        /// Characters of the old wording that are gone, maybe none.
        public let range: Range<Int>
        /// Characters that stand in their place, maybe none.
        public let inserted: [Unicode.Scalar]
    }

    /// In ascending place; places do not touch.
    public private(set) var changes: [Change] = []

    /// More pieces than this are not compared one by one: the comparison takes the square of what differs.
    private static let maximumPieces = 1500

    public init(from old: String, to new: String) {
        compare(Array(old.unicodeScalars)[...], Array(new.unicodeScalars)[...], by: [Self.lines, Self.words])
    }

    private typealias Scalars = ArraySlice<Unicode.Scalar>

    /// Lines first, within changed lines words: what is unchanged at both ends is set aside before.
    private mutating func compare(_ old: Scalars, _ new: Scalars, by cuts: [(Scalars) -> [Scalars]]) {
        let (old, new) = Self.middle(old, new)
        guard !old.isEmpty || !new.isEmpty else { return }
        guard let cut = cuts.first, !old.isEmpty, !new.isEmpty else { return add(old.startIndex..<old.endIndex, Array(new)) }
        let finer = Array(cuts.dropFirst())
        let (before, after) = (cut(old), cut(new))
        guard before.count <= Self.maximumPieces, after.count <= Self.maximumPieces else { return compare(old, new, by: finer) }
        let difference = after.difference(from: before)
        var gone: Set<Int> = []
        var come: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): gone.insert(offset)
            case .insert(let offset, _, _): come.insert(offset)
            }
        }
        var (i, j) = (0, 0)
        var (place, there) = (old.startIndex, new.startIndex)
        while i < before.count || j < after.count {
            let (start, thereStart) = (place, there)
            while i < before.count, gone.contains(i) {
                place = before[i].endIndex
                i += 1
            }
            while j < after.count, come.contains(j) {
                there = after[j].endIndex
                j += 1
            }
            if place > start || there > thereStart {
                compare(old[start..<place], new[thereStart..<there], by: finer)
            } else {
                (place, there) = (before[i].endIndex, after[j].endIndex)
                i += 1
                j += 1
            }
        }
    }

    private mutating func add(_ range: Range<Int>, _ inserted: [Unicode.Scalar]) {
        if let last = changes.last, last.range.upperBound == range.lowerBound {
            changes[changes.count - 1] = Change(range: last.range.lowerBound..<range.upperBound, inserted: last.inserted + inserted)
        } else {
            changes.append(Change(range: range, inserted: inserted))
        }
    }

    /// What is left of both without what they begin and end with alike.
    private static func middle(_ old: Scalars, _ new: Scalars) -> (Scalars, Scalars) {
        var (old, new) = (old, new)
        while let a = old.first, let b = new.first, a == b {
            old.removeFirst()
            new.removeFirst()
        }
        while let a = old.last, let b = new.last, a == b {
            old.removeLast()
            new.removeLast()
        }
        return (old, new)
    }

    private static func lines(_ text: Scalars) -> [Scalars] { cut(text) { a, _ in a == "\n" } }

    /// Letters and digits hang together, everything else stands alone.
    private static func words(_ text: Scalars) -> [Scalars] { cut(text) { a, b in !isWord(a) || !isWord(b) } }

    /// ASCII by its classes, all above it counts as letters: any cut is right, this one needs no tables.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        default: false
        }
    }

    private static func cut(_ text: Scalars, where isCut: (Unicode.Scalar, Unicode.Scalar) -> Bool) -> [Scalars] {
        var pieces: [Scalars] = []
        var start = text.startIndex
        for index in text.indices where index + 1 == text.endIndex || isCut(text[index], text[index + 1]) {
            pieces.append(text[start...index])
            start = index + 1
        }
        return pieces
    }
}
