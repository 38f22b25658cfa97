import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

extension OrderLink {
    /// Such as “warranty of SO-2026-000001”.
    public var words: String {
        let relation = relation.rawValue.replacing("_", with: "-")
        return isEarlier ? "\(relation) of \(number)" : "\(number) (\(relation))"
    }

    /// For scripts: `id`, `number`, `relation` under the schema's word, and whether it is the `earlier` one.
    public var json: JSONValue {
        ["id": .string(id.description), "number": .string(number), "relation": .string(relation.rawValue), "earlier": .bool(isEarlier)]
    }
}
