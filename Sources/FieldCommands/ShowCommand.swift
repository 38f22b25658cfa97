import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct ShowCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Everything about a job.",
        discussion: Teach.text(
            "Site, contacts and what they demand; assets with channels and past; tasks, labour, parts, findings, readings, documents, colleagues, notes, "
                + "files, certificates; and what you can do next.", "show SO-2026-000001", "show 000001 --json", exits: Teach.read))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let job = try desk.client.job(try desk.client.findJob(job))
        try desk.nameZone()
        desk.print(json: job.json)
        desk.print(job.head)
        for (title, table) in job.tables where !table.rows.isEmpty {
            desk.print("")
            desk.print(StyledText(title, .bold))
            desk.print(table)
        }
    }
}
