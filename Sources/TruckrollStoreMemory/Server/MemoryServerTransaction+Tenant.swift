import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension MemoryServerTransaction {
    func tenant() throws -> TenantState? { store.tables.tenant }

    func save(_ tenant: TenantState) throws {
        try begin(.saveTenant)
        try Storable.check(tenant.head)
        try Storable.check(tenant.serverSequence)
        try Storable.check(tenant.durable)
        try Storable.check(tenant.collected)
        try Storable.hold(tenant.history.bytes.count == 32 && tenant.serverHash.bytes.count == 32, "a hash has 32 bytes")
        let former = store.tables.tenant
        guard former?.tenant ?? tenant.tenant == tenant.tenant else {
            throw MemoryStoreProblem.taken(detail: "the store holds another tenant")
        }
        store.tables.tenant = tenant
        undoLog.append(.tenant(former))
    }

    func epochs() throws -> [EpochRow] { store.tables.epochs }

    func insert(_ epoch: EpochRow) throws {
        try begin(.insertEpoch)
        try Storable.check(epoch.start)
        try Storable.check(epoch.reason)
        try Storable.hold(epoch.history.bytes.count == 32, "a hash has 32 bytes")
        guard !store.tables.epochs.contains(where: { $0.epoch == epoch.epoch }) else {
            throw MemoryStoreProblem.taken(detail: "epoch \(epoch.epoch)")
        }
        store.tables.epochs.append(epoch)
        undoLog.append(.epoch)
    }

    // MARK: Replicas

    func replica(_ id: ReplicaID) throws -> ReplicaRow? { store.tables.replica(id) }
    func replicas() throws -> [ReplicaRow] { store.tables.replicas }
    func replicas(of device: DeviceID) throws -> [ReplicaRow] { store.tables.replicas.filter { $0.device == device } }

    func save(_ replica: ReplicaRow) throws {
        try begin(.saveReplica)
        try Storable.check(replica.name)
        try Storable.check(replica.series)
        try Storable.check(replica.lastSequence)
        try Storable.check(replica.lastBase)
        try Storable.check(replica.viewVersion)
        try Storable.hold(replica.lastHash.bytes.count == 32, "a hash has 32 bytes")
        undoLog.append(.replica(replica.replica, store.tables.setReplica(replica.replica, replica)))
    }

    func awaited() throws -> [ReplicaID] { store.tables.awaited.sorted() }

    func setAwaited(_ id: ReplicaID, _ isAwaited: Bool) throws {
        try begin(.setAwaited)
        let wasAwaited = store.tables.awaited.contains(id)
        if isAwaited { store.tables.awaited.insert(id) } else { store.tables.awaited.remove(id) }
        undoLog.append(.awaited(id, wasAwaited))
    }

    func report(of id: ReplicaID) throws -> DeviceReportRow? { store.tables.reports[id] }
    func reports() throws -> [DeviceReportRow] { store.tables.reports.values.sorted { $0.replica.rawValue < $1.replica.rawValue } }

    func save(_ report: DeviceReportRow) throws {
        try begin(.saveReport)
        try Storable.check(report.software)
        try Storable.check(report.position)
        try Storable.check(report.offered)
        undoLog.append(.report(report.replica, store.tables.reports.updateValue(report, forKey: report.replica)))
    }

    // MARK: Enrolment codes

    func enrolmentCode(hash: [UInt8]) throws -> EnrolmentCodeRow? { store.tables.enrolmentCodes[hash] }

    func save(_ code: EnrolmentCodeRow) throws {
        try begin(.saveEnrolmentCode)
        undoLog.append(.enrolmentCode(code.codeHash, store.tables.enrolmentCodes.updateValue(code, forKey: code.codeHash)))
    }
}
