import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension MemoryServerTransaction {
    func changes(in view: ReplicaID, after position: Position, through: ScopeClass, visible: ScopeClass?) throws -> [ScopeLogRow] {
        guard let view = store.tables.views[view] else { return [] }
        // Scopes of a view are visited in ascending order, so their places tell which of two names is less.
        var found: [(row: ScopeLog.Row, place: Int)] = []
        for place in view.held.indices where view.held[place].row.scopeClass <= through {
            let scope = view.held[place].scope
            if store.tables.scopes[scope].log.mayHaveRows(after: position) {
                store.tables.scopes[scope].log.visit(after: position) { row in
                    found.append((row, place))
                    return true
                }
            }
            // A scope that came into the view later shows all that is live in it.
            guard view.held[place].row.since(visible: visible) > position else { continue }
            for row in store.tables.scopes[scope].log.liveRows where row.position <= position { found.append((row, place)) }
        }
        found.sort { a, b in
            if Order.ascending(a.row.key, b.row.key) { return true }
            return a.place < b.place && !Order.ascending(b.row.key, a.row.key)
        }
        var rows: [ScopeLogRow] = []
        rows.reserveCapacity(found.count)
        for (index, entry) in found.enumerated() {
            // A row that moved back and forth within one position is met twice.
            if index > 0, found[index - 1].place == entry.place, HashedKey(found[index - 1].row.key) == HashedKey(entry.row.key) { continue }
            rows.append(store.tables.scopes[view.held[entry.place].scope].row(entry.row))
        }
        return rows
    }

    func hasChanges(in view: ReplicaID, after position: Position) throws -> Bool {
        guard let view = store.tables.views[view] else { return false }
        if view.hasLost(since: position) { return true }
        for place in view.held.indices {
            if view.held[place].row.added > position { return true }
            let scope = view.held[place].scope
            guard store.tables.scopes[scope].log.mayHaveRows(after: position) else { continue }
            var isChanged = false
            store.tables.scopes[scope].log.visit(after: position) { _ in
                isChanged = true
                return false
            }
            if isChanged { return true }
        }
        return false
    }
}
