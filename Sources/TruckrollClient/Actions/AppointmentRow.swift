import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What the typed columns say of an appointment: enough to choose those of a screen without reading them all.
struct AppointmentRow {
    let id: RecordID
    let order: RecordID
    let technician: RecordID
    let starts: DeviceTime?
    let ends: DeviceTime?

    /// Those that hold, by id.
    static func active(_ reader: LocalReader) throws -> [AppointmentRow] {
        try reader.rows("appointment", columns: ["order", "technician", "starts_at", "ends_at", "state"]).compactMap { id, values in
            guard values[4] == .text("active"), let order = values[0].reference, let technician = values[1].reference else { return nil }
            return AppointmentRow(
                id: id, order: order, technician: technician, starts: values[2].text.flatMap { DeviceTime($0) },
                ends: values[3].text.flatMap { DeviceTime($0) })
        }
    }

    /// Whether it may still last on a day, or begin in the night after it.
    func mayTouch(_ day: CalendarDate, _ local: (DeviceTime) -> DeviceTime) -> Bool {
        guard let first = starts.map({ local($0).date.daysSince1970 }) else { return false }
        let last = ends.map { local($0).date.daysSince1970 } ?? first
        return (first - 1...max(first, last)).contains(day.daysSince1970)
    }
}
