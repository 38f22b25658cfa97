import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct JobsCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Your jobs of today, of another day, or all this device holds.",
        discussion: Teach.text(
            "Shows your active appointments and the jobs you took in the field.", "jobs", "jobs --day 2026-11-24", "jobs --all", exits: Teach.read))

    @Flag(help: "Every job this device holds.") var all = false
    @Option(help: "Another day, as YYYY-MM-DD.") var day: String?
    @Option(help: "With --all, how many to show.") var limit = 200
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is at least 1.") }
        if let day, CalendarDate(day) == nil { throw ValidationError("--day is a date such as 2026-11-24.") }
        if all, day != nil { throw ValidationError("--all and --day exclude each other.") }
    }

    func perform(_ desk: Desk) async throws {
        try desk.nameZone()
        let date = try day.flatMap { CalendarDate($0) } ?? desk.client.today()
        let (jobs, total) = all ? try desk.client.allJobs(limit: limit) : try (desk.client.jobs(on: date), 0)
        desk.print(
            json: [
                "day": all ? .null : .string(date.description), "jobs": .array(jobs.map { $0.json }), "total": .int(max(total, jobs.count)),
            ])
        var table = Table(
            [
                .init("Job"), .init("When"), .init("State"), .init("Priority"), .init("Title", .left, .truncates(minimum: 14)),
                .init("Site", .left, .truncates(minimum: 10)), .init("Open", .right), .init("Where"),
            ],
            emptyText: all ? "This device holds no jobs. Sync first." : "No jobs on \(date). See all with --all.",
            footer: StyledText(
                total > jobs.count ? "\(jobs.count) of \(total) jobs; see more with --limit, or `find` one" : jobs.count.counted("job")))
        for job in jobs {
            table.addRow(
                StyledText(job.number, .bold), StyledText(Words.span(job.starts, job.ends)), Words.state(job.state, job.stateWord),
                Words.priority(job.priorities),
                StyledText(job.title), StyledText([job.site, job.city].compactMap { $0 }.joined(separator: ", ")), "\(job.openTasks)",
                Sign.text(job.place) + StyledText(job.waitingSets > 0 ? " \(job.waitingSets)" : ""))
        }
        desk.print(table)
    }
}
