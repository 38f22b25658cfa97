import TruckrollCore

/// A record key as a key of a hash table. Ids are random or hashes already, so one word of them is enough to tell them apart.
struct HashedKey: Hashable, Sendable {
    let key: RecordKey
    init(_ key: RecordKey) { self.key = key }

    static func == (a: HashedKey, b: HashedKey) -> Bool {
        a.key.id.low == b.key.id.low && a.key.id.high == b.key.id.high && a.key.type.rawValue == b.key.type.rawValue
            && a.key.facet == b.key.facet
    }

    func hash(into hasher: inout Hasher) { hasher.combine(key.id.mixed &+ UInt64(key.type.rawValue)) }
}

/// A record id as a key of a hash table.
struct HashedID: Hashable, Sendable {
    let id: RecordID
    init(_ id: RecordID) { self.id = id }

    static func == (a: HashedID, b: HashedID) -> Bool { a.id.low == b.id.low && a.id.high == b.id.high }
    func hash(into hasher: inout Hasher) { hasher.combine(id.mixed) }
}

extension RecordID {
    /// Both halves in one word.
    fileprivate var mixed: UInt64 { low &+ high &* 0x9E37_79B9_7F4A_7C15 }
}
