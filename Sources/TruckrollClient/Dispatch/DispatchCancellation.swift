import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

extension DeviceClient {
    /// Records that an order is cancelled.
    ///
    /// - Throws: ``DeviceProblem`` `cancel-refused` when the order, as this device knows it, can no longer be cancelled; then
    ///   nothing was recorded.
    public func dispatchCancel(_ order: RecordID, reason: String) throws -> DispatchTicket {
        let (_, set) = try commit("cancel") { editor in
            let state = try editor.view("service_order", order)?.text("state").flatMap { OrderState(rawValue: $0) }
            if case .notEffective = try editor.event(.cancel, order: order, reason: reason) {
                throw DeviceProblem(
                    "cancel-refused", "The order is \(state?.title ?? "unknown") and cannot be cancelled.",
                    next: "Nothing was recorded. If work is under way, call the technician.")
            }
        }
        let writeID = try written(set)
        let type = try schema.entity("order_event").type
        guard let set, let event = try ChangeSet(decodingBody: set.set.body).ops.last(where: { $0.key.type == type }) else {
            throw DeviceProblem("nothing-changed", "There was nothing to record.", next: "Look at the order again.")
        }
        return DispatchTicket(record: event.key.id, set: writeID)
    }

    /// Whether an event the dispatcher recorded moved its order.
    public func dispatchEffect(of ticket: DispatchTicket) throws -> DispatchAnswer { try read { try dispatchEffect(of: ticket, $0) } }

    func dispatchEffect(of ticket: DispatchTicket, _ reader: LocalReader) throws -> DispatchAnswer {
        if let refusal = try setAside(ticket, reader) { return refusal }
        guard try reader.own(ticket.set)?.standing == .answered, let event = try reader.view("order_event", ticket.record) else { return .pending }
        if event.boolean("effective") { return .granted("The order is \(event.text("state_after") ?? "moved").") }
        return .refused(event.text("ruling") ?? "It did not move the order.")
    }
}
