import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// Scope safety (C12): nothing crosses the wire that the replica's view does not hold, by membership made from scratch.
struct PullCheck {
    let simulation: Simulation
    let device: SimulatedDevice
    let replica: ReplicaID

    init(_ simulation: Simulation, _ device: SimulatedDevice, _ replica: ReplicaID) {
        self.simulation = simulation
        self.device = device
        self.replica = replica
    }

    /// - Returns: whether the reply moves the device.
    func check(_ reply: SyncConversation.Reply) throws -> Bool {
        let chunks: [PBChunk]
        switch reply {
        case .sync(let reply): chunks = reply.part + reply.chunks
        case .repair(let reply): chunks = reply.chunks
        case .segment(let bytes):
            try check(segment: bytes ?? [])
            return false
        default: return false
        }
        let held = try simulation.server.store.read { try Set($0.viewScopes(replica).map(\.scope)) }
        for chunk in chunks {
            for change in chunk.records {
                let key = try RecordKey(decoding: change.key)
                guard let stored = try simulation.server.store.read({ try $0.record(key) }) else {
                    throw Violation("C12", "\(device.name) was sent \(key), which does not exist")
                }
                if change.entries.isEmpty, change.scopes.isEmpty { continue }
                guard stored.scopes.contains(where: held.contains) else {
                    throw Violation("C12", "\(device.name) was sent \(key), which lies outside its view")
                }
            }
        }
        return true
    }

    /// A segment may hold what has left its scope since, never what was in no scope of the view. One that was damaged on the way
    /// is no matter of the server's.
    private func check(segment bytes: [UInt8]) throws {
        let held = try simulation.server.store.read { try Set($0.viewScopes(replica).map(\.scope)) }
        for chunk in (try? Wire.decode(PBSegment.self, bytes))?.chunks ?? [] {
            let isSound = try simulation.server.store.read { try !$0.scopes(withSegment: ContentDigest.sha256(bytes)).isEmpty }
            guard isSound, let foreign = chunk.scopes.map({ Scope($0) }).first(where: { !held.contains($0) }) else { continue }
            throw Violation("C12", "\(device.name) was sent records of \(foreign), which its view does not hold")
        }
    }
}
