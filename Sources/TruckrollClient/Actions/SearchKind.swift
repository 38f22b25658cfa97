/// What people look for by words.
public enum SearchKind: String, CaseIterable, Sendable {
    case order, asset, site, customer, part, person, location, certificate, gas, tool, lot, piece, area, model, plan, document, exception, permit,
        meter,
        task, text, note, finding

    /// The entity of its records.
    public var entity: String {
        switch self {
        case .order: "service_order"
        case .person: "user"
        case .location: "stock_location"
        case .gas: "reference_gas"
        case .piece: "unit"
        case .area: "hazardous_area"
        case .model: "asset_model"
        case .plan: "maintenance_plan"
        case .asset, .site, .customer, .part, .certificate, .tool, .lot, .document, .exception, .permit, .meter, .task, .text, .note, .finding:
            rawValue
        }
    }

    init?(entity: String) {
        guard let kind = Self.allCases.first(where: { $0.entity == entity }) else { return nil }
        self = kind
    }
}
