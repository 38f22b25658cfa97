import TruckrollCore
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// The end of every run: no more faults, no more work, everybody online.
extension Simulation {
    func heal() throws {
        server.writesUntilEnd = nil
        if server.witness == nil { server.upgrade(to: newerSchema) }
        try server.start(at: moment)
        for request in late { try request() }
        late = []
        for device in devices {
            device.clockError = 0
            device.writesUntilEnd = nil
        }
        // In the first round every device compares all it holds; effects of one device's sets reach the others in the next.
        for round in 0..<6 {
            milliseconds += 1000
            for device in devices where !device.isRevoked {
                try visit(device, .sync, nil)
                if round == 0 {
                    try visit(device, .audit(repairing: mayDiffer(device)), nil)
                } else if try !isQuiet(device) {
                    try visit(device, .sync, nil)
                }
            }
            guard try isQuiet() else { continue }
            // Whoever has not been heard of now is gone.
            guard try server.engine.settle(at: moment) else { return }
        }
        let waiting = try devices.filter { !$0.isRevoked }.compactMap { device in
            let sets = try device.store.read { try $0.outbox() }
            return sets.first.map { "\(device.name): \(sets.count) from \($0.set.writeID) (\($0.intent), \($0.standing)) on" }
        }
        throw Violation("convergence", "not quiet after six rounds; waiting: \(waiting)")
    }

    /// Whether a device may hold other than the server without any fault of the engine; every other has to be right unrepaired.
    private func mayDiffer(_ device: SimulatedDevice) throws -> Bool {
        try device.isDiskAtFault || device.isViewUncompared || ledger.forgers.contains(device.identity().device)
    }

    /// Whether nothing waits anywhere and every device stands at the head.
    private func isQuiet() throws -> Bool { try devices.allSatisfy { try $0.isRevoked || isQuiet($0) } }

    private func isQuiet(_ device: SimulatedDevice) throws -> Bool {
        let head = try server.store.read { try $0.tenant()?.head }
        let (outbox, state) = try device.store.read { (try $0.outbox(), try $0.state()) }
        // What builds on a set that a forger's device made wrong waits with it for a person.
        let isForgers = try ledger.forgers.contains(device.identity().device)
        let waits = outbox.contains { $0.standing == .waiting || !isForgers }
        return !waits && state.checkpoint?.position == head
    }
}
