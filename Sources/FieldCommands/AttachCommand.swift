import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollTerminal

struct AttachCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Attach a file to a job.",
        discussion: Teach.text(
            "The bytes are copied into this device's store under their SHA-256 and uploaded by `sync`; the original may go.",
            "attach SO-2026-000001 plate.jpg --caption \"Type plate\" --asset GD-101",
            exits: Teach.recorded))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Argument(help: "The file.") var file: String
    @Option(help: "What it shows.", transform: Wording.read) var caption: String?
    @Option(help: "The asset: tag, serial number or scan.") var asset: String?
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let order = try desk.client.findJob(job)
        let content = try LocalFile(path: file, caption: caption)
        let recorded = try desk.client.attach(content, to: order, asset: try asset.map { try desk.client.findAsset($0, on: order) })
        desk.report(
            recorded, "\(content.mediaType), \(content.bytes.count) bytes, SHA-256 \(content.sha256.hexadecimal)",
            [("sha256", .string(content.sha256.hexadecimal)), ("media_type", .string(content.mediaType)), ("size", .int(content.bytes.count))])
    }
}
