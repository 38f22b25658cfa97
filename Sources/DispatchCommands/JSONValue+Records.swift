import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

extension JSONValue {
    /// A value of a record; bytes as hexadecimal, ids in their text form.
    static func value(_ value: TruckrollCore.Value, _ type: FieldType? = nil) -> JSONValue {
        switch value {
        case .null: .null
        case .boolean(let flag): .bool(flag)
        case .integer(let number): .int(Int(number))
        case .text(let text): .string(text)
        case .list(let parts): .array(parts.map { Self.value($0, type) })
        case .bytes(let bytes): .string(value.spoken(type, bytes))
        }
    }

    static func appointment(_ appointment: DispatchAppointment) -> JSONValue {
        [
            "technician": .string(appointment.technicianName), "technician_id": .string("\(appointment.technician)"),
            "starts_at": .text(appointment.starts?.description), "ends_at": .text(appointment.ends?.description),
            "state": appointment.isActive ? "active" : "ended", "ended_because": .text(appointment.endedBecause),
        ]
    }

    static func order(_ line: DispatchOrderLine) -> JSONValue {
        .object(
            members(line.order, ["number", "state", "kind", "priority", "title"])
                + [
                    ("priorities", .texts(line.order.standing("priority").map(\.value))), ("customer", .string(line.customer)),
                    ("site", .string(line.site)), ("due_at", .text(line.order.text("due_at"))),
                ]
                + [("appointments", .array(line.appointments.map { appointment($0) })), ("id", .string("\(line.order.id)"))])
    }

    /// Text fields of a record under their own names.
    static func members(_ view: RecordView, _ names: [String]) -> [(String, JSONValue)] { names.map { ($0, .value(view[$0])) } }
}

extension Value {
    /// The value as a person reads it.
    func spoken(_ type: FieldType? = nil) -> String {
        switch self {
        case .null: "nothing"
        case .boolean(let flag): flag ? "yes" : "no"
        case .integer(let number): "\(number)"
        case .text(let text): text
        case .list(let parts): parts.map { $0.spoken(type) }.joined(separator: ", ")
        case .bytes(let bytes): spoken(type, bytes)
        }
    }

    fileprivate func spoken(_ type: FieldType?, _ bytes: [UInt8]) -> String {
        type == .reference ? reference.map { "\($0)" } ?? bytes.hexadecimal : bytes.hexadecimal
    }
}

extension StyledText {
    /// Where an order stands, in its colour.
    static func state(_ text: String?) -> StyledText {
        guard let state = text.flatMap({ OrderState(rawValue: $0) }) else { return StyledText(text ?? "") }
        let style: Style =
            switch state {
            case .draft, .submitted, .closed, .cancelled: .dim
            case .ready_to_plan, .needs_replan, .on_hold: .yellow
            case .scheduled, .dispatched, .accepted, .en_route: .blue
            case .on_site, .in_progress, .paused: .cyan
            case .work_complete, .signed_off, .certified: .green
            }
        return StyledText(state.title, style)
    }
}

extension String {
    /// A word of the schema as a person reads it: `work complete`.
    var words: String { replacing("_", with: " ") }
}
