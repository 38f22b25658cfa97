import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// An order in a list of jobs.
public struct JobLine: Sendable {
    public let id: RecordID
    public let number: String
    public let title: String
    public let kind: String
    /// More than one when they were set without seeing each other; the newest comes last.
    public let priorities: [Standing]
    /// `nil` when the order has no event yet.
    /// `nil` when it has none, or one that a newer app knows.
    public let state: OrderState?
    /// The state as it is stored, also one this app does not know.
    public let stateWord: String?
    public let customer: String
    public let site: String
    public let city: String?
    public let starts: DeviceTime?
    public let ends: DeviceTime?
    /// Whether the user has an active appointment for it.
    public let isMine: Bool
    public let dueAt: DeviceTime?
    public let openTasks: Int
    public let openMandatoryTasks: Int
    /// Change sets about it that wait for an answer.
    public let waitingSets: Int
    /// The least advanced of what was recorded on it.
    public let place: Whereabouts
}

extension DeviceClient {
    /// The user's jobs of a day: active appointments, and orders the user took in the field that have no appointment yet.
    public func jobs(on day: CalendarDate) throws -> [JobLine] {
        func local(_ time: DeviceTime) -> CalendarDate { environment.local(time).date }
        return try screen { screen in
            let lister = try JobLister(screen)
            let planned = try AppointmentRow.active(screen.reader).filter { $0.technician == screen.user && $0.mayTouch(day, screen.local) }
            let orders = Set(planned.map(\.order)).union(lister.waiting.keys)
            return try lister.lines(orders.sorted()).filter { job in
                guard job.isMine, let starts = job.starts else {
                    return job.starts == nil && job.waitingSets > 0 && (job.state?.isInTheField ?? false)
                }
                return local(starts)...max(local(starts), local(job.ends ?? starts)) ~= day
            }
        }
    }

    /// Every order this device holds, those with an appointment first, by time.
    public func allJobs() throws -> [JobLine] { try screen { try JobLister($0).lines() } }

    /// The first of them, and how many there are. Only the first are read.
    public func allJobs(limit: Int) throws -> (lines: [JobLine], total: Int) {
        try screen { screen in
            let orders = try JobLister.inTime(screen)
            return (try JobLister(screen).lines(Array(orders.prefix(limit))), orders.count)
        }
    }

    /// The local day of the user.
    public func today() throws -> CalendarDate { try now().date }
}

/// Makes the lines of job lists, reading what they share once.
struct JobLister {
    private let screen: ScreenReader
    /// By order, where the sets are that wait for an answer.
    let waiting: [RecordID: [Whereabouts]]

    init(_ screen: ScreenReader) throws {
        self.screen = screen
        var waiting: [RecordID: [Whereabouts]] = [:]
        for own in try screen.reader.outbox() {
            for order in try Self.orders(of: own, screen) { waiting[order, default: []].append(LocalReader.whereabouts(own)) }
        }
        self.waiting = waiting
    }

    /// The orders a set is about.
    static func orders(of own: OwnSet, _ screen: ScreenReader) throws -> Set<RecordID> {
        guard let set = screen.reader.content(of: own) else { return [] }
        var orders: Set<RecordID> = []
        for op in set.ops {
            guard let entity = screen.reader.schema[op.key.type] else { continue }
            if entity.name == "service_order" { orders.insert(op.key.id) }
            guard let field = entity["order"] else { continue }
            let order =
                try op.writes.first { $0.field == field.id }?.value.reference ?? screen.reader.view(entity.name, op.key.id)?.reference("order")
            if let order { orders.insert(order) }
        }
        return orders
    }

    /// Every order.
    func lines() throws -> [JobLine] { try lines(screen.reader.views("service_order").map(\.id)) }

    func lines(_ orders: [RecordID]) throws -> [JobLine] {
        try orders.compactMap { try screen.reader.view("service_order", $0) }.map { try line($0) }.sorted { a, b in
            let (first, second) = (a.starts?.milliseconds ?? .max, b.starts?.milliseconds ?? .max)
            return first == second ? a.number < b.number : first < second
        }
    }

    /// All orders in the order of ``lines()``, by what the typed columns say: the user's own appointment counts before another's.
    static func inTime(_ screen: ScreenReader) throws -> [RecordID] {
        var starts: [RecordID: (isMine: Bool, at: Int64)] = [:]
        for row in try AppointmentRow.active(screen.reader) {
            let new = (isMine: row.technician == screen.user, at: row.starts?.milliseconds ?? .max)
            if let known = starts[row.order], known.isMine && !new.isMine || known.isMine == new.isMine && known.at <= new.at { continue }
            starts[row.order] = new
        }
        let orders = try screen.reader.rows("service_order", columns: ["number"]).map { id, values in
            (id: id, at: starts[id]?.at ?? .max, number: values[0].text ?? "")
        }
        return orders.sorted { ($0.at, $0.number) < ($1.at, $1.number) }.map(\.id)
    }

    func line(_ order: RecordView) throws -> JobLine {
        let reader = screen.reader
        let active = try reader.children("appointment", of: order.id).filter { $0.text("state") == "active" }
        let mine = active.filter { $0.reference("technician") == screen.user }.inTime("starts_at").first
        let appointment = mine ?? active.inTime("starts_at").first
        let open = try reader.children("task", of: order.id).filter { ($0.text("state") ?? "open") == "open" }
        let site = try order.reference("site").flatMap { try reader.view("site", $0) }
        let sets = waiting[order.id] ?? []
        return JobLine(
            id: order.id, number: order.text("number") ?? "…\(order.id.short)", title: order.text("title") ?? "", kind: order.text("kind") ?? "",
            priorities: order.standing("priority"), state: order.text("state").flatMap { OrderState(rawValue: $0) },
            stateWord: order.text("state"), customer: try order.reference("customer").map { try screen.customerName($0) } ?? "",
            site: site?.text("name") ?? "",
            city: site?.text("city"),
            starts: appointment.flatMap { screen.time($0, "starts_at") }, ends: appointment.flatMap { screen.time($0, "ends_at") },
            isMine: mine != nil,
            dueAt: screen.time(order, "due_at"),
            openTasks: open.count, openMandatoryTasks: open.count { $0.text("mandatory") == "yes" }, waitingSets: sets.count,
            place: sets.contains(.onDevice) ? .onDevice : sets.contains(.sent) ? .sent : .stored)
    }
}
