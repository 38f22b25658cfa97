import GRDB
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// One transaction of ``SQLiteDeviceStore``; its methods lie in an extension for each group of the port.
final class SQLiteDeviceTransaction: DeviceTransaction {
    let session: Session
    let tables: EntityTables

    init(session: Session, tables: EntityTables) {
        self.session = session
        self.tables = tables
    }

    func identity() throws -> DeviceIdentity? {
        try session.row(DeviceSQL.identity) { row in
            DeviceIdentity(
                tenant: try row.tenantID(), tenantName: try row.text(), tenantKey: try row.bytes(), device: try row.deviceID(),
                user: try row.recordID(), replica: try row.replica(), algorithm: try row.algorithm(), privateKey: try row.bytes(),
                series: try row.text(), enrolment: try row.bytes(), serverURL: try row.text())
        }
    }

    func save(_ identity: DeviceIdentity) throws {
        try session.run(
            DeviceSQL.saveIdentity,
            [
                identity.tenant.bound, try identity.tenantName.bound(), identity.tenantKey.bound, identity.device.bound,
                identity.user.bound, identity.replica.bound, identity.algorithm.bound, identity.privateKey.bound,
                try identity.series.bound(), identity.enrolment.bound, try identity.serverURL.bound(),
            ])
    }

    func state() throws -> DeviceState {
        let stored = try session.row(DeviceSQL.state) { row in
            var state = DeviceState()
            state.lastSequence = try row.unsigned()
            state.lastHash = try row.setHash()
            state.lastStamp = try row.optionalStamp()
            state.checkpoint = try Self.checkpoint(&row)
            state.checkpointMAC = try row.bytes()
            state.isCheckpointLost = try row.boolean()
            state.clockOffset = try row.integer()
            state.lastDocument = try row.unsigned()
            state.lastSync = try row.optionalInteger()
            state.durable = try row.position()
            state.isRecovering = try row.boolean()
            return state
        }
        return stored ?? DeviceState()
    }

    func save(_ state: DeviceState) throws {
        let checkpoint = try state.checkpoint.map {
            [$0.epoch.bound, try $0.position.bound(), $0.historyPrefix.bound, try $0.viewVersion.bound()]
        }
        try session.run(
            DeviceSQL.saveState,
            [try state.lastSequence.bound(), state.lastHash.bound, (state.lastStamp?.bound).orNull]
                + (checkpoint ?? [.null, .null, .null, .null]) + [
                    state.checkpointMAC.bound, state.isCheckpointLost.bound, state.clockOffset.bound, try state.lastDocument.bound(),
                    (state.lastSync?.bound).orNull,
                    try state.durable.bound(),
                    state.isRecovering.bound,
                ])
    }

    private static func checkpoint(_ row: inout RowReader) throws -> Checkpoint? {
        let epoch = try row.optionalEpoch()
        let position = try row.optionalPosition()
        let history = try row.optionalBytes()
        let view = try row.optionalInteger()
        guard let epoch else { return nil }
        return Checkpoint(
            epoch: epoch, position: try row.present(position), historyPrefix: try row.present(history),
            viewVersion: try row.present(view.flatMap { UInt64(exactly: $0) }, "a view version"))
    }
}
