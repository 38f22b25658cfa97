import TruckrollCore
import TruckrollDomain
import TruckrollStoreMemory
import TruckrollSync

/// What others show of lost work waits for a person exactly as long as the work itself has not come (Protocol/09-epochs.md, 9.20
/// to 9.22).
struct RecoveredCheck {
    let log: AdmittedLog
    let simulation: Simulation

    init(_ log: AdmittedLog, _ simulation: Simulation) {
        self.log = log
        self.simulation = simulation
    }

    func check() throws {
        var arrived: [WriteID: Bool] = [:]
        for set in log.sets where set.cause == nil {
            let hasEffect = set.outcome != .quarantined && set.outcome != .deferred
            for id in [set.set.writeID, set.origin?.writeID].compactMap({ $0 }) { arrived[id] = (arrived[id] ?? false) || hasEffect }
        }
        let entity = try simulation.schema.entity("recovered_state")
        try simulation.server.store.read { transaction in
            for id in try transaction.ids(entity) {
                guard let stored = try transaction.record(RecordKey(type: entity.type, id: id)) else { continue }
                let view = RecordView(stored.record, entity)
                guard let replica = view.integer("author_replica").flatMap({ UInt32(exactly: $0) }),
                    let sequence = view.integer("author_sequence").flatMap({ UInt64(exactly: $0) })
                else { throw Violation("9.20", "\(id) does not say whose work it is of") }
                simulation.met.recoveredKept += 1
                let author = WriteID(replica: ReplicaID(rawValue: replica), sequence: sequence)
                switch (arrived[author], view.boolean("arrived")) {
                case (true, false): throw Violation("9.22", "\(author) has come, and what others showed of it still waits for a person")
                case (nil, true): throw Violation("9.22", "what others showed of \(author) is closed, and it has not come")
                default: break
                }
            }
        }
    }
}
