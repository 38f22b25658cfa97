import SwiftProtobuf
import TruckrollCore

extension ChangeSet {
    /// The body's bytes. Encoded once, at the local commit; stored, signed and sent as they are.
    public func encodedBody() throws -> [UInt8] {
        var body = PBChangeSetBody()
        body.protocolVersion = protocolVersion
        body.schemaVersion = schemaVersion
        body.tenant = data(tenant.bytes)
        body.device = data(device.bytes)
        body.replica = writeID.replica.rawValue
        body.sequence = writeID.sequence
        body.previousHash = data(previous.bytes)
        body.base = PBCheckpoint(base)
        body.baseMac = data(baseMAC)
        body.stamp = data(claimed.encoded)
        body.user = data(user.bytes)
        body.intent = intent
        body.guards = guards.map { condition in
            var message = PBGuard()
            message.key = data(condition.key.encoded)
            message.field = condition.field.rawValue
            message.seen = condition.seen.map { data($0.encoded) }
            return message
        }
        body.ops = ops.map { PBOp($0) }
        if let origin {
            body.origin.replica = origin.writeID.replica.rawValue
            body.origin.sequence = origin.writeID.sequence
            body.origin.hash = data(origin.hash.bytes)
        }
        return try body.serializedBytes()
    }

    /// Reads a body within the protocol's limits.
    ///
    /// - Throws: ``WireProblem`` with the index of the op at fault.
    public init(decodingBody bytes: [UInt8]) throws(WireProblem) {
        guard bytes.count <= Limits.setBytes else {
            throw WireProblem("set-too-large", op: -1, "a body has at most \(Limits.setBytes) bytes, not \(bytes.count)")
        }
        let body: PBChangeSetBody
        do { body = try PBChangeSetBody(serializedBytes: bytes) } catch {
            throw WireProblem("undecodable", op: -1, "the body is no change set")
        }
        guard let tenant = TenantID(bytes: body.tenant), let device = DeviceID(bytes: body.device), let user = RecordID(bytes: body.user)
        else { throw WireProblem("malformed", op: -1, "tenant, device and user have 16 bytes") }
        guard body.replica != 0, body.sequence != 0, body.previousHash.count == 32 else {
            throw WireProblem("malformed", op: -1, "replica and sequence are above zero, the previous hash has 32 bytes")
        }
        guard body.ops.count <= Limits.opsInSet else {
            throw WireProblem("too-many-ops", op: -1, "a set has at most \(Limits.opsInSet) ops, not \(body.ops.count)")
        }
        guard body.intent.utf8.count <= 100, !body.intent.utf8.contains(0) else {
            throw WireProblem("malformed", op: -1, "the intent has at most 100 bytes and no NUL")
        }
        guard body.baseMac.isEmpty || body.baseMac.count == 32 else {
            throw WireProblem("malformed", op: -1, "a base's MAC has 32 bytes")
        }
        let replica = ReplicaID(rawValue: body.replica)
        let stamp: Stamp
        do { stamp = try Stamp(decoding: body.stamp) } catch { throw WireProblem(error, op: -1) }
        guard stamp.replica == replica else { throw WireProblem("malformed", op: -1, "the stamp is another replica's") }
        var ops: [Op] = []
        for (index, message) in body.ops.enumerated() {
            do { ops.append(try Op(message)) } catch { throw WireProblem(error, op: index) }
        }
        var guards: [Guard] = []
        for message in body.guards {
            do throws(DecodingProblem) {
                guards.append(
                    Guard(
                        key: try RecordKey(decoding: message.key), field: FieldID(rawValue: message.field),
                        seen: try versions(message.seen)))
            } catch { throw WireProblem(error, op: -1) }
        }
        var origin: Origin?
        if body.hasOrigin {
            guard body.origin.replica != 0, body.origin.sequence != 0, body.origin.hash.count == 32 else {
                throw WireProblem("malformed", op: -1, "an origin names replica, sequence and hash")
            }
            origin = Origin(
                writeID: WriteID(replica: ReplicaID(rawValue: body.origin.replica), sequence: body.origin.sequence),
                hash: SetHash(bytes: Array(body.origin.hash)))
        }
        self.init(
            protocolVersion: body.protocolVersion, schemaVersion: body.schemaVersion, tenant: tenant, device: device,
            writeID: WriteID(replica: replica, sequence: body.sequence), previous: SetHash(bytes: Array(body.previousHash)),
            base: Checkpoint(body.base), baseMAC: Array(body.baseMac), claimed: stamp, user: user, intent: body.intent, guards: guards, ops: ops,
            origin: origin)
    }
}

/// Why a change set could not be read; the whole set is quarantined with the index of the op.
public struct WireProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let code: String
    /// -1 when it is not about one op.
    public let op: Int
    public let detail: String

    public init(_ code: String, op: Int, _ detail: String) {
        self.code = code
        self.op = op
        self.detail = detail
    }

    init(_ problem: DecodingProblem, op: Int) { self.init(problem.code, op: op, problem.detail) }

    public var description: String { op < 0 ? "\(code): \(detail)" : "\(code): op \(op): \(detail)" }
}

extension PBOp {
    init(_ op: Op) {
        self.init()
        kind = PBOp.Kind(rawValue: Int(op.kind.rawValue)) ?? .unspecified
        key = data(op.key.encoded)
        writes = op.writes.map { write in
            var message = PBFieldWrite()
            message.field = write.field.rawValue
            message.op = PBFieldWrite.MergeOp(rawValue: Int(write.op.rawValue)) ?? .unspecified
            message.value = data(write.value.encoded)
            message.bases = write.bases.map { data($0.encoded) }
            return message
        }
        seen = op.seen.map { data($0.encoded) }
    }
}

extension Op {
    init(_ message: PBOp) throws(DecodingProblem) {
        guard let kind = UInt8(exactly: message.kind.rawValue).flatMap({ Op.Kind(rawValue: $0) }) else {
            throw DecodingProblem("malformed", "op kind \(message.kind.rawValue)")
        }
        var writes: [FieldWrite] = []
        for write in message.writes {
            guard let op = UInt8(exactly: write.op.rawValue).flatMap({ MergeOp(rawValue: $0) }) else {
                throw DecodingProblem("malformed", "merge op \(write.op.rawValue)")
            }
            guard write.value.count <= Limits.valueBytes else { throw DecodingProblem("value-too-large", "\(write.value.count) bytes") }
            guard write.bases.count <= Limits.basesOfWrite else { throw DecodingProblem("too-many-bases", "\(write.bases.count)") }
            writes.append(
                FieldWrite(
                    field: FieldID(rawValue: write.field), op: op, value: try Value(decoding: write.value),
                    bases: try versions(write.bases)))
        }
        guard message.seen.count <= 4096 else { throw DecodingProblem("malformed", "a deletion names at most 4096 versions") }
        self.init(kind: kind, key: try RecordKey(decoding: message.key), writes: writes, seen: try versions(message.seen))
    }
}

extension PBCheckpoint {
    public init(_ checkpoint: Checkpoint) {
        self.init()
        epoch = checkpoint.epoch.rawValue
        position = checkpoint.position.rawValue
        history = data(checkpoint.historyPrefix)
        viewVersion = checkpoint.viewVersion
    }
}

extension Checkpoint {
    public init(_ message: PBCheckpoint) {
        self.init(
            epoch: Epoch(rawValue: message.epoch), position: Position(rawValue: message.position),
            historyPrefix: Array(message.history), viewVersion: message.viewVersion)
    }
}

extension PBSignedSet {
    public init(_ set: SignedSet, device: DeviceID? = nil) {
        self.init()
        replica = set.writeID.replica.rawValue
        sequence = set.writeID.sequence
        body = data(set.body)
        algorithm = UInt32(set.algorithm.rawValue)
        signature = data(set.signature)
        if let device { self.device = data(device.bytes) }
    }
}

extension SignedSet {
    /// - Throws: ``WireProblem`` `malformed` for a zero replica or sequence; an unknown algorithm is read as P-256 and fails there.
    public init(_ message: PBSignedSet) throws(WireProblem) {
        guard message.replica != 0, message.sequence != 0 else {
            throw WireProblem("malformed", op: -1, "replica and sequence are above zero")
        }
        self.init(
            writeID: WriteID(replica: ReplicaID(rawValue: message.replica), sequence: message.sequence), body: Array(message.body),
            algorithm: UInt8(exactly: message.algorithm).flatMap { SignatureAlgorithm(rawValue: $0) } ?? .p256,
            signature: Array(message.signature))
    }
}

private func versions(_ list: [some Collection<UInt8>]) throws(DecodingProblem) -> [TruckrollCore.Version] {
    var versions: [TruckrollCore.Version] = []
    for bytes in list { versions.append(try TruckrollCore.Version(decoding: bytes)) }
    return versions
}
