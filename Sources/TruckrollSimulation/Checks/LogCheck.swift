import TruckrollCore
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// The log verifies (I28): positions and sequences without a gap, hashes that chain, receipts as they were given.
struct LogCheck {
    let log: AdmittedLog
    let simulation: Simulation

    init(_ log: AdmittedLog, _ simulation: Simulation) {
        self.log = log
        self.simulation = simulation
    }

    func check() throws {
        var history = HistoryHash.start
        var last: [ReplicaID: (sequence: UInt64, hash: SetHash)] = [:]
        var causes: Set<String> = []
        for (index, admitted) in log.sets.enumerated() {
            guard admitted.position.rawValue == UInt64(index + 1) else {
                throw Violation("I28", "position \(index + 1) is missing; \(admitted.position) stands there")
            }
            guard admitted.set.hash == admitted.hash else { throw Violation("I28", "the bytes at \(admitted.position) do not have their hash") }
            history = history.advanced(setHash: admitted.hash, stamp: admitted.stamp, outcome: admitted.outcome.rawValue)
            guard history == admitted.history else { throw Violation("I28", "the history breaks at \(admitted.position)") }
            let id = admitted.set.writeID
            let before = last[id.replica] ?? (0, .none)
            guard id.sequence == before.sequence + 1 else { throw Violation("C6", "\(id) stands after sequence \(before.sequence)") }
            if let set = log.changes[id], set.previous != before.hash {
                throw Violation("C6", "\(id) does not follow what stands before it")
            }
            last[id.replica] = (id.sequence, admitted.hash)
            if let cause = admitted.cause, !causes.insert(cause).inserted { throw Violation("C4", "the cause \(cause) took effect twice") }
        }
        guard log.tenant.head.rawValue == UInt64(log.sets.count), log.tenant.history == history else {
            throw Violation("I28", "the head is not the last set's")
        }
        try checkReceipts()
    }

    /// What a device was told is what stands (C4).
    private func checkReceipts() throws {
        let byPosition = Dictionary(uniqueKeysWithValues: log.sets.map { ($0.position, $0) })
        for device in simulation.devices where !device.isRevoked {
            for own in try device.store.read({ try $0.journal(limit: .max) }) {
                guard let receipt = own.receipt, receipt.epoch == log.tenant.epoch else { continue }
                guard let admitted = byPosition[receipt.position], let given = try? Receipt(Wire.decode(PBReceipt.self, admitted.answer)),
                    given.writeID == receipt.writeID, given.setHash == own.hash, given.outcome == receipt.outcome
                else { throw Violation("C4", "\(device.name) holds a receipt for \(receipt.writeID) that the log does not bear out") }
            }
        }
    }
}
