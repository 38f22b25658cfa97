/// The number of an entity type in `Schemas/`. Never reused.
public struct EntityType: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public var description: String { "\(rawValue)" }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The number of a field within its entity type. Never reused; zero is the tombstone of the record.
public struct FieldID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Holds the versions that a deletion of the record had seen.
    public static let tombstone = FieldID(rawValue: 0)
    public var description: String { "\(rawValue)" }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A part of an entity with one visibility: a record of its own.
public enum Facet: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    case common = 0
    case commercial = 1
    case personal = 2
    case office = 3

    public var name: String {
        switch self {
        case .common: "common"
        case .commercial: "commercial"
        case .personal: "personal"
        case .office: "office"
        }
    }

    public init?(name: String) {
        guard let facet = Facet.allCases.first(where: { $0.name == name }) else { return nil }
        self = facet
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What names a record: entity type, id, facet. Sorts in that order, as its 19 bytes do.
public struct RecordKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let type: EntityType
    public let id: RecordID
    public let facet: Facet

    public init(type: EntityType, id: RecordID, facet: Facet = .common) {
        self.type = type
        self.id = id
        self.facet = facet
    }

    /// 19 bytes, big-endian: type 2, id 16, facet 1.
    public var encoded: [UInt8] {
        [UInt8](size: 19) { writer in
            writer.write(type.rawValue)
            id.write(to: &writer)
            writer.write(facet.rawValue)
        }
    }

    public init(decoding bytes: some Collection<UInt8>) throws(DecodingProblem) {
        var reader = ByteReader(bytes)
        let type = EntityType(rawValue: try reader.integer(UInt16.self))
        let idBytes = try reader.take(16)
        let facetNumber = try reader.byte()
        try reader.end()
        guard let id = RecordID(bytes: idBytes), let facet = Facet(rawValue: facetNumber) else {
            throw DecodingProblem("facet-unknown", "facet \(facetNumber)")
        }
        self.init(type: type, id: id, facet: facet)
    }

    public var description: String { facet == .common ? "\(type)/\(id)" : "\(type)/\(id)/\(facet.name)" }
    public static func < (a: Self, b: Self) -> Bool { (a.type, a.id, a.facet) < (b.type, b.id, b.facet) }
}
