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
                + "a set goes as a whole or not at all, and is never sent twice to effect.\n\n"
                + "JSON: online, answered, need_attention, records_changed, records_gone, attachments_sent, position, repaired_scopes, given_back, "
                + "new_replica, waiting_sets, waits_for_user, clock_offset_ms, changes; without a network online, code, detail, waiting_sets, last_sync, "
                + "changes.",
            "sync", "sync --watch --quiet",
            exits: "0 done, 1 failed, 3 offline (nothing is lost), 4 the server set work of this device aside, 64 bad usage."))

    @Flag(
        help: "Go on syncing whenever the server has something, and once a minute, which sends what other commands recorded, until interrupted.")
    var watch = false
    @Flag(help: "Say nothing when nothing changed.") var quiet = false
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        guard watch else {
            let before = try desk.rosterShown()
            do {
                let uploads = Mutex(UploadBar(on: desk.console.errors, isQuiet: quiet || desk.console.isJSON))
                let arrivals = quiet || desk.console.isJSON ? nil : Arrivals(nil, on: desk.console.errors)
                defer {
                    arrivals?.finish()
                    uploads.withLock { $0.finish() }
                }
                let report = try await desk.client.sync(
                    onReply: { arrivals?.show($0) }, onUpload: { progress in uploads.withLock { $0.show(progress) } })
                arrivals?.finish()
                uploads.withLock { $0.finish() }
                try tell(.success(report), since: before, desk)
                if report.needAttention > 0 { throw ExitStatus.attention.code }
            } catch let problem as TransportProblem {
                try tell(.failure(problem), since: before, desk)
                throw ExitStatus.of(problem).code
            }
            return
        }
        let quiet = self
        let console = desk.console
        let news = Mutex(WatchNews())
        let shown = Mutex(try desk.rosterShown())
        try await desk.client.watch { device, result in
            guard news.withLock({ $0.isNews(result) }) else { return }
            let before = shown.withLock { shown in
                defer { shown = (try? device.roster()) ?? shown }
                return shown
            }
            try? quiet.tell(result, since: before, Desk(client: device, console: console))
        }
    }

    /// - Parameter before: the jobs as they were shown before; `nil` when none ever were.
    private func tell(_ result: Result<SyncReport, any Error>, since before: Roster?, _ desk: Desk) throws {
        let waiting = try desk.client.standing()
        // A sync that broke off may have brought something before.
        let changes = try before?.changes(to: desk.client.roster()) ?? []
        switch result {
        case .success(let report): tell(report, waiting, changes, desk)
        case .failure(let problem as TransportProblem) where ExitStatus.of(problem) == .pending:
            let sets = waiting.onDevice + waiting.sent
            desk.console.errors.print(
                StyledText("offline: nothing is lost; \(sets) set\(sets == 1 ? "" : "s") wait\(sets == 1 ? "s" : "") on this device.", .yellow))
            desk.console.errors.print(StyledText("  \(desk.console.isVerbose ? problem.technicalDescription : problem.cause)", .dim))
            desk.print(
                json: [
                    "online": false, "code": .string(problem.code), "detail": .string(problem.technicalDescription), "waiting_sets": .int(sets),
                    "last_sync": .time(waiting.lastSync), "changes": .array(changes.map(\.json)),
                ])
            for change in changes { desk.print(StyledText("  ") + change.line) }
        case .failure(let error): desk.console.fail(error)
        }
    }

    private func tell(_ report: SyncReport, _ waiting: DeviceStanding, _ changes: [Roster.Change], _ desk: Desk) {
        let left = waiting.onDevice + waiting.sent
        desk.print(
            json: .object(
                [("online", true)] + report.figures + [
                    ("attachments_sent", .int(report.attachmentsSent)), ("position", .position(report.position)),
                    ("repaired_scopes", .int(report.repaired)), ("given_back", .int(report.givenBack)),
                    ("new_replica", .number(report.newReplica.map { Int($0.rawValue) })), ("waiting_sets", .int(left)),
                    ("waits_for_user", .int(waiting.waitsForUser)), ("clock_offset_ms", .int(Int(waiting.clockOffsetMilliseconds))),
                    ("changes", .array(changes.map(\.json))),
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
        for change in changes { desk.print(StyledText("  ") + change.line) }
        if waiting.waitsForUser > 0 {
            desk.print(
                Sign.sign(.needsAttention) + " \(waiting.waitsForUser) wait\(waiting.waitsForUser == 1 ? "s" : "") for you: truckroll-field attention"
            )
        }
        if waiting.clockOffsetMilliseconds.magnitude >= 120_000 {
            let (offset, seconds) = (waiting.clockOffsetMilliseconds, Int(clamping: waiting.clockOffsetMilliseconds.magnitude) / 1000)
            desk.print(
                StyledText(
                    "This device's clock is \(Words.duration(seconds)) \(offset > 0 ? "behind" : "ahead of") the server's; times are corrected by that. Set it right, then sync again.",
                    .yellow))
        }
    }
}

extension Desk {
    /// The jobs as this device shows them; `nil` before its first sync, after which every job would be news.
    fileprivate func rosterShown() throws -> Roster? { try client.standing().lastSync == nil ? nil : client.roster() }
}

extension Roster.Change {
    /// What happened to the job, as a script reads it.
    private var word: String {
        switch self {
        case .given: "given"
        case .moved: "moved"
        case .cancelled: "cancelled"
        case .takenBack: "taken_back"
        case .gone: "gone"
        case .answered: "answered"
        }
    }

    var json: JSONValue {
        switch self {
        case .given(let job), .moved(let job, _), .cancelled(let job), .takenBack(let job), .gone(let job):
            ["change": .string(word), "job": job.json]
        case .answered(let request):
            [
                "change": .string(word),
                "request": [
                    "id": .string("\(request.id)"), "order": .text(request.order), "part": .string(request.part),
                    "location": .string(request.location),
                    "state": .string(request.state), "answer": .text(request.answer),
                ],
            ]
        }
    }

    /// One line of a screen.
    var line: StyledText {
        func name(_ job: JobLine) -> StyledText { StyledText(" ") + StyledText(job.number, .bold) + StyledText(" \(job.title)") }
        func place(_ job: JobLine) -> String { [job.site, job.city].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ") }
        return switch self {
        case .given(let job): StyledText("new job      ", .green) + name(job) + StyledText(", \(Words.span(job.starts, job.ends)), \(place(job))")
        case .moved(let job, let from):
            StyledText("moved        ", .yellow) + name(job) + StyledText(", now \(Words.span(job.starts, job.ends))")
                + StyledText(from.map { " (was \(Words.span($0, nil)))" } ?? "", .dim)
        case .cancelled(let job): StyledText("cancelled    ", .red) + name(job) + StyledText(", \(place(job))")
        case .takenBack(let job): StyledText("not yours now", .red) + name(job) + StyledText(", \(place(job))")
        case .gone(let job):
            StyledText("off this list", .red) + name(job)
                + StyledText(": the office cancelled it, took it off you, gave it to somebody else, or moved it beyond the days this device holds")
        case .answered(let request):
            StyledText(request.state.padding(13), request.state == "granted" ? .green : .yellow) + StyledText(" \(request.part)", .bold)
                + StyledText(", \(request.location)\(request.order.map { " for \($0)" } ?? ""): \(request.answer ?? "")")
        }
    }
}

extension String {
    /// The word with spaces behind it up to a width in columns.
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
