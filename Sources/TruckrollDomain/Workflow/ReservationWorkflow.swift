import TruckrollCore

/// The states of a reservation.
public enum ReservationState: String, Sendable, CaseIterable {
    /// Not answered yet; the record has no state then.
    case requested
    case granted, backordered, refused
    /// All that is granted is held for hand-overs.
    case picked
    /// All of it was handed over, and not used yet.
    case loaded
    case consumed, returned, released
    /// It was kept until a moment, and nobody came for it.
    case expired

    /// Whether something may still become of it.
    public var isOpen: Bool { ReservationWorkflow.transitions.contains { $0.from == self } }
}

/// What can happen to a reservation.
public enum ReservationEvent: String, Sendable, CaseIterable {
    case refuse, wait, grant, lose, pick, put_back, load, consume, bring_back, give_up, release, expire
}

/// The declared machine of a reservation: the server writes no other step.
public enum ReservationWorkflow {
    /// One row of the machine. What happens to a part of the quantity may leave the state as it is.
    public struct Transition: Sendable, Hashable {
        public let from: ReservationState
        public let event: ReservationEvent
        public let to: ReservationState
    }

    public static let transitions: [Transition] = [
        row([.requested], .refuse, .refused),
        row([.requested], .wait, .backordered),
        row([.requested, .backordered], .grant, .granted),
        // A piece that was named for it has gone another way.
        row([.granted], .lose, .backordered),
        row([.backordered], .give_up, .granted, .picked, .loaded, .released),
        row([.granted, .backordered], .pick, .picked),
        row([.picked], .put_back, .granted),
        row([.granted, .picked, .backordered], .load, .loaded),
        row([.backordered], .consume, .granted, .picked, .loaded, .consumed),
        row([.granted], .consume, .picked, .loaded, .consumed),
        row([.requested, .picked, .loaded], .consume, .consumed),
        row([.loaded], .bring_back, .returned),
        row([.requested, .granted, .backordered, .picked, .loaded], .release, .released),
        row([.requested], .expire, .expired),
        row([.granted], .expire, .picked, .loaded, .expired),
    ].flatMap(\.self)

    private static func row(_ from: [ReservationState], _ event: ReservationEvent, _ to: ReservationState...) -> [Transition] {
        from.flatMap { from in to.map { Transition(from: from, event: event, to: $0) } }
    }

    /// Whether the server may write one state after another.
    public static func allows(_ from: ReservationState, _ to: ReservationState) -> Bool {
        from == to || transitions.contains { $0.from == from && $0.to == to }
    }
}

/// How much of a reservation stands where.
public struct ReservationAmounts: Hashable, Sendable {
    /// Promised, and lying where it was asked for.
    public var granted: Quantity
    /// Promised, and held for hand-overs.
    public var picked: Quantity
    /// Handed over, and not used yet.
    public var loaded: Quantity
    /// Waited for.
    public var backordered: Quantity

    /// - Parameter view: a reservation. What one was granted last stays in its record when nothing is left of it.
    public init(_ view: RecordView) {
        let state = view.text("state").flatMap { ReservationState(rawValue: $0) } ?? .requested
        granted = state == .granted || state == .backordered ? view.quantity("granted") ?? .zero : .zero
        picked = state.isOpen ? view.quantity("picked") ?? .zero : .zero
        loaded = state.isOpen ? view.quantity("loaded") ?? .zero : .zero
        // One that was answered before this was kept account of waits for all it asks for.
        backordered = state == .backordered ? view.quantity("backordered") ?? view.quantity("quantity") ?? .zero : .zero
    }

    /// The state that follows; `nil` when nothing is left of it.
    public var state: ReservationState? {
        if backordered > .zero { return .backordered }
        if granted > .zero { return .granted }
        if picked > .zero { return .picked }
        return loaded > .zero ? .loaded : nil
    }
}
