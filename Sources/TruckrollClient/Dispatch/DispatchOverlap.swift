import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// The appointments of a technician that stand in the way of another one, by the server's rule, and when there is room.
///
/// The server decides; this tells a dispatcher why it said no, or will, from what this device holds.
public struct DispatchOverlap: Sendable {
    /// What the server keeps free for travel before an appointment.
    static let travelSeconds: Int64 = 1800

    /// What stands in the way, earliest first.
    public let appointments: [DispatchAppointment]
    /// The earliest begin, not before the one wished for, at which the appointment fits.
    public let earliest: DeviceTime

    /// - Parameter others: the technician's appointments on other orders.
    /// - Returns: `nil` when nothing stands in the way.
    init?(from starts: DeviceTime, to ends: DeviceTime, among others: [DispatchAppointment]) {
        let length = ends.milliseconds - starts.milliseconds
        func conflicts(_ begin: Int64) -> [DispatchAppointment] { others.filter { $0.isInTheWay(of: begin..<begin + max(1, length)) } }
        appointments = conflicts(starts.milliseconds)
        guard !appointments.isEmpty else { return nil }
        // Room begins where some appointment ends; after the last one there always is some.
        let begins = others.compactMap(\.ends).map { $0.milliseconds + Self.travelSeconds * 1000 }.filter { $0 > starts.milliseconds }.sorted()
        guard let begin = begins.first(where: { conflicts($0).isEmpty }) else { return nil }
        earliest = DeviceTime(milliseconds: begin, offsetMinutes: starts.offsetMinutes)
    }
}

extension DispatchAppointment {
    /// Whether it and an appointment at that time are too near to each other.
    fileprivate func isInTheWay(of time: Range<Int64>) -> Bool {
        guard let starts, let ends else { return false }
        return time.lowerBound - DispatchOverlap.travelSeconds * 1000 < ends.milliseconds
            && starts.milliseconds - travelSeconds * 1000 < time.upperBound
    }
}

extension LocalReader {
    /// What stands in the way of a request, as far as this device knows; `nil` when nothing does.
    public func dispatchOverlap(of request: DispatchRequest) throws -> DispatchOverlap? {
        // What cannot be planned at all is in nobody's way.
        guard request.action != .unassign, let state = try view("service_order", request.order)?.text("state").flatMap({ OrderState(rawValue: $0) }),
            state.isPlannable, request.action != .reassign || OrderWorkflow.next(from: state, .reassign) != nil
        else { return nil }
        let names = DispatchNames(self)
        // A reassignment without times of its own takes over those of the one it replaces.
        let former = try DispatchAppointment.active(of: request.order, self, names).first { $0.technician == request.insteadOf }
        guard let starts = request.starts ?? former?.starts, let ends = request.ends ?? former?.ends else { return nil }
        let others = try DispatchAppointment.active(technician: request.technician, self, names).filter { other in
            guard other.order != request.order else { return false }
            // An appointment whose order is done holds nobody.
            return try !(view("service_order", other.order)?.text("state").flatMap { OrderState(rawValue: $0) }?.isClosed ?? false)
        }
        return DispatchOverlap(from: starts, to: ends, among: others)
    }
}
