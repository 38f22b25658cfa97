/// How big a made-up company is.
public struct DemoSize: Hashable, Sendable {
    public let technicians: Int
    public let dispatchers: Int
    public let depots: Int
    public let customers: Int
    public let sites: Int
    public let assets: Int
    public let parts: Int
    public let orders: Int
    /// Weeks with orders before the start day.
    public let weeksBefore: Int
    /// Weeks with orders from the start day on.
    public let weeksAfter: Int

    /// Enough to show everything once.
    public static let small = DemoSize(
        technicians: 6, dispatchers: 1, depots: 2, customers: 14, sites: 20, assets: 150, parts: 80, orders: 40,
        weeksBefore: 1, weeksAfter: 1)
    /// A company of the size the product is made for.
    public static let medium = DemoSize(
        technicians: 25, dispatchers: 3, depots: 5, customers: 120, sites: 300, assets: 4000, parts: 1500, orders: 600,
        weeksBefore: 1, weeksAfter: 1)
    /// For measuring: more orders than two weeks could hold, so they reach further into the past.
    public static let large = DemoSize(
        technicians: 500, dispatchers: 40, depots: 24, customers: 4000, sites: 15_000, assets: 200_000, parts: 5000, orders: 50_000,
        weeksBefore: 8, weeksAfter: 1)

    /// The size called `small`, `medium` or `large`; `nil` for any other name.
    public init?(name: String) {
        switch name {
        case "small": self = .small
        case "medium": self = .medium
        case "large": self = .large
        default: return nil
        }
    }

    /// The story needs two technicians for itself, sites of three customers and some assets at each.
    init(
        technicians: Int, dispatchers: Int, depots: Int, customers: Int, sites: Int, assets: Int, parts: Int, orders: Int,
        weeksBefore: Int, weeksAfter: Int
    ) {
        precondition(technicians >= 3 && dispatchers >= 1 && depots >= 1 && customers >= 3 && sites >= customers && orders >= 3)
        precondition(assets >= 7 * sites && parts >= CuratedParts.all.count)
        self.technicians = technicians
        self.dispatchers = dispatchers
        self.depots = depots
        self.customers = customers
        self.sites = sites
        self.assets = assets
        self.parts = parts
        self.orders = orders
        self.weeksBefore = weeksBefore
        self.weeksAfter = weeksAfter
    }
}
