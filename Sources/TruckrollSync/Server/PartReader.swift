import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Reads live records in the order of parts.
struct PartReader {
    struct Place {
        let scopeClass: ScopeClass
        let scope: Scope
        /// The last record sent; `nil` at the beginning of a snapshot's tail.
        let key: RecordKey?
        /// Present: the scope comes by it, and the records sent are of its tail.
        var snapshot: PBSnapshot?
    }

    /// Rows read at a time.
    static let stride = 256

    private let puller: Puller
    private let scopes: [ViewScopeRow]
    private let shown: Set<Scope>
    private var builder = ChunkBuilder(limit: Puller.recordsInChunk)
    /// A record that lies in several scopes comes once a part.
    private var sent: Set<RecordKey> = []
    private(set) var last: Place?

    init(puller: Puller, replica: ReplicaRow, through: ScopeClass) throws {
        self.puller = puller
        scopes = try puller.transaction.viewScopes(replica.replica).filter { $0.scopeClass <= through }
            .sorted { ($0.scopeClass, $0.scope) < ($1.scopeClass, $1.scope) }
        shown = Set(scopes.map(\.scope))
    }

    /// - Returns: whether the classes were read to their end; else the part is full, or ends before a scope that comes by a
    ///   snapshot.
    mutating func read(in classes: ClosedRange<ScopeClass>, after place: Place?, rest: inout PartSize) throws -> Bool {
        if let place, place.snapshot != nil, try !readTail(place, rest: &rest) { return false }
        for row in scopes where classes.contains(row.scopeClass) {
            var after: RecordKey?
            if let place {
                if (row.scopeClass, row.scope) < (place.scopeClass, place.scope) { continue }
                if row.scopeClass == place.scopeClass, row.scope == place.scope {
                    if place.snapshot != nil { continue }
                    after = place.key
                }
            }
            if after == nil, let snapshot = try puller.offer?.snapshot(of: row.scope, puller.transaction, puller.tenant) {
                last = Place(scopeClass: row.scopeClass, scope: row.scope, key: nil, snapshot: PBSnapshot(snapshot))
                return false
            }
            while true {
                let rows = try puller.transaction.liveRows(in: row.scope, after: after, limit: Self.stride)
                for live in rows {
                    guard !rest.isUsedUp else { return false }
                    try add(live.key, &rest)
                    last = Place(scopeClass: row.scopeClass, scope: row.scope, key: live.key)
                }
                guard rows.count == Self.stride else { break }
                after = rows.last?.key
            }
        }
        return true
    }

    /// What changed in the scope of a snapshot since, as it is now, and what left it.
    private mutating func readTail(_ place: Place, rest: inout PartSize) throws -> Bool {
        // A scope that has left the view leaves the device with the commit.
        guard let snapshot = place.snapshot, shown.contains(place.scope) else { return true }
        let position = Position(rawValue: snapshot.at.position)
        var after = place.key
        last = place
        last?.snapshot?.segments = []
        while true {
            let rows = try puller.transaction.changedRows(in: place.scope, after: position, key: after, limit: Self.stride)
            for row in rows {
                guard !rest.isUsedUp else { return false }
                try add(row.key, &rest)
                after = row.key
                last = Place(scopeClass: place.scopeClass, scope: place.scope, key: row.key, snapshot: last?.snapshot)
            }
            guard rows.count == Self.stride else { return true }
        }
    }

    /// A record as it is now; one that lies in no scope of the view is taken out of it.
    private mutating func add(_ key: RecordKey, _ rest: inout PartSize) throws {
        guard sent.insert(key).inserted, let stored = try puller.transaction.record(key) else { return }
        let scopes = stored.scopes.filter { shown.contains($0) }
        let entries = scopes.isEmpty ? [] : stored.record.entries
        builder.add(.init(key: key, isWhole: !scopes.isEmpty, entries: entries, scopes: scopes))
        rest.records -= 1
        rest.bytes -= entries.reduce(0) { $0 + $1.value.count + 8 }
    }

    mutating func finish() -> [PBChunk] { builder.finish() }
}
