import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollTerminal

struct TextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "text", abstract: "Read or write what is wrong with a job, or the notes on a task.",
        discussion: Teach.text(
            "Several people may write in it at the same time, offline for hours: what each wrote stays, and nobody is asked. "
                + "A text has at most 64 KiB; what is longer goes into a note. `why JOB problem` says who wrote which part.",
            "text SO-2026-000001 problem", "text SO-2026-000001 problem --append \"The seal leaks too.\"",
            "text SO-2026-000001 notes --task 2 --set \"Torque 12 Nm\"", "text SO-2026-000001 problem --edit < problem.txt", exits: Teach.recorded))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Argument(help: "problem, of the job; or notes, of a task.") var kind: JointTextKind = .problem
    @Option(help: "For notes: the task, by its number in the list, the end of its id, or words of its title.") var task: String?
    @OptionGroup var wording: WordingOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (kind == .notes) == (task != nil) else { throw ValidationError("Notes are of a task: give `notes --task TASK`.") }
    }

    mutating func run() async throws {
        // What is typed is read before the store is opened: nobody else waits for the typist.
        let rewording = wording.isEdit ? try wording.wording() : nil
        try await global.run(makesStore: false, status: ExitStatus.of) { [self] client, console in
            try perform(Desk(client: client, console: console), rewording)
            return .done
        }
    }

    private func perform(_ desk: Desk, _ rewording: ((String) -> String)?) throws {
        let order = try desk.client.findJob(job)
        let task = try task.map { try desk.client.findTask($0, of: order) }
        guard let rewording else {
            let text = try desk.client.jointText(kind, of: task ?? order) ?? ""
            // Line by line, so that what was printed can be edited and read back.
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) { desk.print(String(line)) }
            return desk.print(json: ["text": .string(text)])
        }
        let recorded = try desk.client.reword(kind, of: order, task: task, rewording)
        let text = try desk.client.jointText(kind, of: task ?? order) ?? ""
        desk.report(
            recorded, recorded.set == nil ? "Nothing was changed." : text.isEmpty ? "The text is empty now." : "The text reads now: \(text)",
            [("text", .string(text))])
    }
}

extension JointTextKind: ExpressibleByArgument {}
