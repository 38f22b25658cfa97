import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

extension DeviceSession {
    /// Syncs if it can, and says on standard error when it could not.
    @discardableResult
    func sync() async throws -> DispatchReach {
        let reach = try await sync { "This is the state of \(try lastSync())." }
        if case .reached(let report) = reach {
            if let replica = report.newReplica { console.note("A copy of this device was found; it goes on as replica \(replica).") }
            if report.needAttention > 0 {
                console.note(
                    "\(report.needAttention.counted("of your change sets", "of your change sets")) need\(report.needAttention == 1 ? "s" : "") attention: see `status`."
                )
            }
        }
        return reach
    }

    /// Syncs once more after something was recorded, unless the server could not be reached a moment ago.
    func deliver(after reach: DispatchReach) async throws {
        if reach.isReached { try await sync() }
    }

    /// Syncs if it can, then prints what `body` reads.
    func show(_ body: (LocalReader, DispatchCalendar) throws -> (json: [(String, JSONValue)], content: [any TerminalContent])) async throws
        -> ExitStatus
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
        if !console.isJSON, let zone = try client.foreignZone() { console.note("Times are those of \(zone).") }
        console.result(
            .object(result.json + [("synced", .bool(reach.isReached)), ("as_of_position", .position(position))]), result.content)
    }

    func calendar() throws -> DispatchCalendar {
        let now = try client.now()
        return try client.read { try DispatchCalendar($0, now: now) }
    }

    /// Reports an answer of the server to something this command recorded.
    func report(_ answer: DispatchAnswer, about subject: String, json more: [(String, JSONValue)] = []) -> ExitStatus {
        let line = answer.word + StyledText("  \(subject): \(answer.text)")
        console.result(.object([("answer", .string(answer.code)), ("text", .string(answer.text))] + more), [line])
        switch answer {
        case .granted, .waiting: return .done
        case .refused: return .refused
        case .pending: return .pending
        }
    }

    private func lastSync() throws -> String {
        guard let time = try client.read({ try $0.state().lastSync }) else { return "a device that has never synced" }
        return try calendar().spoken(DeviceTime(milliseconds: time, offsetMinutes: 0).description)
    }
}

extension DispatchAnswer {
    /// The answer in one word, in its colour.
    var word: StyledText {
        switch self {
        case .granted: StyledText("granted", [.bold, .green])
        case .waiting: StyledText("waiting", [.bold, .yellow])
        case .refused: StyledText("refused", [.bold, .red])
        case .pending: StyledText("pending", [.bold, .yellow])
        }
    }
}
