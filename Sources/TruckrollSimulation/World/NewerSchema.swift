import Foundation
import TruckrollDomain

/// The schema of the next release, as a run's devices and server learn it at different times: a field more, an entity more.
enum NewerSchema {
    static func documents() throws -> [Data] {
        var documents: [Data] = []
        for document in Schema.documents {
            guard var entity = try JSONSerialization.jsonObject(with: document) as? [String: Any], let title = entity["title"] as? String else {
                throw Violation("schema", "a document is no object")
            }
            if title == "Task" { try add(estimate, to: &entity) }
            documents.append(try JSONSerialization.data(withJSONObject: entity))
            if title == "Note" { documents.append(try JSONSerialization.data(withJSONObject: try hazardNote(like: entity))) }
        }
        return documents
    }

    private static var estimate: [String: Any] {
        [
            "description": "Minutes it will take.", "type": "integer", "minimum": 0, "maximum": 100_000, "x-field": 40,
            "x-merge": "last_writer", "x-since": Int(Schema.current + 1), "x-column": true,
        ]
    }

    private static func add(_ property: [String: Any], to entity: inout [String: Any]) throws {
        var properties = entity["properties"] as? [String: Any] ?? [:]
        properties["estimate"] = property
        entity["properties"] = properties
    }

    /// A kind of fact that older programs have never heard of.
    private static func hazardNote(like note: [String: Any]) throws -> [String: Any] {
        var entity = note
        entity["title"] = "Hazard note"
        entity["$id"] = (note["$id"] as? String)?.replacingOccurrences(of: "note.json", with: "hazard_note.json")
        var part = note["x-entity"] as? [String: Any] ?? [:]
        part["type"] = 900
        part["since"] = Int(Schema.current + 1)
        entity["x-entity"] = part
        return entity
    }
}
