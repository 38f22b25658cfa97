import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What the base of a set tells of what its author could see (Protocol/09-epochs.md, 9.13).
enum BaseStanding: Hashable {
    /// The view is known: it is what the author's view held at this position. The base is of the present epoch, or of a former one
    /// whose history up to there this server has.
    case known(Position, isPresent: Bool)
    /// This server gave the device the base, in a history it lost: what was in view there is not known any more and counts as seen.
    case lost
    /// The base says nothing: it names no epoch, or one that is not this server's by its own MAC.
    case unproven

    /// Whether the author may have seen versions that this server lacks.
    var mayHaveSeenMore: Bool {
        switch self {
        case .lost, .known(_, isPresent: false): true
        case .known, .unproven: false
        }
    }
}

/// Holds a set's base against the tenant's history and its table of epochs.
struct BaseJudge {
    let transaction: any ServerTransaction
    let tenant: TenantState
    let receiptKey: [UInt8]

    func standing(of set: ChangeSet, _ replica: ReplicaRow) throws -> BaseStanding {
        let epochs = try transaction.epochs()
        let floor = floor(of: replica, epochs)
        if set.base.epoch == tenant.epoch { return .known(max(set.base.position, floor), isPresent: true) }
        guard isProven(set, replica.device), replica.lastBaseEpoch != tenant.epoch else { return .unproven }
        if try transaction.isInHistory(set.base, head: tenant) { return .known(max(set.base.position, floor), isPresent: false) }
        // Who has named a later epoch does not go back into an earlier one.
        let place = epochs.firstIndex { $0.epoch == set.base.epoch }
        let last = epochs.firstIndex { $0.epoch == replica.lastBaseEpoch }
        if let place, let last, place < last { return .known(floor, isPresent: false) }
        return .lost
    }

    /// Keeps the highest base the replica has named.
    func remember(_ set: ChangeSet, in row: inout ReplicaRow) throws {
        if set.base.epoch == row.lastBaseEpoch {
            row.lastBase = max(row.lastBase, set.base.position)
            return
        }
        guard set.base.epoch == tenant.epoch || isProven(set, row.device), row.lastBaseEpoch != tenant.epoch else { return }
        let epochs = try transaction.epochs()
        if let place = epochs.firstIndex(where: { $0.epoch == set.base.epoch }),
            let last = epochs.firstIndex(where: { $0.epoch == row.lastBaseEpoch }), place < last
        {
            return
        }
        row.lastBaseEpoch = set.base.epoch
        row.lastBase = set.base.position
    }

    private func isProven(_ set: ChangeSet, _ device: DeviceID) -> Bool {
        MessageAuthentication.isValid(set.baseMAC, for: set.base.authenticated(for: device), key: receiptKey)
    }

    /// Bases of a replica never go back: how far up the history of this server it has named one.
    private func floor(of replica: ReplicaRow, _ epochs: [EpochRow]) -> Position {
        guard let last = epochs.firstIndex(where: { $0.epoch == replica.lastBaseEpoch }) else { return .start }
        // What lay above the start of the epoch that followed is lost.
        return epochs.indices.contains(last + 1) ? min(replica.lastBase, epochs[last + 1].start) : replica.lastBase
    }
}

extension ServerTransaction {
    /// Whether the history at the checkpoint's position is the one it names, whatever the epoch is called.
    func isInHistory(_ checkpoint: Checkpoint, head tenant: TenantState) throws -> Bool {
        if checkpoint.position == tenant.head { return tenant.history.prefix == checkpoint.historyPrefix }
        if checkpoint.position == .start { return HistoryHash.start.prefix == checkpoint.historyPrefix }
        return try admitted(at: checkpoint.position)?.history.prefix == checkpoint.historyPrefix
    }
}
