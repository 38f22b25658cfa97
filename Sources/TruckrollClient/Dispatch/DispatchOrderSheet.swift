import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// An order with all that belongs to it.
public struct DispatchOrderSheet: Sendable {
    /// The order's record.
    public let order: RecordView
    /// What is wrong.
    public let problem: String?
    /// For whom.
    public let customer: RecordView?
    /// Where.
    public let site: RecordView?
    /// The assets to work on that this device holds.
    public let assets: [RecordView]
    /// By rank.
    public let tasks: [RecordView]
    /// All appointments, ended ones included.
    public let appointments: [DispatchAppointment]
    /// Oldest first.
    public let events: [RecordView]
    /// The dispatchers' requests, oldest first.
    public let requests: [RecordView]
    /// Oldest first, resolved ones included.
    public let exceptions: [RecordView]
    /// By number.
    public let certificates: [RecordView]
    /// What changed the appointments, oldest first.
    public let planning: [PlanningTrace.Step]
    /// What was recorded on it, as the technician's device shows it.
    public let work: Job
    /// Names of the people above.
    public let people: [RecordID: String]

    /// Reads what belongs to an order.
    public init(_ order: RecordView, _ reader: LocalReader) throws {
        func belonging(_ entity: String) throws -> [RecordView] {
            try reader.views(entity, where: "order", equals: .reference(order.id))
        }
        let names = DispatchNames(reader)
        self.order = order
        problem = try reader.text(.problem, of: order.id)
        customer = try order.reference("customer").flatMap { try reader.view("customer", $0) }
        site = try order.reference("site").flatMap { try reader.view("site", $0) }
        assets = try order.references("assets").compactMap { try reader.view("asset", $0) }
        tasks = try belonging("task").sorted { ($0.integer("rank") ?? 0, $0.id) < ($1.integer("rank") ?? 0, $1.id) }
        appointments = try belonging("appointment").compactMap { try DispatchAppointment($0, names) }
            .sorted { ($0.starts?.milliseconds ?? 0) < ($1.starts?.milliseconds ?? 0) }
        events = Self.chained(try belonging("order_event"))
        requests = try belonging("assignment_request").sorted { Self.written($0, "action") < Self.written($1, "action") }
        exceptions = try belonging("exception").sorted { ($0.text("raised_at") ?? "") < ($1.text("raised_at") ?? "") }
        certificates = try belonging("certificate").sorted { ($0.text("number") ?? "") < ($1.text("number") ?? "") }
        planning = try reader.planning(of: order.id).steps
        work = try Job(order, try ScreenReader(reader))
        var people: [RecordID: String] = [:]
        for view in events + requests + exceptions + certificates {
            for field in ["by", "technician", "instead_of", "about"] where view.entity[field] != nil {
                if let id = view.reference(field) { people[id] = try names.user(id) }
            }
        }
        self.people = people
    }

    /// The name of a person of the order.
    public func name(_ id: RecordID?) -> String { id.flatMap { people[$0] } ?? "" }

    /// Events in the order they were admitted: each behind the effective one that stood when it came.
    private static func chained(_ events: [RecordView]) -> [RecordView] {
        let before = Dictionary(events.map { ($0.id, $0.reference("after")) }, uniquingKeysWith: { first, _ in first })
        func depth(_ event: RecordView) -> Int {
            var (steps, cursor) = (0, event.reference("after"))
            while let id = cursor, steps <= events.count { (steps, cursor) = (steps + 1, before[id] ?? nil) }
            return steps
        }
        return events.map { (event: $0, depth: depth($0), written: written($0, "event")) }
            .sorted { $0.depth != $1.depth ? $0.depth < $1.depth : $0.written < $1.written }.map(\.event)
    }

    /// The version that wrote a field, to sort by.
    private static func written(_ view: RecordView, _ field: String) -> [UInt8] {
        view.entity[field].flatMap { view.record[$0.id]?.version.encoded } ?? []
    }
}

extension [UInt8] {
    fileprivate static func < (left: [UInt8], right: [UInt8]) -> Bool { left.lexicographicallyPrecedes(right) }
}
