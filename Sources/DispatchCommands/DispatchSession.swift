import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// One command at work: the device, where it prints, and whether it may use the network.
struct DispatchSession: Sendable {
    let client: DeviceClient
    let console: Console
    let isOffline: Bool

    /// Syncs if it can, and says on standard error when it could not.
    @discardableResult
    func sync() async throws -> DispatchReach {
        try requireEnrolment()
        let reach = try await client.dispatchSync(offline: isOffline)
        switch reach {
        case .reached(let report):
            if let replica = report.newReplica { console.note("A copy of this device was found; it goes on as replica \(replica).") }
            if report.needAttention > 0 { console.note("\(report.needAttention) of your change sets need attention: see `status`.") }
        case .offline(let problem): console.note("Not synced (\(problem)). This is the state of \(try lastSync()).")
        case .notTried: console.note("Not synced, as asked. This is the state of \(try lastSync()).")
        }
        return reach
    }

    /// Syncs once more after something was recorded, unless the server could not be reached a moment ago.
    func deliver(after reach: DispatchReach) async throws {
        if reach.isReached { try await sync() }
    }

    /// Syncs if it can, then prints what `body` reads.
    func show(_ body: (LocalReader, DispatchCalendar) throws -> (json: [(String, JSONValue)], content: [any TerminalContent])) async throws
        -> DispatchExit
    {
        let reach = try await sync()
        try print(reach, body)
        return .done
    }

    /// Prints what `body` reads.
    func print(
        _ reach: DispatchReach, _ body: (LocalReader, DispatchCalendar) throws -> (json: [(String, JSONValue)], content: [any TerminalContent])
    ) throws {
        let calendar = try calendar()
        let (result, position) = try client.read { (try body($0, calendar), try $0.state().checkpoint?.position ?? .start) }
        console.result(
            .object(result.json + [("synced", .bool(reach.isReached)), ("as_of_position", .int(Int(clamping: position.rawValue)))]), result.content)
    }

    func calendar() throws -> DispatchCalendar {
        let now = try client.now()
        return try client.read { try DispatchCalendar($0, now: now) }
    }

    /// Reports an answer of the server to something this command recorded.
    func report(_ answer: DispatchAnswer, about subject: String, json more: [(String, JSONValue)] = []) -> DispatchExit {
        let (word, style): (String, Style) =
            switch answer {
            case .granted: ("granted", .green)
            case .refused: ("refused", .red)
            case .pending: ("pending", .yellow)
            }
        let line = StyledText(word, [.bold, style]) + StyledText("  \(subject): \(answer.text)")
        console.result(.object([("answer", .string(answer.code)), ("text", .string(answer.text))] + more), [line])
        switch answer {
        case .granted: return .done
        case .refused: return .refused
        case .pending: return .pending
        }
    }

    private func lastSync() throws -> String {
        guard let time = try client.read({ try $0.state().lastSync }) else { return "a device that has never synced" }
        return try calendar().spoken(DeviceTime(milliseconds: time, offsetMinutes: 0).description)
    }

    private func requireEnrolment() throws {
        guard let identity = try client.read({ try $0.identity() }), identity.replica.rawValue != 0 else {
            throw DeviceProblem(
                "not-enrolled", "This device is not enrolled.",
                next: "Ask the office for a code, then: truckroll-dispatch enrol --server URL --code CODE")
        }
    }
}
