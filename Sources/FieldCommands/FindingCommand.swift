import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct FindingCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "finding", abstract: "Record something you saw, with photos.",
        discussion: Teach.text(
            "A finding is never edited; a correction names the one it replaces.",
            "finding SO-2026-000001 \"Gland is loose\" --severity major --asset GD-101 --photo gland.jpg", exits: Teach.recorded))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Argument(help: "What you saw.", transform: Wording.read) var text: String
    @Option(help: "info, minor, major or dangerous.") var severity: Severity = .minor
    @Option(help: "The asset: tag, serial number or scan.") var asset: String?
    @Option(help: "Code of the kind of finding; with wrong_part the office sends the right one.", transform: Wording.read) var code: String?
    @Option(help: ArgumentHelp("A photo; may be given several times.", valueName: "file")) var photo: [String] = []
    @Option(help: "The finding this one corrects, by its id or the end of it; it keeps that one's time.") var corrects: String?
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let order = try desk.client.findJob(job)
        let recorded = try desk.client.recordFinding(
            text, severity: severity, on: order, asset: try asset.map { try desk.client.findAsset($0, on: order) }, code: code,
            photos: try photo.map { try LocalFile(path: $0, caption: text) },
            corrects: try corrects.map { try desk.client.findRecord("finding/\($0)").id })
        desk.report(recorded, "\(severity.rawValue): \(text)")
    }
}

extension Severity: ExpressibleByArgument {}
