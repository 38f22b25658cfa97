import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Brings records into a tenant as an enrolled replica of its own: signed change sets that pass the sequencer like any other.
public final class Importer {
    private let tenant: Tenant
    private let key: SigningKey
    private var row: ReplicaRow
    private let moment: ServerMoment
    private var pending: [Op] = []
    private var batch: [SignedSet] = []
    private var sequence: UInt64
    private var previous: SetHash
    private var stamp: Stamp

    /// Records in one change set, and sets in one transaction.
    private static let opsInSet = 100
    private static let setsInBatch = 20

    /// Enrols the tenant's importer when it is not yet.
    public init(tenant: Tenant) throws {
        self.tenant = tenant
        moment = try tenant.moment()
        let secret = try tenant.home.importerSecret()
        guard let key = SigningKey(rawRepresentation: Array(secret.suffix(32))), let device = DeviceID(bytes: secret.prefix(16)) else {
            throw EngineProblem(
                "importer-unreadable", "The importer's key cannot be read.", next: "Remove keys/<tenant>/importer.key; a new importer is enrolled.")
        }
        self.key = key
        row = try tenant.engine.enrolLocally(
            device: device, user: try ServerEngine.importerID(of: tenant.home.tenant, tenant.engine.schema), publicKey: key.publicKey,
            name: "importer",
            at: moment)
        sequence = row.lastSequence
        previous = row.lastHash
        stamp = Stamp(milliseconds: UInt64(max(0, moment.milliseconds)), counter: 0, replica: row.replica)
    }

    /// Puts a record into the next set.
    public func add(_ draft: RecordDraft) throws {
        for op in try tenant.engine.schema.creation(of: draft) { pending.append(op) }
        if pending.count >= Self.opsInSet { try endSet() }
    }

    /// Ends the set begun, so that what follows is admitted on its own.
    public func endSet(intent: String = "import") throws {
        guard !pending.isEmpty else { return }
        sequence += 1
        stamp = stamp.next(wallMilliseconds: UInt64(max(0, moment.milliseconds)))
        let state = try tenant.engine.store.read { try $0.tenant() }
        let base = Checkpoint(
            epoch: state?.epoch ?? Epoch(rawValue: 0), position: state?.head ?? .start, historyPrefix: state?.history.prefix ?? [], viewVersion: 0)
        let set = ChangeSet(
            protocolVersion: Limits.protocolVersion, schemaVersion: Schema.current, tenant: tenant.home.tenant, device: row.device,
            writeID: WriteID(replica: row.replica, sequence: sequence), previous: previous, base: base, claimed: stamp, user: row.user,
            intent: intent,
            ops: pending)
        let body = try set.encodedBody()
        let signed = SignedSet(
            writeID: set.writeID, body: body, algorithm: .p256, signature: try key.signature(over: SetHash.signedBytes(body: body)))
        previous = signed.hash
        pending = []
        batch.append(signed)
        if batch.count >= Self.setsInBatch { try flush() }
    }

    /// Admits everything added so far.
    ///
    /// - Throws: ``EngineProblem`` `import-refused` naming the first set that did not take effect as a whole.
    public func flush() throws {
        try endSet()
        guard !batch.isEmpty else { return }
        var request = PBCarryRequest()
        request.sets = batch.map { PBSignedSet($0) }
        let reply = try tenant.engine.carry(request, revoked: [], at: moment)
        batch = []
        if reply.hasPushProblem {
            throw EngineProblem(reply.pushProblem.code, reply.pushProblem.text, next: "Another importer may have run; run the import again.")
        }
        for receipt in reply.receipts where receipt.outcome > UInt32(Outcome.merged.rawValue) {
            let reason = receipt.remarks.first.map { "\($0.code), op \($0.op): \($0.text)" } ?? "no reason given"
            throw EngineProblem(
                "import-refused", "Set \(receipt.sequence) did not take effect: \(reason)", next: "Mend the data and run the import again.")
        }
    }

    // MARK: Orders

    /// The newest effective event of an order, for the next event to name.
    public func lastEvent(of order: RecordID) throws -> RecordID? {
        let entity = try tenant.engine.schema.entity("service_order")
        return try tenant.engine.store.read { transaction in
            try transaction.record(RecordKey(type: entity.type, id: order)).flatMap { RecordView($0.record, entity).reference("last_event") }
        }
    }
}

extension TenantHome {
    /// Device id and private key of the tenant's importer.
    func importerSecret() throws -> [UInt8] {
        let file = keys.appendingPathComponent("importer.key")
        if let bytes = FileManager.default.contents(atPath: file.path) { return Array(bytes) }
        let fresh = SecureRandom.bytes(16) + SigningKey().rawRepresentation
        guard FileManager.default.createFile(atPath: file.path, contents: Data(fresh), attributes: [.posixPermissions: 0o600]) else {
            throw EngineProblem("data-unwritable", "\(file.path) cannot be written.", next: "Check the directory's owner and the free space.")
        }
        return fresh
    }
}
