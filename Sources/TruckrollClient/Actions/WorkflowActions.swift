import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension DeviceClient {
    /// Records a step of an order's workflow.
    ///
    /// - Parameters:
    ///   - reason: needed for a pause and for everything that stops the work.
    ///   - place: latitude and longitude in degrees times 10^7.
    /// - Throws: ``DeviceProblem`` before anything is recorded, with what is missing, when the machine has no such step from
    ///   where the order stands, mandatory tasks are open, the user's role may not, or a permit or qualification that is asked for at the
    ///   start is missing and no reason is given.
    public func record(_ event: OrderEvent, on order: RecordID, reason: String? = nil, place: [Int64]? = nil) throws -> Recorded {
        if event == .complete { try requireNoRunningLabour(order) }
        let running = try runningLabour()
        return try act(event.rawValue) { editor in
            try editor.requireStep(event, order, by: editor.user, reason: reason)
            let found = event == .start ? try editor.startFindings(order, reason) : []
            let step = try editor.recordStep(event, order, reason: reason, place: place)
            var notices = found + step.notices
            if [.start, .resume].contains(event) { notices += try editor.othersInProgress(besides: order) }
            if event.stopsWork, let running, running.order == order {
                notices.append(
                    "The clock of \(running.kind) runs on since \(running.startedAt.clock). Stop it with `labour stop` if you stopped, too.")
            }
            return (step.record, notices)
        }
    }

    private func requireNoRunningLabour(_ order: RecordID) throws {
        guard let running = try runningLabour(), running.order == order else { return }
        throw DeviceProblem(
            .labourRunning, "The clock of \(running.kind) has been running since \(running.startedAt.clock).",
            next: "Stop it with `labour stop`, then complete.")
    }
}

extension RecordSource {
    /// Refuses a step of the workflow that somebody cannot take now.
    func requireStep(_ event: OrderEvent, _ order: RecordID, by user: RecordID, reason: String? = nil) throws {
        let view = try require("service_order", order)
        let number = view.text("number") ?? order.short
        let role = try self.view("user", user)?.text("role").flatMap { Role(rawValue: $0) }
        if let role, !event.roles.contains(role) {
            throw DeviceProblem(.role, "A \(role.rawValue) may not \(event.verb) an order.", next: "Ask somebody who may.")
        }
        let state = view.text("state").flatMap { OrderState(rawValue: $0) }
        guard OrderWorkflow.next(from: state, event) != nil else { throw event.refusal(number, state, role ?? .technician) }
        if event.needsReason, reason?.trimmed.isEmpty ?? true {
            throw DeviceProblem(.reasonMissing, "To \(event.verb) needs a reason.", next: "Say why in a few words.")
        }
        if event == .complete {
            let open = try children("task", of: order).filter { $0.text("mandatory") == "yes" && ($0.text("state") ?? "open") == "open" }
            guard open.isEmpty else {
                throw DeviceProblem(
                    .tasksOpen, "\(number) cannot be completed: \(open.count) mandatory task\(open.count == 1 ? " is" : "s are") open.",
                    missing: TaskLine.sorted(open).map { $0.text("title") ?? "task" },
                    next: "Do each, or say why it does not apply: `task done`, `task na --remark`.")
            }
            let unnamed = try unnamedPieces(of: order)
            guard unnamed.isEmpty else {
                throw DeviceProblem(
                    .piecesUnnamed, "\(number) cannot be completed: serial numbers are missing.", missing: unnamed,
                    next: "Name each piece with `line serial`, or use it with `part use --serial`; correct the line where fewer were brought.")
            }
        }
    }
}

extension LocalEditor {
    /// Checks a step of the workflow, then records it.
    func step(_ event: OrderEvent, _ order: RecordID, reason: String? = nil, place: [Int64]? = nil) throws -> (record: RecordID?, notices: [String]) {
        try requireStep(event, order, by: user, reason: reason)
        return try recordStep(event, order, reason: reason, place: place)
    }

    /// Records a step that was checked.
    fileprivate func recordStep(
        _ event: OrderEvent, _ order: RecordID, reason: String?, place: [Int64]?
    ) throws -> (record: RecordID?, notices: [String]) {
        let ruling = try self.event(event, order: order, reason: reason, place: place.map { .list($0.map { .integer($0) }) })
        if case .notEffective(_, let text) = ruling { throw DeviceProblem(.transition, text, next: "Sync, then look at the job again.") }
        return (order, [])
    }
}

extension LocalEditor {
    /// A person works on one thing at a time: another job in progress is told, and stands.
    fileprivate func othersInProgress(besides order: RecordID) throws -> [String] {
        let mine = try views("appointment", where: "technician", equals: .reference(user)).filter { $0.text("state") == "active" }
        let others = try Set(mine.compactMap { $0.reference("order") }).subtracting([order]).compactMap { try view("service_order", $0) }
            .filter { $0.text("state") == OrderState.in_progress.rawValue }.compactMap { $0.text("number") }.sorted()
        return others.isEmpty ? [] : ["In progress as well: \(others.joined(separator: ", ")). Pause what you do not work on."]
    }
}

extension LocalEditor {
    /// What the rules find about starting now. What they speak against is done with a reason.
    fileprivate func startFindings(_ order: RecordID, _ reason: String?) throws -> [String] {
        guard let report = try rules.report(onStart: order, by: user, at: now), report.verdict == .error else { return [] }
        guard reason?.trimmed.isEmpty == false else {
            throw DeviceProblem(.startUnfit, report, next: "If you start all the same, give --reason; quality is told.")
        }
        return report.findings.map(\.text) + ["Quality is told."]
    }
}

extension OrderState {
    /// Where an order stands, as the rest of a sentence about it.
    fileprivate var standing: String { self == .needs_replan ? "is to be planned anew" : "is \(title)" }
}

extension OrderEvent {
    /// Whether the work on the order ends or rests by it.
    fileprivate var stopsWork: Bool {
        switch self {
        case .pause, .no_access, .unsafe, .cannot_complete: true
        default: false
        }
    }

    fileprivate func refusal(_ number: String, _ state: OrderState?, _ role: Role) -> DeviceProblem {
        let present = state?.standing ?? "is without a state"
        let possible = state.map { OrderWorkflow.events(in: $0).filter { $0.roles.contains(role) } } ?? []
        let path = state.flatMap { OrderWorkflow.path(from: $0, to: self, as: role) }
        let next: String
        if let path, !path.isEmpty {
            next = "First: \(path.map(\.verb).joined(separator: ", ")); then \(verb)."
        } else if possible.isEmpty {
            next = "There is nothing for a \(role.rawValue) to do on it now."
        } else {
            next = "Possible now: \(possible.map(\.verb).joined(separator: ", "))."
        }
        return DeviceProblem(.transition, "“\(verb)” is not possible: \(number) \(present).", next: next)
    }
}

extension OrderEvent {
    /// The event as a person says it.
    public var verb: String { rawValue.replacing("_", with: " ") }

    /// Whether a person has to say why.
    public var needsReason: Bool {
        switch self {
        case .pause, .decline, .no_access, .unsafe, .cannot_complete, .customer_refuse: true
        default: false
        }
    }
}

extension OrderWorkflow {
    /// The shortest way of events by which a role brings an order to where `event` is possible; `nil` when there is none.
    ///
    /// Steps that stop the work are no way to anything.
    public static func path(from state: OrderState, to event: OrderEvent, as role: Role) -> [OrderEvent]? {
        var reached: Set<OrderState> = [state]
        var front: [(state: OrderState, path: [OrderEvent])] = [(state, [])]
        while !front.isEmpty {
            if let found = front.first(where: { next(from: $0.state, event) != nil }) { return found.path }
            var following: [(OrderState, [OrderEvent])] = []
            for (state, path) in front {
                for step in events(in: state) where step.roles.contains(role) && !step.needsReason {
                    guard let next = next(from: state, step), reached.insert(next).inserted else { continue }
                    following.append((next, path + [step]))
                }
            }
            front = following
        }
        return nil
    }
}
