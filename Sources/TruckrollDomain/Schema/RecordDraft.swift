import TruckrollCore

/// A record about to be created: fields by their schema names.
///
/// Sets (`add_wins`, `remove_wins`) take a list of elements. ``Schema/creation(of:)`` turns it into ops, one a facet.
public struct RecordDraft: Sendable {
    /// The entity's name in `Schemas/`, such as `service_order`.
    public let entity: String
    public let id: RecordID
    public let fields: [String: Value]

    public init(_ entity: String, id: RecordID, _ fields: [String: Value]) {
        self.entity = entity
        self.id = id
        self.fields = fields
    }
}
