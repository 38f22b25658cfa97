import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What one write of the server's port replaced; scopes by their numbers. Large rows lie apart, so that the log of steps is small.
enum ServerStep {
    indirect case tenant(TenantState?)
    case epoch
    indirect case replica(ReplicaID, ReplicaRow?)
    case awaited(ReplicaID, Bool)
    case report(ReplicaID, DeviceReportRow?)
    case enrolmentCode([UInt8], EnrolmentCodeRow?)
    case admitted(Position)
    indirect case signedSet(SignedSet)
    indirect case waiting(WriteID, WaitingSet?)
    indirect case record(RecordKey, StoredRecord?)
    indirect case snapshot(SnapshotName, SnapshotRow?)
    case columns(EntityType, RecordID, [ColumnValue]?)
    case scopeRow(Int, RecordKey, ScopeLog.Row?)
    case digest(Int, ScopeDigest)
    indirect case edge(EdgeRow, parent: Int, EdgeRow?)
    case viewScope(ReplicaID, Int, ViewScopeRow?)
    case interval(ReplicaID, Int, added: Position, dropped: Position?)
}

extension ServerTables {
    /// Takes one write back.
    mutating func undo(_ step: ServerStep) {
        switch step {
        case .tenant(let row): tenant = row
        case .epoch: epochs.removeLast()
        case .replica(let id, let row): _ = setReplica(id, row)
        case .report(let id, let former): reports[id] = former
        case .awaited(let id, let wasAwaited): if wasAwaited { awaited.insert(id) } else { awaited.remove(id) }
        case .enrolmentCode(let hash, let row): enrolmentCodes[hash] = row
        case .admitted(let position): admitted.remove(position)
        case .signedSet(let set): _ = admitted.replace(set)
        case .waiting(let id, let row): waiting[id] = row
        case .record(let key, let row): _ = setRecord(key, row)
        case .snapshot(let name, let row): snapshots[name] = row
        case .columns(let type, let id, let row): _ = columns.set(type, id, row)
        case .scopeRow(let scope, let key, let row): _ = scopes[scope].log.set(key, row)
        case .digest(let scope, let digest): scopes[scope].digest = digest
        case .edge(let edge, let parent, let row): _ = setEdge(edge, from: parent, row)
        case .viewScope(let replica, let scope, let row): _ = setViewScope(replica, scope, row)
        case .interval(let replica, let scope, let added, let dropped): _ = setInterval(replica, scope, added: added, dropped: dropped)
        }
    }
}
