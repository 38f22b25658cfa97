/// One field of a record as it is stored, sent and hashed.
public struct FieldEntry: Hashable, Sendable {
    public let field: FieldID
    /// The newest version that went into the value.
    public let version: Version
    /// The field's merged state in CBOR; what it means depends on the merge rule (Protocol/04-merge.md).
    public let value: [UInt8]

    public init(field: FieldID, version: Version, value: [UInt8]) {
        self.field = field
        self.version = version
        self.value = value
    }
}

/// The merged state of one facet of one entity: its field entries in ascending field number.
///
/// The server alone encodes confirmed records; a device keeps the entries as they came, those of unknown fields and unknown
/// entity types included.
public struct Record: Hashable, Sendable {
    public let key: RecordKey
    public private(set) var entries: [FieldEntry]

    public init(key: RecordKey, entries: [FieldEntry] = []) {
        self.key = key
        self.entries = entries.sorted { $0.field < $1.field }
    }

    public subscript(field: FieldID) -> FieldEntry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].field < field { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].field == field ? entries[low] : nil
    }

    /// Puts `entry` in the place of the field's former one.
    public mutating func set(_ entry: FieldEntry) {
        let index = entries.firstIndex { !($0.field < entry.field) } ?? entries.count
        if index < entries.count, entries[index].field == entry.field {
            entries[index] = entry
        } else {
            entries.insert(entry, at: index)
        }
    }

    /// Entry by entry, big-endian: field u32, version 20 bytes, length u32, value.
    public var encodedEntries: [UInt8] {
        [UInt8](size: entries.reduce(0) { $0 + 8 + Version.byteCount + $1.value.count }) { writer in
            for entry in entries {
                writer.write(entry.field.rawValue)
                entry.version.write(to: &writer)
                writer.write(UInt32(entry.value.count))
                writer.write(entry.value)
            }
        }
    }

    /// Reads what ``encodedEntries`` wrote.
    ///
    /// - Throws: `record-order` when fields do not ascend, or what the parts throw.
    public init(key: RecordKey, decoding bytes: some Collection<UInt8>) throws(DecodingProblem) {
        var reader = ByteReader(bytes)
        var entries: [FieldEntry] = []
        while !reader.isAtEnd {
            let field = FieldID(rawValue: try reader.integer(UInt32.self))
            if let last = entries.last, !(last.field < field) {
                throw DecodingProblem("record-order", "field \(field) after \(last.field)")
            }
            let version = try Version(reading: &reader)
            let count = try reader.integer(UInt32.self)
            entries.append(FieldEntry(field: field, version: version, value: try reader.take(Int(count))))
        }
        self.key = key
        self.entries = entries
    }
}
