import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL
import TruckrollSync

/// One transaction of ``SQLiteDeviceStore``; its methods lie in an extension for each group of the port.
final class SQLiteDeviceTransaction: DeviceTransaction {
    let session: Session
    let tables: EntityTables
    var unreadable: Set<UnreadableRow> = []

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
            state.recoveringEpoch = try row.epoch()
            state.formerCheckpoints = try Self.formerCheckpoints(try row.bytes(), row)
            state.clockOffset = try row.integer()
            state.lastDocument = try row.unsigned()
            state.lastSync = try row.optionalInteger()
            state.durable = try row.position()
            state.isRecovering = try row.boolean()
            state.renewalPrivateKey = try row.bytes()
            state.renewalPublicKey = try row.bytes()
            state.visible = try row.optionalInteger().map { number in
                try row.present(UInt8(exactly: number).flatMap { ScopeClass(rawValue: $0) }, "a class of scopes")
            }
            state.filling = try row.bytes()
            state.lostLeases = try row.bytes()
            state.arriving = try Self.writeIDs(try row.bytes(), row)
            state.isDamaged = try row.boolean()
            state.clockReading = try row.bytes()
            state.formerEnrolments = try row.bytes()
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
                    state.checkpointMAC.bound, state.isCheckpointLost.bound, state.recoveringEpoch.bound,
                    Self.packed(state.formerCheckpoints).bound,
                    state.clockOffset.bound, try state.lastDocument.bound(),
                    (state.lastSync?.bound).orNull,
                    try state.durable.bound(),
                    state.isRecovering.bound, state.renewalPrivateKey.bound, state.renewalPublicKey.bound,
                    (state.visible.map { Int64($0.rawValue).bound }).orNull, state.filling.bound,
                    state.lostLeases.bound, Self.packed(state.arriving).bound, state.isDamaged.bound,
                    state.clockReading.bound, state.formerEnrolments.bound,
                ])
    }

    private static func packed(_ ids: [WriteID]) -> [UInt8] {
        var bytes: [UInt8] = []
        for id in ids {
            bytes.append(bigEndian: id.replica.rawValue)
            bytes.append(bigEndian: id.sequence)
        }
        return bytes
    }

    private static func writeIDs(_ bytes: [UInt8], _ row: RowReader) throws -> [WriteID] {
        try stride(from: 0, to: bytes.count, by: 12).map { start in
            let part = try row.present(start + 12 <= bytes.count ? Array(bytes[start..<start + 12]) : nil, "a write id")
            return WriteID(
                replica: ReplicaID(rawValue: part[..<4].reduce(0) { $0 << 8 | UInt32($1) }),
                sequence: part[4...].reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    private static func packed(_ checkpoints: [ShownCheckpoint]) -> [UInt8] {
        var bytes: [UInt8] = []
        for shown in checkpoints {
            bytes.append(bigEndian: shown.checkpoint.epoch.rawValue)
            bytes.append(bigEndian: shown.checkpoint.position.rawValue)
            bytes += (shown.checkpoint.historyPrefix + [UInt8](repeating: 0, count: 8)).prefix(8)
            bytes.append(bigEndian: shown.checkpoint.viewVersion)
            bytes += (shown.mac + [UInt8](repeating: 0, count: 32)).prefix(32)
        }
        return bytes
    }

    private static func formerCheckpoints(_ bytes: [UInt8], _ row: RowReader) throws -> [ShownCheckpoint] {
        try stride(from: 0, to: bytes.count, by: 64).map { start in
            let part = try row.present(start + 64 <= bytes.count ? Array(bytes[start..<start + 64]) : nil, "a checkpoint")
            let number = { (index: Int) in part[index * 8..<index * 8 + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
            return ShownCheckpoint(
                checkpoint: Checkpoint(
                    epoch: Epoch(rawValue: number(0)), position: Position(rawValue: number(1)), historyPrefix: Array(part[16..<24]),
                    viewVersion: number(3)), mac: Array(part[32..<64]))
        }
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
