import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct ExceptionsReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "How long it took to take exceptions on and to resolve them.",
        discussion: """
            By kind and by team. Time that they waited is not counted. The median is of those that were taken on, or resolved; of an even \
            number, the greater of the two in the middle.

            EXAMPLE
              truckroll-dispatch exceptions report --since 2026-11-01

            \(ExceptionsCommand.read)
            JSON: kinds and teams (name, raised, open, escalated, median_seconds_to_acknowledge, median_seconds_to_resolve, \
            longest_seconds_to_resolve), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: ArgumentHelp("Those raised from that day on: YYYY-MM-DD, today or yesterday.", valueName: "day"), transform: CalendarText.day)
    var since: String?

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let first = try since.map { try calendar.day($0) }
                let found = try reader.views("exception").filter { view in
                    guard let first else { return true }
                    return view.time("raised_at").map { calendar.local($0).date >= first } ?? false
                }
                let (kinds, teams) = (ExceptionTimes.grouped(found, by: "kind"), ExceptionTimes.grouped(found, by: "owner"))
                return (
                    [("kinds", .array(kinds.map(\.json))), ("teams", .array(teams.map(\.json)))],
                    [Self.table("Kind", kinds), Self.table("Team", teams)]
                )
            }
        }
    }

    private static func table(_ title: String, _ rows: [ExceptionTimes]) -> Table {
        var table = Table(
            [
                .init(title), .init("Raised", .right), .init("Open", .right), .init("Escalated", .right), .init("Taken on (median)", .right),
                .init("Resolved (median)", .right), .init("Longest", .right),
            ], emptyText: "No exceptions.")
        for row in rows {
            table.addRow(
                StyledText(row.name.words), "\(row.raised)", "\(row.open)", "\(row.escalated)", StyledText(spoken(row.toAcknowledge)),
                StyledText(spoken(row.toResolve)), StyledText(spoken(row.longest)))
        }
        return table
    }

    private static func spoken(_ seconds: Int64?) -> String {
        guard let seconds else { return "–" }
        let minutes = seconds / 60
        return minutes < 60 ? "\(minutes) min" : "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60) h"
    }
}

extension ExceptionTimes {
    fileprivate var json: JSONValue {
        .object([
            ("name", .string(name)), ("raised", .int(raised)), ("open", .int(open)), ("escalated", .int(escalated)),
            ("median_seconds_to_acknowledge", toAcknowledge.map { .int(Int($0)) } ?? .null),
            ("median_seconds_to_resolve", toResolve.map { .int(Int($0)) } ?? .null),
            ("longest_seconds_to_resolve", longest.map { .int(Int($0)) } ?? .null),
        ])
    }
}
