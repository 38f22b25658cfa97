import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct ScanCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Find the asset behind a scanned text, and record the sighting.",
        discussion: Teach.text(
            "Takes a serial number, a tag, a GS1 code such as (01)04012345678901(21)AB-12 or (8004)…, or a link that holds one. Works without a network.",
            "scan HK18-000001", "scan HK18-000001 --typed --again HK18-000001", "scan \"(01)04012345678901(21)HK18-000001\" --job SO-2026-000001",
            exits: "0 found and recorded, 1 not found or several, 2 misread, 64 bad usage."))

    @Argument(help: "The scanned text.") var text: String
    @Option(help: "On which job.") var job: String?
    @Flag(help: "A machine read it.") var machine = false
    @Flag(help: "You typed it: without a check digit in it, type it twice.") var typed = false
    @Option(help: ArgumentHelp("What you typed, once more.", valueName: "text")) var again: String?
    @Flag(help: "Only look it up; record nothing.") var look = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if machine, typed { throw ValidationError("--machine and --typed exclude each other.") }
        if again != nil, !typed { throw ValidationError("--again goes with --typed.") }
    }

    func perform(_ desk: Desk) async throws {
        let order = try job.map { try desk.client.findJob($0) }
        let asset = try desk.client.asset(try desk.client.findAsset(text, on: order))
        if look {
            desk.print(json: ["asset": asset.json])
        } else {
            desk.report(
                try desk.client.scan(text, typed ? .typed(again: again) : machine ? .machine : nil, on: order), "\(asset.name) seen",
                [("asset", asset.json)])
        }
        var block = KeyValueBlock(title: StyledText(asset.name))
        block.add("model", StyledText(asset.model))
        block.add("serial", StyledText(asset.serial))
        block.add("fitness", StyledText(Words.spaced(asset.fitness ?? "")))
        block.add("calibration due", StyledText(asset.calibrationDue ?? ""))
        block.add("area", StyledText(asset.area ?? ""))
        block.add("mounting", StyledText(asset.mounting ?? ""))
        for channel in asset.channels {
            block.add("channel \(channel.number)", "\(channel.gas), \(channel.rangeLow ?? "0")–\(channel.rangeHigh) \(channel.unit)")
        }
        for line in asset.history.prefix(5) { block.add(Words.clock(line.at), StyledText(line.text)) }
        desk.print(block)
    }
}
