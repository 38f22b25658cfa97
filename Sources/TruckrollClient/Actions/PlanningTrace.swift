import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Why an order is planned as it is: who has it when, and what led there.
public struct PlanningTrace: Sendable {
    /// Something that changed the planning, or was to.
    public struct Step: Sendable {
        public let fact: Fact
        public let text: String
        /// What the server said to a dispatcher's wish; `nil` for what is no wish.
        public let answer: String?
        /// Whether it is a step of the order's workflow.
        public let isEvent: Bool
    }

    /// The order's number.
    public let order: String
    public let appointments: [AppointmentLine]
    /// Oldest first. Dispatchers' wishes are among them only on devices of the office.
    public let steps: [Step]

    /// The words by which a person asks for it as for a field of an order.
    public static let names: Set<String> = ["appointment", "appointments", "technician", "time", "starts_at", "ends_at"]
}

extension DeviceClient {
    /// Explains an order's appointment.
    public func planning(of order: RecordID) throws -> PlanningTrace { try read { try $0.planning(of: order) } }
}

extension LocalReader {
    /// Explains an order's appointment.
    public func planning(of order: RecordID) throws -> PlanningTrace {
        let screen = try ScreenReader(self)
        let view = try require("service_order", order)
        return PlanningTrace(
            order: view.text("number") ?? order.short,
            appointments: try children("appointment", of: order).inTime("starts_at").map { try AppointmentLine($0, screen) },
            steps: try PlanningReader(screen: screen, authors: try ReplicaAuthors(screen)).steps(of: order))
    }
}

/// Reads what changed an order's planning out of its events, the dispatchers' requests, and the versions of its appointments.
struct PlanningReader {
    let screen: ScreenReader
    let authors: ReplicaAuthors

    /// In the order of the workflow, which is that of those the server made in one step.
    private static let events = [OrderEvent.take, .schedule, .dispatch, .reassign, .withdraw].map(\.rawValue)

    func steps(of order: RecordID) throws -> [PlanningTrace.Step] {
        let reader = screen.reader
        let events = try reader.children("order_event", of: order).compactMap { event in
            Self.events.firstIndex(of: event.text("event") ?? "").map { (place: $0, event: event) }
        }
        var steps = try events.sorted { $0.place < $1.place }.map { _, event in
            let who = try event.reference("technician").map { " \(try screen.userName($0))" } ?? ""
            return PlanningTrace.Step(
                fact: try screen.fact(event), text: "\(event.text("event") ?? "")\(who)",
                answer: event["effective"].boolean == false ? "no effect" : nil,
                isEvent: true)
        }
        for request in try reader.children("assignment_request", of: order) { steps += try [wish(request)].compactMap { $0 } }
        for appointment in try reader.children("appointment", of: order) { steps += try [entry(appointment)].compactMap { $0 } }
        let keyed = steps.enumerated().map {
            (at: $0.element.fact.at?.milliseconds ?? 0, version: $0.element.fact.version, place: $0.offset, step: $0.element)
        }
        return keyed.sorted { a, b in a.at == b.at ? (a.version, a.place) < (b.version, b.place) : a.at < b.at }.map(\.step)
    }

    private func wish(_ request: RecordView) throws -> PlanningTrace.Step? {
        guard let version = request.version("action") else { return nil }
        let name = try request.reference("technician").map { try screen.userName($0) } ?? ""
        let span = screen.time(request, "starts_at").map { ", \(Self.span($0, screen.time(request, "ends_at")))" } ?? ""
        let text: String
        switch request.text("action") {
        case "reassign":
            text = "give it to \(name)" + (try request.reference("instead_of").map { " in place of \(try screen.userName($0))" } ?? "") + span
        case "move": text = "move \(name)" + span
        case "unassign": text = "take \(name) off"
        default: text = "\(request.text("action") ?? "") \(name)" + span
        }
        let answer: String
        switch request.text("state") {
        case "granted": answer = "granted"
        case "refused": answer = "refused: \(request.text("answer") ?? "")"
        default: answer = "not answered yet"
        }
        return PlanningTrace.Step(fact: try fact(request.id, version), text: text, answer: answer, isEvent: false)
    }

    /// What the server wrote last: an appointment is its alone.
    private func entry(_ appointment: RecordView) throws -> PlanningTrace.Step? {
        let isActive = appointment.text("state") == "active"
        let fields = isActive ? ["starts_at", "ends_at", "state"] : ["state"]
        guard let version = fields.compactMap({ appointment.version($0) }).max() else { return nil }
        let name = try appointment.reference("technician").map { try screen.userName($0) } ?? ""
        let span = screen.time(appointment, "starts_at").map { Self.span($0, screen.time(appointment, "ends_at")) } ?? "without a time"
        let text = isActive ? "\(name): \(span)" : "\(name): ended. \(appointment.text("ended_because") ?? "")"
        return PlanningTrace.Step(fact: try fact(appointment.id, version), text: text, answer: nil, isEvent: false)
    }

    func fact(_ id: RecordID, _ version: Version) throws -> Fact {
        let at = DeviceTime(milliseconds: Int64(clamping: version.stamp.milliseconds), offsetMinutes: 0)
        return Fact(
            id: id, at: screen.local(at), by: try authors.name(version), place: try screen.reader.whereabouts(version) ?? .stored, version: version)
    }

    private static func span(_ starts: DeviceTime, _ ends: DeviceTime?) -> String {
        guard let ends else { return "\(starts.date) \(starts.clock)" }
        return "\(starts.date) \(starts.clock)–" + (starts.date == ends.date ? "" : "\(ends.date) ") + ends.clock
    }
}

extension RecordView {
    /// The version that wrote a field last.
    func version(_ name: String) -> Version? { entity[name].flatMap { record[$0.id]?.version } }
}
