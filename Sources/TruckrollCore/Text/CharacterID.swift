/// Names one character of a text for ever: who typed it, and the how manieth of that replica in that field it is.
///
/// A character is a Unicode scalar: which scalars make up one sign on a screen depends on the version of Unicode a program
/// knows, and code units can be torn into what is no text.
public struct CharacterID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let replica: ReplicaID
    /// From 1; one replica gives no number twice in a field.
    public let counter: UInt32

    public init(replica: ReplicaID, counter: UInt32) {
        self.replica = replica
        self.counter = counter
    }

    public var description: String { "\(replica):\(counter)" }
    public static func < (a: Self, b: Self) -> Bool { (a.replica, a.counter) < (b.replica, b.counter) }
}

/// Characters of one replica with consecutive counters.
public struct CharacterRange: Hashable, Comparable, Sendable {
    public let replica: ReplicaID
    public let first: UInt32
    public let last: UInt32

    /// `nil` for the reserved replica, for none, and for counters that are none.
    public init?(replica: ReplicaID, first: Int64, count: Int64) {
        guard replica.rawValue != 0, let first = UInt32(exactly: first), first > 0, count > 0, count <= Int64(UInt32.max),
            let last = UInt32(exactly: Int64(first) + count - 1)
        else { return nil }
        self.init(replica: replica, first: first, last: last)
    }

    init(replica: ReplicaID, first: UInt32, last: UInt32) {
        self.replica = replica
        self.first = first
        self.last = last
    }

    public var count: Int64 { Int64(last) - Int64(first) + 1 }

    public func contains(_ id: CharacterID) -> Bool { id.replica == replica && (first...last).contains(id.counter) }

    /// The same characters in as few ranges as can be, in ascending order.
    static func coalesced(_ ranges: [Self]) -> [Self] {
        var result: [Self] = []
        for range in ranges.sorted() {
            if let last = result.last, last.replica == range.replica, UInt64(range.first) <= UInt64(last.last) + 1 {
                result[result.count - 1] = Self(replica: range.replica, first: last.first, last: max(last.last, range.last))
            } else {
                result.append(range)
            }
        }
        return result
    }

    public static func < (a: Self, b: Self) -> Bool { (a.replica, a.first, a.last) < (b.replica, b.first, b.last) }
}
