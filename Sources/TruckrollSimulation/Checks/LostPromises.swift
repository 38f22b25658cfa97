import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory
import TruckrollSync

/// Reservations and stock leases that were granted when the server was put back to a copy that does not know it.
struct LostPromises {
    struct Promise {
        /// The set that asked for it.
        let request: WriteID
        /// That set's: its number may have been given again since.
        let hash: SetHash
        let shelf: StockShelf
    }

    /// When the copy was put back.
    let milliseconds: Int64
    /// The history that stood in the copy.
    let epoch: Epoch?
    let promises: [RecordKey: Promise]

    /// - Parameter former: what an earlier restore made the server forget, and its holders may not have told yet.
    init(
        puttingBack copy: MemoryServerStore, inPlaceOf store: MemoryServerStore, former: LostPromises?, _ schema: Schema, at milliseconds: Int64
    ) throws {
        self.milliseconds = milliseconds
        epoch = try copy.read { try $0.tenant()?.epoch }
        let known = try Self.granted(copy, schema)
        let untold = try store.read { transaction in
            try (former?.promises ?? [:]).filter { try transaction.admitted($0.value.request)?.hash != $0.value.hash }
        }
        let lost = try Self.granted(store, schema).merging(untold) { present, _ in present }.filter { known[$0.key] == nil }
        promises = try copy.read { transaction in
            let newest = try transaction.replicas().map(\.lastSeen).max() ?? 0
            return try lost.filter { _, promise in
                // Of somebody it has not heard of for a day the copy cannot know that there is something to wait for.
                try transaction.replica(promise.request.replica).map { $0.lastSeen > newest - Int64(Limits.settlingSeconds) * 1000 } ?? true
            }
        }
    }

    /// What a database knows as granted.
    private static func granted(_ store: MemoryServerStore, _ schema: Schema) throws -> [RecordKey: Promise] {
        var found: [RecordKey: Promise] = [:]
        try store.read { transaction in
            for (name, field) in [("reservation", "quantity"), ("lease", "amount")] {
                let entity = try schema.entity(name)
                for id in try transaction.ids(entity, where: "state", equals: .text("granted")) {
                    let key = RecordKey(type: entity.type, id: id)
                    guard let record = try transaction.record(key)?.record, let shelf = StockShelf(RecordView(record, entity)),
                        let asked = entity[field],
                        let request = record[asked.id]?.version.writeID, let set = try transaction.admitted(request)
                    else { continue }
                    found[key] = Promise(request: request, hash: set.hash, shelf: shelf)
                }
            }
        }
        return found
    }
}
