import Foundation
import TruckrollDomain

/// The schema of a release to come: tasks have an estimate, and can be blocked.
enum NextRelease {
    static let estimate: UInt32 = 40

    static func schema() throws -> Schema {
        let documents = try Schema.documents.map { document in
            guard var entity = try JSONSerialization.jsonObject(with: document) as? [String: Any], entity["title"] as? String == "Task",
                var properties = entity["properties"] as? [String: Any], var state = properties["state"] as? [String: Any]
            else { return document }
            properties["estimate"] = [
                "description": "Minutes it will take.", "type": "integer", "minimum": 0, "maximum": 1000, "x-field": Int(estimate),
                "x-merge": "last_writer", "x-since": Int(Schema.current + 1),
            ]
            state["enum"] = ["open", "done", "not_applicable", "blocked_by_customer"]
            properties["state"] = state
            entity["properties"] = properties
            return try JSONSerialization.data(withJSONObject: entity)
        }
        return try Schema(documents: documents, version: Schema.current + 1)
    }
}
