/// A text as it is ordered by people: digits by their value, everything else by its letters.
private enum Run: Equatable {
    /// Without leading zeros.
    case digits(Substring)
    case letters(String)

    static func split(_ text: String) -> [Run] {
        var rest = Substring(text.uppercased().filter { !$0.isWhitespace })
        var runs: [Run] = []
        while let first = rest.first {
            let isDigit = isDigit(first)
            let run = rest.prefix { self.isDigit($0) == isDigit }
            rest = rest.dropFirst(run.count)
            runs.append(isDigit ? .digits(run.drop { $0 == "0" }) : .letters(String(run)))
        }
        return runs
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    /// Below, at or above zero; `nil` where the two cannot be compared.
    static func compare(_ a: Run, _ b: Run) -> Int? {
        switch (a, b) {
        case (.letters(let a), .letters(let b)): a == b ? 0 : nil
        case (.digits(let a), .digits(let b)): a == b ? 0 : (a.count, String(a)) < (b.count, String(b)) ? -1 : 1
        default: nil
        }
    }
}

/// Serial numbers of one make, from one to another.
///
/// A number belongs to a range when it is built like its ends: `GX-0150` lies between `GX-0100` and `GX-0199`, `GZ-0150` and `GX-0150-R` do not.
/// What is built otherwise may be of another design, and is never taken for covered.
public struct SerialRange: Hashable, Sendable {
    /// The first one; `nil` where there is no lower end.
    public let from: String?
    /// The last one; `nil` where there is no upper end.
    public let to: String?

    /// Blank ends are none.
    public init(from: String?, to: String?) {
        (self.from, self.to) = (from.flatMap(Self.filled), to.flatMap(Self.filled))
    }

    private static func filled(_ text: String) -> String? { text.allSatisfy(\.isWhitespace) ? nil : text }

    /// Whether every number belongs to it.
    public var isOpen: Bool { from == nil && to == nil }

    /// Whether a number belongs to it. One that is built otherwise than an end, such as `B-7` beside `A1007`, does not.
    public func contains(_ serial: String) -> Bool {
        let runs = Run.split(serial)
        if let from { guard let order = Self.compare(runs, Run.split(from)), order >= 0 else { return false } }
        if let to { guard let order = Self.compare(runs, Run.split(to)), order <= 0 else { return false } }
        return true
    }

    private static func compare(_ a: [Run], _ b: [Run]) -> Int? {
        guard a.count == b.count else { return nil }
        var result = 0
        for (left, right) in zip(a, b) {
            guard let order = Run.compare(left, right) else { return nil }
            if result == 0 { result = order }
        }
        return result
    }
}

/// Revisions of firmware or hardware, from one to another: `2.1` comes before `2.1.3`, and `2.9` before `2.10`.
public struct RevisionRange: Hashable, Sendable {
    /// The first one; `nil` where there is no lower end.
    public let from: String?
    /// The last one; `nil` where there is no upper end.
    public let to: String?

    /// Blank ends are none.
    public init(from: String?, to: String?) {
        func filled(_ text: String) -> String? { text.allSatisfy(\.isWhitespace) ? nil : text }
        (self.from, self.to) = (from.flatMap(filled), to.flatMap(filled))
    }

    /// Whether every revision belongs to it.
    public var isOpen: Bool { from == nil && to == nil }

    /// Whether a revision belongs to it; one that is no dotted number belongs to an open range, or where it is an end itself.
    public func contains(_ revision: String) -> Bool {
        if isOpen { return true }
        // One that is named itself belongs to it, however it is written.
        if [from, to].contains(where: { $0?.lowercased() == revision.lowercased() }) { return true }
        guard let parts = Self.parts(revision) else { return false }
        if let from { guard let first = Self.parts(from), !Self.precedes(parts, first) else { return false } }
        if let to { guard let last = Self.parts(to), !Self.precedes(last, parts) else { return false } }
        return true
    }

    /// A leading `v` says nothing.
    private static func parts(_ text: String) -> [UInt64]? {
        var text = text.trimmingPrefix { $0.isWhitespace }
        if text.first == "v" || text.first == "V" { text = text.dropFirst() }
        while text.last?.isWhitespace ?? false { text = text.dropLast() }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { part in
            part.allSatisfy { $0.isASCII && $0.isNumber } ? UInt64(part) : nil
        }
        return parts.isEmpty || parts.contains(nil) ? nil : parts.compactMap(\.self)
    }

    /// What is not said is zero.
    private static func precedes(_ a: [UInt64], _ b: [UInt64]) -> Bool {
        for index in 0..<max(a.count, b.count) {
            let (left, right) = (index < a.count ? a[index] : 0, index < b.count ? b[index] : 0)
            if left != right { return left < right }
        }
        return false
    }
}
