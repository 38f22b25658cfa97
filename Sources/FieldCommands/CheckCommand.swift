import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Ask the rules about a job and its assets.",
        discussion: Teach.text(
            """
            The job itself as it was taken down, and for each asset plate and certificate against the hazardous area: zone, group, surface temperature, ambient temperature, special conditions, region, \
            and what a detector measures. It is a help, and no conformity assessment.
            """, "check SO-2026-000001", "check SO-2026-000001 --all",
            exits: "0 no error was found, 1 failed, 2 an error was found, 64 bad usage."))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Flag(help: "Rules that could not be asked as well, with why.") var all = false
    @OptionGroup var global: GlobalOptions

    mutating func run() async throws {
        try await global.run(makesStore: false, status: ExitStatus.of) { [self] client, console in
            let order = try client.findJob(job)
            let (report, checks) = (try client.checkOrder(order), try client.check(order))
            show(report, checks, Desk(client: client, console: console))
            return report.verdict == .error || checks.contains { $0.report?.verdict == .error } ? .refused : .done
        }
    }

    private func show(_ report: RuleReport, _ checks: [AssetCheck], _ desk: Desk) {
        // What is found about where its assets stand is told beside each of them.
        let own = RuleReport(
            rules: report.rules, findings: report.findings.filter { !$0.code.hasPrefix("ex-") }, skipped: report.skipped)
        desk.print(own.table(all: all, emptyText: "Nothing speaks against the job as it was taken down."))
        var table = Table(
            [
                .init("Asset"), .init("Area", .left, .truncates(minimum: 10)), .init("Rule"), .init("Found", .left, .wraps(minimum: 24)),
                .init("What to do", .left, .wraps(minimum: 20)),
            ], emptyText: "The job names no asset.", footer: StyledText("Rules: \(HazardousAreaCheck.rules)"))
        for check in checks {
            let findings = check.report?.findings ?? []
            for finding in findings {
                table.addRow(
                    StyledText(check.name, .bold), StyledText(check.area ?? ""),
                    StyledText(finding.code, finding.severity.style), StyledText(finding.text),
                    StyledText(finding.remedy))
            }
            if findings.isEmpty {
                let words = check.report == nil ? "No area is known for it." : "Nothing speaks against it."
                table.addRow(StyledText(check.name, .bold), StyledText(check.area ?? ""), "", StyledText(words), "")
            }
            for rule in all ? check.report?.skipped ?? [] : [] {
                table.addRow(
                    StyledText(check.name, .bold), StyledText(check.area ?? ""), StyledText(rule.code), StyledText("Not asked: \(rule.reason)"), "")
            }
        }
        desk.print(table)
        desk.print(
            json: ["rules": .string(HazardousAreaCheck.rules), "order": .object(report.json), "assets": .array(checks.map(\.json))])
    }
}

extension AssetCheck {
    var json: JSONValue {
        let report = report ?? RuleReport(rules: HazardousAreaCheck.rules, findings: [])
        return .object(
            [("asset", .string(asset.description)), ("name", .string(name)), ("area", .text(area))] + report.json.filter { $0.0 != "rules" })
    }
}
