import TruckrollCore

/// What an order has to have that comes in by a channel.
public enum ChannelProfile {
    /// The fields that can be asked for.
    public enum Field: String, Sendable, CaseIterable {
        case po_reference, due_at, assets, problem, worth, priority, required_documents
    }

    /// The id of the record for a channel: one a channel, whoever makes it.
    public static func id(_ entity: Entity, channel: String) -> RecordID { entity.id(named: channel) }

    /// The fields that a profile asks for and that are empty in an order, in the order in which they are listed above.
    ///
    /// - Parameter hasProblem: whether somebody has written what is wrong, which is a record of its own.
    public static func missing(_ profile: RecordView, in order: RecordView, hasProblem: Bool) -> [Field] {
        let asked = Set((profile["required"].list ?? []).compactMap { $0.text.flatMap { Field(rawValue: $0) } })
        return Field.allCases.filter { field in
            guard asked.contains(field) else { return false }
            if field == .problem { return !hasProblem }
            switch order[field.rawValue] {
            case .null: return true
            case .text(let text): return text.allSatisfy(\.isWhitespace)
            case .list(let list): return list.isEmpty
            default: return false
            }
        }
    }
}
