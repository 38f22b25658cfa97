import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollTerminal

struct NewCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a job on the spot and take it.",
        discussion: Teach.text(
            "Works without a network: the number comes from this device's own series and stays. The site is one this device holds, or that of the asset.",
            "new \"Detector dead\" --kind repair --asset HK24-000002",
            "new \"Yearly check\" --kind calibration --site \"Flensburg 7\" --task \"Calibrate\"",
            exits: Teach.recorded))

    @Argument(help: "The job in one line.", transform: Wording.read) var title: String
    @Option(help: "calibration, inspection, repair, installation or emergency.") var kind: String = "repair"
    @Option(help: "The site: its name or id.") var site: String?
    @Option(help: "An asset: tag, serial number or scan; may be given several times.") var asset: [String] = []
    @Option(help: "What is wrong, in the customer's words.", transform: Wording.read) var problem: String?
    @Option(help: "emergency, high, normal or low.") var priority: String = "normal"
    @Option(help: ArgumentHelp("The customer's purchase order.", valueName: "number"), transform: Wording.read) var po: String?
    @Option(help: "A mandatory task; may be given several times.", transform: Wording.read) var task: [String] = []
    @Option(help: "The job this one follows.") var follows: String?
    @Option(help: "How it follows: follow_up, call_back, warranty or return.") var relation: OrderRelation?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if relation != nil, follows == nil { throw ValidationError("--relation is with --follows.") }
        if site == nil, asset.isEmpty { throw ValidationError("Name the --site or an --asset.") }
        guard ["calibration", "inspection", "repair", "installation", "emergency"].contains(kind) else {
            throw ValidationError("--kind is calibration, inspection, repair, installation or emergency.")
        }
        guard ["emergency", "high", "normal", "low"].contains(priority) else {
            throw ValidationError("--priority is emergency, high, normal or low.")
        }
    }

    func perform(_ desk: Desk) async throws {
        let assets = try asset.map { try desk.client.findAsset($0) }
        let place = try site.map { try desk.client.findSite($0) } ?? assets.first.flatMap { try desk.client.site(of: $0) }
        guard let place else { throw ValidationError("Name the --site; that of the asset is not known here.") }
        var job = NewJob(site: place, kind: kind, title: title)
        job.problem = problem
        job.priority = priority
        job.assets = assets
        job.poReference = po
        job.tasks = task
        job.followUpOf = try follows.map { try desk.client.findJob($0) }
        job.relation = follows == nil ? nil : relation ?? .follow_up
        let recorded = try desk.client.createJob(job)
        guard let id = recorded.record else { return }
        let line = try desk.client.job(id).line
        desk.report(recorded, "\(line.number)  \(line.title): \(line.state?.title ?? "")", [("job", line.json)])
    }
}
