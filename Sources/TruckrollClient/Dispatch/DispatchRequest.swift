import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What a dispatcher wants of an order's planning. The server decides; the device only records the wish.
public struct DispatchRequest: Hashable, Sendable {
    /// What is to be done; the raw values are the schema's.
    public enum Action: String, Hashable, Sendable, CaseIterable {
        case assign, reassign, unassign, move
    }

    /// What is to be done.
    public var action: Action
    /// The order.
    public var order: RecordID
    /// Whom it concerns.
    public var technician: RecordID
    /// Who is taken off, for a reassignment.
    public var insteadOf: RecordID?
    /// Begin of the appointment.
    public var starts: DeviceTime?
    /// Its end.
    public var ends: DeviceTime?

    /// A request of these parts.
    public init(
        _ action: Action, order: RecordID, technician: RecordID, insteadOf: RecordID? = nil, starts: DeviceTime? = nil, ends: DeviceTime? = nil
    ) {
        self.action = action
        self.order = order
        self.technician = technician
        self.insteadOf = insteadOf
        self.starts = starts
        self.ends = ends
    }

    func record(_ editor: LocalEditor) throws -> RecordID {
        guard let order = try editor.view("service_order", order) else {
            throw DeviceProblem("not-found", "This device does not hold the order.", next: "Sync, then look again.")
        }
        return try editor.create(
            "assignment_request",
            [
                "order": .reference(order.id), "action": .text(action.rawValue), "technician": .reference(technician),
                "instead_of": insteadOf.map { .reference($0) } ?? .null, "starts_at": starts.map { .text($0.description) } ?? .null,
                "ends_at": ends.map { .text($0.description) } ?? .null,
                "seen": order.reference("last_event").map { .reference($0) } ?? .null,
            ])
    }
}

/// A record this device made, and the change set that carries it.
public struct DispatchTicket: Hashable, Sendable {
    /// The record.
    public let record: RecordID
    /// The change set.
    public let set: WriteID
}

extension Recorded {
    /// What a dispatcher waits for an answer to.
    ///
    /// - Throws: ``DeviceProblem`` `nothing-changed` where nothing was recorded.
    public var ticket: DispatchTicket {
        get throws {
            guard let record, let set else {
                throw DeviceProblem("nothing-changed", notices.first ?? "There was nothing to record.", next: "Look at it again.")
            }
            return DispatchTicket(record: record, set: set)
        }
    }
}

/// What became of something a dispatcher recorded.
public enum DispatchAnswer: Hashable, Sendable {
    /// The server has not decided: it will when this device syncs.
    case pending
    /// It took effect; in words.
    case granted(String)
    /// The server knows of it, and it will take effect when it can; what it waits for.
    case waiting(String)
    /// It did not take effect; why.
    case refused(String)

    /// The name in machine-readable output.
    public var code: String {
        switch self {
        case .pending: "pending"
        case .granted: "granted"
        case .waiting: "waiting"
        case .refused: "refused"
        }
    }

    /// Whether it took effect.
    public var isGranted: Bool { if case .granted = self { true } else { false } }

    /// The answer in words.
    public var text: String {
        switch self {
        case .pending: "It is recorded on this device and will be decided when this device syncs."
        case .granted(let text), .waiting(let text), .refused(let text): text
        }
    }
}

extension DeviceClient {
    /// Records a request for the server to decide.
    public func dispatch(_ request: DispatchRequest) throws -> DispatchTicket {
        let (record, set) = try commit(request.action.rawValue) { try request.record($0) }
        return DispatchTicket(record: record, set: try written(set))
    }

    /// The server's answer to a request, as far as this device has heard.
    public func dispatchAnswer(to ticket: DispatchTicket) throws -> DispatchAnswer { try read { try dispatchAnswer(to: ticket, $0) } }

    func dispatchAnswer(to ticket: DispatchTicket, _ reader: LocalReader) throws -> DispatchAnswer {
        if let view = try reader.view("assignment_request", ticket.record), let state = view.text("state") {
            let words = view.text("answer") ?? state
            return state == "granted" ? .granted(words) : .refused(words)
        }
        return try setAside(ticket, reader) ?? .pending
    }

    /// What a set that was not taken says about itself; `nil` while it waits, and when it took effect.
    func setAside(_ ticket: DispatchTicket, _ reader: LocalReader) throws -> DispatchAnswer? {
        guard let receipt = try reader.own(ticket.set)?.receipt, receipt.outcome == .setAside || receipt.outcome == .quarantined else { return nil }
        let words = receipt.remarks.map { ([$0.text] + $0.remedies.map { "Next: \($0)." }).joined(separator: " ") }
        return .refused("It was \(receipt.outcome.name): \(words.joined(separator: " "))")
    }

    func written(_ set: OwnSet?) throws -> WriteID {
        guard let set else { throw DeviceProblem("nothing-changed", "There was nothing to record.", next: "Look at the order again.") }
        return set.set.writeID
    }
}
