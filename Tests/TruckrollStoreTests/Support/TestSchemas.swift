import Foundation
import TruckrollDomain

/// Small schemas, to play an older and a newer version of one.
enum TestSchemas {
    static func load() throws -> Schema { try Schema.load() }

    static func entity(_ name: String, type: Int, properties: String) throws -> Entity {
        let document = """
            {"$id": "https://truckroll.example/schemas/\(name).json", "title": "T", "description": "D",
             "x-entity": {"type": \(type), "class": "fact", "scopes": {"common": ["office"], "personal": ["office"]}, "writers": []},
             "properties": {\(properties)}, "required": []}
            """
        return try Entity(document: Data(document.utf8))
    }

    static let order =
        #""order": {"description": "", "type": "string", "format": "uuid", "x-field": 1, "x-merge": "immutable", "x-column": true}"#
    static let count = #""count": {"description": "", "type": "integer", "x-field": 2, "x-merge": "last_writer", "x-column": true}"#
    static let tags =
        #""tags": {"description": "", "type": "array", "items": {"type": "string", "maxLength": 9}, "x-field": 3, "x-merge": "add_wins", "x-column": true}"#
    static let plain = #""plain": {"description": "", "type": "string", "maxLength": 9, "x-field": 4, "x-merge": "last_writer"}"#
    static let personal =
        #""phone": {"description": "", "type": "string", "maxLength": 9, "x-field": 5, "x-merge": "last_writer", "x-facet": "personal", "x-column": true}"#
}
