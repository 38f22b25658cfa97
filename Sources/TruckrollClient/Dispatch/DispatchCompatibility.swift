import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A rule about what works together, as lists show it.
public struct CompatibilityLine: Sendable {
    /// The record.
    public let view: RecordView
    /// `nil` where it asks for nothing.
    public let rule: CompatibilityRule?
    /// `active`, `refused` or `withdrawn`; `nil` until the server has answered.
    public let standing: String?
    /// Why.
    public let reason: String?
    /// The server's answer.
    public let answer: String?

    init(_ view: RecordView) {
        self.view = view
        rule = CompatibilityRule(view)
        standing = view.text("status") == "withdrawn" ? "withdrawn" : view.text("standing")
        (reason, answer) = (view.text("reason"), view.text("answer"))
    }
}

/// A rule as somebody makes it.
public struct CompatibilityEntry: Sendable {
    /// What it says.
    public var rule: CompatibilityRule
    /// Why it is made.
    public var reason: String?

    public init(_ rule: CompatibilityRule, reason: String?) { (self.rule, self.reason) = (rule, reason) }

    var fields: [String: Value] {
        let list = { (values: Set<String>) -> Value in values.isEmpty ? .null : .list(values.sorted().map { .text($0) }) }
        var fields: [String: Value] = [
            "name": .text(rule.name), "when_attribute": .text(rule.attribute), "when_values": list(rule.values), "attribute": .text(rule.asked),
            "reason": .optional(reason), "status": .text("active"),
        ]
        switch rule.consequence {
        case .requires(let values): (fields["kind"], fields["values"]) = (.text("requires"), list(values))
        case .excludes(let values): (fields["kind"], fields["values"]) = (.text("excludes"), list(values))
        case .range(let low, let high):
            fields["kind"] = .text("range")
            (fields["low"], fields["high"]) = (.optional(low?.description), .optional(high?.description))
        }
        return fields
    }
}

extension DeviceClient {
    /// All rules about what works together, by name.
    public func compatibilityRules() throws -> [CompatibilityLine] {
        try read { try $0.views("compatibility_rule").map { CompatibilityLine($0) } }.sorted {
            ($0.view.text("name") ?? "", $0.view.id) < ($1.view.text("name") ?? "", $1.view.id)
        }
    }

    /// Makes rules, all or none.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` where they contradict each other or those that stand, with what could not be used.
    public func addCompatibility(_ entries: [CompatibilityEntry]) throws -> Recorded {
        try act("compatibility-rules") { editor in
            let standing = try editor.views("compatibility_rule").filter { $0.text("status") != "withdrawn" && $0.text("standing") == "active" }
            let all = CompatibilityRules(standing.compactMap { CompatibilityRule($0) } + entries.map(\.rule))
            if let contradiction = all.contradiction {
                throw DeviceProblem(
                    .valueUnfit, "The rules contradict each other; none was recorded. \(contradiction)",
                    next: "Withdraw one of them, or make one narrower.")
            }
            var last: RecordID?
            for entry in entries { last = try editor.create("compatibility_rule", entry.fields) }
            return (last, [])
        }
    }

    /// Withdraws a rule.
    public func withdrawCompatibility(_ id: RecordID) throws -> Recorded {
        try act("compatibility-withdrawn") { editor in
            _ = try editor.require("compatibility_rule", id)
            try editor.patch("compatibility_rule", id, ["status": .text("withdrawn")])
            return (id, [])
        }
    }

    /// The rule a person means by its name, its id or the end of it.
    public func findCompatibility(_ text: String) throws -> RecordID {
        try read { try RecordFinder(reader: $0).find("compatibility_rule", text, by: ["name"]) { $0.text("name") ?? "" }.id }
    }

    /// What a part or a model says of itself, as `name=value`, sorted.
    public func attributes(of product: RecordID) throws -> [String] {
        try read { reader in
            let set = try reader.view("attribute_set", Product.setID(try reader.schema.entity("attribute_set"), of: product))
            return (set?["attributes"].list ?? []).compactMap(\.text).sorted()
        }
    }

    /// Gives a part or a model attributes, or takes some off.
    ///
    /// - Parameter kind: `part` or `model`.
    public func setAttributes(_ kind: String, _ product: RecordID, add: [ProductAttribute], remove: [ProductAttribute]) throws -> Recorded {
        try act("attributes") { editor in
            let id = Product.setID(try editor.schema.entity("attribute_set"), of: product)
            if try editor.view("attribute_set", id) == nil { try editor.create("attribute_set", id: id, [kind: .reference(product)]) }
            let standing = (try editor.view("attribute_set", id)?["attributes"].list ?? []).compactMap(\.text)
            for attribute in add where !standing.contains(where: { ProductAttribute($0) == attribute }) {
                try editor.change("attribute_set", id, "attributes", element: .text("\(attribute.name)=\(attribute.value)"), op: .add)
            }
            for attribute in remove {
                for text in standing where ProductAttribute(text) == attribute {
                    try editor.change("attribute_set", id, "attributes", element: .text(text), op: .remove)
                }
            }
            return (id, [])
        }
    }

    /// The model a person means by its name, its id or the end of it.
    public func findModel(_ text: String) throws -> RecordID {
        try read { try RecordFinder(reader: $0).find("asset_model", text, by: ["name"]) { "\($0.text("maker") ?? "") \($0.text("name") ?? "")" }.id }
    }
}
