import TruckrollCore

/// The texts that are edited jointly, each a record of the entity `text` with an id that follows from what it is about.
public enum JointTextKind: String, Hashable, Sendable, CaseIterable {
    /// What is wrong: of an order.
    case problem
    /// What people write on a step: of a task.
    case notes

    /// The entity `text` in `Schemas/`.
    public static let entityType = EntityType(rawValue: 40)

    /// The id of the record: whoever writes first makes it, and two who write first make the same one.
    public func id(of subject: RecordID) -> RecordID {
        RecordID.derived(type: Self.entityType, key: [subject.bytes, Array(rawValue.utf8)])
    }

    /// The entity this is about.
    public var subjectEntity: String {
        switch self {
        case .problem: "service_order"
        case .notes: "task"
        }
    }

    /// What the record says besides its text.
    public func fields(order: RecordID, task: RecordID? = nil) -> [String: Value] {
        var fields: [String: Value] = ["order": .reference(order), "of": .text(rawValue)]
        if let task { fields["task"] = .reference(task) }
        return fields
    }
}
