/// When a scope's records come, relative to the rest of a view that is being filled (Protocol/07-sync.md).
///
/// A scope gets its class as it enters a view: the class of the edge or that of the scope the edge leads from, whichever is
/// later. While it stays in the view the class can only become earlier.
public enum ScopeClass: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// What today's and tomorrow's work needs.
    case first = 1
    /// The rest of the window.
    case second = 2
    /// What work can begin without.
    case third = 3

    /// The class after this one; `nil` after the last.
    public var next: ScopeClass? { ScopeClass(rawValue: rawValue + 1) }

    public static func < (a: ScopeClass, b: ScopeClass) -> Bool { a.rawValue < b.rawValue }
}
