import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension SQLServerTransaction {
    package func tenant() throws -> TenantState? {
        let found = try session.row(ServerSQL.tenant) { row in
            TenantState(
                tenant: try row.tenantID(), epoch: try row.epoch(), head: try row.position(), history: try row.historyHash(),
                serverReplica: try row.replica(), serverSequence: try row.unsigned(), serverHash: try row.setHash(),
                serverStamp: try row.optionalStamp(), nextReplica: try row.replica().rawValue, instance: try row.bytes(),
                durable: try row.position(), collected: try row.position(), settlingUntil: try row.optionalInteger())
        }
        present = found?.tenant
        return found
    }

    package func save(_ tenant: TenantState) throws {
        let values = [
            tenant.tenant.bound, tenant.epoch.bound, try tenant.head.bound(), tenant.history.bound, tenant.serverReplica.bound,
            try tenant.serverSequence.bound(), tenant.serverHash.bound, (tenant.serverStamp?.bound).orNull,
            Int64(tenant.nextReplica).bound, tenant.instance.bound, try tenant.durable.bound(),
            try tenant.collected.bound(), (tenant.settlingUntil?.bound).orNull,
        ]
        // One that was read here is the one that is there.
        guard present != tenant.tenant else { return try session.send(ServerSQL.saveTenant, values) }
        guard try session.run(ServerSQL.saveTenant, values) == 1 else { throw StoreProblem.taken(detail: "the store holds another tenant") }
    }

    package func epochs() throws -> [EpochRow] {
        try session.rows(ServerSQL.epochs) { row in
            EpochRow(
                epoch: try row.epoch(), start: try row.position(), history: try row.historyHash(), parent: try row.optionalEpoch(),
                reason: try row.text(), lost: try row.epochs())
        }
    }

    package func insert(_ epoch: EpochRow) throws {
        try session.insert(
            ServerSQL.insertEpoch,
            [
                epoch.epoch.bound, try epoch.start.bound(), epoch.history.bound, (epoch.parent?.bound).orNull, try epoch.reason.bound(),
                epoch.lost.flatMap(\.rawValue.bigEndianBytes).bound,
            ], taken: "epoch \(epoch.epoch)")
    }

    // MARK: Replicas

    package func replica(_ id: ReplicaID) throws -> ReplicaRow? { try session.row(ServerSQL.replica, [id.bound], Self.replicaRow) }
    package func replicas() throws -> [ReplicaRow] { try session.rows(ServerSQL.replicas, [], Self.replicaRow) }
    package func replicas(of device: DeviceID) throws -> [ReplicaRow] {
        try session.rows(ServerSQL.replicasOfDevice, [device.bound], Self.replicaRow)
    }

    package func save(_ replica: ReplicaRow) throws { try session.send(ServerSQL.saveReplica, Self.bound(replica)) }
    package func save(_ replicas: [ReplicaRow]) throws { try session.send(ServerSQL.saveReplica, each: replicas.map { try Self.bound($0) }) }

    private static func bound(_ replica: ReplicaRow) throws -> [SQLValue] {
        [
            replica.replica.bound, replica.device.bound, replica.user.bound, try replica.role.rawValue.bound(),
            replica.algorithm.bound, replica.publicKey.bound, try replica.name.bound(), try replica.series.bound(),
            replica.enrolledAt.bound, (replica.revokedAt?.bound).orNull, try replica.lastSequence.bound(), replica.lastHash.bound,
            (replica.lastStamp?.bound).orNull, try replica.lastBase.bound(), replica.lastBaseEpoch.bound, replica.lastSeen.bound,
            try replica.viewVersion.bound(),
        ]
    }

    static func replicaRow(_ row: inout RowReader) throws -> ReplicaRow {
        ReplicaRow(
            replica: try row.replica(), device: try row.deviceID(), user: try row.recordID(), role: try row.role(),
            algorithm: try row.algorithm(), publicKey: try row.bytes(), name: try row.text(), series: try row.text(),
            enrolledAt: try row.integer(), revokedAt: try row.optionalInteger(), lastSequence: try row.unsigned(),
            lastHash: try row.setHash(), lastStamp: try row.optionalStamp(), lastBase: try row.position(),
            lastBaseEpoch: try row.epoch(), lastSeen: try row.integer(), viewVersion: try row.unsigned())
    }

    package func awaited() throws -> [ReplicaID] { try session.rows(ServerSQL.awaited) { try $0.replica() } }

    package func setAwaited(_ id: ReplicaID, _ isAwaited: Bool) throws {
        try session.send(isAwaited ? ServerSQL.insertAwaited : ServerSQL.deleteAwaited, [id.bound])
    }

    // MARK: Reports

    package func report(of id: ReplicaID) throws -> DeviceReportRow? {
        try session.row(ServerSQL.report, [id.bound]) { try Self.reportRow(&$0) }
    }

    package func reports() throws -> [DeviceReportRow] { try session.rows(ServerSQL.reports) { try Self.reportRow(&$0) } }

    package func save(_ report: DeviceReportRow) throws {
        try session.send(
            ServerSQL.saveReport,
            [
                report.replica.bound, report.heardAt.bound, report.epoch.bound, try report.position.bound(), try report.offered.bound(),
                Int64(report.unsent).bound,
                (report.heldSince?.bound).orNull, (report.oldestUnsent?.bound).orNull, Int64(report.files).bound,
                Int64(clamping: report.fileBytes).bound,
                report.skew.bound, try report.software.bound(),
            ])
    }

    private static func reportRow(_ row: inout RowReader) throws -> DeviceReportRow {
        DeviceReportRow(
            replica: try row.replica(), heardAt: try row.integer(), epoch: try row.epoch(), position: try row.position(),
            offered: try row.position(), unsent: UInt32(clamping: try row.integer()), heldSince: try row.optionalInteger(),
            oldestUnsent: try row.optionalInteger(),
            files: UInt32(clamping: try row.integer()), fileBytes: UInt64(clamping: try row.integer()), skew: try row.integer(),
            software: try row.text())
    }

    // MARK: Enrolment codes

    package func enrolmentCode(hash: [UInt8]) throws -> EnrolmentCodeRow? {
        try session.row(ServerSQL.code, [hash.bound]) { row in
            EnrolmentCodeRow(
                codeHash: try row.bytes(), user: try row.recordID(), expiresAt: try row.integer(), usedBy: try row.optionalDeviceID())
        }
    }

    package func save(_ code: EnrolmentCodeRow) throws {
        try session.send(
            ServerSQL.saveCode, [code.codeHash.bound, code.user.bound, code.expiresAt.bound, (code.usedBy?.bound).orNull])
    }
}

extension RowReader {
    mutating func role() throws -> Role {
        let text = try text()
        return try present(Role(rawValue: text), "a role")
    }
}
