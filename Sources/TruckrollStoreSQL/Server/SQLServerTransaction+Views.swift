import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension SQLServerTransaction {
    package func edges(from parent: Scope) throws -> [EdgeRow] { try session.rows(ServerSQL.edgesFrom, [try parent.bound()], Self.edgeRow) }
    package func edges(source: RecordKey) throws -> [EdgeRow] { try session.rows(ServerSQL.edgesOfSource, [source.bound], Self.edgeRow) }

    package func save(_ edge: EdgeRow) throws {
        try session.send(
            ServerSQL.saveEdge,
            [
                try edge.edge.parent.bound(), try edge.edge.child.bound(), edge.source.bound, (edge.edge.windowAround?.bound).orNull,
                (edge.from?.bound).orNull, (edge.until?.bound).orNull, edge.isActive.bound, Int64(edge.edge.scopeClass.rawValue).bound,
            ])
    }

    package func delete(_ edge: EdgeRow) throws {
        try session.send(ServerSQL.deleteEdge, [try edge.edge.parent.bound(), try edge.edge.child.bound(), edge.source.bound])
    }

    package func edgesDue(at milliseconds: Int64, limit: Int) throws -> [EdgeRow] {
        try session.rows(ServerSQL.edgesDue, [milliseconds.bound, boundLimit(limit)], Self.edgeRow)
    }

    private static func edgeRow(_ row: inout RowReader) throws -> EdgeRow {
        let parent = try row.scope()
        let child = try row.scope()
        let source = try row.recordKey()
        let (around, from, until) = (try row.optionalInteger(), try row.optionalInteger(), try row.optionalInteger())
        let isActive = try row.boolean()
        return EdgeRow(
            edge: Edge(parent: parent, child: child, windowAround: around, scopeClass: try row.scopeClass()), source: source, from: from,
            until: until, isActive: isActive)
    }

    // MARK: Views

    package func views(holding scope: Scope) throws -> [ViewScopeRow] {
        try session.rows(ServerSQL.viewsHolding, [try scope.bound()], Self.viewScopeRow)
    }

    package func viewScope(_ replica: ReplicaID, _ scope: Scope) throws -> ViewScopeRow? {
        try session.row(ServerSQL.viewScope, [replica.bound, try scope.bound()], Self.viewScopeRow)
    }

    package func save(_ row: ViewScopeRow) throws { try save([row]) }
    package func save(_ rows: [ViewScopeRow]) throws {
        try session.send(
            ServerSQL.saveViewScope,
            each: rows.map { row in
                [
                    row.replica.bound, try row.scope.bound(), Int64(row.weight).bound, try row.added.bound(),
                    try (row.dropped?.bound()).orNull, Int64(row.scopeClass.rawValue).bound, try row.classed.bound(),
                ]
            })
    }

    package func viewScopes(_ replica: ReplicaID) throws -> [ViewScopeRow] {
        try session.rows(ServerSQL.viewScopes, [replica.bound], Self.viewScopeRow)
    }

    package func saveInterval(of replica: ReplicaID, _ scope: Scope, added: Position, dropped: Position) throws {
        try session.send(ServerSQL.saveInterval, [replica.bound, try scope.bound(), try added.bound(), try dropped.bound()])
    }

    package func deleteInterval(of replica: ReplicaID, _ scope: Scope, added: Position) throws {
        try session.send(ServerSQL.deleteInterval, [replica.bound, try scope.bound(), try added.bound()])
    }

    package func wasInView(_ replica: ReplicaID, _ scope: Scope, at position: Position) throws -> Bool {
        try session.row(ServerSQL.wasInView, [replica.bound, try scope.bound(), position.rawValue.boundAsLimit]) { try $0.boolean() } ?? false
    }

    package func droppedScopes(_ replica: ReplicaID, since position: Position) throws -> [Scope] {
        try session.rows(ServerSQL.droppedScopes, [replica.bound, position.rawValue.boundAsLimit]) { try $0.scope() }
    }

    package func changes(in view: ReplicaID, after position: Position, through: ScopeClass, visible: ScopeClass?) throws -> [ScopeLogRow] {
        try session.rows(
            ServerSQL.changes,
            [view.bound, position.rawValue.boundAsLimit, Int64(through.rawValue).bound, (visible == .third).bound], Self.scopeLogRow)
    }

    package func hasChanges(in view: ReplicaID, after position: Position) throws -> Bool {
        try session.row(ServerSQL.hasChanges, [view.bound, position.rawValue.boundAsLimit]) { try $0.boolean() } ?? false
    }

    static func viewScopeRow(_ row: inout RowReader) throws -> ViewScopeRow {
        ViewScopeRow(
            replica: try row.replica(), scope: try row.scope(), weight: Int(try row.integer()), added: try row.position(),
            dropped: try row.optionalPosition(), scopeClass: try row.scopeClass(), classed: try row.position())
    }
}
