import TruckrollCore
import TruckrollSync

/// What people recorded, kept apart from every store: what a device confirmed must be found again.
struct Ledger {
    struct Entry {
        let device: String
        let set: OwnSet
        /// The orders whose records the device held when the set was made: facts about these land, whatever comes of the rest.
        let heldOrders: Set<RecordID>
    }

    private(set) var entries: [WriteID: [Entry]] = [:]
    /// Sets that were on a store nobody has any more, and nowhere else.
    private(set) var gone: Set<SetHash> = []
    /// Stock leases that a device held as granted when it came to the server, with the history it came to.
    var leases: [RecordID: Epoch] = [:]
    /// Stock leases that a device ever showed a server, run out or not.
    var shownLeases: Set<RecordID> = []
    /// What the newest restore made the server forget.
    var lostPromises: LostPromises?
    /// Devices that named a base they did not have: what they record afterwards may be judged by it.
    var forgers: Set<DeviceID> = []

    mutating func add(_ set: OwnSet, of device: String, holding orders: Set<RecordID>) {
        entries[set.set.writeID, default: []].append(Entry(device: device, set: set, heldOrders: orders))
    }

    mutating func giveUp(_ hash: SetHash) { gone.insert(hash) }

    var all: [Entry] { entries.keys.sorted().flatMap { entries[$0] ?? [] } }
}
