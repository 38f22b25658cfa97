import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// When a technician is planned for an order, with the names a screen needs.
public struct DispatchAppointment: Sendable {
    /// The order.
    public let order: RecordID
    /// Who.
    public let technician: RecordID
    /// Who, by name.
    public let technicianName: String
    /// Begin, where it can be read.
    public let starts: DeviceTime?
    /// End, where it can be read.
    public let ends: DeviceTime?
    /// What is kept free for travel before it.
    public let travelSeconds: Int64
    /// Whether it holds.
    public let isActive: Bool
    /// Why it ended.
    public let endedBecause: String?

    init?(_ view: RecordView, _ names: DispatchNames) throws {
        guard let order = view.reference("order"), let technician = view.reference("technician") else { return nil }
        self.order = order
        self.technician = technician
        technicianName = try names.user(technician)
        starts = view.time("starts_at")
        ends = view.time("ends_at")
        travelSeconds = view.integer("travel_seconds") ?? 0
        isActive = view.text("state") == "active"
        endedBecause = view.text("ended_because")
    }

    /// Whether any part of it is on the day.
    func touches(_ day: CalendarDate, _ calendar: DispatchCalendar) -> Bool {
        guard let starts else { return false }
        return calendar.touches(day, from: starts, to: ends ?? starts)
    }

    /// The appointments of a technician that hold, the earliest first.
    static func active(technician: RecordID, _ reader: LocalReader, _ names: DispatchNames) throws -> [DispatchAppointment] {
        let own = try AppointmentRow.active(reader).filter { $0.technician == technician }
        return try sorted(own.compactMap { try reader.view("appointment", $0.id) }, names)
    }

    /// Those of an order.
    static func active(of order: RecordID, _ reader: LocalReader, _ names: DispatchNames) throws -> [DispatchAppointment] {
        try sorted(try reader.views("appointment", where: "order", equals: .reference(order)).filter { $0.text("state") == "active" }, names)
    }

    /// Those of a day, or of a technician, or both; only the ones that may be are read.
    static func active(
        on day: CalendarDate?, technician: RecordID?, _ reader: LocalReader, _ calendar: DispatchCalendar, _ names: DispatchNames
    ) throws -> [DispatchAppointment] {
        let chosen = try AppointmentRow.active(reader).filter { row in
            (technician == nil || row.technician == technician) && (day.map { row.mayTouch($0, calendar.local) } ?? true)
        }
        return try sorted(chosen.compactMap { try reader.view("appointment", $0.id) }, names)
            .filter { appointment in day.map { appointment.touches($0, calendar) } ?? true }
    }

    private static func sorted(_ views: [RecordView], _ names: DispatchNames) throws -> [DispatchAppointment] {
        try views.compactMap { try DispatchAppointment($0, names) }
            .sorted { ($0.starts?.milliseconds ?? 0, $0.technicianName, $0.order) < ($1.starts?.milliseconds ?? 0, $1.technicianName, $1.order) }
    }
}

/// Names of records by id, each read once.
final class DispatchNames {
    private let reader: LocalReader
    private var found: [RecordID: String] = [:]

    init(_ reader: LocalReader) { self.reader = reader }

    func user(_ id: RecordID?) throws -> String { try name("user", id) }

    func name(_ entity: String, _ id: RecordID?, field: String = "name") throws -> String {
        guard let id else { return "" }
        if let name = found[id] { return name }
        let name = try reader.view(entity, id)?.text(field) ?? "unknown (\(id.short))"
        found[id] = name
        return name
    }
}
