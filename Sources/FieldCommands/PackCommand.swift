import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct PackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack", abstract: "Before you leave: is all there for the day?",
        discussion: Teach.text(
            "Looks at every job of the day: is it whole on this device, are parts, tools and gases in the van, are you qualified for it.",
            "pack check", "pack check --day 2026-12-01",
            exits: "0 all is there, 1 failed, 2 something is missing (the list says what), 64 bad usage."),
        subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Look at every job of a day.",
            discussion: Teach.text(
                "Works without a network, by what this device holds.", "pack check", "pack check --day tomorrow --all",
                exits: "0 all is there, 1 failed, 2 something is missing (the list says what), 64 bad usage."))
        @Option(help: "YYYY-MM-DD, today or tomorrow; today when left out.") var day: String?
        @Flag(help: "What could not be asked as well, with why.") var all = false
        @OptionGroup var global: GlobalOptions

        mutating func run() async throws {
            try await global.run(makesStore: false, status: ExitStatus.of) { [self] client, console in
                let desk = Desk(client: client, console: console)
                let now = try client.now()
                let day = try client.read { try DispatchCalendar($0, now: now) }.day(self.day)
                let packs = try client.packs(on: day)
                var table = Table(
                    [
                        .init("Job"), .init("Title", .left, .truncates(minimum: 10)), .init("Rule"), .init("Missing", .left, .wraps(minimum: 24)),
                        .init("What to do", .left, .wraps(minimum: 20)),
                    ], emptyText: "No job of yours on \(day).", footer: StyledText("Rules: \(PackCheck.rules.name)"))
                for pack in packs {
                    let name = StyledText(pack.job.number, .bold)
                    for finding in pack.report.findings {
                        table.addRow(
                            name, StyledText(pack.job.title), StyledText(finding.code, finding.severity.style), StyledText(finding.text),
                            StyledText(finding.remedy))
                    }
                    if pack.report.findings.isEmpty { table.addRow(name, StyledText(pack.job.title), "", StyledText("All is there.", .green), "") }
                    for rule in all ? pack.report.skipped : [] {
                        table.addRow(name, StyledText(pack.job.title), StyledText(rule.code, .dim), StyledText("Not asked: \(rule.reason)", .dim), "")
                    }
                }
                desk.print(table)
                let jobs = packs.map { JSONValue.object([("job", .string($0.job.number))] + $0.report.json) }
                desk.print(json: ["day": .string("\(day)"), "jobs": .array(jobs)])
                return packs.contains { $0.report.verdict == .error } ? .refused : .done
            }
        }
    }
}
