import Synchronization
import TruckrollCore
import TruckrollProtocol

/// What rows of a device say that are read again and again: every reply lays the pending sets over the records anew, and every
/// segment that arrives asks which comes next. To decode them each time would cost more than all the rest of it.
///
/// A row is given as it was decoded before only where its bytes are still the same, whatever a disk has made of them.
final class DecodedRows: Sendable {
    private struct Kept {
        var sets: [WriteID: (body: [UInt8], set: ChangeSet)] = [:]
        var filling: (bytes: [UInt8], filling: PBFilling)?
    }

    /// How many sets are kept, and of how many bytes each at most: what is beyond that of a long outbox is decoded again rather than held.
    private static let sets = 1024
    private static let setBytes = 4096

    private let kept = Mutex(Kept())

    /// - Returns: `nil` when the bytes say nothing.
    func content(of own: OwnSet) -> ChangeSet? {
        if let known = kept.withLock({ $0.sets[own.set.writeID] }), known.body == own.set.body { return known.set }
        guard let set = try? ChangeSet(decodingBody: own.set.body) else { return nil }
        keep(set, of: own)
        return set
    }

    func keep(_ set: ChangeSet, of own: OwnSet) {
        guard own.set.body.count <= Self.setBytes else { return }
        kept.withLock {
            // Any one makes room: a list longer than all that fits then still finds some of it.
            if $0.sets.count >= Self.sets, let one = $0.sets.keys.first { $0.sets[one] = nil }
            $0.sets[own.set.writeID] = (own.set.body, set)
        }
    }

    /// How far the parts reach that are kept aside; `nil` when there are none, or when the disk has changed it.
    func filling(of state: DeviceState) -> PBFilling? {
        guard !state.filling.isEmpty else { return nil }
        if let known = kept.withLock({ $0.filling }), known.bytes == state.filling { return known.filling }
        guard let filling = try? Wire.decode(PBFilling.self, state.filling) else { return nil }
        keep(filling, of: state)
        return filling
    }

    func keep(_ filling: PBFilling, of state: DeviceState) { kept.withLock { $0.filling = (state.filling, filling) } }
}
