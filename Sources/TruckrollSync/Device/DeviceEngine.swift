import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Why the device cannot do what it was asked. Nothing was changed.
public struct DeviceProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let code: String
    public let detail: String
    public let next: String

    public init(_ code: String, _ detail: String, next: String) {
        self.code = code
        self.detail = detail
        self.next = next
    }

    public var description: String { "\(detail) \(next)" }
}

/// What the device needs from outside at one call.
public struct DeviceMoment: Sendable {
    /// Unix time by the device's own clock.
    public let milliseconds: Int64
    /// Offset of the user's time zone, for the times people read.
    public let offsetMinutes: Int

    public init(milliseconds: Int64, offsetMinutes: Int) {
        self.milliseconds = milliseconds
        self.offsetMinutes = offsetMinutes
    }
}

/// The sync client as plain functions over a store: no network, no clock, no randomness of its own.
public struct DeviceEngine: Sendable {
    public let schema: Schema
    public let store: any DeviceStore
    /// Signs a set's bytes with the device's private key.
    let sign: @Sendable (_ message: [UInt8], _ identity: DeviceIdentity) throws -> [UInt8]
    /// Opens segments of snapshots; `nil` on a device that takes everything in parts.
    let compression: (any Compression)?
    /// Bytes of an attachment that lie on this device; `nil` when they do not, or are others by now.
    let attachmentSize: @Sendable (_ sha256: [UInt8]) -> Int?
    let decoded = DecodedRows()

    public init(
        schema: Schema, store: any DeviceStore, compression: (any Compression)? = nil,
        attachmentSize: @escaping @Sendable (_ sha256: [UInt8]) -> Int? = { _ in nil },
        sign: @escaping @Sendable ([UInt8], DeviceIdentity) throws -> [UInt8] = { message, identity in
            guard let key = SigningKey(rawRepresentation: identity.privateKey) else {
                throw DeviceProblem("key-unreadable", "The device's key cannot be read.", next: "Enrol again; the outbox stays.")
            }
            return try key.signature(over: message)
        }
    ) {
        self.schema = schema
        self.store = store
        self.compression = compression
        self.attachmentSize = attachmentSize
        self.sign = sign
    }

    // MARK: Local commit

    /// Records one user action: encodes, signs and stores its change set and shows its effect, in one transaction.
    ///
    /// - Parameters:
    ///   - intent: what the person did, in a word.
    ///   - newID: gives a new record id at each call.
    ///   - body: makes the ops. A throw undoes all of it.
    /// - Returns: what `body` returned, and the set; `nil` when it made no ops.
    @discardableResult
    public func commit<T>(
        intent: String, at moment: DeviceMoment, newID: @escaping () -> RecordID, _ body: (LocalEditor) throws -> T
    ) throws -> (result: T, set: OwnSet?) {
        do { return try commitOnce(intent, moment, newID, knowsDamage: false, body) } catch is DamageMet {
            // Noted in any case, also where the action itself comes to nothing.
            noteDamage()
            return try commitOnce(intent, moment, newID, knowsDamage: true, body)
        }
    }

    /// What a user action was about to build on cannot be read, and nobody had noticed.
    private struct DamageMet: Error {}

    /// - Parameter knowsDamage: whether an earlier try met what cannot be read.
    private func commitOnce<T>(
        _ intent: String, _ moment: DeviceMoment, _ newID: @escaping () -> RecordID, knowsDamage: Bool, _ body: (LocalEditor) throws -> T
    ) throws -> (result: T, set: OwnSet?) {
        try store.write { transaction in
            let identity = try requireIdentity(transaction)
            var state = try transaction.state()
            if knowsDamage { state.isDamaged = true }
            if state.isDamaged {
                // What is shown of the pending sets may be what cannot be read, and this one builds on it.
                var application = PullApplication(self, transaction)
                try application.rebase()
            }
            let corrected = moment.milliseconds + state.clockOffset
            let stamp = nextStamp(state, identity.replica, corrected)
            let writeID = WriteID(replica: identity.replica, sequence: state.lastSequence + 1)
            let records = VisibleRecords(transaction: transaction, schema: schema)
            let editor = LocalEditor(
                schema: schema, user: identity.user, now: DeviceTime(milliseconds: corrected, offsetMinutes: moment.offsetMinutes),
                series: identity.series, documentNumber: state.lastDocument, records: records,
                version: Version(stamp: stamp, sequence: writeID.sequence), role: try records.role(of: identity.user), decoded: decoded,
                randomID: newID)
            let result: T
            do { result = try body(editor) } catch {
                throw !state.isDamaged && !transaction.unreadable.isEmpty ? DamageMet() : error
            }
            guard state.isDamaged || transaction.unreadable.isEmpty else { throw DamageMet() }
            guard !editor.ops.isEmpty else { return (result, nil) }
            guard editor.ops.count <= Limits.opsInSet else {
                throw DeviceProblem("too-many-ops", "One action changes at most \(Limits.opsInSet) records.", next: "Do it in smaller steps.")
            }
            let set = ChangeSet(
                protocolVersion: Limits.protocolVersion, schemaVersion: schema.versionNeeded(by: editor.ops), tenant: identity.tenant,
                device: identity.device,
                writeID: writeID, previous: state.lastHash, base: state.checkpoint ?? Self.noCheckpoint, baseMAC: state.checkpointMAC, claimed: stamp,
                user: identity.user,
                intent: intent, guards: editor.guards, ops: editor.ops)
            let own = try seal(set, identity, madeAt: corrected)
            try transaction.append(own)
            state.lastSequence = writeID.sequence
            state.lastHash = own.hash
            state.lastStamp = stamp
            state.lastDocument = editor.documentNumber
            try transaction.save(state)
            return (result, own)
        }
    }

    func seal(_ set: ChangeSet, _ identity: DeviceIdentity, madeAt: Int64) throws -> OwnSet {
        let body = try set.encodedBody()
        guard body.count <= Limits.setBytes else {
            throw DeviceProblem(
                "set-too-large", "One action may take \(Limits.setBytes) bytes, this one has \(body.count).", next: "Attach large content as a file.")
        }
        let signature = try sign(SetHash.signedBytes(body: body), identity)
        let signed = SignedSet(writeID: set.writeID, body: body, algorithm: identity.algorithm, signature: signature)
        let own = OwnSet(set: signed, hash: signed.hash, intent: set.intent, madeAt: madeAt)
        decoded.keep(set, of: own)
        return own
    }

    private static let noCheckpoint = Checkpoint(startOf: Epoch(rawValue: 0))

    /// Above the last stamp of this replica and every stamp it has received.
    private func nextStamp(_ state: DeviceState, _ replica: ReplicaID, _ corrected: Int64) -> Stamp {
        let wall = UInt64(max(0, corrected))
        guard let last = state.lastStamp else { return Stamp(milliseconds: wall, counter: 0, replica: replica) }
        return Stamp(milliseconds: last.milliseconds, counter: last.counter, replica: replica).next(wallMilliseconds: wall)
    }

    func requireIdentity(_ transaction: any DeviceTransaction) throws -> DeviceIdentity {
        guard let identity = try transaction.identity() else {
            throw DeviceProblem("not-enrolled", "This device is not enrolled.", next: "Enrol it with a code from the office.")
        }
        return identity
    }

    // MARK: Reading

    /// Reads what the user sees, from one state of the store. What cannot be read is left out, and noted for the next sync.
    public func read<T>(_ body: (LocalReader) throws -> T) throws -> T {
        var isNews = false
        defer { if isNews { noteDamage() } }
        return try store.read { transaction in
            defer { isNews = !transaction.unreadable.isEmpty }
            return try body(LocalReader(schema: schema, transaction: transaction, decoded: decoded))
        }
    }
}
