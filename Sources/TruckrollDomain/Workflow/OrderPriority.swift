import TruckrollCore

/// How urgent an order is, most urgent first.
public enum OrderPriority: String, Sendable, CaseIterable, Comparable {
    case emergency, high, normal, low

    /// 0 for the most urgent.
    public var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

    public static func < (a: OrderPriority, b: OrderPriority) -> Bool { a.rank < b.rank }

    /// The most urgent of what people say of an order; `nil` where nobody says anything.
    ///
    /// - Parameter order: a `service_order`.
    public init?(mostUrgentOf order: RecordView) {
        var said = [order["priority"]]
        if let field = order.entity["priority"], let state = order.state(field), case .siblings(let set) = state { said = set.siblings.map(\.value) }
        guard let most = said.compactMap({ $0.text.flatMap { OrderPriority(rawValue: $0) } }).min() else { return nil }
        self = most
    }
}
