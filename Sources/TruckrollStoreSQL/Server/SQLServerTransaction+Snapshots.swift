import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension SQLServerTransaction {
    package func snapshots(of scope: Scope) throws -> [SnapshotRow] {
        try session.rows(ServerSQL.snapshotsOfScope, [try scope.bound()], Self.snapshot).map { try withSegments($0) }
    }

    package func snapshots() throws -> [SnapshotRow] {
        try session.rows(ServerSQL.snapshots, [], Self.snapshot).map { try withSegments($0) }
    }

    package func save(_ snapshot: SnapshotRow) throws {
        let key = [try snapshot.scope.bound(), try snapshot.at.position.bound()]
        try session.send(
            ServerSQL.saveSnapshot, key + [snapshot.at.epoch.bound, snapshot.at.historyPrefix.bound, snapshot.madeAt.bound])
        try session.send(ServerSQL.emptySnapshot, key)
        for (number, segment) in snapshot.segments.enumerated() {
            try session.send(
                ServerSQL.saveSegment,
                key + [Int64(number).bound, segment.sha256.bound, Int64(segment.bytes).bound, Int64(segment.records).bound])
        }
    }

    package func deleteSnapshot(of scope: Scope, at position: Position) throws {
        guard position.rawValue.isStorable else { return }
        try session.send(ServerSQL.deleteSnapshot, [try scope.bound(), try position.bound()])
    }

    package func scopes(withSegment sha256: [UInt8]) throws -> [Scope] {
        try session.rows(ServerSQL.scopesWithSegment, [sha256.bound]) { try $0.scope() }
    }

    private func withSegments(_ snapshot: SnapshotRow) throws -> SnapshotRow {
        var whole = snapshot
        whole.segments = try session.rows(ServerSQL.segments, [try snapshot.scope.bound(), try snapshot.at.position.bound()]) { row in
            SegmentName(sha256: try row.bytes(), bytes: Int(try row.integer()), records: Int(try row.integer()))
        }
        return whole
    }

    private static func snapshot(_ row: inout RowReader) throws -> SnapshotRow {
        let (scope, position) = (try row.scope(), try row.position())
        let at = Checkpoint(epoch: try row.epoch(), position: position, historyPrefix: try row.bytes(), viewVersion: 0)
        return SnapshotRow(scope: scope, at: at, madeAt: try row.integer(), segments: [])
    }
}
