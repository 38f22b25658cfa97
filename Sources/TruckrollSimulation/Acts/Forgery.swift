import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// A change set that no sound program makes: well signed and in its turn, with ops, bases and claims drawn from whatever there is.
///
/// What it may cost is its own effect. Nothing else may stop, leak or come out wrong.
struct Forgery {
    let schema: Schema
    let server: any ServerTransaction
    let identity: DeviceIdentity
    let state: DeviceState
    /// Records that others have written and not brought yet; an accomplice has told.
    let pending: [RecordKey]
    /// Checkpoints of other devices with the MACs they were given.
    let others: [ShownCheckpoint]
    var random: SeededGenerator

    mutating func set() throws -> ChangeSet {
        let keys = try server.keys(after: nil, limit: .max)
        let ids = keys.map(\.id)
        var ops: [Op] = []
        if random.once(in: 4), let early = one(pending) {
            // Reaches a record before its maker does.
            ops = [Op(kind: .patch, key: early)]
        } else {
            for _ in 0...random.below(3) { ops.append(try op(keys, ids)) }
        }
        let last = state.lastStamp?.milliseconds ?? 0
        let stamp = random.once(in: 4) ? random.next() & Stamp.maximumMilliseconds : last
        let base = try base()
        return ChangeSet(
            protocolVersion: random.once(in: 12) ? 0 : 1, schemaVersion: random.once(in: 12) ? 0 : schema.version,
            tenant: identity.tenant, device: identity.device,
            writeID: WriteID(replica: identity.replica, sequence: state.lastSequence + 1), previous: state.lastHash, base: base.checkpoint,
            baseMAC: base.mac, claimed: Stamp(milliseconds: stamp, counter: UInt16(truncatingIfNeeded: random.next()), replica: identity.replica),
            user: random.once(in: 10) ? one(ids) ?? identity.user : identity.user, intent: "forged",
            guards: random.once(in: 5)
                ? [Guard(key: one(keys) ?? RecordKey(type: schema.entities[0].type, id: identity.user), field: FieldID(rawValue: 1), seen: [])] : [],
            ops: ops)
    }

    private mutating func base() throws -> ShownCheckpoint {
        let own = state.checkpoint.map { ShownCheckpoint(checkpoint: $0, mac: state.checkpointMAC) }
        var shown = random.once(in: 3) ? one(others) ?? own : own
        shown = shown ?? ShownCheckpoint(checkpoint: Checkpoint(startOf: Epoch(rawValue: random.next())), mac: [])
        guard var base = shown else { throw Violation("forgery", "no base") }
        if random.once(in: 6) {
            base.checkpoint = Checkpoint(
                epoch: base.checkpoint.epoch, position: Position(rawValue: random.next() >> UInt64(random.below(64))),
                historyPrefix: base.checkpoint.historyPrefix, viewVersion: base.checkpoint.viewVersion)
        }
        return base
    }

    private mutating func op(_ keys: [RecordKey], _ ids: [RecordID]) throws -> Op {
        let entity = schema.entities[random.below(schema.entities.count)]
        let other = RecordKey(
            type: entity.type, id: random.once(in: 2) ? one(ids) ?? identity.user : RecordID(high: random.next(), low: random.next()),
            facet: random.once(in: 6) ? Facet.allCases[random.below(Facet.allCases.count)] : .common)
        let key = random.once(in: 3) ? other : (random.once(in: 4) ? one(pending) : nil) ?? one(keys) ?? other
        let versions = try server.record(key)?.record.entries.map(\.version) ?? []
        let kind: Op.Kind = random.once(in: 5) ? .delete : random.once(in: 2) ? .create : .patch
        guard kind != .delete else { return Op(kind: .delete, key: key, seen: random.once(in: 2) ? versions : []) }
        var writes: [FieldWrite] = []
        for field in (schema[key.type] ?? entity).fields where kind == .create && field.isRequired || random.once(in: 6) {
            let value = random.once(in: 8) ? anything(ids) : fitting(field, ids)
            let op = random.once(in: 8) ? MergeOp.allCases[random.below(MergeOp.allCases.count)] : field.creationOp
            writes.append(
                FieldWrite(field: field.id, op: op, value: value, bases: random.once(in: 2) ? Array(versions.prefix(3)) : invented(versions)))
        }
        return Op(kind: kind, key: key, writes: writes)
    }

    private mutating func invented(_ versions: [Version]) -> [Version] {
        guard random.once(in: 4) else { return [] }
        let replica = random.once(in: 2) ? identity.replica : ReplicaID(rawValue: UInt32(truncatingIfNeeded: random.next()) | 1)
        return [
            Version(
                stamp: Stamp(milliseconds: random.next() & Stamp.maximumMilliseconds, counter: 0, replica: replica),
                sequence: 1 + random.next() % 50)
        ]
    }

    private mutating func fitting(_ field: Field, _ ids: [RecordID]) -> Value {
        switch field.type {
        case .enumeration(let values): .text(values[random.below(values.count)])
        case .reference: .reference(one(ids) ?? identity.user)
        case .decimal: .text("\(random.below(9))")
        case .integer(let range): .integer(random.once(in: 2) ? range.lowerBound : range.upperBound)
        case .boolean: .boolean(random.once(in: 2))
        case .text: .text("forged \(random.below(100))")
        case .time: .text("2026-11-2\(random.below(10))T10:00:00+01:00")
        case .date: .text("2026-11-2\(random.below(10))")
        default: anything(ids)
        }
    }

    private mutating func anything(_ ids: [RecordID]) -> Value {
        switch random.below(9) {
        case 0: .null
        case 1: .boolean(true)
        case 2: .integer(random.once(in: 2) ? .max : .min)
        case 3: .bytes([UInt8](repeating: 7, count: random.below(40)))
        case 4: .text("\u{202E}é\u{65}\u{301}")
        case 5: .text("1e999999999")
        case 6: .list([.null, .list([])])
        case 7: .text(String(repeating: "x", count: 5_000))
        default: .reference(one(ids) ?? identity.user)
        }
    }

    private mutating func one<T>(_ values: [T]) -> T? { values.isEmpty ? nil : values[random.below(values.count)] }
}

extension Simulation {
    /// Puts a forged set at the end of the device's outbox, as a program under somebody else's control would.
    func forge(_ pick: UInt32, on device: SimulatedDevice) throws {
        let identity = try device.identity()
        let state = try device.store.read { try $0.state() }
        let others = try devices.compactMap { other -> ShownCheckpoint? in
            let state = try other.store.read { try $0.state() }
            return state.checkpoint.map { ShownCheckpoint(checkpoint: $0, mac: state.checkpointMAC) }
        }
        let pending = try devices.flatMap { other in
            try other.store.read { try $0.outbox() }.flatMap { own in (try? ChangeSet(decodingBody: own.set.body).ops.map(\.key)) ?? [] }
        }
        let set = try server.store.read { transaction in
            var forgery = Forgery(
                schema: device.engine.schema, server: transaction, identity: identity, state: state, pending: pending, others: others,
                random: SeededGenerator(seed: UInt64(pick)))
            return try forgery.set()
        }
        guard let body = try? set.encodedBody(), body.count <= Limits.setBytes else { return }
        let signed = SignedSet(
            writeID: set.writeID, body: body, algorithm: identity.algorithm,
            signature: try device.sign(SetHash.signedBytes(body: body), identity))
        try device.store.write { transaction in
            try transaction.append(OwnSet(set: signed, hash: signed.hash, intent: set.intent, madeAt: milliseconds))
            var state = state
            state.lastSequence = set.writeID.sequence
            state.lastHash = signed.hash
            try transaction.save(state)
        }
        ledger.forgers.insert(identity.device)
        met.setsForged += 1
    }
}
