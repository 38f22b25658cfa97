import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// When an appointment is.
struct AppointmentOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Begin: HH:MM in the company's time zone, or RFC 3339.", valueName: "time"), transform: CalendarText.time) var at:
        String?
    @Option(
        help: ArgumentHelp("The day of HH:MM: YYYY-MM-DD, today or tomorrow; today when left out.", valueName: "day"), transform: CalendarText.day)
    var day: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("How long, in minutes.", valueName: "n")) var minutes: Int?

    /// The longest appointment that is no slip of the finger, in minutes.
    static let longest = 24 * 60

    func validate() throws {
        if let minutes { try Self.check(minutes: minutes) }
        if at == nil, day != nil { throw ValidationError("--day needs --at.") }
    }

    static func check(minutes: Int) throws {
        guard (1...longest).contains(minutes) else { throw ValidationError("--minutes takes 1 to \(longest).") }
    }

    /// How far ahead an appointment is made, in days.
    static let farthest: Int64 = 366

    /// Begin and end; nothing without `--at`.
    ///
    /// - Parameter usual: minutes when none were given.
    func interval(_ calendar: DispatchCalendar, usual: Int?) throws -> (starts: DeviceTime, ends: DeviceTime)? {
        guard let at else { return nil }
        guard let minutes = minutes ?? usual else {
            throw DeviceProblem("minutes-missing", "It is not known how long the appointment takes.", next: "Give --minutes.")
        }
        return try Self.interval(at: at, day: day, minutes: minutes, calendar)
    }

    static func interval(at: String, day: String?, minutes: Int, _ calendar: DispatchCalendar) throws -> (starts: DeviceTime, ends: DeviceTime) {
        let starts = try calendar.time(at, day: day)
        try Plausible.check(starts, "--at", daysAhead: farthest, calendar)
        return (starts, calendar.local(DeviceTime(milliseconds: starts.milliseconds + Int64(minutes) * 60_000, offsetMinutes: 0)))
    }
}

extension LocalReader {
    /// The appointment of the technician who is meant, or of the only one when nobody is named.
    func assigned(_ text: String?, to order: RecordView) throws -> DispatchAppointment {
        let active = try DispatchOrderSheet(order, self).appointments.filter(\.isActive)
        let number = order.text("number") ?? "The order"
        guard let text else {
            if active.count == 1, let only = active.first { return only }
            let names = active.map(\.technicianName).joined(separator: ", ")
            throw DeviceProblem(
                "technician-ambiguous", active.isEmpty ? "\(number) has no technician." : "\(number) has \(active.count) technicians: \(names).",
                next: active.isEmpty ? "Plan one with `assign`." : "Name the one who is meant.")
        }
        let technician = try DispatchLookup(self).technician(text)
        guard let appointment = active.first(where: { $0.technician == technician.id }) else {
            throw DeviceProblem(
                "technician-not-assigned", "\(technician.text("name") ?? text) is not planned for \(number).", next: "Look with `show \(number)`.")
        }
        return appointment
    }
}
