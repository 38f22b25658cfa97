import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct LabourCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labour", abstract: "Time spent on a job.",
        discussion: Teach.text(
            "Start and stop a clock, or give the minutes. The clock is on this device only until it is stopped.", "labour start SO-2026-000001",
            "labour stop",
            "labour add SO-2026-000001 --minutes 45 --kind travel", exits: Teach.recorded),
        subcommands: [Start.self, Stop.self, Add.self])

    struct Start: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "start", abstract: "Start the clock.",
            discussion: Teach.text("One clock runs at a time.", "labour start SO-2026-000001 --kind work", exits: Teach.recorded))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Option(help: "travel, work or wait.") var kind: LabourKind = .work
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let running = try desk.client.startLabour(kind, on: try desk.client.findJob(job))
            desk.print("The clock of \(running.kind) runs since \(running.startedAt.clock).")
            desk.print(json: [
                "running": true, "kind": .string(running.kind), "started_at": .time(running.startedAt), "order": .string(running.order.description),
            ])
        }
    }

    struct Stop: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "stop", abstract: "Stop the clock and record the time.",
            discussion: Teach.text("The entry begins when the clock was started.", "labour stop", exits: Teach.recorded))
        @Option(help: "A remark.", transform: Wording.read) var remark: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            desk.report(try desk.client.stopLabour(remark: remark), "The time is recorded.")
        }
    }

    struct Add: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Record time without a clock.",
            discussion: Teach.text("Without --from it ended just now.", "labour add SO-2026-000001 --minutes 45 --kind travel", exits: Teach.recorded)
        )
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Option(parsing: .unconditional, help: "How long, in minutes.") var minutes: Int
        @Option(help: "travel, work or wait.") var kind: LabourKind = .work
        @Option(help: "When it began: HH:MM of today in the company's zone, or in full as 2026-11-23T07:30:00+01:00.") var from: Time?
        @Option(help: "The entry this one corrects, by its id or the end of it; it keeps that one's time.") var corrects: String?
        @Option(help: "A remark.", transform: Wording.read) var remark: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard (1...10_080).contains(minutes) else { throw ValidationError("--minutes is from 1 to 10080, which is a week.") }
        }

        func perform(_ desk: Desk) async throws {
            let order = try desk.client.findJob(job)
            let corrects = try corrects.map { try desk.client.findRecord("labour_entry/\($0)").id }
            let recorded = try desk.client.addLabour(
                kind, on: order, seconds: minutes * 60, startedAt: try desk.instant(from), remark: remark, corrects: corrects)
            desk.report(recorded, "\(minutes) min \(kind.rawValue)")
        }
    }
}

extension LabourKind: ExpressibleByArgument {}

/// A time as a person types it: RFC 3339, or HH:MM of today.
struct Time: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard DeviceTime(argument) != nil || argument.wholeMatch(of: /[0-9]{1,2}:[0-9]{2}/) != nil else { return nil }
        text = argument
    }
}
