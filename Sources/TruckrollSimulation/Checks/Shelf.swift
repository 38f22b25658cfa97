import TruckrollCore

/// One part at one place.
struct Shelf: Hashable {
    let location: RecordID
    let part: RecordID
}
