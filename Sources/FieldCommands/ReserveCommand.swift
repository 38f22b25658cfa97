import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollTerminal

struct ReserveCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "reserve", abstract: "Ask for a part of a depot for a job.",
        discussion: Teach.text(
            "The server answers with the next sync; asking twice is one request.", "reserve SO-2026-000001 HI-1002 --at \"Depot Flensburg\"",
            exits: Teach.recorded))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Argument(help: "The part: its number, GTIN, name or id.") var part: String
    @Option(help: ArgumentHelp("The depot: its name or id.", valueName: "location")) var at: String
    @Option(parsing: .unconditional, help: "How much.", transform: Decimal.read) var quantity: Decimal?
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let wanted = quantity?.value ?? .one
        let recorded = try desk.client.reserve(
            try desk.client.findPart(part), quantity: wanted, at: try desk.client.findLocation(at), for: try desk.client.findJob(job))
        desk.report(recorded, "\(wanted) × \(part) asked for")
    }
}
