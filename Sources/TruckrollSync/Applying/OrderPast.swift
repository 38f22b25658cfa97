import TruckrollCore
import TruckrollDomain

/// How an order stood at a moment, as its events and appointments tell.
public struct OrderPast: Sendable {
    /// Something that can happen next, and who may make it happen.
    public struct Next: Hashable, Sendable {
        /// The event of the order's workflow.
        public let event: OrderEvent
        /// Empty for what the server does by itself.
        public let roles: [Role]
    }

    /// `nil` before it was made.
    public let state: OrderState?
    /// The step that had brought it there.
    public let last: RecordView?
    /// Who was planned for it.
    public let technicians: [RecordID]
    /// What could happen next, in the order of the workflow.
    public let next: [Next]

    /// Whose move it was.
    public enum Owner: Hashable, Sendable {
        /// It is over, or not made yet.
        case nobody
        case technicians([RecordID])
        /// Whoever has one of the roles.
        case roles([Role])
        case server
    }

    /// Its technicians where it was theirs, else the roles of what comes next.
    public var owner: Owner {
        guard let state, !state.isClosed else { return .nobody }
        if next.contains(where: { $0.event.isTechnicians }), !technicians.isEmpty { return .technicians(technicians) }
        let roles = Set(next.flatMap(\.roles)).subtracting([.importer]).sorted { $0.rawValue < $1.rawValue }
        return roles.isEmpty ? .server : .roles(roles)
    }

    /// - Parameter moment: Unix time in milliseconds. Each event counts from when it happened, by the clock that the server has corrected.
    public init(_ order: RecordID, at moment: Int64, schema: Schema, access: any RecordReading) throws {
        func since(_ view: RecordView, _ field: String) -> Int64? {
            view.entity[field].flatMap { view.record[$0.id]?.version.stamp.milliseconds }.map { Int64(clamping: $0) }
        }
        let events = try access.views(try schema.entity("order_event"), where: "order", equals: .reference(order))
            .filter { $0.boolean("effective") && since($0, "event").map { $0 <= moment } ?? false }
        // The newest is the one that no other of them comes after.
        let followed = Set(events.compactMap { $0.reference("after") })
        last = events.filter { !followed.contains($0.id) }.max { (since($0, "event") ?? 0, $0.id) < (since($1, "event") ?? 0, $1.id) }
        state = last?.text("state_after").flatMap { OrderState(rawValue: $0) }
        technicians = try access.views(try schema.entity("appointment"), where: "order", equals: .reference(order)).compactMap { view in
            guard let begun = since(view, "technician"), begun <= moment else { return nil }
            if view.text("state") == "ended", let end = since(view, "state"), end <= moment { return nil }
            return view.reference("technician")
        }.sorted()
        let workflow = state.map { OrderWorkflow.events(in: $0) } ?? [.create]
        next = workflow.map { event in Next(event: event, roles: event.roles.sorted { $0.rawValue < $1.rawValue }) }
    }
}
