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
        try device.engine.read { reader in
            guard let set = reader.content(of: own) else { throw Violation("C8", "\(device.name) cannot read the set it just made") }
            for op in set.ops where op.kind == .create {
                guard let record = try reader.record(op.key) else { throw Violation("C8", "\(device.name) does not see \(op.key) it just made") }
                guard op.writes.allSatisfy({ record[$0.field] != nil }) else { throw Violation("C8", "\(device.name) lost a field of \(op.key)") }
            }
        }
    }

    /// The facts this device shows of sets that a reply answers without bringing what came of them.
    func shown(answeredBy reply: SyncConversation.Reply, _ schema: Schema) throws -> [RecordKey] {
        let receipts: [PBReceipt]
        switch reply {
        case .sync(let message) where !message.hasCommit && !message.hasHistoryChanged: receipts = message.receipts
        case .carry(let message): receipts = message.receipts
        default: return []
        }
        return try device.engine.read { reader in
            var keys: [RecordKey] = []
            for message in receipts {
                let receipt = try Receipt(message)
                guard receipt.outcome == .applied || receipt.outcome == .merged, let own = try reader.own(receipt.writeID),
                    let set = reader.content(of: own)
                else {
                    continue
                }
                keys += set.ops.filter { $0.kind == .create && schema[$0.key.type]?.writeClass == .fact }.map(\.key)
            }
            return try keys.filter { try reader.record($0) != nil }
        }
    }

    /// Read your writes, also between the answer and the records that come of it.
    func stillShows(_ keys: [RecordKey]) throws {
        try device.engine.read { reader in
            for key in keys where try reader.record(key) == nil {
                throw Violation("C8", "\(device.name) shows its own \(key) no more: it was answered, and what came of it is not here")
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
