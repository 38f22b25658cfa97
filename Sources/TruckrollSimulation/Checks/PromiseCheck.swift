import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// What was promised before a server was put back to an older copy holds after it (Protocol/09-epochs.md, 9.16 to 9.19).
struct PromiseCheck {
    let log: AdmittedLog
    let simulation: Simulation

    init(_ log: AdmittedLog, _ simulation: Simulation) {
        self.log = log
        self.simulation = simulation
    }

    func check() throws {
        try leasesHold()
        try nothingWhileSettling()
        try nothingBeforeTheHoldersTold()
    }

    /// The stock leases that a device takes with it as granted to one of its numbers and that have not run out. Of another device's,
    /// or a copy's, it may know more than that one itself: such a grant is nobody's promise yet.
    static func leases(of device: SimulatedDevice, at milliseconds: Int64) throws -> [RecordID] {
        let present = try device.identity().replica
        let numbers = Set(try device.engine.read { try $0.ownSets() }.map(\.set.writeID.replica) + [present])
        return try device.engine.read { reader in
            try reader.views("lease").filter { $0.text("state") == "granted" }.compactMap { LeaseProof($0) }
                .filter { $0.hardExpiry > milliseconds && numbers.contains($0.replica) }.map(\.lease)
        }
    }

    /// A lease that a device showed to this history as granted was spent, has run out, or still stands; it is never refused. Where
    /// the request itself was lost with another copy of the device, there is none.
    private func leasesHold() throws {
        let entity = try simulation.schema.entity("lease")
        for (lease, epoch) in simulation.ledger.leases where epoch == log.tenant.epoch {
            let stored = try simulation.server.store.read { try $0.record(RecordKey(type: entity.type, id: lease)) }
            guard let stored else { continue }
            let state = RecordView(stored.record, entity).text("state") ?? "not answered"
            guard ["granted", "expired", "returned"].contains(state) else {
                throw Violation("9.17", "the lease \(lease) was granted before a restore, shown after it, and is \(state)")
            }
        }
    }

    /// From the beginning of a history until it has settled, no reservation is granted.
    private func nothingWhileSettling() throws {
        let epochs = try simulation.server.store.read { try $0.epochs() }
        for epoch in epochs {
            guard let settled = log.sets.first(where: { $0.cause == "settled:\(epoch.epoch)" })?.position else { continue }
            for admitted in log.sets where admitted.cause != nil && admitted.position > epoch.start && admitted.position < settled {
                guard let key = try grants(of: admitted, ["reservation"]).first else { continue }
                throw Violation("9.16", "\(key) was granted at \(admitted.position), before the server had settled at \(settled)")
            }
        }
    }

    /// After a restore nothing of a part is promised at a place while somebody who held a promise of it there has not told that yet.
    /// What nobody tells within a day, or only by way of another number or another copy of the device, is not waited for.
    private func nothingBeforeTheHoldersTold() throws {
        guard let lost = simulation.ledger.lostPromises, let begun = try simulation.server.store.read({ try $0.epochs().last }),
            begun.epoch != lost.epoch, begun.epoch == log.tenant.epoch
        else { return }
        let told = Dictionary(log.sets.map { ($0.hash, $0.position) }, uniquingKeysWith: { first, _ in first })
        let lately = try lost.promises.values.filter { promise in
            try told[promise.hash].map { $0 > begun.start } ?? false && runsOnce(promise.request.replica)
        }
        simulation.met.promisesTold += lately.count
        let end = lost.milliseconds + Int64(Limits.settlingSeconds) * 1000
        for admitted in log.sets where admitted.cause != nil && admitted.position > begun.start && admitted.admittedAt < end {
            for key in try grants(of: admitted) where lost.promises[key] == nil && !simulation.ledger.shownLeases.contains(key.id) {
                let shelf = try shelf(of: key)
                let late = lately.first { promise in
                    promise.shelf == shelf && told[promise.hash].map { $0 > admitted.position } ?? false
                }
                guard let late else { continue }
                throw Violation("9.16", "\(key) was granted at \(admitted.position), before \(late.request) told of an older promise of the same")
            }
        }
    }

    /// Whether nobody goes on with a copy of the device beside it.
    private func runsOnce(_ replica: ReplicaID) throws -> Bool {
        let device = try simulation.server.store.read { try $0.replica(replica)?.device }
        return try simulation.devices.count { try $0.identity().device == device } == 1
    }

    /// The reservations and stock leases that a set of the server grants, or grants more of. What was picked for a hand-over and is put back had
    /// been granted before; so had what is left of a request when the rest of it is given up.
    private func grants(of admitted: AdmittedSet, _ names: [String] = ["reservation", "lease"]) throws -> [RecordKey] {
        let entities = try names.map { try simulation.schema.entity($0) }
        let ops = log.changes[admitted.set.writeID]?.ops ?? []
        return ops.filter { op in
            entities.contains { entity in
                guard op.key.type == entity.type, let state = entity["state"], let amount = entity["granted"],
                    op.writes.contains(where: { $0.field == state.id && $0.value == .text("granted") })
                else { return false }
                switch lastState(of: op.key, before: admitted.position, state) {
                case "picked": return false
                case "backordered": return ops.contains { writes($0, op.key, amount) }
                default: return true
                }
            }
        }.map(\.key)
    }

    /// The state that the server wrote last before a position.
    private func lastState(of key: RecordKey, before position: Position, _ state: Field) -> String? {
        let before = log.sets.last { admitted in
            admitted.position < position && admitted.cause != nil
                && (log.changes[admitted.set.writeID]?.ops ?? []).contains { writes($0, key, state) }
        }
        let ops = before.flatMap { log.changes[$0.set.writeID]?.ops } ?? []
        return ops.last { writes($0, key, state) }?.writes.last { $0.field == state.id }?.value.text
    }

    private func writes(_ op: Op, _ key: RecordKey, _ field: Field) -> Bool { op.key == key && op.writes.contains { $0.field == field.id } }

    private func shelf(of key: RecordKey) throws -> StockShelf? {
        guard let entity = simulation.schema[key.type], let stored = try simulation.server.store.read({ try $0.record(key) }) else { return nil }
        return StockShelf(RecordView(stored.record, entity))
    }
}
