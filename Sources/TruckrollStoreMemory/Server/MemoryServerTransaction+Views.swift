import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension MemoryServerTransaction {
    func edges(from parent: Scope) throws -> [EdgeRow] {
        try store.tables.numbers.number(of: parent).map { store.tables.scopes[$0].edges } ?? []
    }

    func edges(source: RecordKey) throws -> [EdgeRow] { store.tables.edgesOfSource[HashedKey(source)] ?? [] }

    func save(_ edge: EdgeRow) throws {
        try begin(.saveEdge)
        let parent = try store.tables.number(for: edge.edge.parent)
        _ = try store.tables.number(for: edge.edge.child)
        undoLog.append(.edge(edge, parent: parent, store.tables.setEdge(edge, from: parent, edge)))
    }

    func delete(_ edge: EdgeRow) throws {
        try begin(.deleteEdge)
        _ = try store.tables.numbers.number(of: edge.edge.child)
        guard let parent = try store.tables.numbers.number(of: edge.edge.parent) else { return }
        undoLog.append(.edge(edge, parent: parent, store.tables.setEdge(edge, from: parent, nil)))
    }

    func edgesDue(at milliseconds: Int64, limit: Int) throws -> [EdgeRow] {
        guard !store.tables.quietTime.covers(milliseconds) else { return [] }
        var due: [EdgeRow] = []
        var quietTime = QuietTime(around: milliseconds)
        for edges in store.tables.edgesOfSource.values {
            for edge in edges { if edge.isDue(at: milliseconds) { due.append(edge) } else { quietTime.leaveOut(edge) } }
        }
        guard !due.isEmpty else {
            store.tables.quietTime = quietTime
            return []
        }
        due.sort(by: Order.ascending)
        return Array(due.prefix(max(0, limit)))
    }

    // MARK: Views

    func views(holding scope: Scope) throws -> [ViewScopeRow] {
        guard let number = try store.tables.numbers.number(of: scope) else { return [] }
        return store.tables.scopes[number].holders.compactMap { store.tables.views[$0]?[number] }
    }

    func viewScope(_ replica: ReplicaID, _ scope: Scope) throws -> ViewScopeRow? {
        try store.tables.numbers.number(of: scope).flatMap { store.tables.views[replica]?[$0] }
    }

    func save(_ row: ViewScopeRow) throws {
        try begin(.saveViewScope)
        try Storable.check(row.added)
        if let dropped = row.dropped { try Storable.check(dropped) }
        try Storable.hold(row.weight >= 0, "a scope's weight in a view is 0 or more")
        let number = try store.tables.number(for: row.scope)
        undoLog.append(.viewScope(row.replica, number, store.tables.setViewScope(row.replica, number, row)))
    }

    func viewScopes(_ replica: ReplicaID) throws -> [ViewScopeRow] { store.tables.views[replica]?.held.map(\.row) ?? [] }

    func saveInterval(of replica: ReplicaID, _ scope: Scope, added: Position, dropped: Position) throws {
        try begin(.saveInterval)
        try Storable.check(added)
        try Storable.check(dropped)
        try Storable.hold(dropped >= added, "an interval ends after it began")
        try setInterval(replica, store.tables.number(for: scope), added: added, dropped: dropped)
    }

    func deleteInterval(of replica: ReplicaID, _ scope: Scope, added: Position) throws {
        try begin(.deleteInterval)
        try Storable.check(added)
        guard let number = try store.tables.numbers.number(of: scope) else { return }
        setInterval(replica, number, added: added, dropped: nil)
    }

    private func setInterval(_ replica: ReplicaID, _ scope: Int, added: Position, dropped: Position?) {
        let former = store.tables.setInterval(replica, scope, added: added, dropped: dropped)
        undoLog.append(.interval(replica, scope, added: added, dropped: former))
    }

    func wasInView(_ replica: ReplicaID, _ scope: Scope, at position: Position) throws -> Bool {
        guard let number = try store.tables.numbers.number(of: scope) else { return false }
        return store.tables.views[replica]?.wasHeld(number, at: position) ?? false
    }

    func droppedScopes(_ replica: ReplicaID, since position: Position) throws -> [Scope] {
        let lost = store.tables.views[replica]?.lost(since: position) ?? []
        return lost.map { store.tables.scopes[$0].scope }.sorted(by: Order.ascending)
    }
}
