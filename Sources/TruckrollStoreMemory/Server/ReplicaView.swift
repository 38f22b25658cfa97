import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// The scopes of one replica's view, those it had and those it has, by the scopes' numbers.
struct ReplicaView: Sendable {
    struct Held: Sendable {
        let scope: Int
        let row: ViewScopeRow
    }

    private struct Interval: Sendable {
        let added: Position
        let dropped: Position
    }

    /// An interval by its end, so that what was lost since a position is found from the back.
    private struct Loss: Comparable, Sendable {
        let dropped: Position
        let added: Position
        let scope: Int

        static func < (a: Loss, b: Loss) -> Bool { (a.dropped, a.added, a.scope) < (b.dropped, b.added, b.scope) }
    }

    private var rows: [Int: ViewScopeRow] = [:]
    /// Rows with weight > 0, ascending by the scope's name.
    private(set) var held: [Held] = []
    private var intervals: [Int: [Interval]] = [:]
    private var losses: [Loss] = []

    subscript(scope: Int) -> ViewScopeRow? { rows[scope] }

    /// Puts a scope's row in place, or takes it away, and returns what was there.
    mutating func set(_ scope: Int, named name: Scope, _ row: ViewScopeRow?) -> ViewScopeRow? {
        let former = row.map { rows.updateValue($0, forKey: scope) } ?? rows.removeValue(forKey: scope)
        let (was, isNow) = (former.map { $0.weight > 0 } ?? false, row.map { $0.weight > 0 } ?? false)
        guard was || isNow else { return former }
        let place = held.partitionPoint { Order.ascending($0.row.scope, name) }
        switch (was, isNow ? row : nil) {
        case (true, let row?): held[place] = Held(scope: scope, row: row)
        case (false, let row?): held.insert(Held(scope: scope, row: row), at: place)
        default: held.remove(at: place)
        }
        return former
    }

    /// Puts the end of an interval in place, or takes the interval away, and returns the end it had.
    mutating func setInterval(_ scope: Int, added: Position, dropped: Position?) -> Position? {
        var ofScope = intervals[scope] ?? []
        let place = ofScope.partitionPoint { $0.added < added }
        var former: Position?
        if place < ofScope.count, ofScope[place].added == added {
            let old = ofScope.remove(at: place).dropped
            losses.removeSorted(Loss(dropped: old, added: added, scope: scope))
            former = old
        }
        if let dropped {
            ofScope.insert(Interval(added: added, dropped: dropped), at: place)
            losses.insertSorted(Loss(dropped: dropped, added: added, scope: scope))
        }
        intervals[scope] = ofScope.isEmpty ? nil : ofScope
        return former
    }

    func wasHeld(_ scope: Int, at position: Position) -> Bool {
        intervals[scope]?.contains { $0.added <= position && $0.dropped > position } ?? false
    }

    /// Numbers of the scopes held at the position and lost since, each once.
    func lost(since position: Position) -> Set<Int> {
        var scopes: Set<Int> = []
        for loss in losses.reversed() {
            guard loss.dropped > position else { break }
            if loss.added <= position { scopes.insert(loss.scope) }
        }
        return scopes
    }

    func hasLost(since position: Position) -> Bool {
        for loss in losses.reversed() {
            guard loss.dropped > position else { return false }
            if loss.added <= position { return true }
        }
        return false
    }
}
