import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// The orders in which the ports give their rows: the same as `Comparable`'s, compiled where they are used most.
enum Order {
    static func ascending(_ a: RecordID, _ b: RecordID) -> Bool { a.high != b.high ? a.high < b.high : a.low < b.low }

    static func ascending(_ a: RecordKey, _ b: RecordKey) -> Bool {
        if a.type.rawValue != b.type.rawValue { return a.type.rawValue < b.type.rawValue }
        if a.id.high != b.id.high { return a.id.high < b.id.high }
        if a.id.low != b.id.low { return a.id.low < b.id.low }
        return a.facet.rawValue < b.facet.rawValue
    }

    static func ascending(_ a: Scope, _ b: Scope) -> Bool { a.name.precedesByBytes(b.name) }

    /// By (parent, child, source).
    static func ascending(_ a: EdgeRow, _ b: EdgeRow) -> Bool {
        if ascending(a.edge.parent, b.edge.parent) { return true }
        if ascending(b.edge.parent, a.edge.parent) { return false }
        if ascending(a.edge.child, b.edge.child) { return true }
        if ascending(b.edge.child, a.edge.child) { return false }
        return ascending(a.source, b.source)
    }
}

extension Array {
    /// The first index whose element does not come before what is looked for, in an array that ascends. Appending is the usual case.
    func partitionPoint(_ isBefore: (Element) -> Bool) -> Int {
        guard let last, !isBefore(last) else { return count }
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Array where Element: Comparable {
    /// Puts an element in its place, once.
    mutating func insertSorted(_ element: Element) {
        let index = partitionPoint { $0 < element }
        if index == count || self[index] != element { insert(element, at: index) }
    }

    mutating func removeSorted(_ element: Element) {
        let index = partitionPoint { $0 < element }
        if index < count, self[index] == element { remove(at: index) }
    }
}
