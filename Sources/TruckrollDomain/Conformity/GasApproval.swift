import TruckrollCore

/// A calibration gas that the maker lists for a model.
public struct GasApproval: Equatable, Sendable {
    /// CAS number.
    public let cas: String
    /// In ppm; `nil` where it cannot be read.
    public let concentration: ClosedRange<ExactDecimal>?
    /// As the maker writes the range, with its unit.
    public let words: String
    /// The gas that fills the cylinder; `nil` where any will do.
    public let balance: String?
    /// In litres per minute; `nil` where any will do.
    public let flow: ClosedRange<ExactDecimal>?
    /// The flow as the maker writes it.
    let flowWords: String
    /// The maker's number of the kit.
    public let kit: String?
    /// Whether the maker has taken it back.
    public let isWithdrawn: Bool

    /// As a record says. What cannot be read allows nothing.
    public init(_ view: RecordView) {
        let (low, high, unit) = (view.text("concentration_from") ?? "", view.text("concentration_to") ?? "", view.text("unit") ?? "")
        cas = view.text("cas") ?? ""
        isWithdrawn = view.text("withdrawn") == "yes"
        if let lower = Self.ppm(low, unit), let upper = Self.ppm(high, unit), lower <= upper {
            concentration = lower...upper
        } else {
            concentration = nil
        }
        words = (low == high ? low : "\(low) to \(high)") + " \(unit)"
        balance = view.text("balance_gas")
        let (slow, fast) = (view.text("flow_from"), view.text("flow_to"))
        let slowest = slow.flatMap { try? ExactDecimal(parsing: $0) } ?? ExactDecimal(0)
        let fastest = fast.flatMap { try? ExactDecimal(parsing: $0) } ?? ExactDecimal(Int(Int32.max))
        flow = slow == nil && fast == nil || fastest < slowest ? nil : slowest...fastest
        flowWords = [slow.map { "from \($0)" }, fast.map { "up to \($0)" }].compactMap(\.self).joined(separator: " ")
        kit = view.text("kit")
    }

    /// A share of the gas in ppm; `nil` for what is no such share.
    static func ppm(_ text: String, _ unit: String) -> ExactDecimal? {
        guard let value = try? ExactDecimal(parsing: text) else { return nil }
        switch unit {
        case "ppm": return value
        case "%vol": return value * ExactDecimal(10_000)
        default: return nil
        }
    }

    /// For a person who looks for a cylinder.
    ///
    /// - Parameter name: of the gas.
    func description(_ name: String) -> String {
        [
            "\(name) \(words)", balance.map { "in \($0)" }, kit.map { "(kit \($0))" },
        ].compactMap(\.self).joined(separator: " ")
    }
}

/// Whether a gas may be used to calibrate units of a model.
public enum GasCheck {
    /// The rules' name and edition. A change of what is found raises it.
    public static let rules = "calibration-gas/1"
    private static let codes = ["gas-unlisted", "gas-withdrawn", "gas-concentration", "gas-balance", "gas-flow"]

    /// What is applied.
    public struct Gas: Equatable, Sendable {
        /// Its CAS registry number.
        public var cas: String
        /// Its name; the CAS number where the cylinder has none.
        public var name: String
        /// In ppm; `nil` where it cannot be read.
        public var concentration: ExactDecimal?
        /// As the cylinder says.
        public var words: String
        /// What it is mixed into; `nil` where the cylinder does not say.
        public var balance: String?
        /// In litres per minute; `nil` where nobody has noted it.
        public var flow: String?

        /// As the cylinder's record says.
        public init(cylinder: RecordView, flow: String?) {
            cas = cylinder.text("cas") ?? ""
            name = cylinder.text("gas_name") ?? cas
            let (value, unit) = (cylinder.text("concentration") ?? "", cylinder.text("unit") ?? "")
            concentration = GasApproval.ppm(value, unit)
            words = "\(value) \(unit)"
            balance = cylinder.text("balance_gas")
            self.flow = flow
        }
    }

    /// Asks all rules. The remedy names what is listed.
    ///
    /// - Parameters:
    ///   - approvals: of the model.
    ///   - model: its name.
    ///   - names: of gases, by CAS number.
    public static func report(on gas: Gas, _ approvals: [GasApproval], model: String, names: [String: String] = [:]) -> RuleReport {
        guard !approvals.isEmpty else {
            return RuleReport(
                rules: rules, findings: [], skipped: codes.map { SkippedRule($0, because: "No gases are listed for \(model).") })
        }
        let listed = approvals.filter { !$0.isWithdrawn && $0.concentration != nil }.map {
            $0.description(names[$0.cas] ?? ($0.cas == gas.cas ? gas.name : "CAS \($0.cas)"))
        }.sorted()
        let remedy = listed.isEmpty ? "Ask quality which gas may be used." : "Use one of: \(listed.joined(separator: "; "))."
        let own = approvals.filter { $0.cas == gas.cas }
        guard !own.isEmpty else {
            let finding = RuleFinding(
                "gas-unlisted", .error, at: "reference_gas.cas", "\(gas.name) is not listed for \(model).", remedy: remedy)
            return RuleReport(
                rules: rules, findings: [finding], skipped: codes.dropFirst().map { SkippedRule($0, because: "The gas is not listed.") })
        }
        let candidates = own.map { problems(gas, $0, remedy) }
        return RuleReport(rules: rules, findings: candidates.min { $0.count < $1.count } ?? [])
    }

    private static func problems(_ gas: Gas, _ approval: GasApproval, _ remedy: String) -> [RuleFinding] {
        var found: [RuleFinding] = []
        if approval.isWithdrawn {
            found.append(
                RuleFinding(
                    "gas-withdrawn", .error, at: "gas_approval.withdrawn", "The maker has withdrawn \(gas.name) of \(approval.words).", remedy: remedy
                ))
        }
        if gas.concentration.map({ concentration in !(approval.concentration?.contains(concentration) ?? false) }) ?? true {
            found.append(
                RuleFinding(
                    "gas-concentration", .error, at: "reference_gas.concentration",
                    "\(gas.name) of \(gas.words) is not listed; \(approval.words) is.", remedy: remedy))
        }
        if let balance = approval.balance, gas.balance.map({ $0.lowercased() != balance.lowercased() }) ?? true {
            found.append(
                RuleFinding(
                    "gas-balance", .error, at: "reference_gas.balance_gas",
                    "The cylinder is filled up with \(gas.balance ?? "nobody knows what"), \(balance) is listed.", remedy: remedy))
        }
        if let allowed = approval.flow, let flow = gas.flow, let value = try? ExactDecimal(parsing: flow), !allowed.contains(value) {
            found.append(
                RuleFinding(
                    "gas-flow", .error, at: "reading.flow", "\(flow) l/min were applied, \(approval.flowWords) l/min are listed.",
                    remedy: "Set the regulator to that, and take the reading again."))
        }
        return found
    }
}
