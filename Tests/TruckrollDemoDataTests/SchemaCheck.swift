import Foundation
import TruckrollCore
import TruckrollDomain

/// What the schemas in `Schemas/entities` say, as far as a generated record can break it.
struct SchemaCheck {
    struct Schema: Decodable {
        let properties: [String: Property]
        let required: [String]
    }

    struct Property: Decodable {
        let type: String?
        let format: String?
        let values: [String]?
        let maxLength: Int?
        let minimum: Int?
        let maximum: Int?
        let merge: String
        let references: String?
        let items: Item?

        struct Item: Decodable {
            let format: String?
            let values: [String]?
            let maxLength: Int?

            enum CodingKeys: String, CodingKey {
                case format, maxLength
                case values = "enum"
            }
        }

        enum CodingKeys: String, CodingKey {
            case type, format, maxLength, minimum, maximum, items
            case values = "enum"
            case merge = "x-merge"
            case references = "x-references"
        }
    }

    let schemas: [String: Schema]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Schemas/entities", directoryHint: .isDirectory)
        var schemas: [String: Schema] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "json" {
            schemas[file.deletingPathExtension().lastPathComponent] = try JSONDecoder().decode(Schema.self, from: Data(contentsOf: file))
        }
        self.schemas = schemas
    }

    /// What is wrong with a record, in words.
    func problems(with draft: RecordDraft) -> [String] {
        guard let schema = schemas[draft.entity] else { return ["no entity \(draft.entity)"] }
        var problems = schema.required.filter { draft.fields[$0] == nil }.map { "\(draft.entity): no \($0)" }
        for (name, value) in draft.fields {
            guard let property = schema.properties[name] else {
                problems.append("\(draft.entity): unknown field \(name)")
                continue
            }
            if ["server", "workflow", "derived"].contains(property.merge) { problems.append("\(draft.entity).\(name) is the server's") }
            if let problem = Self.problem(with: value, property) { problems.append("\(draft.entity).\(name): \(problem)") }
        }
        return problems
    }

    /// The records a record points to, with the field that does.
    func references(of draft: RecordDraft) -> [(field: String, entity: String, id: RecordID)] {
        draft.fields.flatMap { name, value -> [(field: String, entity: String, id: RecordID)] in
            guard let entity = schemas[draft.entity]?.properties[name]?.references else { return [] }
            return (value.list ?? [value]).compactMap { $0.reference }.map { (name, entity, $0) }
        }
    }

    private static func problem(with value: Value, _ property: Property) -> String? {
        switch (property.type, value) {
        case ("string", .bytes(let bytes)):
            let expected = property.format == "uuid" ? 16 : property.format == "sha-256" ? 32 : -1
            return bytes.count == expected ? nil : "\(bytes.count) bytes"
        case ("string", .text(let text)): return self.problem(with: text, property.format, property.values, property.maxLength)
        case ("boolean", .boolean): return nil
        case ("integer", .integer(let number)):
            return (property.minimum ?? .min)...(property.maximum ?? .max) ~= Int(number) ? nil : "\(number) is out of range"
        case ("array", .list(let elements)) where property.format == "place":
            return elements.count == 2 && elements.allSatisfy { $0.integer != nil } ? nil : "no place"
        case ("array", .list(let elements)):
            if Set(elements).count != elements.count { return "an element twice" }
            return elements.lazy.compactMap { element in
                switch element {
                case .text(let text): self.problem(with: text, property.items?.format, property.items?.values, property.items?.maxLength)
                case .bytes(let bytes): bytes.count == 16 && property.items?.format == "uuid" ? nil : "no reference"
                default: "no text"
                }
            }.first
        default: return "\(value) is no \(property.type ?? "value")"
        }
    }

    private static func problem(with text: String, _ format: String?, _ values: [String]?, _ maxLength: Int?) -> String? {
        if text.isEmpty { return "empty" }
        if let values, !values.contains(text) { return "\(text) is not in the list" }
        if let maxLength, text.unicodeScalars.count > maxLength { return "\(text) is too long" }
        switch format {
        case "decimal": return text.wholeMatch(of: /-?[0-9]{1,12}(\.[0-9]{1,6})?/) == nil ? "\(text) is no decimal" : nil
        case "date": return CalendarDate(text) == nil ? "\(text) is no day" : nil
        case "date-time": return DeviceTime(text) == nil ? "\(text) is no time" : nil
        case nil: return nil
        default: return "text where \(format ?? "") belongs"
        }
    }
}
