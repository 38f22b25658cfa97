import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct MeterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meter", abstract: "Read the meters of an asset.",
        discussion: Teach.text(
            "A meter that begins again at zero, or was replaced, goes on counting in all.", "meter add HK18-000001 \"running hours\" --unit h",
            "meter read HK18-000001 4711.5", "meter list HK18-000001", exits: Teach.recorded),
        subcommands: [List.self, Add.self, Read.self])

    struct List: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "What the meters of an asset show, and have counted in all.",
            discussion: Teach.text("", "meter list HK18-000001", exits: Teach.read))
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let meters = try desk.client.meters(of: try desk.client.findAsset(asset))
            desk.print(MeterLine.table(meters))
            desk.print(json: ["meters": .array(meters.map(\.json))])
        }
    }

    struct Add: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Put a meter on an asset's list.",
            discussion: Teach.text(
                "--rolls-over-at is what it would show where it begins again at zero: 100000 for one of five digits.",
                "meter add HK18-000001 \"running hours\" --unit h --rolls-over-at 100000", exits: Teach.recorded))
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @Argument(help: "What it counts.", transform: Wording.read) var name: String
        @Option(help: "Unit of what it shows.") var unit: String
        @Option(help: ArgumentHelp("Where it begins again at zero.", valueName: "value"), transform: Decimal.read) var rollsOverAt: Decimal?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if let rollsOverAt, rollsOverAt.value <= .zero { throw ValidationError("--rolls-over-at is more than nothing.") }
        }

        func perform(_ desk: Desk) async throws {
            let id = try desk.client.findAsset(asset)
            desk.report(try desk.client.addMeter(name, to: id, unit: unit, rollsOverAt: rollsOverAt?.value), "Meter \(name)")
        }
    }

    struct Read: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "read", abstract: "Record what a meter shows.",
            discussion: Teach.text(
                "A value below the last is asked about: --rolled-over, --replaced, or --corrects for a slip.", "meter read HK18-000001 4711.5",
                "meter read HK18-000001 12 --rolled-over", "meter read HK18-000001 3 --replaced --begun-at 0 --job SO-2026-000001",
                exits: Teach.recorded))
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @Argument(help: "What it shows.", transform: Decimal.read) var value: Decimal
        @Option(help: "The meter, by its name; the asset's only one when left out.") var meter: String?
        @Flag(help: "It began again at zero since the last reading.") var rolledOver = false
        @Flag(help: "It is another meter since the last reading.") var replaced = false
        @Option(help: ArgumentHelp("What the new meter showed first; 0 when left out.", valueName: "value"), transform: Decimal.read)
        var begunAt: Decimal?
        @Flag(help: "A machine read it; nobody typed it.") var machine = false
        @Option(help: "On which job.") var job: String?
        @Option(help: "The reading this one corrects, by its id or the end of it; it keeps that one's time.") var corrects: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if rolledOver, replaced { throw ValidationError("--rolled-over and --replaced exclude each other.") }
            if begunAt != nil, !replaced { throw ValidationError("--begun-at goes with --replaced.") }
        }

        func perform(_ desk: Desk) async throws {
            let id = try desk.client.findAsset(asset)
            var entry = MeterReadingEntry(value.value)
            entry.begunBy = rolledOver ? .rollover : replaced ? .replacement : nil
            (entry.begunAt, entry.isMachineRead) = (begunAt?.value, machine)
            entry.corrects = try corrects.map { try desk.client.findRecord("meter_reading/\($0)").id }
            let recorded = try desk.client.readMeter(
                try desk.client.findMeter(meter, of: id), entry, on: try job.map { try desk.client.findJob($0) })
            desk.report(recorded, "\(value.text) read")
        }
    }
}
