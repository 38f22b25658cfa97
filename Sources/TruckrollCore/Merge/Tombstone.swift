/// The deletion of a record: the versions it had seen. Any other version in the record, now or later, keeps the record alive:
/// content wins, in either order (Protocol/04-merge.md).
public struct Tombstone: Hashable, Sendable {
    /// In ascending order.
    public private(set) var seen: [Version]

    public init(seen: [Version]) { self.seen = Array(Set(seen)).sorted() }

    public init(decoding bytes: [UInt8]) throws(DecodingProblem) {
        guard let list = try Value(decoding: bytes).list else { throw DecodingProblem("field-state", "a tombstone is a list") }
        var seen: [Version] = []
        for item in list { seen.append(try Version(decoding: item.bytes ?? [])) }
        self.init(seen: seen)
    }

    public var encoded: [UInt8] { Value.list(seen.map { .bytes($0.encoded) }).encoded }

    /// Two deletions together have seen what either saw.
    public func union(_ other: Tombstone) -> Tombstone { Tombstone(seen: seen + other.seen) }

    /// The record's entry for the tombstone after one more deletion.
    public static func merged(_ seen: [Version], version: Version, into entry: FieldEntry?) throws(DecodingProblem) -> FieldEntry {
        var tombstone = Tombstone(seen: seen)
        if let entry { tombstone = tombstone.union(try Tombstone(decoding: entry.value)) }
        return FieldEntry(field: .tombstone, version: max(entry?.version ?? version, version), value: tombstone.encoded)
    }

    /// Whether it covers every version of the record.
    public func covers(_ versions: [Version]) -> Bool {
        let named = Set(seen.map(\.writeID))
        return versions.allSatisfy { named.contains($0.writeID) }
    }
}
