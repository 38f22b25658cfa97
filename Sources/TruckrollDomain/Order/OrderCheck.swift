import TruckrollCore

/// An order as the rules look at it, before anybody plans it.
public struct OrderSubject: Sendable {
    /// An asset that it names.
    public struct Asset: Sendable {
        /// Its tag or serial number.
        public var name: String
        /// Whether it stands at the order's site; `nil` where it is not known here.
        public var isAtSite: Bool?
        /// Its model; `nil` where that is not known here.
        public var model: RecordID?
        /// Name of the model.
        public var modelName: String
        /// Whether it may never be put into service again.
        public var isCondemned: Bool
        /// Its model, what is fitted in it, and what the order brings for it, with what they say of themselves.
        public var products: [Product] = []
        /// What is found about where it stands; `nil` where no area is known.
        public var area: RuleReport?

        public init(
            name: String, isAtSite: Bool?, model: RecordID? = nil, modelName: String = "", isCondemned: Bool = false, area: RuleReport? = nil
        ) {
            (self.name, self.isAtSite, self.model, self.modelName) = (name, isAtSite, model, modelName)
            (self.isCondemned, self.area) = (isCondemned, area)
        }
    }

    /// What finance says of the customer.
    public struct Account: Hashable, Sendable {
        /// Whether nothing may be planned for the customer until finance says so.
        public var isOnHold: Bool
        /// Last day of the contract; `nil` where there is none to look after.
        public var contractUntil: CalendarDate?
        /// The models that may be worked on for the customer; empty where any may.
        public var products: Set<RecordID>

        public init(isOnHold: Bool = false, contractUntil: CalendarDate? = nil, products: Set<RecordID> = []) {
            (self.isOnHold, self.contractUntil, self.products) = (isOnHold, contractUntil, products)
        }
    }

    /// What is to be done, in one line.
    public var title: String
    /// The schema's word for the kind of work.
    public var kind: String
    /// Whether somebody asks for it as an emergency.
    public var isEmergency: Bool
    /// In milliseconds since 1970; `nil` where nobody says when it was asked for.
    public var requestedAt: Int64?
    /// In milliseconds since 1970; `nil` where it has no deadline.
    public var dueAt: Int64?
    /// Name of the customer; `nil` where it is not known here.
    public var customer: String?
    /// Name of the site; `nil` where it is not known here.
    public var site: String?
    /// Whether the site is the customer's.
    public var isSiteCustomers: Bool
    /// `nil` where this is not told here.
    public var account: Account?
    /// The assets that it names, in its order.
    public var assets: [Asset]
    /// How it came in.
    public var channel: String
    /// Fields that the channel asks for and that are empty.
    public var missingFields: [String]
    /// What the order brings for no asset in particular.
    public var products: [Product] = []
    /// What works together with what.
    public var compatibility = CompatibilityRules([])
    /// The company's day on which the order was asked for.
    public var day: CalendarDate

    public init(title: String, kind: String, day: CalendarDate) {
        (self.title, self.kind, self.day) = (title, kind, day)
        (isEmergency, isSiteCustomers, assets, channel, missingFields) = (false, true, [], "", [])
    }
}

/// Whether an order can be planned as it was taken down.
public enum OrderCheck {
    /// The rules. An emergency is not kept waiting for finance: what stops another order is something to look at then.
    public static let rules = RuleSet<OrderSubject>(
        "order-entry/2",
        [
            RuleLevel("form", [titled, dated, aimed, complete]),
            RuleLevel("parties", [known, located, placed, usable]),
            RuleLevel("account", [credit, contract, products]),
            RuleLevel("conformity", [areas, combinations]),
        ])

    /// What they find. Their name stands beside that of the rules about areas, which are asked for each asset.
    public static func report(on order: OrderSubject, _ settings: RuleSettings = .standard) -> RuleReport {
        let report = rules.report(on: order, settings)
        let names = [report.rules, HazardousAreaCheck.rules, order.compatibility.mark].filter { !$0.isEmpty }
        return RuleReport(rules: names.joined(separator: " "), findings: report.findings, skipped: report.skipped)
    }

    /// Codes of what finance alone tells.
    public static let confidential: Set<String> = ["customer-credit", "customer-contract", "customer-product"]

    /// A finding as everybody may read it: of the customer's account it says no more than that there is something.
    public static func publicFinding(_ finding: RuleFinding) -> RuleFinding {
        guard confidential.contains(finding.code) else { return finding }
        return RuleFinding(
            "customer-account", finding.severity, at: "customer", "Finance has something to say about the customer.",
            remedy: "The office sees it with `check`.")
    }

    private static func finding(
        _ code: String, _ severity: RuleFinding.Severity = .error, at path: String, _ text: String, _ remedy: String
    ) -> RuleAnswer {
        .found([RuleFinding(code, severity, at: path, text, remedy: remedy)])
    }

    // MARK: Form

    private static let titled = Rule<OrderSubject>("order-title") { order in
        guard order.title.allSatisfy(\.isWhitespace) else { return .found([]) }
        return finding("order-title", at: "service_order.title", "Nobody can tell from it what is to be done.", "Give it a title.")
    }

    private static let dated = Rule<OrderSubject>("order-due") { order in
        guard let due = order.dueAt else { return .notAsked("It is not due at any time.") }
        guard let asked = order.requestedAt, due < asked else { return .found([]) }
        return finding("order-due", at: "service_order.due_at", "It was due before it was asked for.", "Correct the time by which it has to be done.")
    }

    private static let aimed = Rule<OrderSubject>("order-assets") { order in
        guard ["calibration", "inspection"].contains(order.kind), order.assets.isEmpty else { return .found([]) }
        return finding(
            "order-assets", .warning, at: "service_order.assets", "It names nothing to work on, so nobody can prepare the \(order.kind).",
            "Add the assets, or say that they are found on site.")
    }

    /// An emergency is taken down with what the caller knows.
    private static let complete = Rule<OrderSubject>("order-field") { order in
        .found(
            order.missingFields.map { field in
                let name = field.split(separator: "_").joined(separator: " ")
                return RuleFinding(
                    "order-field", order.isEmergency ? .warning : .error, at: "service_order.\(field)",
                    "An order by \(order.channel) has to have: \(name).", remedy: "Add it.")
            })
    }

    // MARK: Parties

    private static let known = Rule<OrderSubject>("order-customer") { order in
        guard order.customer == nil else { return .found([]) }
        return finding(
            "order-customer", at: "service_order.customer", "Its customer is not known.", "Enter the customer, and take the order down anew.")
    }

    private static let located = Rule<OrderSubject>("order-site", after: ["order-customer"]) { order in
        guard let site = order.site else {
            return finding("order-site", at: "service_order.site", "Its site is not known.", "Enter the site, and take the order down anew.")
        }
        guard !order.isSiteCustomers else { return .found([]) }
        return finding(
            "order-site", at: "service_order.site", "\(site) is not a site of \(order.customer ?? "the customer").",
            "Take the order down anew, for the customer whose site it is.")
    }

    private static let placed = Rule<OrderSubject>("order-asset", after: ["order-site"]) { order in
        .found(
            order.assets.compactMap { asset in
                guard asset.isAtSite != true else { return nil }
                let text = asset.isAtSite == nil ? "One of its assets is not known." : "\(asset.name) does not stand at \(order.site ?? "the site")."
                return RuleFinding(
                    "order-asset", .error, at: "service_order.assets[\(asset.name)]", text,
                    remedy: "Take it off the order, or correct where it stands.")
            })
    }

    private static let usable = Rule<OrderSubject>("order-asset-condemned") { order in
        guard ["calibration", "inspection"].contains(order.kind) else { return .notAsked("It calibrates and inspects nothing.") }
        return .found(
            order.assets.filter(\.isCondemned).map { asset in
                RuleFinding(
                    "order-asset-condemned", .error, at: "asset.fitness[\(asset.name)]", "\(asset.name) is condemned.",
                    remedy: "Take it off the order, or have quality lift that.")
            })
    }

    // MARK: Account

    private static func severity(_ order: OrderSubject) -> RuleFinding.Severity { order.isEmergency ? .warning : .error }
    private static let untold = "What finance says of the customer is not told here."

    private static let credit = Rule<OrderSubject>("customer-credit", after: ["order-customer"]) { order in
        guard let account = order.account else { return .notAsked(untold) }
        guard account.isOnHold else { return .found([]) }
        return finding(
            "customer-credit", severity(order), at: "customer.credit_hold", "\(order.customer ?? "The customer") is on credit hold.",
            "Ask finance to release it, or go on with a reason.")
    }

    private static let contract = Rule<OrderSubject>("customer-contract", after: ["order-customer"]) { order in
        guard let account = order.account else { return .notAsked(untold) }
        guard let last = account.contractUntil else { return .notAsked("No contract is kept.") }
        guard last < order.day else { return .found([]) }
        return finding(
            "customer-contract", severity(order), at: "customer.contract_until",
            "The contract of \(order.customer ?? "the customer") ended on \(last).",
            "Have the contract renewed, or go on with a reason.")
    }

    private static let products = Rule<OrderSubject>("customer-product", after: ["order-customer"]) { order in
        guard let account = order.account else { return .notAsked(untold) }
        guard !account.products.isEmpty else { return .notAsked("Anything may be worked on for the customer.") }
        return .found(
            order.assets.compactMap { asset in
                guard let model = asset.model, !account.products.contains(model) else { return nil }
                return RuleFinding(
                    "customer-product", severity(order), at: "customer.approved_products", "\(asset.modelName) is not approved for the customer.",
                    remedy: "Have it approved, or go on with a reason.")
            })
    }

    // MARK: Conformity

    /// Where something is installed, what does not fit its area stops the order. What stands there already needs somebody who goes and sees.
    private static let areas = Rule<OrderSubject>(
        "ex-marking", "ex-zone", "ex-contradiction", "ex-group", "ex-temperature", "ex-ambient", "ex-conditions", "ex-region", "ex-gases"
    ) { order in
        let reports = order.assets.compactMap { asset in asset.area.map { (asset.name, $0) } }
        guard !reports.isEmpty else { return .notAsked("No area is known for anything it names.") }
        return .found(
            reports.flatMap { name, report in
                report.findings.map { finding in
                    let standing: RuleFinding.Severity = finding.severity == .error ? .warning : .notice
                    let severity = order.kind == "installation" ? finding.severity : standing
                    return RuleFinding(finding.code, severity, at: "\(finding.path)[\(name)]", "\(name): \(finding.text)", remedy: finding.remedy)
                }
            })
    }

    /// What the order brings has to work with what stands there.
    private static let combinations = Rule<OrderSubject>("combination") { order in
        guard !order.compatibility.rules.isEmpty else { return .notAsked("No rules say what works together.") }
        let groups = order.assets.isEmpty ? [order.products] : order.assets.map { $0.products + order.products }
        let found = groups.flatMap { order.compatibility.findings(on: $0) }
        return .found(found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
    }
}
