import ArgumentParser
import CommandSupport
import Synchronization
import TruckrollClient
import TruckrollCore
import TruckrollSync
import TruckrollTerminal

struct SyncCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Bring what waits here to the server, and bring in what is new.",
        discussion: Teach.text(
            "Sends the outbox, oldest first, applies what changed, uploads attachments, and repairs what differs. Interrupt it whenever you like: "
                + "a set goes as a whole or not at all, and is never sent twice to effect.",
            "sync", "sync --watch --quiet", exits: Teach.network))

    @Flag(
        help: "Go on syncing whenever the server has something, and once a minute, which sends what other commands recorded, until interrupted.")
    var watch = false
    @Flag(help: "Say nothing when nothing changed.") var quiet = false
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        guard watch else {
            do {
                let uploads = Mutex(UploadBar(on: desk.console.errors, isQuiet: quiet || desk.console.isJSON))
                defer { uploads.withLock { $0.finish() } }
                let report = try await desk.client.sync(onUpload: { progress in uploads.withLock { $0.show(progress) } })
                uploads.withLock { $0.finish() }
                try tell(.success(report), desk)
                if report.needAttention > 0 { throw ExitStatus.attention.code }
            } catch let problem as TransportProblem {
                try tell(.failure(problem), desk)
                throw ExitStatus.of(problem).code
            }
            return
        }
        let quiet = self
        let console = desk.console
        let news = Mutex(WatchNews())
        try await desk.client.watch { device, result in
            guard news.withLock({ $0.isNews(result) }) else { return }
            try? quiet.tell(result, Desk(client: device, console: console))
        }
    }

    private func tell(_ result: Result<SyncReport, any Error>, _ desk: Desk) throws {
        let waiting = try desk.client.standing()
        switch result {
        case .success(let report): tell(report, waiting, desk)
        case .failure(let problem as TransportProblem) where ExitStatus.of(problem) == .pending:
            let sets = waiting.onDevice + waiting.sent
            desk.console.errors.print(
                StyledText("offline: nothing is lost; \(sets) set\(sets == 1 ? "" : "s") wait\(sets == 1 ? "s" : "") on this device.", .yellow))
            desk.console.errors.print(StyledText("  \(desk.console.isVerbose ? problem.technicalDescription : problem.cause)", .dim))
            desk.print(
                json: [
                    "online": false, "code": .string(problem.code), "detail": .string(problem.technicalDescription), "waiting_sets": .int(sets),
                    "last_sync": .time(waiting.lastSync),
                ])
        case .failure(let error): desk.console.fail(error)
        }
    }

    private func tell(_ report: SyncReport, _ waiting: DeviceStanding, _ desk: Desk) {
        let left = waiting.onDevice + waiting.sent
        desk.print(
            json: .object(
                [("online", true)] + report.figures + [
                    ("attachments_sent", .int(report.attachmentsSent)), ("position", .position(report.position)),
                    ("repaired_scopes", .int(report.repaired)), ("given_back", .int(report.givenBack)),
                    ("new_replica", .number(report.newReplica.map { Int($0.rawValue) })), ("waiting_sets", .int(left)),
                ]))
        if quiet, report.isIdle { return }
        var parts = ["\(report.answered.counted("set")) stored", "\(report.recordsChanged.counted("record")) changed"]
        if report.recordsGone > 0 { parts.append("\(report.recordsGone) gone") }
        if report.attachmentsSent > 0 { parts.append("\(report.attachmentsSent.counted("attachment")) uploaded") }
        if report.repaired > 0 { parts.append("\(report.repaired.counted("scope")) repaired") }
        if report.givenBack > 0 { parts.append("\(report.givenBack.counted("set")) given back to a restored server") }
        if let replica = report.newReplica { parts.append("a copy of this device was found; it goes on as replica \(replica)") }
        desk.print(
            Sign.sign(.stored) + " Synced to position \(report.position): \(parts.joined(separator: ", "))."
                + (left > 0 ? " \(left.counted("set")) still wait\(left == 1 ? "s" : "")." : ""))
        if report.needAttention > 0 {
            desk.print(
                Sign.sign(.needsAttention)
                    + " \(report.needAttention) need\(report.needAttention == 1 ? "s" : "") attention: truckroll-field attention")
        }
    }
}
