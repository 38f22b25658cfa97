import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A step of an order with when it happened and when it counted.
public struct OrderStep: Sendable {
    /// The record of the event.
    public let event: RecordView
    /// Who.
    public let actor: String
    /// By the author's device.
    public let deviceTime: DeviceTime?
    /// By the clock that the server has corrected: what was done without a network counts from then, and not from when it was told.
    public let correctedTime: DeviceTime
    /// Why: the reason that was given, or the step that it follows.
    public let cause: String
}

extension LocalReader {
    /// The names of an order's technicians, and in words whose move it was.
    public func names(of past: OrderPast) throws -> (technicians: [String], owner: String) {
        let names = DispatchNames(self)
        let technicians = try past.technicians.map { try names.user($0) }.sorted()
        let owner =
            switch past.owner {
            case .nobody: "nobody"
            case .server: "the server"
            case .technicians: technicians.joined(separator: ", ")
            case .roles(let roles): roles.map(\.rawValue).joined(separator: " or ")
            }
        return (technicians, owner)
    }

    /// Every step of an order, oldest first.
    public func steps(of order: RecordView) throws -> [OrderStep] {
        let sheet = try DispatchOrderSheet(order, self)
        let names = Dictionary(sheet.events.map { ($0.id, $0.text("event") ?? "") }, uniquingKeysWith: { first, _ in first })
        return sheet.events.map { event in
            let stamp = event.entity["event"].flatMap { event.record[$0.id]?.version.stamp.milliseconds } ?? 0
            let offset = event.time("at")?.offsetMinutes ?? 0
            let follows = event.reference("seen").flatMap { names[$0] }.map { "after \($0)" }
            return OrderStep(
                event: event, actor: sheet.name(event.reference("by")), deviceTime: event.time("at"),
                correctedTime: DeviceTime(milliseconds: Int64(clamping: stamp), offsetMinutes: offset),
                cause: [event.text("reason"), follows, event.text("ruling")].compactMap(\.self).joined(separator: "; "))
        }
    }
}
