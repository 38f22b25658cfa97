import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// Why a request is refused here, before anything is recorded.
struct RequestRefusal: Error {
    /// What stands in the way, and what to do instead.
    let text: String
}

extension DeviceSession {
    /// Records a request, syncs, and reports what the server decided.
    ///
    /// - Parameter request: makes the request; throws ``RequestRefusal`` when there is nothing to ask the server.
    func request(_ subject: String, _ request: (LocalReader, DispatchCalendar) throws -> DispatchRequest) async throws -> ExitStatus {
        let reach = try await sync()
        let calendar = try calendar()
        let wish: DispatchRequest
        do { wish = try client.read { try request($0, calendar) } } catch let refusal as RequestRefusal {
            return report(.refused(refusal.text), about: subject, json: [("request_id", nil)])
        }
        if let ends = wish.ends, ends.milliseconds < calendar.now.milliseconds {
            console.note("Note that this is over: it is \(calendar.spoken(calendar.now.description)) now.")
        }
        let ticket = try client.dispatch(wish)
        try await deliver(after: reach)
        let (order, name) = try client.read { (try $0.view("service_order", wish.order), try $0.view("user", wish.technician)?.text("name")) }
        var answer = try client.dispatchAnswer(to: ticket)
        let overlap = try client.read { try $0.dispatchOverlap(of: wish) }
        let said = try overlap.map { overlap in try client.read { try overlap.spoken(calendar, $0) } }
        switch answer {
        case .granted, .waiting: break
        case .refused(let text): answer = .refused([text, said].compactMap(\.self).joined(separator: " "))
        case .pending: if let said { console.note("\(said) The server will refuse this if it stays so.") }
        }
        return report(
            answer, about: "\(subject) \(order?.text("number") ?? "order"), \(name ?? "technician")",
            json: [
                ("action", .string(wish.action.rawValue)), ("order", .text(order?.text("number"))), ("technician", .text(name)),
                ("starts_at", .text(wish.starts?.description)), ("ends_at", .text(wish.ends?.description)),
                ("earliest_at", answer.isGranted ? .null : .time(overlap?.earliest)), ("request_id", .string("\(ticket.record)")),
            ])
    }
}

extension DispatchOverlap {
    /// What is in the way, by number, title and times, and when there is room.
    func spoken(_ calendar: DispatchCalendar, _ reader: LocalReader) throws -> String {
        let jobs = try appointments.map { other in
            let order = try reader.view("service_order", other.order)
            let name = [order?.text("number") ?? other.order.short, order?.text("title").map { "“\($0)”" }].compactMap(\.self).joined(separator: " ")
            return "\(name) from \(calendar.spoken(other.starts?.description)) to \(other.ends.map { calendar.local($0).clock } ?? "?")"
        }
        return "In the way: \(jobs.joined(separator: "; ")). With the time for travel it fits from \(calendar.spoken(earliest.description)) on."
    }
}
