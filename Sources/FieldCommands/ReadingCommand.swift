import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct ReadingCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "reading", abstract: "Record what a channel shows with a known gas.",
        discussion: Teach.text(
            "Take as-found readings before any adjustment and as-left ones after the last. Values are in the channel's unit, as the display shows them. "
                + "The cylinder is the number on its collar; this device has to hold its certificate, and its gas is to be listed for the model. A slip is corrected by a reading that names it: "
                + "both stay, the new one counts, and what is not given again, such as time and cylinder, is as it was. `show` lists the ids.",
            "reading SO-2026-000001 --asset GD-101 --channel 1 as-found span --applied 50 --indicated 47 --cylinder C070052",
            "reading SO-2026-000001 --asset GD-101 --channel 1 as-left zero --applied 0 --indicated -1",
            "reading SO-2026-000001 --asset GD-101 --channel 1 as-found span --applied 50 --indicated 43 --corrects 9f31c2ab", exits: Teach.recorded))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Argument(help: "as-found, adjusted or as-left.") var phase: Phase
    @Argument(help: "zero or span.") var point: CalibrationPoint
    @Option(parsing: .unconditional, help: "The applied value.", transform: Decimal.read) var applied: Decimal
    @Option(parsing: .unconditional, help: "The indicated value; may be negative.", transform: Decimal.read) var indicated: Decimal
    @Option(help: "The asset: tag, serial number or scan.") var asset: String
    @Option(parsing: .unconditional, help: "Number of the channel.") var channel: Int = 1
    @Option(help: "bump, check or full; full when not given.") var kind: CalibrationReading.Kind?
    @Option(help: "Number of the cylinder.") var cylinder: String?
    @Option(parsing: .unconditional, help: "Gas flow in l/min.", transform: Decimal.read) var flow: Decimal?
    @Option(parsing: .unconditional, help: "Response time T90 in seconds.") var t90: Int?
    @Option(help: "Alarms seen, such as A1,A2.") var alarms: String?
    @Option(parsing: .unconditional, help: "Ambient temperature in °C.", transform: Decimal.read) var temperature: Decimal?
    @Option(parsing: .unconditional, help: "Relative humidity in %.", transform: Decimal.read) var humidity: Decimal?
    @Option(parsing: .unconditional, help: "Air pressure in hPa.", transform: Decimal.read) var pressure: Decimal?
    @Option(help: "When it was taken: HH:MM of today, or in full as 2026-11-23T07:30:00+01:00; when not given, now or as the one it corrects.")
    var at: Time?
    @Option(help: "The reading this one corrects, by its id or the end of it.") var corrects: String?
    @Flag(help: "Record it although it is far outside the channel's range.") var anyway = false
    @Option(help: ArgumentHelp("Why this gas was used although it is not listed for the model.", valueName: "reason"), transform: Wording.read)
    var override: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (1...64).contains(channel) else { throw ValidationError("--channel is the channel's number, from 1 to 64.") }
        if let t90, !(0...3600).contains(t90) { throw ValidationError("--t90 is from 0 to 3600 seconds.") }
        for (name, text, bounds) in [
            ("--flow", flow, AmbientBounds.flow), ("--temperature", temperature, AmbientBounds.temperature),
            ("--humidity", humidity, AmbientBounds.humidity), ("--pressure", pressure, AmbientBounds.pressure),
        ] {
            if let text, let problem = bounds.problem(text.text) { throw ValidationError("\(name): \(problem)") }
        }
    }

    func perform(_ desk: Desk) async throws {
        let order = try desk.client.findJob(job)
        let asset = try desk.client.findAsset(asset, on: order)
        let channelID = try desk.client.findChannel(channel, of: asset)
        var entry = ReadingEntry(
            channel: channelID, phase: phase.value, point: point, applied: applied.text, indicated: indicated.text, cylinder: cylinder)
        entry.kind = kind
        entry.flow = flow?.text
        entry.t90Seconds = t90
        entry.alarms = alarms
        entry.temperature = temperature?.text
        entry.humidity = humidity?.text
        entry.pressure = pressure?.text
        entry.at = try desk.instant(at)
        entry.isCertain = anyway
        entry.override = override
        entry.corrects = try corrects.map { try desk.client.findRecord("reading/\($0)").id }
        let recorded = try desk.client.recordReading(entry, on: order)
        desk.report(
            recorded,
            "channel \(channel) \(phase.rawValue) \(point.rawValue): \(indicated.text) at \(applied.text)"
                + (recorded.record.map { "  …\($0.short)" } ?? ""))
    }
}

/// The phase as people write it.
enum Phase: String, ExpressibleByArgument, CaseIterable {
    case asFound = "as-found"
    case adjusted
    case asLeft = "as-left"

    var value: CalibrationReading.Phase {
        switch self {
        case .asFound: .asFound
        case .adjusted: .adjusted
        case .asLeft: .asLeft
        }
    }
}

extension CalibrationPoint: ExpressibleByArgument {}
extension CalibrationReading.Kind: ExpressibleByArgument {}
