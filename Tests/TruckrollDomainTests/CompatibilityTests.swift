import Testing
import TruckrollDomain

@Suite("What works together")
struct CompatibilityTests {
    private func rule(_ name: String, _ premise: String, _ asked: String, _ consequence: CompatibilityRule.Consequence) -> CompatibilityRule {
        let parts = premise.split(separator: "=").map { String($0) }
        return CompatibilityRule(
            name, when: parts[0], in: parts.count == 2 ? parts[1].split(separator: "|").map { String($0) } : [], asked, consequence)
    }

    private func product(_ name: String, _ attributes: String...) -> Product { Product(name, attributes.compactMap { ProductAttribute($0) }) }

    @Test(
        "23, 88: a corpus of pairs: what is required, excluded or has limits, with and without regard to case",
        arguments: [
            (["bus=Modbus"], ["card=RS485"], true), (["bus=modbus"], ["card=rs422"], true), (["bus=modbus"], ["card=hart"], false),
            (["bus=modbus"], [], false), (["bus=hart"], [], true), (["gas=acetylene"], ["piping=copper"], false),
            (["gas=acetylene"], ["piping=steel"], true), (["gas=propane"], ["piping=copper"], true),
            (["kind=controller"], ["voltage=18"], true), (["kind=controller"], ["voltage=32"], true),
            (["kind=controller"], ["voltage=17.999999"], false),
            (["kind=controller"], ["voltage=32.000001"], false), (["kind=controller"], ["voltage=high"], false), (["kind=controller"], [], true),
            (["kind=sensor"], ["voltage=5"], true),
        ] as [([String], [String], Bool)])
    func corpus(model: [String], part: [String], works: Bool) {
        let rules = CompatibilityRules([
            rule("bus", "bus=modbus", "card", .requires(["rs485", "RS422"])),
            rule("acetylene", "gas=acetylene", "piping", .excludes(["copper", "brass"])),
            rule("supply", "kind=controller", "voltage", .range(Quantity("18"), Quantity("32"))),
        ])
        #expect(rules.contradiction == nil)
        let products = [Product("model", model.compactMap { ProductAttribute($0) }), Product("part", part.compactMap { ProductAttribute($0) })]
        for order in [products, products.reversed()] {
            let findings = rules.findings(on: order)
            #expect(findings.isEmpty == works, "\(findings.map(\.text))")
            #expect(findings.allSatisfy { $0.code == "combination" && $0.severity == .error && !$0.remedy.isEmpty })
        }
    }

    @Test(
        "23: rules of which one could not be kept are found, whatever the way round",
        arguments: [
            // Two that say the opposite; a chain that comes back on itself; limits that leave nothing; a value outside the limits; all alternatives
            // forbidden, one here and one there.
            ["a=1>b=2", "a=1!b=2"], ["a=1>b=2", "b=2>c=3", "c=3!a=1"], ["a=1#b=5..3"], ["a=1>b=7", "a=1#b=1..5"],
            ["a=1>b=2|3", "a=1!b=2", "b=3!a=1"],
            ["a>b=2", "a!b=2"], ["a=1>a=2", "a=2!a=1"],
        ])
    func contradictory(_ texts: [String]) {
        for order in [texts, texts.reversed()] { #expect(CompatibilityRules(order.map(parse)).contradiction != nil, "\(texts)") }
    }

    @Test(
        "23: rules that can all be kept are taken, also where alternatives are left",
        arguments: [
            ["a=1>b=2", "a=2!b=2"], ["a=1>b=2|3", "a=1!b=2"], ["a=1>b=2", "b=2>a=1"], ["a=1>b=7", "a=1#b=1..9"], ["a=1>b=2", "b=2>c=3", "c=3!d=1"],
            ["a=1>b=2", "a=1>b=3"], ["a#a=1..5"], [],
        ])
    func consistent(_ texts: [String]) {
        let rules = CompatibilityRules(texts.map(parse))
        #expect(rules.contradiction == nil)
        #expect(texts.isEmpty == rules.mark.isEmpty)
    }

    @Test("23: what is found to be free of contradiction has, for each beginning, products that keep all rules")
    func sound() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Draws(state: seed)
        var consistent = 0
        for _ in 0..<40 {
            let rules = CompatibilityRules((0..<5).map { drawn($0, &random) })
            // By trying every set of attributes there is.
            let kept = (0..<512).map(Self.attributes).filter { rules.findings(on: [Product("p", $0)]).isEmpty }
            let isConsistent = rules.rules.allSatisfy { rule in
                rule.values.allSatisfy { value in kept.contains { $0.contains(ProductAttribute(rule.attribute, value)) } }
            }
            #expect((rules.contradiction == nil) == isConsistent, "repeat with seed \(seed): \(rules.rules.map(\.words))")
            if isConsistent { consistent += 1 }
        }
        #expect(consistent > 2 && consistent < 38, "repeat with seed \(seed)")
    }

    private func drawn(_ number: Int, _ random: inout Draws) -> CompatibilityRule {
        let names = ["a", "b", "c"]
        let (premise, asked) = (names[Int(random.next() % 3)], names[Int(random.next() % 3)])
        let (value, first, second) = ("\(random.next() % 3)", "\(random.next() % 3)", "\(random.next() % 3)")
        let consequence: CompatibilityRule.Consequence = random.next() % 2 == 0 ? .requires([first, second]) : .excludes([first])
        return CompatibilityRule("r\(number)", when: premise, in: [value], asked, consequence)
    }

    /// The set of attributes of a number from 0 to 511.
    private static func attributes(_ bits: Int) -> [ProductAttribute] {
        var set: [ProductAttribute] = []
        for (place, name) in ["a", "b", "c"].enumerated() {
            for value in 0..<3 where bits >> (place * 3 + value) & 1 == 1 { set.append(ProductAttribute(name, "\(value)")) }
        }
        return set
    }

    /// `a=1|2>b=3` requires, `!` excludes, `#` has limits.
    private func parse(_ text: String) -> CompatibilityRule {
        let mark = text.first { ">!#".contains($0) } ?? ">"
        let halves = text.split(separator: mark, maxSplits: 1).map { String($0) }
        let asked = halves[1].split(separator: "=").map { String($0) }
        let values = Set(asked[1].split(separator: "|").map { String($0) })
        switch mark {
        case ">": return rule(text, halves[0], asked[0], .requires(values))
        case "!": return rule(text, halves[0], asked[0], .excludes(values))
        default:
            let limits = asked[1].split(separator: ".").map { Quantity(String($0)) }
            return rule(text, halves[0], asked[0], .range(limits[0], limits[1]))
        }
    }
}
