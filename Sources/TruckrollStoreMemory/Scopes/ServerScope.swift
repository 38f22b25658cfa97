import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// All that the server keeps under the name of one scope.
struct ServerScope: Sendable {
    let scope: Scope
    var digest = ScopeDigest()
    var log = ScopeLog()
    /// Edges that lead away from it, ascending by (child, source).
    var edges: [EdgeRow] = []
    /// Replicas whose views hold it, ascending.
    var holders: [ReplicaID] = []

    init(_ scope: Scope) { self.scope = scope }

    func row(_ row: ScopeLog.Row) -> ScopeLogRow {
        ScopeLogRow(scope: scope, key: row.key, position: row.position, entered: row.entered, isLive: row.isLive)
    }
}
