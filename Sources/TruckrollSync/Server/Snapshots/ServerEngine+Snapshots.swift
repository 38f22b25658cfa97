import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Snapshots of shared scopes: read and encoded once, for every device that fills its view (Protocol/07-sync.md).
extension ServerEngine {
    /// Makes a snapshot of the scope as it is now, unless somebody else just did.
    ///
    /// - Returns: whether there is one that can be used; where the disk takes no segment, or while another one is being made, there
    ///   is none.
    func makeSnapshot(of scope: Scope, at moment: ServerMoment) throws -> Bool {
        guard let keeping = snapshots else { return false }
        return try keeping.inTurn {
            let isThere = try store.read { transaction in
                guard let tenant = try transaction.tenant() else { return false }
                return try keeping.usable(of: scope, transaction, tenant) != nil
            }
            if isThere { return true }
            guard let made = try read(scope, keeping, at: moment) else { return false }
            let named = try store.write { transaction -> Set<[UInt8]>? in
                // Meanwhile another history may have begun.
                guard let tenant = try transaction.tenant(), made.at.epoch == tenant.epoch, try transaction.isInHistory(made.at, head: tenant)
                else { return nil }
                try transaction.save(made)
                try deleteSuperseded(of: scope, at: moment, transaction)
                return Set(try transaction.snapshots().flatMap { $0.segments.map(\.sha256) })
            }
            guard let named else { return false }
            // What no snapshot names any more, and what a process left behind that ended before its snapshot was kept.
            for sha256 in (try? keeping.segments.names()) ?? [] where !named.contains(sha256) { try? keeping.segments.remove(sha256) }
            return true
        }
    }

    /// Position and content come from one state of the store, which nobody who writes waits for.
    ///
    /// - Returns: `nil` when it cannot be kept.
    private func read(_ scope: Scope, _ keeping: SnapshotKeeping, at moment: ServerMoment) throws -> SnapshotRow? {
        try store.read { transaction in
            guard let tenant = try transaction.tenant() else { return nil }
            var writer = SegmentWriter(keeping, of: scope)
            var after: RecordKey?
            while true {
                let rows = try transaction.liveRows(in: scope, after: after, limit: PartReader.stride)
                for row in rows {
                    guard let stored = try transaction.record(row.key) else { continue }
                    guard writer.segments.count < Limits.segmentsInSnapshot, Self.isKept({ try writer.add(stored.record) }) else { return nil }
                }
                guard rows.count == PartReader.stride else { break }
                after = rows.last?.key
            }
            guard Self.isKept({ try writer.finish() }), writer.segments.count <= Limits.segmentsInSnapshot else { return nil }
            let at = Checkpoint(epoch: tenant.epoch, position: tenant.head, historyPrefix: tenant.history.prefix, viewVersion: 0)
            return SnapshotRow(scope: scope, at: at, madeAt: moment.milliseconds, segments: writer.segments)
        }
    }

    /// A disk that takes no segment, or a record too large for one, keeps nobody from filling a view.
    private static func isKept(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch { return false }
    }

    /// A newer one has been there for so long, or so many are newer, that nobody should still be on the way to it.
    private func deleteSuperseded(of scope: Scope, at moment: ServerMoment, _ transaction: any ServerTransaction) throws {
        let kept = try transaction.snapshots(of: scope)
        for (index, snapshot) in kept.enumerated().dropFirst() {
            let age = moment.milliseconds - kept[index - 1].madeAt
            guard index >= Limits.snapshotsOfScope || age > Int64(Limits.supersededSnapshotSeconds) * 1000 else { continue }
            try transaction.deleteSnapshot(of: scope, at: snapshot.at.position)
        }
    }

    // MARK: Segments

    /// Whether a device may have the segment: one of a snapshot of a scope that its view holds.
    public func isSegmentReadable(_ sha256: [UInt8], by id: ReplicaID) throws -> Bool {
        try store.read { transaction in
            try transaction.scopes(withSegment: sha256).contains { try transaction.viewScope(id, $0)?.weight ?? 0 > 0 }
        }
    }

    /// The bytes of a segment from an offset on.
    ///
    /// - Throws: ``EngineProblem`` `snapshot-gone` when it is not there, not sound, or not for the device.
    public func segment(_ sha256: [UInt8], from offset: Int, replica id: ReplicaID) throws -> [UInt8] {
        guard let keeping = snapshots, try isSegmentReadable(sha256, by: id), let bytes = try keeping.segments.read(sha256) else {
            throw EngineProblem.snapshotGone
        }
        return Array(bytes.dropFirst(max(0, offset)))
    }
}

extension EngineProblem {
    public static let snapshotGone = EngineProblem(
        "snapshot-gone", "The server does not keep this segment any more.", next: "Begin the filling anew and take the present snapshot.")
}
