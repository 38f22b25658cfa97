import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Who does what on one day.
public struct DispatchDay: Sendable {
    /// One appointment on the day.
    public struct Stop: Sendable {
        /// The order's record; `nil` when this device does not hold it.
        public let order: RecordView?
        /// The appointment.
        public let appointment: DispatchAppointment
        /// Minutes from the day's midnight by the wall clock; may reach into the days beside it.
        public let minutes: Range<Int>
    }

    /// One technician's day.
    public struct Row: Sendable {
        /// The technician's record.
        public let technician: RecordView
        /// Earliest first.
        public let stops: [Stop]
        /// Whether the record names an absence on the day.
        public let isAbsent: Bool

        /// Planned minutes on the day itself.
        public var plannedMinutes: Int { stops.reduce(0) { $0 + $1.minutes.clamped(to: 0..<1440).count } }
    }

    /// The day.
    public let day: CalendarDate
    /// Every technician, by name, idle ones included.
    public let rows: [Row]

    /// Reads a day.
    public init(_ day: CalendarDate, _ reader: LocalReader, _ calendar: DispatchCalendar) throws {
        self.day = day
        let names = DispatchNames(reader)
        let appointments = try DispatchAppointment.active(on: day, technician: nil, reader, calendar, names)
        let byTechnician = Dictionary(grouping: appointments, by: \.technician)
        let technicians = try reader.views("user", where: "role", equals: .text(Role.technician.rawValue))
        rows = try technicians.sorted { ($0.text("name") ?? "", $0.id) < ($1.text("name") ?? "", $1.id) }.map { technician in
            let stops = try (byTechnician[technician.id] ?? []).compactMap { try Self.stop($0, day, reader, calendar) }
            return Row(technician: technician, stops: stops, isAbsent: Self.isAbsent(technician, day))
        }
    }

    private static func stop(
        _ appointment: DispatchAppointment, _ day: CalendarDate, _ reader: LocalReader, _ calendar: DispatchCalendar
    ) throws -> Stop? {
        guard let starts = appointment.starts else { return nil }
        let first = calendar.wallMinutes(of: starts, since: day)
        let last = max(first + 1, appointment.ends.map { calendar.wallMinutes(of: $0, since: day) } ?? first + 60)
        return Stop(order: try reader.view("service_order", appointment.order), appointment: appointment, minutes: first..<last)
    }

    /// Absences are written `2026-11-20/2026-11-22`, both days included.
    private static func isAbsent(_ technician: RecordView, _ day: CalendarDate) -> Bool {
        (technician["absences"].list ?? []).contains { value in
            let days = (value.text ?? "").split(separator: "/").compactMap { CalendarDate($0) }
            guard let first = days.first, let last = days.last else { return false }
            return first <= day && day <= last
        }
    }
}
