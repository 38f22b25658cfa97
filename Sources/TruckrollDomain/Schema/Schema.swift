import Foundation
import TruckrollCore
import TruckrollSchemas

/// The entity schemas: fields, types, merge rules, scopes and edges, read from `Schemas/`.
public struct Schema: Sendable {
    /// The version of `Schemas/`; it rises with every change. A set of a newer version waits at the server; an older one is
    /// understood.
    public static let current: UInt32 = 10

    public let version: UInt32
    /// In ascending type number.
    public let entities: [Entity]
    private let byType: [EntityType: Entity]
    private let byName: [String: Entity]

    /// Reads the schemas compiled into the binary.
    ///
    /// - Throws: ``SchemaProblem`` naming the entity and what is wrong in it.
    public static func load() throws -> Schema {
        try Schema(documents: EmbeddedSchemas.documents.map { Data($0) })
    }

    /// The documents compiled into the binary.
    public static var documents: [Data] { EmbeddedSchemas.documents.map { Data($0) } }

    /// Reads schema documents.
    public init(documents: [Data], version: UInt32 = Schema.current) throws {
        try self.init(entities: documents.map { try Entity(document: $0) }, version: version)
    }

    public init(entities: [Entity], version: UInt32 = Schema.current) throws(SchemaProblem) {
        self.version = version
        self.entities = entities.sorted { $0.type < $1.type }
        var byType: [EntityType: Entity] = [:]
        var byName: [String: Entity] = [:]
        for entity in entities {
            guard byType.updateValue(entity, forKey: entity.type) == nil, byName.updateValue(entity, forKey: entity.name) == nil
            else { throw SchemaProblem(entity: entity.name, detail: "its number or name is taken by another entity") }
        }
        self.byType = byType
        self.byName = byName
    }

    /// The scopes that are named outright: whoever sees one sees the same records of it as everybody else, and there is one of
    /// each, so that what was made for one device serves all.
    public var sharedScopes: Set<Scope> {
        Set(entities.flatMap { $0.scopes.values.joined() }.filter { $0.field == nil }.map { Scope($0.prefix) })
    }

    public subscript(type: EntityType) -> Entity? { byType[type] }
    public subscript(name: String) -> Entity? { byName[name] }

    /// The entity of that name, which the caller knows to exist.
    ///
    /// - Throws: ``SchemaProblem`` when `Schemas/` has no such entity.
    public func entity(_ name: String) throws(SchemaProblem) -> Entity {
        guard let entity = byName[name] else { throw SchemaProblem(entity: name, detail: "no such entity in Schemas/") }
        return entity
    }

    /// The lowest schema version that understands the ops.
    public func versionNeeded(by ops: [Op]) -> UInt32 {
        ops.reduce(1) { version, op in
            guard let entity = self[op.key.type] else { return self.version }
            return op.writes.reduce(max(version, entity.since)) { max($0, entity[$1.field]?.since ?? self.version) }
        }
    }

    /// The ops that create a record, one a facet that gets a value.
    ///
    /// - Throws: ``SchemaProblem`` for an unknown entity or field, or a value that does not fit its field.
    public func creation(of draft: RecordDraft) throws(SchemaProblem) -> [Op] {
        let entity = try entity(draft.entity)
        var writes: [Facet: [FieldWrite]] = [.common: []]
        for name in draft.fields.keys.sorted() {
            guard let field = entity[name], let value = draft.fields[name] else {
                throw SchemaProblem(entity: entity.name, detail: "no field \(name)")
            }
            for element in field.elements(of: value) {
                if let problem = field.problem(with: element) { throw SchemaProblem(entity: entity.name, detail: "\(name) \(problem)") }
                guard let value = field.creationValue(element) else { continue }
                writes[field.facet, default: []].append(FieldWrite(field: field.id, op: field.creationOp, value: value))
            }
        }
        return writes.keys.sorted().map { facet in
            let ascending = (writes[facet] ?? []).sorted { $0.field < $1.field }
            return Op(kind: .create, key: RecordKey(type: entity.type, id: draft.id, facet: facet), writes: ascending)
        }
    }
}

/// What is wrong with a schema, or with a value held against one.
public struct SchemaProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let entity: String
    public let detail: String

    public init(entity: String, detail: String) {
        self.entity = entity
        self.detail = detail
    }

    public var description: String { "\(entity): \(detail)" }

    /// The same for a person, who knows no names with underscores: those of the entity and of the field, which comes first. Values
    /// stay as they are to be typed.
    public var words: String {
        let place = detail.firstIndex(of: " ") ?? detail.endIndex
        let name = "\(entity): \(detail[..<place])".replacing("_", with: " ")
        return name.prefix(1).uppercased() + name.dropFirst() + detail[place...] + "."
    }
}
