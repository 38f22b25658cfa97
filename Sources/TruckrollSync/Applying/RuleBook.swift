import TruckrollCore
import TruckrollDomain

/// Asks the rules of the records that are here. Server and devices ask them by this alone, so of the same records they say the same.
public struct RuleBook {
    private let schema: Schema
    private let access: any RecordReading

    public init(schema: Schema, access: any RecordReading) {
        self.schema = schema
        self.access = access
    }

    // MARK: Where an asset stands

    /// What is found about an asset where it stands; `nil` where no area is known for it.
    public func report(onAsset asset: RecordID) throws -> RuleReport? {
        guard let view = try access.view(try schema.entity("asset"), asset),
            let area = try view.reference("area").flatMap({ try access.view(try schema.entity("hazardous_area"), $0) })
        else { return nil }
        let model = try view.reference("model").flatMap { try access.view(try schema.entity("asset_model"), $0) }
        let site = try (area.reference("site") ?? view.reference("site")).flatMap { try access.view(try schema.entity("site"), $0) }
        var equipment = HazardousAreaCheck.Equipment(marking: model?.text("ex_marking"), certificate: model?.text("ex_certificate"))
        equipment.channels = try channels(of: view, model)
        return HazardousAreaCheck.report(
            on: equipment, in: HazardousArea(area: area, gases: try gases(of: area), country: site?.text("country")))
    }

    private func gases(of area: RecordView) throws -> [HazardousArea.Gas] {
        let entity = try schema.entity("gas")
        return try (area["gases"].list ?? []).compactMap(\.text).flatMap { cas in
            try access.views(entity, where: "cas", equals: .text(cas)).compactMap { HazardousArea.Gas(gas: $0) }.prefix(1)
        }
    }

    /// What a detector measures; `nil` for what is none.
    private func channels(of asset: RecordView, _ model: RecordView?) throws -> [HazardousAreaCheck.Channel]? {
        guard ["fixed_detector", "portable_detector"].contains(model?.text("kind")) else { return nil }
        return try access.views(try schema.entity("sensor_channel"), where: "asset", equals: .reference(asset.id)).compactMap { channel in
            guard let cas = channel.text("cas"), let unit = channel.text("unit"),
                let upper = channel.text("range_high").flatMap({ try? ExactDecimal(parsing: $0) })
            else { return nil }
            return HazardousAreaCheck.Channel(cas: cas, upper: upper, unit: unit)
        }
    }

    // MARK: What is fitted to it

    /// What is found about a part that is fitted to an asset; `nil` where either is not known.
    ///
    /// - Parameters:
    ///   - serial: of the piece.
    ///   - day: on which it is fitted.
    public func report(onFitting part: RecordID, serial: String?, to asset: RecordID, on day: CalendarDate) throws -> RuleReport? {
        guard let partView = try access.view(try schema.entity("part"), part), let asset = try access.view(try schema.entity("asset"), asset) else {
            return nil
        }
        let approvals = try access.views(try schema.entity("part_approval"), where: "part", equals: .reference(part)).compactMap { PartApproval($0) }
        let certificates = try ConformityBook(schema: schema, access: access).certificates(ofPart: part)
        // What nothing is kept about is looked up no further: this is asked of every part that is fitted.
        let model = try approvals.isEmpty ? nil : asset.reference("model").flatMap { try access.view(try schema.entity("asset_model"), $0) }
        let area = try certificates.isEmpty ? nil : asset.reference("area").flatMap { try access.view(try schema.entity("hazardous_area"), $0) }
        let site = try certificates.isEmpty ? nil : asset.reference("site").flatMap { try access.view(try schema.entity("site"), $0) }
        let piece = FittingCheck.Piece(
            part: partView.text("number") ?? "the part", serial: serial, approvals: approvals, certificates: certificates)
        let report = FittingCheck.report(
            on: piece,
            in: FittingCheck.Asset(
                model: model?.id, modelName: model?.text("name") ?? "the model", serial: asset.text("serial"), firmware: asset.text("firmware"),
                isInHazardousArea: area.map { HazardousArea(area: $0, gases: [], country: nil).isHazardous } ?? false,
                country: site?.text("country")),
            on: day)
        let compatibility = try compatibility()
        guard !compatibility.rules.isEmpty else { return report }
        let found = compatibility.findings(on: try products(of: asset, except: part) + [product(piece.part, part)])
        return RuleReport(rules: "\(report.rules) \(compatibility.mark)", findings: report.findings + found, skipped: report.skipped)
    }

    // MARK: What works together

    /// The company's rules about what works together, as far as the server has taken them.
    public func compatibility() throws -> CompatibilityRules {
        CompatibilityRules(
            try access.views(try schema.entity("compatibility_rule"), where: "standing", equals: .text("active"))
                .filter { $0.text("status") != "withdrawn" }.compactMap { CompatibilityRule($0) })
    }

    /// An asset's model and what is fitted in it.
    private func products(of asset: RecordView, except other: RecordID? = nil) throws -> [Product] {
        let model = try asset.reference("model").flatMap { try access.view(try schema.entity("asset_model"), $0) }
        let uses = try access.views(try schema.entity("part_use"), where: "asset", equals: .reference(asset.id))
        let corrected = Set(uses.compactMap { $0.reference("corrects") })
        // Sums of what hostile devices say go beyond any whole number.
        var fitted: [RecordID: Double] = [:]
        for use in uses where !corrected.contains(use.id) {
            guard let part = use.reference("part"), let quantity = use.quantity("quantity") else { continue }
            switch use.text("action") {
            case "fitted": fitted[part, default: 0] += Double(quantity.millionths)
            case "removed": fitted[part, default: 0] -= Double(quantity.millionths)
            default: break
            }
        }
        let parts = try fitted.filter { $0.value > 0 && $0.key != other }.keys.sorted().compactMap { try product(part: $0) }
        return try (model.map { [try product($0.text("name") ?? "the model", $0.id)] } ?? []) + parts
    }

    private func product(part: RecordID) throws -> Product? {
        try access.view(try schema.entity("part"), part).map { try product($0.text("number") ?? "the part", part) }
    }

    private func product(_ name: String, _ id: RecordID) throws -> Product {
        let sets = try schema.entity("attribute_set")
        return Product(name, try access.view(sets, Product.setID(sets, of: id)))
    }

    /// What is found about a use of a part; `nil` where it fits nothing.
    public func report(onUse use: RecordView) throws -> RuleReport? {
        guard use.text("action") == "fitted", let part = use.reference("part"), let asset = use.reference("asset"), let at = use.time("at") else {
            return nil
        }
        return try report(onFitting: part, serial: UnitPassage.serial(use), to: asset, on: at.date)
    }

    // MARK: What it is calibrated with

    /// What is found about a gas that is applied to an asset; `nil` where either is not known.
    ///
    /// - Parameter flow: in litres per minute.
    public func report(onGas cylinder: RecordID, flow: String?, at asset: RecordID) throws -> RuleReport? {
        guard let cylinder = try access.view(try schema.entity("reference_gas"), cylinder),
            let model = try access.view(try schema.entity("asset"), asset)?.reference("model"),
            let modelView = try access.view(try schema.entity("asset_model"), model)
        else { return nil }
        let approvals = try access.views(try schema.entity("gas_approval"), where: "model", equals: .reference(model))
        let gas = try schema.entity("gas")
        var names: [String: String] = [:]
        for approval in approvals {
            guard let cas = approval.text("cas"), names[cas] == nil else { continue }
            names[cas] = try access.views(gas, where: "cas", equals: .text(cas)).first?.text("name")
        }
        return GasCheck.report(
            on: GasCheck.Gas(cylinder: cylinder, flow: flow), approvals.map { GasApproval($0) }, model: modelView.text("name") ?? "the model",
            names: names)
    }

    /// What is found about the gas of a reading; `nil` where it was taken without one, or at zero, where any clean air does.
    public func report(onReading reading: RecordView) throws -> RuleReport? {
        guard reading.text("point") == "span", let cylinder = reading.reference("cylinder"), let asset = reading.reference("asset") else {
            return nil
        }
        return try report(onGas: cylinder, flow: reading.text("flow"), at: asset)
    }

    // MARK: What is ordered

    /// What is found about an order; `nil` where it is not here.
    public func report(onOrder id: RecordID) throws -> RuleReport? {
        guard let order = try access.view(try schema.entity("service_order"), id) else { return nil }
        let requested = order.time("requested_at")
        var subject = OrderSubject(
            title: order.text("title") ?? "", kind: order.text("kind") ?? "", day: requested?.date ?? CalendarDate(daysSince1970: 0))
        subject.isEmergency = order.text("kind") == "emergency" || OrderPriority(mostUrgentOf: order) == .emergency
        (subject.requestedAt, subject.dueAt) = (requested?.milliseconds, order.time("due_at")?.milliseconds)
        let customers = try schema.entity("customer")
        if let customer = order.reference("customer") {
            subject.customer = try access.view(customers, customer)?.text("name")
            subject.account = try account(of: customer, customers)
        }
        if let site = try order.reference("site").flatMap({ try access.view(try schema.entity("site"), $0) }) {
            subject.site = site.text("name") ?? ""
            subject.isSiteCustomers = site["customer"] == order["customer"]
        }
        subject.channel = order.text("channel") ?? ""
        let profiles = try schema.entity("channel_profile")
        if let profile = try access.view(profiles, ChannelProfile.id(profiles, channel: subject.channel)) {
            let hasProblem = try access.view(try schema.entity("text"), JointTextKind.problem.id(of: id)) != nil
            subject.missingFields = ChannelProfile.missing(profile, in: order, hasProblem: hasProblem).map(\.rawValue)
        }
        subject.compatibility = try compatibility()
        let lines =
            try subject.compatibility.rules.isEmpty ? [] : access.views(try schema.entity("order_line"), where: "order", equals: .reference(id))
        subject.products = try lines.filter { $0["asset"] == .null }.compactMap { try $0.reference("part").flatMap(product) }
        subject.assets = try order.references("assets").map { asset in
            var about = try self.subject(asset: asset, of: order)
            guard !subject.compatibility.rules.isEmpty, let view = try access.view(try schema.entity("asset"), asset) else { return about }
            let brought = try lines.filter { $0.reference("asset") == asset }.compactMap { try $0.reference("part").flatMap(product) }
            about.products = try products(of: view) + brought
            return about
        }
        return OrderCheck.report(on: subject, try settings())
    }

    private func subject(asset id: RecordID, of order: RecordView) throws -> OrderSubject.Asset {
        guard let asset = try access.view(try schema.entity("asset"), id) else { return OrderSubject.Asset(name: id.short, isAtSite: nil) }
        let model = try asset.reference("model").flatMap { try access.view(try schema.entity("asset_model"), $0) }
        return OrderSubject.Asset(
            name: asset.text("tag") ?? asset.text("serial") ?? id.short, isAtSite: asset["site"] == order["site"], model: model?.id,
            modelName: model?.text("name") ?? "", isCondemned: asset.text("fitness") == "condemned", area: try report(onAsset: id))
    }

    /// What finance says lies in a facet of its own, which not every device has.
    private func account(of customer: RecordID, _ entity: Entity) throws -> OrderSubject.Account? {
        guard let facet = entity["credit_hold"]?.facet,
            let record = try access.record(RecordKey(type: entity.type, id: customer, facet: facet))
        else { return nil }
        let view = RecordView(record, entity)
        return OrderSubject.Account(
            isOnHold: view.boolean("credit_hold"), contractUntil: view.text("contract_until").flatMap { CalendarDate($0) },
            products: Set(view.references("approved_products")))
    }

    /// How grave findings are to the company.
    public func settings() throws -> RuleSettings {
        let entity = try schema.entity("rule_setting")
        // A record that is of another code than its id counts for nothing.
        return RuleSettings(
            try OrderCheck.rules.codes.compactMap { code in
                try access.view(entity, RuleSettings.id(entity, code: code)).flatMap { $0.text("code") == code ? $0 : nil }
            })
    }

    /// The schemes that a site or an area asks for; a blank one is none.
    private func schemes(_ view: RecordView, _ name: String) -> [(scheme: String, by: String)] {
        (view["qualifications_needed"].list ?? []).compactMap(\.text).filter { !$0.allSatisfy(\.isWhitespace) }.map { ($0, name) }
    }

    // MARK: Who starts

    /// What is found about a person who starts the work on an order at a moment; `nil` where the order is not here.
    public func report(onStart order: RecordID, by user: RecordID, at moment: DeviceTime) throws -> RuleReport? {
        guard let order = try access.view(try schema.entity("service_order"), order) else { return nil }
        var subject = StartCheck.Subject()
        subject.person = try access.view(try schema.entity("user"), user)?.text("name") ?? "the person"
        let permits = try schema.entity("permit")
        if let id = order.reference("site"), let site = try access.view(try schema.entity("site"), id) {
            let name = site.text("name") ?? "The site"
            subject.permitsNeeded = (site["permits_needed"].list ?? []).compactMap(\.text).sorted().map { ($0, name) }
            subject.qualificationsNeeded = schemes(site, name)
            subject.permits = try access.views(permits, where: "site", equals: .reference(id)).compactMap { view in
                guard view.reference("order") == nil || view.reference("order") == order.id, let kind = view.text("kind") else { return nil }
                return StartCheck.Subject.Permit(
                    kind: kind, number: view.text("number") ?? "", problem: Permit.problem(view, at: moment.milliseconds, for: user))
            }
        }
        let areas = try Set(order.references("assets").compactMap { try access.view(try schema.entity("asset"), $0)?.reference("area") })
        for area in try areas.sorted().compactMap({ try access.view(try schema.entity("hazardous_area"), $0) }) {
            subject.qualificationsNeeded += schemes(area, area.text("name") ?? "The area")
        }
        // Where nobody asks for any, nobody's have to be known.
        guard !subject.qualificationsNeeded.isEmpty else { return StartCheck.rules.report(on: subject) }
        subject.qualificationsNeeded.sort { ($0.scheme, $0.by) < ($1.scheme, $1.by) }
        let day = moment.date.description
        subject.qualifications = try access.views(try schema.entity("qualification"), where: "user", equals: .reference(user)).compactMap { view in
            guard let scheme = view.text("scheme"), let from = view.text("valid_from"), let to = view.text("valid_to") else { return nil }
            let problem = view.text("revoked") == "yes" ? "is withdrawn" : day < from ? "begins on \(from)" : to < day ? "ended on \(to)" : nil
            return StartCheck.Subject.Qualification(scheme: scheme, problem: problem)
        }
        return StartCheck.rules.report(on: subject)
    }
}
