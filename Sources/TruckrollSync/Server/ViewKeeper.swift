import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Keeps the views of all replicas in step with the edges: each scope of a view carries the number of active edges that put
/// it there; from 0 to 1 the scope enters the view with all that hangs on it, from 1 to 0 it leaves.
struct ViewKeeper {
    let transaction: any ServerTransaction
    let schema: Schema
    let position: Position
    let moment: ServerMoment

    /// Puts the edges a record declares in the place of those it declared before.
    func replaceEdges(of source: RecordKey, with edges: [Edge]) throws {
        let before = try transaction.edges(source: source)
        let wanted = Set(edges)
        for row in before where !wanted.contains(row.edge) {
            if row.isActive { try deactivate(row.edge) }
            try transaction.delete(row)
        }
        let kept = Set(before.map(\.edge))
        for edge in edges where !kept.contains(edge) {
            let (from, until) = try window(of: edge, source: source)
            let row = EdgeRow(edge: edge, source: source, from: from, until: until, isActive: holds(from, until))
            try transaction.save(row)
            if row.isActive { try activate(row) }
        }
    }

    /// An order that entered or left the field keeps or frees its technicians' edges.
    func refreshWindows(ofOrder order: RecordID) throws {
        guard let appointment = schema["appointment"] else { return }
        for id in try transaction.ids(appointment, where: "order", equals: .reference(order)) {
            for row in try transaction.edges(source: RecordKey(type: appointment.type, id: id)) { try refresh(row) }
        }
    }

    /// Moves an edge in or out according to the clock.
    func refresh(_ row: EdgeRow) throws {
        let (from, until) = try window(of: row.edge, source: row.source)
        let isActive = holds(from, until)
        guard from != row.from || until != row.until || isActive != row.isActive else { return }
        try transaction.save(EdgeRow(edge: row.edge, source: row.source, from: from, until: until, isActive: isActive))
        if isActive, !row.isActive { try activate(row) }
        if !isActive, row.isActive { try deactivate(row.edge) }
    }

    /// Puts the root of a view into it.
    func addRoot(_ scope: Scope, to replica: ReplicaID) throws { try raise(replica, scope, .first) }

    /// Whole days in the tenant's zone: from 14 days ahead until 7 days after, without end while the order is in the field.
    private func window(of edge: Edge, source: RecordKey) throws -> (from: Int64?, until: Int64?) {
        guard let around = edge.windowAround else { return (nil, nil) }
        let from = moment.calendar.startOfDay(around, addingDays: -Limits.windowDaysAhead)
        let state = try state(ofOrderOf: source)
        if state?.isTakenOn ?? false { return (nil, nil) }
        if state?.isInTheField ?? false { return (from, nil) }
        return (from, moment.calendar.startOfDay(around, addingDays: Limits.windowDaysBack + 1))
    }

    private func state(ofOrderOf source: RecordKey) throws -> OrderState? {
        guard let entity = schema[source.type], entity.name == "appointment", let orderEntity = schema["service_order"],
            // An unreadable record must not keep the others of its view out of everybody's reach: its window goes by the date.
            let stored = try transaction.soundRecord(source),
            let order = RecordView(stored.record, entity).reference("order"),
            let orderRecord = try transaction.soundRecord(RecordKey(type: orderEntity.type, id: order))
        else { return nil }
        return RecordView(orderRecord.record, orderEntity).text("state").flatMap { OrderState(rawValue: $0) }
    }

    private func holds(_ from: Int64?, _ until: Int64?) -> Bool {
        (from.map { $0 <= moment.milliseconds } ?? true) && (until.map { moment.milliseconds < $0 } ?? true)
    }

    private func activate(_ row: EdgeRow) throws {
        for view in try transaction.views(holding: row.edge.parent) {
            try raise(view.replica, row.edge.child, scopeClass(of: row, from: view.scopeClass))
        }
    }

    private func deactivate(_ edge: Edge) throws {
        for view in try transaction.views(holding: edge.parent) { try lower(view.replica, edge.child) }
    }

    /// The class in which the child comes: an order under way, or with an appointment today or tomorrow, belongs to the first,
    /// others of the window to the second.
    private func scopeClass(of row: EdgeRow, from parent: ScopeClass) throws -> ScopeClass {
        let least = max(parent, row.edge.scopeClass)
        guard least < .second, let around = row.edge.windowAround else { return least }
        let isNear =
            around >= moment.calendar.startOfDay(moment.milliseconds, addingDays: 0)
            && around < moment.calendar.startOfDay(moment.milliseconds, addingDays: Limits.firstClassDays)
        return try isNear || state(ofOrderOf: row.source)?.isTakenOn ?? false ? least : .second
    }

    private func raise(_ replica: ReplicaID, _ scope: Scope, _ scopeClass: ScopeClass) throws {
        var row =
            try transaction.viewScope(replica, scope)
            ?? ViewScopeRow(replica: replica, scope: scope, weight: 0, added: position, dropped: nil, scopeClass: scopeClass, classed: position)
        row.weight += 1
        guard row.weight == 1 else {
            try transaction.save(row)
            return try hasten(row, scopeClass)
        }
        if row.dropped == position {
            // Dropped and added again at one position, it was never away.
            try transaction.deleteInterval(of: replica, scope, added: row.added)
            if scopeClass < row.scopeClass { (row.scopeClass, row.classed) = (scopeClass, position) }
        } else {
            row.added = position
            (row.scopeClass, row.classed) = (scopeClass, position)
        }
        row.dropped = nil
        try transaction.save(row)
        try bumpVersion(replica)
        for edge in try transaction.edges(from: scope) where edge.isActive {
            try raise(replica, edge.edge.child, self.scopeClass(of: edge, from: row.scopeClass))
        }
    }

    /// A scope that is in the view already and is needed in an earlier class moves there, with all that hangs on it.
    private func hasten(_ held: ViewScopeRow, _ scopeClass: ScopeClass) throws {
        guard scopeClass < held.scopeClass else { return }
        var row = held
        (row.scopeClass, row.classed) = (scopeClass, position)
        try transaction.save(row)
        for edge in try transaction.edges(from: row.scope) where edge.isActive {
            guard let child = try transaction.viewScope(row.replica, edge.edge.child), child.weight > 0 else { continue }
            try hasten(child, self.scopeClass(of: edge, from: scopeClass))
        }
    }

    private func lower(_ replica: ReplicaID, _ scope: Scope) throws {
        guard var row = try transaction.viewScope(replica, scope), row.weight > 0 else { return }
        row.weight -= 1
        if row.weight == 0 {
            row.dropped = position
            try transaction.saveInterval(of: replica, scope, added: row.added, dropped: position)
        }
        try transaction.save(row)
        guard row.weight == 0 else { return }
        try bumpVersion(replica)
        for edge in try transaction.edges(from: scope) where edge.isActive { try lower(replica, edge.edge.child) }
    }

    private func bumpVersion(_ replica: ReplicaID) throws {
        guard var row = try transaction.replica(replica) else { return }
        row.viewVersion += 1
        try transaction.save(row)
    }
}
