import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What a dispatcher's device knew before a sync, to tell afterwards what came of it.
public struct DispatchMark: Sendable {
    /// Own sets that waited for an answer.
    let waiting: [WriteID]
    /// Exceptions that were open.
    let exceptions: Set<RecordID>
}

/// What a sync brought that a dispatcher should hear of.
public struct DispatchNews: Sendable {
    /// What became of something that waited on this device.
    public struct Decision: Sendable {
        /// What was wanted, such as `assign SO-2026-000012, Anna Weber`.
        public let subject: String
        /// The server's answer.
        public let answer: DispatchAnswer
    }

    /// In the order they were recorded here.
    public let decisions: [Decision]
    /// Open exceptions this device did not know, oldest first.
    public let exceptions: [RecordView]
}

extension DeviceClient {
    /// What the device knows now.
    public func dispatchMark() throws -> DispatchMark {
        try read { reader in
            DispatchMark(waiting: try reader.outbox().map(\.set.writeID), exceptions: Set(try reader.openExceptions().map(\.id)))
        }
    }

    /// What has come since a mark.
    public func dispatchNews(since mark: DispatchMark) throws -> DispatchNews {
        try screen { screen in
            let decisions = try mark.waiting.compactMap { id in try screen.reader.own(id).flatMap { try decision($0, screen) } }
            let exceptions = try screen.reader.openExceptions().filter { !mark.exceptions.contains($0.id) }
            return DispatchNews(
                decisions: decisions,
                exceptions: exceptions.sorted { ($0.time("raised_at")?.milliseconds ?? 0) < ($1.time("raised_at")?.milliseconds ?? 0) })
        }
    }

    private func decision(_ own: OwnSet, _ screen: ScreenReader) throws -> DispatchNews.Decision? {
        guard own.standing == .answered else { return nil }
        let line = try SetLine(own, screen, offset: 0)
        var subject = ([own.intent] + [line.subjects.joined(separator: ", ")]).joined(separator: " ")
        var answer = try setAside(DispatchTicket(record: RecordID(high: 0, low: 0), set: own.set.writeID), screen.reader)
        for op in try ChangeSet(decodingBody: own.set.body).ops where answer == nil {
            let ticket = DispatchTicket(record: op.key.id, set: own.set.writeID)
            switch schema[op.key.type]?.name {
            case "assignment_request":
                if let technician = try screen.reader.view("assignment_request", op.key.id)?.reference("technician") {
                    subject += ", \(try screen.userName(technician))"
                }
                answer = try dispatchAnswer(to: ticket, screen.reader)
            case "order_event" where own.intent == "cancel": answer = try dispatchEffect(of: ticket, screen.reader)
            default: break
            }
        }
        return DispatchNews.Decision(subject: subject, answer: answer ?? .granted("The server has it."))
    }
}

extension LocalReader {
    func openExceptions() throws -> [RecordView] { try views("exception", where: "state", equals: .text("open")) }
}
