import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct FitnessCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "set-fitness", abstract: "Say whether an asset may be relied on.",
        discussion: Teach.text(
            "in_service, due, overdue, restricted, quarantined, condemned. The strictest word of anybody stands; a milder one lifts only the restrictions "
                + "this device knows of, needs a reason, and is refused where your role may not lift them: from restricted on only quality may. "
                + "The reason becomes a note on the job: on --job, else on the asset's only job in work here, else on its only open one.",
            "set-fitness GD-101 quarantined --reason \"sensor fails\" --job SO-2026-000001", exits: Teach.recorded))

    @Argument(help: "The asset: tag, serial number or scan.") var asset: String
    @Argument(help: "The fitness.") var fitness: String
    @Option(help: "Why; kept as a note on the job. Lifting a restriction needs it.", transform: Wording.read) var reason: String?
    @Option(help: "The job that gets the reason as a note, when the asset is on several here or on none.") var job: String?
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let order = try job.map { try desk.client.findJob($0) }
        let id = try desk.client.findAsset(asset, on: order)
        let wanted = fitness.lowercased().replacing("-", with: "_")
        let recorded = try desk.client.setFitness(id, wanted, reason: reason, order: order)
        let card = try desk.client.asset(id)
        desk.report(recorded, "\(card.name) is \(Words.spaced(card.fitness ?? ""))", [("fitness", .text(card.fitness))])
    }
}
