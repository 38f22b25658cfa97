import TruckrollCore

/// An attribute of a model or a part, such as `bus=modbus`. Names and values are compared without regard to case.
public struct ProductAttribute: Hashable, Sendable {
    /// In lower case.
    public let name: String
    /// In lower case.
    public let value: String

    public init(_ name: String, _ value: String) { (self.name, self.value) = (Self.folded(name), Self.folded(value)) }

    /// Reads `name=value`; `nil` where one of the two is empty.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2 else { return nil }
        self.init(parts[0], parts[1])
        if name.isEmpty || value.isEmpty { return nil }
    }

    static func folded(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased() }
}

/// Something that works with others: a model, or a part of one.
public struct Product: Hashable, Sendable {
    /// Its name or number.
    public let name: String
    /// What it says of itself.
    public let attributes: Set<ProductAttribute>

    public init(_ name: String, _ attributes: some Sequence<ProductAttribute>) { (self.name, self.attributes) = (name, Set(attributes)) }

    /// What its attribute set says; without one it has none.
    public init(_ name: String, _ set: RecordView?) {
        self.init(name, (set?["attributes"].list ?? []).compactMap(\.text).compactMap { ProductAttribute($0) })
    }

    /// The id of the attribute set of a part or a model: one for each, whoever makes it.
    public static func setID(_ entity: Entity, of product: RecordID) -> RecordID { entity.id(named: product.description) }
}

/// A rule over the attributes of what works together: with this, that has to be there, must not be there, or lies within limits.
public struct CompatibilityRule: Hashable, Sendable {
    /// What it asks for.
    public enum Consequence: Hashable, Sendable {
        /// One of the values has to be there, on any of the products.
        case requires(Set<String>)
        /// None of the values may be there.
        case excludes(Set<String>)
        /// Where the attribute is there, its value is a number from the one to the other, ends included.
        case range(Quantity?, Quantity?)
    }

    /// What it is called.
    public let name: String
    /// The attribute that it begins with, in lower case.
    public let attribute: String
    /// Values of it with which it holds; empty where any will do.
    public let values: Set<String>
    /// The attribute that it asks for.
    public let asked: String
    /// What has to hold of that one.
    public let consequence: Consequence

    public init(_ name: String, when attribute: String, in values: [String], _ asked: String, _ consequence: Consequence) {
        self.name = name
        (self.attribute, self.values) = (ProductAttribute.folded(attribute), Set(values.map(ProductAttribute.folded)))
        self.asked = ProductAttribute.folded(asked)
        switch consequence {
        case .requires(let values): self.consequence = .requires(Set(values.map(ProductAttribute.folded)))
        case .excludes(let values): self.consequence = .excludes(Set(values.map(ProductAttribute.folded)))
        case .range: self.consequence = consequence
        }
    }

    /// `nil` where the record asks for nothing: without values, or without a limit.
    public init?(_ view: RecordView) {
        let list = { (field: String) in (view[field].list ?? []).compactMap(\.text).filter { !$0.allSatisfy(\.isWhitespace) } }
        guard let name = view.text("name"), let attribute = view.text("when_attribute"), let asked = view.text("attribute"),
            !ProductAttribute.folded(attribute).isEmpty, !ProductAttribute.folded(asked).isEmpty
        else { return nil }
        let values = list("values")
        let consequence: Consequence
        switch view.text("kind") {
        case "requires" where !values.isEmpty: consequence = .requires(Set(values))
        case "excludes" where !values.isEmpty: consequence = .excludes(Set(values))
        case "range":
            let (low, high) = (view.quantity("low"), view.quantity("high"))
            guard low != nil || high != nil else { return nil }
            consequence = .range(low, high)
        default: return nil
        }
        self.init(name, when: attribute, in: list("when_values"), asked, consequence)
    }

    /// Whether it holds with one of the attributes.
    func holds(with attribute: ProductAttribute) -> Bool { attribute.name == self.attribute && (values.isEmpty || values.contains(attribute.value)) }

    /// The rule in words.
    public var words: String {
        let premise = values.isEmpty ? "any \(attribute)" : "\(attribute) \(Self.alternatives(values))"
        switch consequence {
        case .requires(let values): return "\(premise) needs \(asked) \(Self.alternatives(values))"
        case .excludes(let values): return "\(premise) does not work with \(asked) \(Self.alternatives(values))"
        case .range(let low, let high):
            let limits = [low.map { "at least \($0)" }, high.map { "at most \($0)" }].compactMap(\.self).joined(separator: " and ")
            return "\(premise) needs \(asked) of \(limits)"
        }
    }

    private static func alternatives(_ values: Set<String>) -> String { values.sorted().joined(separator: " or ") }

    /// Whether a value breaks its limits; one that is no number does.
    static func breaks(_ value: String, _ low: Quantity?, _ high: Quantity?) -> Bool {
        guard let number = Quantity(value) else { return true }
        return low.map { number < $0 } ?? false || high.map { number > $0 } ?? false
    }
}

/// The rules of a company about what works together.
public struct CompatibilityRules: Hashable, Sendable {
    /// By name.
    public let rules: [CompatibilityRule]

    public init(_ rules: some Sequence<CompatibilityRule>) { self.rules = rules.sorted { ($0.name, $0.words) < ($1.name, $1.words) } }

    /// Tells one company's rules from another's, and one edition from the next; empty without rules.
    public var mark: String {
        guard !rules.isEmpty else { return "" }
        let text = rules.map { "\($0.name): \($0.words)" }.joined(separator: "\n")
        return "compatibility-" + ContentDigest.sha256(Array(text.utf8)).prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: What works together

    /// What is found about products that are to work together, each rule once for each product that it begins with.
    public func findings(on products: [Product]) -> [RuleFinding] {
        rules.flatMap { rule in
            products.flatMap { product in product.attributes.filter(rule.holds).sorted { $0.value < $1.value }.map { (product, $0) } }
                .flatMap { findings(rule, $0.0, $0.1, products) }
        }
    }

    private func findings(_ rule: CompatibilityRule, _ product: Product, _ attribute: ProductAttribute, _ products: [Product]) -> [RuleFinding] {
        let standing = products.flatMap { other in other.attributes.filter { $0.name == rule.asked }.map { (other, $0) } }
            .sorted { ($0.0.name, $0.1.value) < ($1.0.name, $1.1.value) }
        let because = "(\(rule.name))"
        func finding(_ text: String, _ remedy: String) -> RuleFinding {
            RuleFinding("combination", .error, at: "attributes.\(rule.asked)[\(product.name)]", "\(text) \(because).", remedy: remedy)
        }
        switch rule.consequence {
        case .requires(let values):
            guard !standing.contains(where: { values.contains($0.1.value) }) else { return [] }
            let has = standing.isEmpty ? "nothing says any" : "there is \(Set(standing.map(\.1.value)).sorted().joined(separator: ", "))"
            return [
                finding(
                    "\(product.name) (\(attribute.name) \(attribute.value)) needs \(rule.asked) \(values.sorted().joined(separator: " or ")); \(has)",
                    "Add what has it, or take another one.")
            ]
        case .excludes(let values):
            return standing.filter { values.contains($0.1.value) }.map { other, found in
                finding(
                    "\(product.name) (\(attribute.name) \(attribute.value)) does not work with \(other.name) (\(found.name) \(found.value))",
                    "Take one of the two off.")
            }
        case .range(let low, let high):
            return standing.filter { CompatibilityRule.breaks($0.1.value, low, high) }.map { other, found in
                let limits = [low.map { "at least \($0)" }, high.map { "at most \($0)" }].compactMap(\.self).joined(separator: " and ")
                return finding(
                    "\(other.name) has \(found.name) \(found.value); with \(product.name) it has to be \(limits)", "Take one within the limits.")
            }
        }
    }

    // MARK: Whether they can be kept

    /// Why the rules cannot all be kept: something that one of them begins with could not be used at all. `nil` where each can.
    ///
    /// Each beginning is tried: what it requires is added, one alternative after the other, until nothing is asked for any more or a rule
    /// forbids what is there.
    public var contradiction: String? {
        guard rules.count <= Self.mostRules else { return "There are more than \(Self.mostRules) rules, too many to be compared." }
        var budget = Self.budget
        for rule in rules {
            if case .range(let low?, let high?) = rule.consequence, high < low { return "“\(rule.name)” leaves nothing: \(rule.words)." }
            for value in rule.values.isEmpty ? [Self.other] : rule.values.sorted() {
                if let conflict = conflict(with: [ProductAttribute(rule.attribute, value)], &budget) {
                    let beginning = value == Self.other ? rule.attribute : "\(rule.attribute) \(value)"
                    return "Nothing with \(beginning) could be used: \(conflict)."
                }
            }
        }
        return nil
    }

    /// Stands for a value that no rule names.
    private static let other = "\u{1}"
    /// How many rules are looked at in all while they are compared, and how many attributes are put together.
    private static let budget = 100_000
    private static let mostAttributes = 60
    private static let mostRules = 200

    /// What stands against the attributes, with all that they require; `nil` where something can be used.
    private func conflict(with attributes: Set<ProductAttribute>, _ budget: inout Int) -> String? {
        budget -= rules.count
        guard budget > 0, attributes.count <= Self.mostAttributes else {
            return "the rules have too many alternatives to be compared; say fewer values"
        }
        let holding = rules.filter { rule in attributes.contains(where: rule.holds) }
        for rule in holding {
            switch rule.consequence {
            case .excludes(let values):
                if attributes.contains(where: { $0.name == rule.asked && values.contains($0.value) }) { return "“\(rule.name)” says \(rule.words)" }
            case .range(let low, let high):
                let broken = attributes.first { $0.name == rule.asked && $0.value != Self.other && CompatibilityRule.breaks($0.value, low, high) }
                if broken != nil { return "“\(rule.name)” says \(rule.words)" }
            case .requires: break
            }
        }
        for rule in holding {
            guard case .requires(let values) = rule.consequence,
                !attributes.contains(where: { $0.name == rule.asked && values.contains($0.value) })
            else { continue }
            var last = ""
            for value in values.sorted() {
                guard let conflict = conflict(with: attributes.union([ProductAttribute(rule.asked, value)]), &budget) else { return nil }
                last = conflict
            }
            return "“\(rule.name)” says \(rule.words), but \(last)"
        }
        return nil
    }
}
