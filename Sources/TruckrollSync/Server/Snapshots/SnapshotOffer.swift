import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// By which snapshots the scopes of a view come that is being filled, for a device that takes them.
struct SnapshotOffer {
    let keeping: SnapshotKeeping
    let shared: Set<Scope>
    /// Scopes of which none could be made: they come record by record.
    var refused: Set<Scope> = []

    /// There has to be one first.
    struct Missing: Error {
        let scope: Scope
    }

    /// The snapshot by which the scope comes; `nil` when it comes by its records.
    ///
    /// - Throws: ``Missing``.
    func snapshot(of scope: Scope, _ transaction: any ServerTransaction, _ tenant: TenantState) throws -> SnapshotRow? {
        guard shared.contains(scope), !refused.contains(scope) else { return nil }
        guard try transaction.digest(of: scope).count >= UInt64(clamping: max(1, keeping.records)) else { return nil }
        guard let snapshot = try keeping.usable(of: scope, transaction, tenant) else { throw Missing(scope: scope) }
        return snapshot
    }
}

extension SnapshotKeeping {
    /// The newest snapshot of the scope, when it is of this history, its bytes are there, and little has changed since.
    func usable(of scope: Scope, _ transaction: any ServerTransaction, _ tenant: TenantState) throws -> SnapshotRow? {
        guard let newest = try transaction.snapshots(of: scope).first, newest.at.epoch == tenant.epoch, newest.at.position >= tenant.collected,
            try transaction.isInHistory(newest.at, head: tenant)
        else { return nil }
        let live = try transaction.digest(of: scope).count
        let bound = Int(clamping: live / 100 * UInt64(tailPercent) + live % 100 * UInt64(tailPercent) / 100)
        let changed = try transaction.changedRowCount(in: scope, after: newest.at.position, limit: bound + 1)
        return try changed <= bound && holds(newest) ? newest : nil
    }
}

extension PBSnapshot {
    init(_ row: SnapshotRow) {
        self.init()
        at = PBCheckpoint(row.at)
        segments = row.segments.map { segment in
            var name = PBSegmentName()
            name.sha256 = data(segment.sha256)
            name.bytes = UInt64(segment.bytes)
            name.records = UInt64(segment.records)
            return name
        }
    }
}
