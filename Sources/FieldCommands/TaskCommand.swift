import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollTerminal

struct TaskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "The steps of a job.",
        discussion: Teach.text(
            "A TASK is named by its number in the list, the end of its id, or words of its title. Two people may work on the same task; both answers are kept.",
            "task list SO-2026-000001", "task done SO-2026-000001 1", "task na SO-2026-000001 3 --remark \"no relay fitted\"",
            "task answer SO-2026-000001 2 \"permit 4711\"", exits: Teach.recorded),
        subcommands: [
            List.self, SetState<Done>.self, SetState<NotApplicable>.self, SetState<Open>.self, Answer.self, Claim.self, Add.self, Delete.self,
        ])

    struct Target: ParsableArguments {
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Argument(help: "The task: its number in the list, the end of its id, or words of its title.") var task: String

        func find(_ desk: Desk) throws -> (order: RecordID, task: RecordID) {
            let order = try desk.client.findJob(job)
            return (order, try desk.client.findTask(task, of: order))
        }
    }

    static func report(_ recorded: Recorded, _ order: RecordID, _ desk: Desk) throws {
        let tasks = try desk.client.job(order).tasks
        let index = tasks.firstIndex { $0.fact.id == recorded.record }
        let words = index.map { "\($0 + 1). \(tasks[$0].title): \(Words.spaced(tasks[$0].state))" } ?? "The task is deleted."
        desk.report(recorded, words, [("task", index.map { tasks[$0].json($0 + 1) } ?? .null)])
    }

    struct List: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The tasks of a job.",
            discussion: Teach.text("▢ is mandatory and open, ✓ done, – not applicable.", "task list SO-2026-000001", exits: Teach.read))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let job = try desk.client.job(try desk.client.findJob(job))
            desk.print(job.taskTable)
            desk.print(json: ["tasks": .array(job.tasks.enumerated().map { $0.element.json($0.offset + 1) })])
        }
    }

    struct SetState<S: TaskVerb>: FieldVerb {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: S.name, abstract: S.abstract,
                discussion: Teach.text("A remark is kept beside the task.", "task \(S.name) SO-2026-000001 2", exits: Teach.recorded))
        }
        @OptionGroup var target: Target
        @Option(help: "A remark; needed when a mandatory task does not apply.", transform: Wording.read) var remark: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let (order, task) = try target.find(desk)
            try TaskCommand.report(try desk.client.setTask(task, S.state, remark: remark), order, desk)
        }
    }

    struct Answer: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "answer", abstract: "Answer a task's question.",
            discussion: Teach.text(
                "Answers given without seeing each other are all kept until somebody picks one.",
                "task answer SO-2026-000001 2 \"permit 4711\" --done",
                exits: Teach.recorded))
        @OptionGroup var target: Target
        @Argument(help: "The answer.", transform: Wording.read) var answer: String
        @Flag(help: "The task is done with it.") var done = false
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let (order, task) = try target.find(desk)
            try TaskCommand.report(try desk.client.answerTask(task, answer, isDone: done), order, desk)
        }
    }

    struct Claim: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "claim", abstract: "Put yourself on a task, or take yourself off.",
            discussion: Teach.text(
                "Colleagues see who does what; nobody is locked out.", "task claim SO-2026-000001 2", "task claim SO-2026-000001 2 --off",
                exits: Teach.recorded
            ))
        @OptionGroup var target: Target
        @Flag(help: "Take yourself off.") var off = false
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let (order, task) = try target.find(desk)
            try TaskCommand.report(try desk.client.claimTask(task, !off), order, desk)
        }
    }

    struct Add: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a task.",
            discussion: Teach.text(
                "It goes to the end of the list.", "task add SO-2026-000001 \"Replace the splash guard\" --asset GD-101", exits: Teach.recorded))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Argument(help: "What to do.", transform: Wording.read) var title: String
        @Option(help: "How.", transform: Wording.read) var instructions: String?
        @Option(help: "On which asset: tag, serial number or scan.") var asset: String?
        @Flag(help: "The job cannot be completed without it.") var mandatory = false
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let order = try desk.client.findJob(job)
            let asset = try asset.map { try desk.client.findAsset($0, on: order) }
            try TaskCommand.report(
                try desk.client.addTask(to: order, title: title, instructions: instructions, asset: asset, isMandatory: mandatory), order, desk)
        }
    }

    struct Delete: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete a task.",
            discussion: Teach.text(
                "When a colleague changed it without knowing, it stays, and a ruling says so.", "task delete SO-2026-000001 4", exits: Teach.recorded)
        )
        @OptionGroup var target: Target
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let (order, task) = try target.find(desk)
            try TaskCommand.report(try desk.client.deleteTask(task), order, desk)
        }
    }
}

/// A state a task is put into by a command of its own.
protocol TaskVerb {
    static var name: String { get }
    static var abstract: String { get }
    static var state: TaskState { get }
}

enum Done: TaskVerb {
    static let name = "done"
    static let abstract = "A task is done."
    static let state = TaskState.done
}
enum NotApplicable: TaskVerb {
    static let name = "na"
    static let abstract = "A task does not apply here."
    static let state = TaskState.notApplicable
}
enum Open: TaskVerb {
    static let name = "open"
    static let abstract = "A task is open again."
    static let state = TaskState.open
}
