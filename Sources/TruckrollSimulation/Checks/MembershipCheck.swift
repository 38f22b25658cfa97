import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// Scopes, digests, edges and views, all made again from the records (DESIGN: membership from edges = membership recomputed).
struct MembershipCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]
    let simulation: Simulation

    private struct Link: Hashable {
        let edge: Edge
        let source: RecordKey
    }

    func check() throws {
        var members: [Scope: Set<RecordKey>] = [:]
        var digests: [Scope: ScopeDigest] = [:]
        var children: [Scope: [Link]] = [:]
        for (key, record) in stored {
            guard let entity = schema[key.type] else { continue }
            let view = RecordView(record.record, entity)
            let scopes = record.isDeleted ? [] : entity.scopes(of: view)
            guard record.scopes == scopes else { throw Violation("membership", "\(key) lies in \(record.scopes), its fields say \(scopes)") }
            for scope in scopes {
                members[scope, default: []].insert(key)
                digests[scope, default: ScopeDigest()].add(RecordHash(record.record))
            }
            for edge in record.isDeleted ? [] : entity.edges(of: view) where holds(edge, view) {
                children[edge.parent, default: []].append(Link(edge: edge, source: key))
            }
        }
        try compare(members, digests)
        try compareViews(children)
    }

    private func compare(_ members: [Scope: Set<RecordKey>], _ digests: [Scope: ScopeDigest]) throws {
        try simulation.server.store.read { transaction in
            for (scope, keys) in members {
                guard try Set(transaction.liveRows(in: scope).map(\.key)) == keys else {
                    throw Violation("membership", "the scope log of \(scope) lists other records than lie in it")
                }
                guard try transaction.digest(of: scope) == digests[scope] else {
                    throw Violation("digest", "the digest of \(scope) is not the sum of its records")
                }
            }
        }
    }

    private func compareViews(_ children: [Scope: [Link]]) throws {
        try simulation.server.store.read { transaction in
            for row in try transaction.replicas() where !row.publicKey.isEmpty {
                var weights: [Scope: Int] = [Scope("user", row.user): 1]
                var waiting = [Scope("user", row.user)]
                while let scope = waiting.popLast() {
                    for link in Set(children[scope] ?? []) {
                        weights[link.edge.child, default: 0] += 1
                        if weights[link.edge.child] == 1 { waiting.append(link.edge.child) }
                    }
                }
                let held = Dictionary(uniqueKeysWithValues: try transaction.viewScopes(row.replica).map { ($0.scope, $0.weight) })
                guard held == weights else {
                    let odd = Set(held.keys).union(weights.keys).filter { held[$0] != weights[$0] }.sorted()
                    throw Violation(
                        "view", "replica \(row.replica): \(odd.prefix(4).map { "\($0) \(held[$0] ?? 0), from scratch \(weights[$0] ?? 0)" })")
                }
            }
        }
    }

    /// Whether an edge counts now: windows are whole days of the tenant's zone, without end while the order is in the field.
    private func holds(_ edge: Edge, _ view: RecordView) -> Bool {
        guard let around = edge.windowAround else { return true }
        let order = view.reference("order").flatMap { id in
            schema["service_order"].flatMap { entity in
                stored[RecordKey(type: entity.type, id: id)].map { RecordView($0.record, entity) }
            }
        }
        let state = order?.text("state").flatMap { OrderState(rawValue: $0) }
        if let state, state.isTakenOn { return true }
        let calendar = StartingWorld.calendar
        let now = simulation.milliseconds
        guard calendar.startOfDay(around, addingDays: -14) <= now else { return false }
        if let state, state.isInTheField { return true }
        return now < calendar.startOfDay(around, addingDays: 8)
    }
}
