import Foundation
import TruckrollCore

/// Which of the three classes of writes an entity's belong to; it decides what becomes of them when a set cannot be
/// granted as a whole.
public enum WriteClass: String, Sendable, Codable {
    /// Lands always.
    case fact
    /// Lands, or is set aside with the other decisions and claims of its set.
    case decision
    /// Granted by the server, or set aside with the decisions of its set.
    case claim
}

/// What a user may do.
public enum Role: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    case technician, dispatcher, quality, importer
}

/// One entity type of `Schemas/`. Shared, never copied: every record that is read carries its entity along.
public final class Entity: Sendable {
    public let type: EntityType
    public let name: String
    public let title: String
    public let summary: String
    public let writeClass: WriteClass
    /// The schema version that brought it.
    public let since: UInt32
    /// The roles that may write its decisions and claims. Facts are taken from anybody.
    public let writers: Set<Role>
    /// Whether its records are immutable entries.
    public let isLog: Bool
    public let isDeletable: Bool
    /// In ascending field number.
    public let fields: [Field]
    /// Where the record of each facet lies.
    public let scopes: [Facet: [ScopeTemplate]]
    public let edges: [EdgeTemplate]
    /// What the clock alone asks of its records.
    public let clocks: [ClockTemplate]
    private let required: [Facet: [FieldID]]
    private let byID: [FieldID: Int]
    private let byName: [String: Int]

    public subscript(id: FieldID) -> Field? { byID[id].map { fields[$0] } }
    public subscript(name: String) -> Field? { byName[name].map { fields[$0] } }

    /// The id of the record of a name: one a name, whoever makes it.
    public func id(named name: String) -> RecordID { RecordID.derived(type: type, key: [Array(name.utf8)]) }

    /// Whether somebody has made the record: it has every field that a creation carries, while one that only patches have reached
    /// lacks some.
    public func isMade(_ record: Record) -> Bool { required[record.key.facet]?.allSatisfy { record[$0] != nil } ?? true }

    /// The fields a store keeps as typed columns to query by.
    public let columns: [Field]
    /// Theirs, in the same order, and last ``nextDueColumn`` where the entity has clocks.
    let columnNames: [String]
    /// The column of integers that says when the clock asks something of a record, in Unix milliseconds.
    public static let nextDueColumn = "next_due"

    /// Reads a schema document.
    ///
    /// - Throws: ``SchemaProblem``, or what decoding JSON throws.
    public init(document: Data) throws {
        let file = try JSONDecoder().decode(SchemaFile.self, from: document)
        let name = file.id.split(separator: "/").last.map { String($0.dropLast(".json".count)) } ?? ""
        self.name = name
        type = EntityType(rawValue: file.entity.type)
        title = file.title
        summary = file.description
        writeClass = file.entity.class
        writers = Set(file.entity.writers)
        since = file.entity.since ?? 1
        isLog = file.entity.log ?? false
        isDeletable = file.entity.deletable ?? false
        let required = Set(file.required)
        fields = try file.properties.map { try Field(name: $0.key, property: $0.value, isRequired: required.contains($0.key), entity: name) }
            .sorted { $0.id < $1.id }
        // Records that were made before the field was there would count as not made.
        if let late = fields.first(where: { [since] in $0.isRequired && $0.since > since }) {
            throw SchemaProblem(entity: name, detail: "\(late.name) came after its entity and cannot be required")
        }
        self.required = Dictionary(grouping: fields.filter(\.isRequired), by: \.facet).mapValues { $0.map(\.id) }
        columns = fields.filter(\.isColumn)
        clocks = (file.entity.clocks ?? []).map { ClockTemplate(field: $0.field, condition: $0.when ?? [:]) }
        columnNames = columns.map(\.name) + (clocks.isEmpty ? [] : [Self.nextDueColumn])
        var scopes: [Facet: [ScopeTemplate]] = [:]
        for (facetName, templates) in file.entity.scopes {
            guard let facet = Facet(name: facetName) else { throw SchemaProblem(entity: name, detail: "facet \(facetName)") }
            scopes[facet] = try templates.map { try ScopeTemplate($0, entity: name) }
        }
        self.scopes = scopes
        edges = try (file.entity.edges ?? []).map {
            EdgeTemplate(
                parent: try ScopeTemplate($0.parent, entity: name), child: try ScopeTemplate($0.child, entity: name),
                condition: $0.when ?? [:], windowField: $0.window, scopeClass: try Self.scopeClass($0.class, entity: name))
        }
        byID = Dictionary(fields.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        byName = Dictionary(fields.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        guard byID.count == fields.count else { throw SchemaProblem(entity: name, detail: "two fields share a number") }
        guard byID[.tombstone] == nil else { throw SchemaProblem(entity: name, detail: "field number 0 is the tombstone") }
        guard byName[Self.nextDueColumn] == nil else { throw SchemaProblem(entity: name, detail: "\(Self.nextDueColumn) is no name for a field") }
        for clock in clocks {
            guard let field = self[clock.field], field.facet == .common, field.type == .time || field.type == .date else {
                throw SchemaProblem(entity: name, detail: "no clock can run by \(clock.field)")
            }
        }
        for field in fields where scopes[field.facet] == nil {
            throw SchemaProblem(entity: name, detail: "\(field.name): facet \(field.facet.name) has no scopes")
        }
    }
}

extension Entity {
    private static func scopeClass(_ number: UInt8?, entity: String) throws(SchemaProblem) -> ScopeClass {
        guard let scopeClass = ScopeClass(rawValue: number ?? 1) else { throw SchemaProblem(entity: entity, detail: "an edge's class is 1, 2 or 3") }
        return scopeClass
    }
}

/// The shape of a file in `Schemas/entities`.
struct SchemaFile: Decodable {
    struct EntityPart: Decodable {
        let type: UInt16
        let `class`: WriteClass
        let writers: [Role]
        let since: UInt32?
        let log: Bool?
        let deletable: Bool?
        let scopes: [String: [String]]
        let edges: [EdgePart]?
        let clocks: [ClockPart]?
    }
    struct ClockPart: Decodable {
        let field: String
        let when: [String: [String]]?
    }
    struct EdgePart: Decodable {
        let parent: String
        let child: String
        let when: [String: [String]]?
        let window: String?
        let `class`: UInt8?
    }
    struct Items: Decodable {
        let type: String?
        let format: String?
        let maxLength: Int?
        let `enum`: [String]?
    }
    struct Property: Decodable {
        let description: String
        let type: String?
        let format: String?
        let maxLength: Int?
        let minimum: Int64?
        let maximum: Int64?
        let `enum`: [String]?
        let items: Items?
        let field: UInt32
        let merge: MergeRule
        let references: String?
        let late: Bool?
        let planned: Bool?
        let unit: String?
        let column: Bool?
        let facet: String?
        let positive: Bool?
        let maxBytes: Int?
        let release: [Role: String]?
        let since: UInt32?

        enum CodingKeys: String, CodingKey {
            case description, type, format, maxLength, minimum, maximum, `enum`, items
            case field = "x-field"
            case merge = "x-merge"
            case references = "x-references"
            case late = "x-late"
            case planned = "x-planned"
            case unit = "x-unit"
            case column = "x-column"
            case facet = "x-facet"
            case positive = "x-positive"
            case maxBytes = "x-max-bytes"
            case release = "x-release"
            case since = "x-since"
        }
    }

    let id: String
    let title: String
    let description: String
    let entity: EntityPart
    let properties: [String: Property]
    let required: [String]

    enum CodingKeys: String, CodingKey {
        case id = "$id"
        case title, description, properties, required
        case entity = "x-entity"
    }
}

extension MergeRule: Decodable {}
