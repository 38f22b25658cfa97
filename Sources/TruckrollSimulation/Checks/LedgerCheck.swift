import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// Nothing that a device confirmed to its user is lost, and nothing took effect twice (C2, C3, C4).
struct LedgerCheck {
    let log: AdmittedLog
    let simulation: Simulation
    /// The server's last word on sets that waited, by its cause.
    private let takeUps: [String: AdmittedSet]

    init(_ log: AdmittedLog, _ simulation: Simulation) {
        self.log = log
        self.simulation = simulation
        let caused = log.sets.compactMap { set in set.cause.map { ($0, set) } }.filter { $0.0.hasPrefix("take-up:") }
        takeUps = Dictionary(caused, uniquingKeysWith: { _, last in last })
    }

    func check() throws {
        var admitted: [SetHash: AdmittedSet] = [:]
        for set in log.sets {
            admitted[set.hash] = set
            if let origin = set.origin, admitted[origin.hash] == nil { admitted[origin.hash] = set }
        }
        let held = try heldHashes()
        for entry in simulation.ledger.all {
            let hash = entry.set.hash
            guard let found = admitted[hash] else {
                let isExcused = simulation.ledger.gone.contains(hash) || isOfRevoked(entry.device) || simulation.server.restores > 0
                if held.contains(hash) || !isExcused {
                    throw Violation("C2", "\(entry.set.set.writeID) of \(entry.device) (\(entry.set.intent)) is not in the log")
                }
                continue
            }
            try facts(of: entry, found)
        }
        try once()
    }

    private func isOfRevoked(_ name: String) -> Bool { simulation.devices.first { $0.name == name }?.isRevoked ?? true }

    /// Sets that a device still in use holds.
    private func heldHashes() throws -> Set<SetHash> {
        var held: Set<SetHash> = []
        for device in simulation.devices where !device.isRevoked {
            let own = try device.store.read { try $0.outbox() + $0.journal(limit: .max) }
            held.formUnion(own.map(\.hash))
        }
        return held
    }

    /// Facts always land: each is a record, or its set says why it is kept aside (R4).
    private func facts(of entry: Ledger.Entry, _ admitted: AdmittedSet) throws {
        let last = takeUps["take-up:\(admitted.set.writeID)"] ?? admitted
        let answer = try Receipt(Wire.decode(PBReceipt.self, last.answer))
        guard answer.outcome != .quarantined else { return }
        guard let set = log.changes[admitted.set.writeID] else {
            throw Violation("I28", "\(admitted.set.writeID) took effect and cannot be read")
        }
        let isForgers = simulation.ledger.forgers.contains(set.device)
        guard answer.outcome != .deferred else {
            // It may build on a forged set, and wait with it for a person.
            if isForgers { return }
            throw Violation("C3", "\(set.writeID) is deferred although the server knows its schema")
        }
        let outside = Set(answer.remarks.filter { $0.code == "outside-view" }.map(\.op))
        let schema = simulation.newerSchema
        for index in outside where !isForgers {
            if try isUsed(set.ops[index].key, schema, besides: entry.heldOrders) { continue }
            guard let order = try order(of: set.ops[index], schema), entry.heldOrders.contains(order) else { continue }
            throw Violation("I24", "\(set.writeID) of \(entry.device): the fact \(set.ops[index].key) is kept out although its order was held")
        }
        try simulation.server.store.read { transaction in
            let keptOut = Set(answer.remarks.filter(\.keepsFactOut).map(\.op))
            for (index, op) in set.ops.enumerated() where schema[op.key.type]?.writeClass == .fact && !keptOut.contains(index) {
                guard let stored = try transaction.record(op.key) else {
                    throw Violation("I2", "the fact \(op.key) of \(set.writeID) (\(admitted.outcome)) is no record")
                }
                for write in op.writes where op.kind == .create && stored.record[write.field] == nil {
                    throw Violation("I2", "field \(write.field) of the fact \(op.key) is lost")
                }
            }
        }
    }

    /// Whether a forger has made a record of that id about an order that the author did not hold: a fact whose id somebody used before
    /// is judged where that record lies (Protocol 6.16).
    private func isUsed(_ key: RecordKey, _ schema: Schema, besides held: Set<RecordID>) throws -> Bool {
        try simulation.server.store.read { transaction in
            guard let entity = schema[key.type], let field = entity["order"], let stored = try transaction.record(key),
                let entry = stored.record[field.id], let order = RecordView(stored.record, entity).reference("order"),
                let maker = try transaction.replica(entry.version.stamp.replica)
            else { return false }
            return simulation.ledger.forgers.contains(maker.device) && !held.contains(order)
        }
    }

    /// The order that a fact is about, by its own word or that of the record it is added to.
    private func order(of op: Op, _ schema: Schema) throws -> RecordID? {
        // What only mentions an order, as a hand-over for it does, is reached by other scopes.
        guard let entity = schema[op.key.type], let field = entity["order"],
            entity.scopes[op.key.facet]?.contains(where: { $0.field == "order" }) ?? false
        else { return nil }
        if let write = op.writes.first(where: { $0.field == field.id }) { return write.value.reference }
        let stored = try simulation.server.store.read { try $0.record(op.key) }
        return stored.flatMap { RecordView($0.record, entity).reference("order") }
    }

    /// One piece of work under two numbers takes effect once.
    private func once() throws {
        var origins: Set<SetHash> = []
        let hashes = Set(log.sets.filter { $0.outcome != .quarantined }.map(\.hash))
        for admitted in log.sets where admitted.outcome != .quarantined {
            guard let origin = admitted.origin else { continue }
            guard origins.insert(origin.hash).inserted, !hashes.contains(origin.hash) else {
                throw Violation("C4", "the work of \(origin.writeID) took effect twice")
            }
        }
    }
}
