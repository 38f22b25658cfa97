/// What becomes of an event whose author had not seen all that happened: legality on the author's own branch, then the pairs
/// of events that are decided by name, then legality from the present state (Protocol/05-workflow.md).
public enum EventRuling: Hashable, Sendable {
    /// It moves the order to this state.
    case effective(OrderState)
    /// It is kept as a fact and moves nothing.
    case notEffective(rule: String, text: String)
    /// It moves the order although the order was given to somebody else meanwhile; both are assigned until somebody decides.
    case doubleAssignment(OrderState)
    /// It moves the order, and the reassignment its author did not know of is void.
    case reassignmentVoid(OrderState)
    /// It moves the order, and the cancellation its author did not know of becomes a request.
    case cancellationAsked(OrderState)

    /// Decides an event.
    ///
    /// - Parameters:
    ///   - event: what the author says happened.
    ///   - present: the order's state now.
    ///   - branch: the state after the last event the author had seen, on the author's own branch.
    ///   - unseen: effective events of others that the author had not seen, oldest first.
    ///   - isTakenUp: whether an effective event of the author's stands after the last of them that took the order away.
    public static func decide(
        _ event: OrderEvent, present: OrderState?, branch: OrderState?, unseen: [OrderEvent], isTakenUp: Bool = false
    ) -> EventRuling {
        if unseen.isEmpty {
            // The author's branch is the order's: the one question is legality.
            guard let next = OrderWorkflow.next(from: present, event) else { return illegal(event, present) }
            return .effective(next)
        }
        let onBranch = OrderWorkflow.next(from: branch, event)
        if unseen.contains(.cancel), present == .cancelled {
            if event == .start, let next = onBranch { return .cancellationAsked(next) }
            return .notEffective(rule: "cancel-stands", text: "The order had been cancelled; the cancellation stands, the facts are kept.")
        }
        // Who went on working, or completed the order, is one of its technicians again, and pauses and signs it as before.
        let isDecided = isTakenUp && event != .start && event != .complete
        if event.isTechnicians, !isDecided, unseen.contains(.reassign) || unseen.contains(.withdraw) {
            return besideReassignment(event, present, onBranch, unseen)
        }
        guard let next = OrderWorkflow.next(from: present, event) else {
            if event == .cancel, unseen.contains(.start) {
                return .notEffective(
                    rule: "cancel-requested",
                    text: "The work had been started before the cancellation was known; somebody has to decide whether to stop it.")
            }
            if let onBranch, onBranch == present || unseen.contains(event) {
                return .notEffective(rule: "confirmation", text: "The order was already \(onBranch.title); this confirms it.")
            }
            return illegal(event, present)
        }
        return .effective(next)
    }

    private static func besideReassignment(
        _ event: OrderEvent, _ present: OrderState?, _ onBranch: OrderState?, _ unseen: [OrderEvent]
    ) -> EventRuling {
        let othersWork = unseen.drop { $0 != .reassign && $0 != .withdraw }
        switch event {
        case .start:
            guard let onBranch else { return illegal(event, present) }
            guard let present, !present.isPastWork, !othersWork.contains(.complete) else {
                return .notEffective(rule: "confirmation", text: "The other technician had completed the order; this start is kept as a fact.")
            }
            return .doubleAssignment(present == .paused ? present : onBranch)
        case .complete:
            guard let onBranch else { return illegal(event, present) }
            if othersWork.contains(.complete) {
                return .notEffective(rule: "confirmation", text: "The other technician's completion came first; this one confirms it.")
            }
            return othersWork.contains(.start) ? .effective(onBranch) : .reassignmentVoid(onBranch)
        default:
            return .notEffective(
                rule: "reassignment-stands",
                text: "The order had been given to somebody else, or taken back, before this was known; that stands, the facts are kept.")
        }
    }

    private static func illegal(_ event: OrderEvent, _ present: OrderState?) -> EventRuling {
        .notEffective(
            rule: "illegal-event",
            text: "“\(event.rawValue)” is not possible while the order is \(present?.title ?? "unknown"); it is kept as a fact.")
    }
}
