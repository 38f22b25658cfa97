import TruckrollCore

/// A record read through its schema: field names in, shown values out.
public struct RecordView: Sendable {
    public let entity: Entity
    public let record: Record

    public init(_ record: Record, _ entity: Entity) {
        self.record = record
        self.entity = entity
    }

    public var key: RecordKey { record.key }
    public var id: RecordID { record.key.id }

    /// What a person sees in the field; `null` when it was never written, is unknown, or cannot be read.
    public subscript(name: String) -> Value {
        entity[name].map { shown($0) } ?? .null
    }

    func shown(_ field: Field) -> Value { state(field)?.shown(rule: field.rule, lattice: field.lattice) ?? .null }

    public func state(_ field: Field) -> FieldState? {
        guard let entry = record[field.id] else { return nil }
        return try? FieldState(decoding: entry.value, rule: field.rule)
    }

    public func text(_ name: String) -> String? { self[name].text }
    public func reference(_ name: String) -> RecordID? { self[name].reference }
    public func integer(_ name: String) -> Int64? { self[name].integer }
    public func boolean(_ name: String) -> Bool { self[name].boolean ?? false }
    public func quantity(_ name: String) -> Quantity? { self[name].text.flatMap { Quantity($0) } }
    public func time(_ name: String) -> DeviceTime? { self[name].text.flatMap { DeviceTime($0) } }
    public func references(_ name: String) -> [RecordID] { (self[name].list ?? []).compactMap(\.reference) }

    /// The versions a writer who saw this record names for a field, or for one element of a set.
    public func versions(_ field: Field, element: Value? = nil) -> [Version] {
        guard let entry = record[field.id], let state = state(field) else { return [] }
        return state.versions(entryVersion: entry.version, element: field.isSet ? element : nil)
    }

    /// Every version that stands in the record, for a deletion to name. Of a field this schema does not know, the newest.
    public var allVersions: [Version] {
        var versions: Set<Version> = []
        for entry in record.entries where entry.field != .tombstone {
            if let field = entity[entry.field] { versions.formUnion(self.versions(field)) } else { versions.insert(entry.version) }
        }
        return versions.sorted()
    }

    /// Whether a deletion covers all that stands in the record.
    public var isDeleted: Bool {
        guard let entry = record[.tombstone], let tombstone = try? Tombstone(decoding: entry.value) else { return false }
        return tombstone.covers(allVersions)
    }

    /// Whether somebody has made the record and nobody has deleted it.
    public var isThere: Bool { entity.isMade(record) && !isDeleted }
}
