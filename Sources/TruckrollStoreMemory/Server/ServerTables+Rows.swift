import TruckrollCore
import TruckrollDomain
import TruckrollSync

// Each function puts one row in place, or takes it away when there is none, keeps every index in step, and returns what was
// there: its own undoing.

extension ServerTables {
    mutating func setReplica(_ id: ReplicaID, _ row: ReplicaRow?) -> ReplicaRow? {
        let place = replicas.partitionPoint { $0.replica < id }
        let former = place < replicas.count && replicas[place].replica == id ? replicas[place] : nil
        switch (former, row) {
        case (.some, let row?): replicas[place] = row
        case (.none, let row?): replicas.insert(row, at: place)
        case (.some, .none): replicas.remove(at: place)
        case (.none, .none): break
        }
        return former
    }

    mutating func setRecord(_ key: RecordKey, _ record: StoredRecord?) -> StoredRecord? {
        record.map { records.updateValue($0, forKey: HashedKey(key)) } ?? records.removeValue(forKey: HashedKey(key))
    }

    mutating func setEdge(_ edge: EdgeRow, from parent: Int, _ row: EdgeRow?) -> EdgeRow? {
        let source = HashedKey(edge.source)
        let former = scopes[parent].edges.set(edge, row)
        _ = edgesOfSource[source, default: []].set(edge, row)
        if let row { quietTime.leaveOut(row) } else if edgesOfSource[source]?.isEmpty ?? false { edgesOfSource[source] = nil }
        return former
    }

    mutating func setViewScope(_ replica: ReplicaID, _ scope: Int, _ row: ViewScopeRow?) -> ViewScopeRow? {
        let former = views[replica, default: ReplicaView()].set(scope, named: scopes[scope].scope, row)
        switch (former.map { $0.weight > 0 } ?? false, row.map { $0.weight > 0 } ?? false) {
        case (false, true): scopes[scope].holders.insertSorted(replica)
        case (true, false): scopes[scope].holders.removeSorted(replica)
        default: break
        }
        return former
    }

    mutating func setInterval(_ replica: ReplicaID, _ scope: Int, added: Position, dropped: Position?) -> Position? {
        views[replica, default: ReplicaView()].setInterval(scope, added: added, dropped: dropped)
    }
}

extension [EdgeRow] {
    /// Puts `row` in the place of the edge with the same parent, child and source, or takes that one away, and returns it.
    fileprivate mutating func set(_ edge: EdgeRow, _ row: EdgeRow?) -> EdgeRow? {
        let place = partitionPoint { Order.ascending($0, edge) }
        let former = place < count && !Order.ascending(edge, self[place]) ? self[place] : nil
        switch (former, row) {
        case (.some, let row?): self[place] = row
        case (.none, let row?): insert(row, at: place)
        case (.some, .none): remove(at: place)
        case (.none, .none): break
        }
        return former
    }
}
