import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// An order that has come in and that nobody is planned for yet.
public struct QueuedOrder: Sendable {
    /// Its record.
    public let order: RecordView
    /// Name of the customer; empty where it is not known here.
    public let customer: String
    /// Since when it waits, as far as its request says.
    public let since: DeviceTime?
    /// The teams that have open cases about it, else whoever plans.
    public let owners: [String]
    /// What keeps it from being planned; `nil` where nothing does.
    public let block: String?
    /// How urgent; the most urgent of what people say.
    public let priority: OrderPriority?
}

extension LocalReader {
    /// What has come in by any channel and waits to be planned: the most urgent first, then what was asked for first.
    public func queuedOrders() throws -> [QueuedOrder] {
        let names = DispatchNames(self)
        let waiting = try [OrderState.submitted, .on_hold, .ready_to_plan, .needs_replan].flatMap {
            try views("service_order", where: "state", equals: .text($0.rawValue))
        }
        return try waiting.map { order in
            let cases = try views("exception", where: "order", equals: .reference(order.id)).filter { view in
                view.text("state") == "open" && view.text("kind").flatMap { ExceptionKind(rawValue: $0) }?.isNotice != true
            }
            let isHeld = order.text("state") == OrderState.on_hold.rawValue
            let holding = cases.filter { isHeld ? $0.text("kind") == ExceptionKind.order_held.rawValue : true }
            let owners = Set(holding.compactMap { $0.text("owner") }).sorted()
            return QueuedOrder(
                order: order, customer: try names.name("customer", order.reference("customer")), since: order.time("requested_at"),
                owners: owners.isEmpty ? [Role.dispatcher.rawValue] : owners, block: holding.compactMap { $0.text("text") }.sorted().first,
                priority: OrderPriority(mostUrgentOf: order))
        }.sorted { a, b in
            let (first, second) = (a.priority?.rank ?? .max, b.priority?.rank ?? .max)
            if first != second { return first < second }
            let (earlier, later) = (a.since?.milliseconds ?? .max, b.since?.milliseconds ?? .max)
            return earlier != later ? earlier < later : a.order.id < b.order.id
        }
    }
}
