import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Everything a server's store in memory holds, as one value: a snapshot is an assignment, and costs nothing before the next
/// write.
public struct ServerTables: Sendable {
    var tenant: TenantState?
    var epochs: [EpochRow] = []
    /// Ascending.
    var replicas: [ReplicaRow] = []
    var awaited: Set<ReplicaID> = []
    var reports: [ReplicaID: DeviceReportRow] = [:]
    var enrolmentCodes: [[UInt8]: EnrolmentCodeRow] = [:]
    var admitted = AdmittedLog()
    /// Few at any time.
    var waiting: [WriteID: WaitingSet] = [:]
    /// Few at any time.
    var snapshots: [SnapshotName: SnapshotRow] = [:]
    var records: [HashedKey: StoredRecord] = [:]
    var columns: TypedColumns
    var numbers = ScopeNumbers()
    /// By the scope's number.
    var scopes: [ServerScope] = []
    /// Edges a record declares, ascending by (parent, child).
    var edgesOfSource: [HashedKey: [EdgeRow]] = [:]
    var quietTime = QuietTime(around: 0)
    var views: [ReplicaID: ReplicaView] = [:]

    init(_ schema: Schema) { columns = TypedColumns(schema) }

    /// The number of a scope that may be new.
    mutating func number(for scope: Scope) throws -> Int {
        if let number = try numbers.number(of: scope) { return number }
        scopes.append(ServerScope(scope))
        return numbers.assign(scope)
    }

    func scope(_ scope: Scope) throws -> ServerScope? { try numbers.number(of: scope).map { scopes[$0] } }

    func replica(_ id: ReplicaID) -> ReplicaRow? {
        let place = replicas.partitionPoint { $0.replica < id }
        return place < replicas.count && replicas[place].replica == id ? replicas[place] : nil
    }
}
