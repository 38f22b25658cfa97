/// The states of a service order.
public enum OrderState: String, Sendable, CaseIterable {
    case draft, submitted, on_hold, ready_to_plan, scheduled, dispatched, accepted, en_route, on_site, in_progress, paused
    case needs_replan, work_complete, signed_off, certified, closed, cancelled

    /// From here on a technician's facts are late.
    public var isClosed: Bool { self == .closed || self == .cancelled }

    /// Whether somebody can be planned for it.
    public var isPlannable: Bool {
        switch self {
        case .draft, .submitted, .on_hold, .closed, .cancelled: false
        default: true
        }
    }

    /// Whether somebody has come to do the work.
    public var isBegun: Bool {
        switch self {
        case .on_site, .in_progress, .paused, .work_complete, .signed_off, .certified, .closed: true
        default: false
        }
    }

    /// Whether the work on it is over.
    public var isPastWork: Bool {
        switch self {
        case .work_complete, .signed_off, .certified, .closed: true
        default: false
        }
    }

    /// Its technician has taken it on: it stays on the device whatever its date, also when it is moved far ahead.
    public var isTakenOn: Bool { isInTheField && self != .dispatched }

    /// Between these the order stays on its technician's device whatever its date.
    public var isInTheField: Bool {
        switch self {
        case .dispatched, .accepted, .en_route, .on_site, .in_progress, .paused, .work_complete, .signed_off: true
        default: false
        }
    }

    /// In words, for screens.
    public var title: String { rawValue.split(separator: "_").joined(separator: " ") }
}

/// What can happen to a service order.
public enum OrderEvent: String, Sendable, CaseIterable {
    case create, take, submit, validate, hold, release, schedule, dispatch, reassign, withdraw, accept, decline, travel, arrive, start, pause, resume
    case no_access, unsafe, cannot_complete, complete, customer_sign, customer_refuse, customer_absent, certify, close, cancel

    /// Whether it is a technician's to make happen. Beside a reassignment such events are decided by name.
    public var isTechnicians: Bool { roles.contains(.technician) && !roles.contains(.dispatcher) }

    /// Who may make it happen. The engine's own events have no role.
    public var roles: Set<Role> {
        switch self {
        case .create, .submit: [.technician, .dispatcher, .importer]
        case .take: [.technician]
        case .validate, .hold, .release: []
        // Who brings in the past says itself what was closed.
        case .close: [.importer]
        case .schedule, .dispatch, .reassign, .withdraw, .cancel: [.dispatcher, .importer]
        case .certify, .accept, .decline, .travel, .arrive, .start, .pause, .resume, .no_access, .unsafe, .cannot_complete, .complete,
            .customer_sign, .customer_refuse, .customer_absent:
            [.technician, .importer]
        }
    }
}

/// The declared machine of a service order: only its transitions are ever effective.
public enum OrderWorkflow {
    /// One row of the machine.
    public struct Transition: Sendable, Hashable {
        public let from: Set<OrderState>
        public let event: OrderEvent
        public let to: OrderState
    }

    public static let transitions: [Transition] = [
        .init(from: [.draft], event: .submit, to: .submitted),
        .init(from: [.draft], event: .take, to: .dispatched),
        .init(from: [.submitted], event: .validate, to: .ready_to_plan),
        .init(from: [.submitted, .ready_to_plan], event: .hold, to: .on_hold),
        .init(from: [.on_hold], event: .release, to: .ready_to_plan),
        .init(from: [.ready_to_plan, .needs_replan], event: .schedule, to: .scheduled),
        .init(from: [.scheduled], event: .dispatch, to: .dispatched),
        .init(from: [.scheduled, .dispatched, .accepted, .en_route, .on_site], event: .reassign, to: .dispatched),
        .init(from: [.scheduled, .dispatched, .accepted, .en_route], event: .withdraw, to: .ready_to_plan),
        .init(from: [.dispatched], event: .accept, to: .accepted),
        .init(from: [.dispatched], event: .decline, to: .ready_to_plan),
        .init(from: [.accepted], event: .travel, to: .en_route),
        .init(from: [.en_route], event: .arrive, to: .on_site),
        .init(from: [.on_site], event: .start, to: .in_progress),
        .init(from: [.in_progress], event: .pause, to: .paused),
        .init(from: [.paused], event: .resume, to: .in_progress),
        .init(from: [.on_site, .in_progress, .paused], event: .no_access, to: .needs_replan),
        .init(from: [.on_site, .in_progress, .paused], event: .unsafe, to: .needs_replan),
        .init(from: [.on_site, .in_progress, .paused], event: .cannot_complete, to: .needs_replan),
        .init(from: [.in_progress], event: .complete, to: .work_complete),
        .init(from: [.work_complete], event: .customer_sign, to: .signed_off),
        .init(from: [.work_complete], event: .customer_refuse, to: .signed_off),
        .init(from: [.work_complete], event: .customer_absent, to: .signed_off),
        .init(from: [.signed_off], event: .certify, to: .certified),
        .init(from: [.signed_off, .certified], event: .close, to: .closed),
        .init(
            from: [.draft, .submitted, .on_hold, .ready_to_plan, .scheduled, .dispatched, .accepted, .en_route, .on_site, .needs_replan],
            event: .cancel, to: .cancelled),
    ]

    /// The state after `event`, or `nil` when the machine has no such transition.
    public static func next(from state: OrderState?, _ event: OrderEvent) -> OrderState? {
        guard let state else { return event == .create ? .draft : nil }
        return transitions.first { $0.event == event && $0.from.contains(state) }?.to
    }

    /// The events that are legal in a state, in the order of the table.
    public static func events(in state: OrderState) -> [OrderEvent] {
        transitions.filter { $0.from.contains(state) }.map(\.event)
    }
}
