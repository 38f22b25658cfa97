import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// What one device may rely on from moment to moment (C5, C8).
struct SessionCheck {
    let device: SimulatedDevice

    init(_ device: SimulatedDevice) { self.device = device }

    /// Read your writes: what a set wrote is visible at once.
    func reads(own: OwnSet) throws {
        let set = try ChangeSet(decodingBody: own.set.body)
        try device.engine.read { reader in
            for op in set.ops where op.kind == .create {
                guard let record = try reader.record(op.key) else { throw Violation("C8", "\(device.name) does not see \(op.key) it just made") }
                guard op.writes.allSatisfy({ record[$0.field] != nil }) else { throw Violation("C8", "\(device.name) lost a field of \(op.key)") }
            }
        }
    }

    /// Monotonic reads: within an epoch the applied position never decreases.
    func monotonic() throws {
        guard let checkpoint = try device.store.read({ try $0.state() }).checkpoint else { return }
        if let before = device.lastPosition[checkpoint.epoch], checkpoint.position < before {
            throw Violation("C8", "\(device.name) went back from position \(before) to \(checkpoint.position)")
        }
        device.lastPosition[checkpoint.epoch] = checkpoint.position
    }
}
