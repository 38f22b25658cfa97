import TruckrollCore
import TruckrollDomain

/// What the company has promised of an order of a priority, read from the records that are here.
public struct DueBook {
    private let schema: Schema
    private let access: any RecordReading

    public init(schema: Schema, access: any RecordReading) {
        self.schema = schema
        self.access = access
    }

    /// When somebody has to be there, and when the work has to be done, at the latest.
    public struct Promise: Hashable, Sendable {
        /// Unix time in milliseconds; `nil` where nothing was promised.
        public let respondBy: Int64?
        /// Likewise, for the end of the work.
        public let resolveBy: Int64?
    }

    /// By the most urgent of what people say of its priority; a customer's own promise goes before the one for all.
    ///
    /// - Parameter start: Unix time in milliseconds from which it is counted.
    public func promise(for order: RecordView, from start: Int64) throws -> Promise {
        guard let priority = OrderPriority(mostUrgentOf: order), let level = try level(priority, order.reference("customer")) else {
            return Promise(respondBy: nil, resolveBy: nil)
        }
        guard let calendar = try calendar(level.calendar) else { return Promise(respondBy: nil, resolveBy: nil) }
        return Promise(
            respondBy: level.responseMinutes.flatMap { calendar.instant($0, after: start) },
            resolveBy: level.resolutionMinutes.flatMap { calendar.instant($0, after: start) })
    }

    private func level(_ priority: OrderPriority, _ customer: RecordID?) throws -> ServiceLevel? {
        let entity = try schema.entity("service_level")
        let holders: [RecordID?] = customer == nil ? [nil] : [customer, nil]
        for holder in holders {
            guard let view = try access.view(entity, ServiceLevel.id(entity, priority: priority, customer: holder)),
                view.text("priority") == priority.rawValue, view.reference("customer") == holder
            else { continue }
            return ServiceLevel(view)
        }
        return nil
    }

    /// Until when an order may stand in a state that it came into at an instant; `nil` where it may stand for ever.
    public func limit(of state: OrderState, since start: Int64) throws -> Int64? {
        let entity = try schema.entity("stage_limit")
        guard let view = try access.view(entity, StageLimit.id(entity, state: state)), let minutes = view.integer("minutes") else { return nil }
        return try calendar(view.reference("calendar"))?.instant(Int(minutes), after: start)
    }

    /// Day and night where none is named; `nil` where the one that is has no hours that can be read: by it nothing is ever due.
    private func calendar(_ id: RecordID?) throws -> WorkCalendar? {
        guard let id else { return .always }
        return try access.view(try schema.entity("work_calendar"), id).flatMap { WorkCalendar($0) }
    }
}
