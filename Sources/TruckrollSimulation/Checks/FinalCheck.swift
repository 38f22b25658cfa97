import TruckrollCore
import TruckrollDomain
import TruckrollStoreMemory
import TruckrollSync

/// Everything that must hold when all is quiet.
struct FinalCheck {
    let simulation: Simulation

    init(_ simulation: Simulation) { self.simulation = simulation }

    func check() throws {
        let log = try AdmittedLog(simulation.server.store)
        try LogCheck(log, simulation).check()
        try LedgerCheck(log, simulation).check()
        try PromiseCheck(log, simulation).check()
        try RecoveredCheck(log, simulation).check()
        try OracleCheck(log, simulation).check()
        try ReplicaCheck(simulation).check()
        try count(log)
    }

    /// Counts what the run met, by what stands in the log and the records.
    private func count(_ log: AdmittedLog) throws {
        for admitted in log.sets {
            switch admitted.outcome {
            case .deferred: simulation.met.deferredSets += 1
            case .setAside: simulation.met.setsAside += 1
            case .quarantined: simulation.met.quarantined += 1
            default: break
            }
            if admitted.cause?.hasPrefix("settled:") ?? false { simulation.met.settledLate += 1 }
        }
        let schema = simulation.schema
        try simulation.server.store.read { transaction in
            let exception = try schema.entity("exception")
            simulation.met.lateStarts += try transaction.ids(exception, where: "kind", equals: .text("double_assignment")).count
            let ruling = try schema.entity("ruling")
            for id in try transaction.ids(ruling) {
                guard let stored = try transaction.record(RecordKey(type: ruling.type, id: id)) else { continue }
                if RecordView(stored.record, ruling).text("rule") == "content-wins" { simulation.met.revivedAfterDelete += 1 }
            }
            simulation.met.outsideView += try transaction.ids(exception, where: "kind", equals: .text("outside_view")).count
        }
    }
}
