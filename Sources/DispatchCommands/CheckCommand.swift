import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Ask the rules about an order.",
        discussion: """
            What this device finds now, by the same rules as the server, and what the server found when it asked them. An error holds a new \
            order up until it is mended, or until somebody overrides the exception with a reason.

            EXAMPLE
              truckroll-dispatch check SO-2026-000001
              truckroll-dispatch check SO-2026-000001 --all

            EXIT STATUS: 0 no error was found; 2 an error was found; 64 bad usage; 1 anything else.
            JSON: order, rules, verdict, findings (code, severity, path, text, remedy), not_asked (code, reason), earlier (at, rules, verdict, \
            findings).
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The order's number, its end, or its id.") var order: String
    @Flag(help: "Rules that could not be asked as well, with why.") var all = false

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            let view = try session.client.read { try DispatchLookup($0).order(order) }
            let verdict = try session.client.dispatchVerdict(on: view.id)
            try session.print(reach) { reader, calendar in
                var earlier = Table(
                    [.init("Asked"), .init("Rules"), .init("Verdict"), .init("Found", .left, .wraps(minimum: 24))],
                    emptyText: "The server has not asked the rules about it.")
                for record in verdict.earlier {
                    let found = try reader.findings(of: record).map { "\($0.code): \($0.text)" }.joined(separator: " ")
                    let severity = record.text("verdict").flatMap { RuleFinding.Severity(rawValue: $0) }
                    earlier.addRow(
                        StyledText(calendar.spoken(record.text("at"))), StyledText(record.text("rules") ?? ""),
                        StyledText(severity?.rawValue ?? "nothing found", severity?.style ?? .plain), StyledText(found))
                }
                let json = try verdict.earlier.map { record in
                    JSONValue.object(
                        JSONValue.members(record, ["at", "rules", "verdict"]) + [
                            ("findings", .array(try reader.findings(of: record).map { .object($0.json) }))
                        ])
                }
                return (
                    [("order", .text(view.text("number")))] + verdict.report.json + [("earlier", .array(json))],
                    [verdict.report.table(all: all, emptyText: "Nothing speaks against it."), earlier]
                )
            }
            return verdict.report.verdict == .error ? .refused : .done
        }
    }
}

extension LocalReader {
    /// What a verdict's record says was found; what was found about the customer's account, where this device has it.
    fileprivate func findings(of verdict: RecordView) throws -> [StoredFinding] {
        let shown = (verdict["findings"].list ?? []).compactMap { StoredFinding($0) }
        guard let facet = verdict.entity["account"]?.facet,
            let account = try record(RecordKey(type: verdict.entity.type, id: verdict.id, facet: facet))
        else { return shown }
        let told = (RecordView(account, verdict.entity)["account"].list ?? []).compactMap { StoredFinding($0) }
        return shown.filter { $0.code != "customer-account" || told.isEmpty } + told
    }
}

/// One finding of a verdict's record.
private struct StoredFinding {
    let severity, code, path, text, remedy: String

    init?(_ value: Value) {
        let texts = (value.list ?? []).compactMap(\.text)
        guard texts.count == 5 else { return nil }
        (severity, code, path, text, remedy) = (texts[0], texts[1], texts[2], texts[3], texts[4])
    }

    var json: [(String, JSONValue)] {
        [
            ("code", .string(code)), ("severity", .string(severity)), ("path", .string(path)), ("text", .string(text)),
            ("remedy", .string(remedy)),
        ]
    }
}
