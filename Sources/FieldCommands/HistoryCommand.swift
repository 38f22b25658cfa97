import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct HistoryCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "What happened on a job, in time.",
        discussion: Teach.text(
            "Every step and fact with its author; a step that moved nothing says why. Times are those of the company's zone.",
            "history SO-2026-000001",
            exits: Teach.read))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let job = try desk.client.job(try desk.client.findJob(job))
        try desk.nameZone()
        var table = Table(
            [
                .init("When"), .init("What"), .init("", .left, .wraps(minimum: 20)), .init("By"), .init("Where"),
            ], emptyText: "Nothing happened yet.")
        for line in job.history {
            let words =
                line.isEffective == false
                ? StyledText(line.text, .dim) + StyledText(" — no effect: \(line.ruling ?? "")", .yellow) : StyledText(line.text)
            table.addRow(
                StyledText(Words.clock(line.fact.at)), StyledText(Words.spaced(line.kind)), words, StyledText(line.fact.by),
                Sign.text(line.fact.place))
        }
        desk.print(table)
        desk.print(
            json: [
                "number": .string(job.line.number),
                "history": .array(
                    job.history.map {
                        $0.fact.with([
                            ("kind", .string($0.kind)), ("text", .string($0.text)), ("effective", $0.isEffective.map { .bool($0) } ?? .null),
                            ("ruling", .text($0.ruling)),
                        ])
                    }),
            ])
    }
}
