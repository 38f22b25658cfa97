import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct EditCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change title, problem, priority, tags or assets of a job.",
        discussion: Teach.text(
            "Only what you give is written, so a colleague's change of another field stays. Two priorities set without seeing each other are both shown until one is picked.",
            "edit SO-2026-000001 --priority high --tag \"lift needed\"", exits: Teach.recorded))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Option(help: "The job in one line.", transform: Wording.read) var title: String?
    @Option(help: "What is wrong.", transform: Wording.read) var problem: String?
    @Option(help: "emergency, high, normal or low.") var priority: String?
    @Option(help: "A label to add; may be given several times.", transform: Wording.read) var tag: [String] = []
    @Option(help: "A label to take off; may be given several times.") var untag: [String] = []
    @Option(help: "An asset to add: tag, serial number or scan.") var addAsset: [String] = []
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if title == nil, problem == nil, priority == nil, tag.isEmpty, untag.isEmpty, addAsset.isEmpty {
            throw ValidationError("Say what to change.")
        }
    }

    func perform(_ desk: Desk) async throws {
        let order = try desk.client.findJob(job)
        var edit = OrderEdit()
        edit.title = title
        edit.problem = problem
        edit.priority = priority
        edit.addTags = tag
        edit.removeTags = untag
        edit.addAssets = try addAsset.map { try desk.client.findAsset($0, on: order) }
        let recorded = try desk.client.edit(order, edit)
        let line = try desk.client.job(order).line
        desk.report(recorded, "\(line.number)  \(line.title)", [("job", line.json)])
    }
}
