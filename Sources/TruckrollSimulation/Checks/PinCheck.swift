import TruckrollCore
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// What the device's unanswered sets write stays with it, whatever leaves its view (C12).
struct PinCheck {
    let device: SimulatedDevice
    private let pinned: [WriteID: Set<RecordKey>]

    /// Notes what is there before a visit.
    init(_ device: SimulatedDevice) throws {
        self.device = device
        // What the disk has changed may go, and a look at it would be noted.
        pinned = device.isDiskAtFault ? [:] : try Self.pinned(device)
    }

    /// What each unanswered set writes, as far as the device holds a confirmed record of it.
    private static func pinned(_ device: SimulatedDevice) throws -> [WriteID: Set<RecordKey>] {
        try device.engine.read { reader in
            var pinned: [WriteID: Set<RecordKey>] = [:]
            for own in try reader.outbox() {
                let keys = Set(reader.content(of: own)?.ops.map(\.key) ?? [])
                pinned[own.set.writeID] = try keys.filter { try reader.isConfirmed($0) }
            }
            return pinned
        }
    }

    /// Nothing of it is gone that a set writes which still waits.
    func check() throws {
        guard !pinned.isEmpty else { return }
        let now = try Self.pinned(device)
        for (set, keys) in pinned {
            guard let left = now[set], let gone = keys.subtracting(left).min() else { continue }
            throw Violation("C12", "\(device.name) purged \(gone), which its unanswered set \(set) writes")
        }
    }
}
