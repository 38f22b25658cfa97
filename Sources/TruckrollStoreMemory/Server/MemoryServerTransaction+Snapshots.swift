import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What names a snapshot.
struct SnapshotName: Hashable, Sendable {
    let scope: ByteText
    let position: Position
}

extension MemoryServerTransaction {
    func snapshots(of scope: Scope) throws -> [SnapshotRow] {
        try Storable.check(scope.name)
        return sorted { ByteText($0.scope.name) == ByteText(scope.name) }
    }

    func snapshots() throws -> [SnapshotRow] { sorted { _ in true } }

    func save(_ snapshot: SnapshotRow) throws {
        try begin(.saveSnapshot)
        try Storable.check(snapshot.scope.name)
        try Storable.check(snapshot.at.position)
        try Storable.hold(snapshot.at.historyPrefix.count == 8, "a history prefix has 8 bytes")
        try Storable.hold(
            snapshot.segments.allSatisfy { $0.sha256.count == 32 && $0.bytes >= 0 && $0.records >= 0 },
            "a segment has a hash of 32 bytes and counts from 0")
        set(SnapshotName(scope: ByteText(snapshot.scope.name), position: snapshot.at.position), snapshot)
    }

    func deleteSnapshot(of scope: Scope, at position: Position) throws {
        try begin(.deleteSnapshot)
        try Storable.check(scope.name)
        set(SnapshotName(scope: ByteText(scope.name), position: position), nil)
    }

    func scopes(withSegment sha256: [UInt8]) throws -> [Scope] {
        var scopes: [Scope] = []
        for snapshot in sorted({ $0.segments.contains { $0.sha256 == sha256 } })
        where scopes.last.map({ ByteText($0.name) != ByteText(snapshot.scope.name) }) ?? true { scopes.append(snapshot.scope) }
        return scopes
    }

    private func set(_ name: SnapshotName, _ row: SnapshotRow?) {
        undoLog.append(.snapshot(name, store.tables.snapshots[name]))
        store.tables.snapshots[name] = row
    }

    private func sorted(_ isWanted: (SnapshotRow) -> Bool) -> [SnapshotRow] {
        store.tables.snapshots.values.filter(isWanted).sorted { a, b in
            if Order.ascending(a.scope, b.scope) { return true }
            return !Order.ascending(b.scope, a.scope) && a.at.position > b.at.position
        }
    }
}
