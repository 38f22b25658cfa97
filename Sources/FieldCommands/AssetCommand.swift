import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct AssetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asset", abstract: "All about an asset: where it is and was, its life, its meters, what comes next.",
        discussion: Teach.text(
            "An asset is named by its tag, its serial number, or what a scanner reads.", "asset show HK18-000001", "asset history HK18-000001",
            "asset move HK18-000001 --mounting \"Pump room, north wall\" --reason \"draught\"", exits: Teach.recorded),
        subcommands: [Show.self, History.self, Move.self, Event.self, Setting.self, Install.self, Alert.self], defaultSubcommand: Show.self)

    struct Show: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The full profile of an asset.",
            discussion: Teach.text(
                "Owner, place, life, warranty, channels, settings, meters, pieces in it, plans and open orders.", "asset show HK18-000001",
                exits: Teach.read))
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let profile = try desk.client.profile(of: try desk.client.findAsset(asset))
            try desk.nameZone()
            for content in profile.screen { desk.print(content) }
            desk.print(json: .object(profile.json))
        }
    }

    struct History: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "history", abstract: "Everything that happened to an asset, in time.",
            discussion: Teach.text(
                "From its order to its end: where it stood and whose it was, orders, pieces fitted and removed, readings, findings, certificates, "
                    + "meters and alerts.", "asset history HK18-000001", "asset history HK18-000001 --placements", exits: Teach.read))
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @Flag(help: "Only where it stood and whose it was, with their ids for --corrects.") var placements = false
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let profile = try desk.client.profile(of: try desk.client.findAsset(asset))
            try desk.nameZone()
            if placements { desk.print(profile.placementTable) } else { desk.print(profile.timelineTable) }
            desk.print(
                json: .object([
                    ("asset", .string(profile.card.name)), ("history", profile.timelineJSON),
                    ("placements", profile.json.first { $0.0 == "placements" }?.1 ?? .null),
                ]))
        }
    }

    struct Move: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "move", abstract: "Say where an asset stands now, or whose it is.",
            discussion: Teach.text(
                "What you leave out stays as it is. What stood before stays known, with its dates. A slip is put right with --corrects.",
                "asset move HK18-000001 --mounting \"Pump room, north wall\"",
                "asset move HK18-000001 --site \"Flensburg 7\" --since 2026-11-02T08:00:00+01:00 --job SO-2026-000001", exits: Teach.recorded))
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @OptionGroup var placement: PlacementOptions
        @Option(help: "From when on: HH:MM of today, or in full as 2026-11-23T07:30:00+01:00; now when left out.") var since: Time?
        @Option(help: "On which job.") var job: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let client = desk.client
            let id = try client.findAsset(asset)
            var entry = try placement.entry(client)
            entry.since = try desk.instant(since)
            let recorded = try client.moveAsset(id, entry, on: try job.map { try client.findJob($0) })
            desk.report(recorded, "\(try client.asset(id).name) placed")
        }
    }

    struct Event: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "event", abstract: "Record what happened to an asset as a whole.",
            discussion: Teach.text(
                "What can happen depends on its stage; docs/workflows.md has the diagram. Installation begins its warranty.",
                "asset event HK18-000001 repair --text \"to the workshop\"", "asset event HK18-000001 install --on 2026-11-20", exits: Teach.recorded)
        )
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @Argument(help: "What happened.") var event: AssetEvent
        @Option(help: ArgumentHelp("On which day; today when left out.", valueName: "day")) var on: CalendarDate?
        @Option(help: "Why, or a remark.", transform: Wording.read) var text: String?
        @Option(help: "On which job.") var job: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let id = try desk.client.findAsset(asset)
            let recorded = try desk.client.recordAssetEvent(event, of: id, on: on, text: text, order: try job.map { try desk.client.findJob($0) })
            let profile = try desk.client.profile(of: id)
            desk.report(recorded, "\(profile.card.name) is \(Words.spaced((profile.stage ?? .active).rawValue))")
        }
    }

    struct Setting: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set a value of an asset's configuration.",
            discussion: Teach.text(
                "Values that two people set without seeing each other stand side by side until somebody sets it again.",
                "asset set HK18-000001 \"calibration factor\" 1.07", "asset set HK18-000001 \"relay 1 delay\" \"5 s\"", exits: Teach.recorded))
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @Argument(help: "What is set.", transform: Wording.read) var name: String
        @Argument(help: "To what, with its unit.", transform: Wording.read) var value: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let id = try desk.client.findAsset(asset)
            desk.report(try desk.client.setSetting(name, of: id, to: value), "\(name) \(value)")
        }
    }

    struct Install: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "install", abstract: "Put a piece up at the job's site: it becomes an asset there.",
            discussion: Teach.text(
                "In one change set the piece leaves your van, the register gets the asset with its place and first day, and the job names it.",
                "asset install SO-2026-000001 GD-1000 HK26-004711 --tag GD-107 --mounting \"Compressor house\"", exits: Teach.recorded))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Argument(help: "The part: its number, GTIN, name or id.") var part: String
        @Argument(help: "Serial number of the piece.") var serial: String
        @Flag(help: "A machine read the number.") var machine = false
        @Option(help: ArgumentHelp("The number once more, where you typed it and no book knows it.", valueName: "serial")) var again: String?
        @Option(help: "The customer's tag for it.", transform: Wording.read) var tag: String?
        @Option(help: "The hazardous area, by name or id.") var area: String?
        @Option(help: "Where in the plant.", transform: Wording.read) var mounting: String?
        @Option(help: "The asset it is a part of.") var parent: String?
        @Option(help: ArgumentHelp("Another stock than your van: its name, plate or id.", valueName: "location")) var from: String?
        @Flag(help: "It comes from nobody's stock, such as the customer's own.") var foreign = false
        @Option(help: ArgumentHelp("Why it was put up although the rules speak against it.", valueName: "reason"), transform: Wording.read)
        var override: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if from != nil, foreign { throw ValidationError("--from and --foreign exclude each other.") }
        }

        func perform(_ desk: Desk) async throws {
            let client = desk.client
            var entry = InstallationEntry(part: try client.findPart(part), serial: serial)
            (entry.tag, entry.mounting, entry.override) = (tag, mounting, override)
            entry.entry = machine ? .machine : .typed(again: again)
            entry.area = try area.map { try client.findArea($0) }
            entry.parent = try parent.map { try client.findAsset($0) }
            if let from { entry.source = .location(try client.findLocation(from)) }
            if foreign { entry.source = .none }
            desk.report(try client.installAsset(entry, on: try client.findJob(job)), "\(tag ?? serial) installed")
        }
    }

    struct Alert: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "alert", abstract: "Record a value that an asset's own monitoring tells.",
            discussion: Teach.text(
                "Maintenance plans may go by it. Calibrations tell the drift by themselves.", "asset alert HK18-000001 alarm_count 12",
                exits: Teach.recorded))
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @Argument(help: "What is told.", transform: Wording.read) var kind: String
        @Argument(help: "The value.", transform: Decimal.read) var value: Decimal
        @Option(help: "Its unit.") var unit: String?
        @Option(help: "Which system told it.") var source: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let id = try desk.client.findAsset(asset)
            desk.report(try desk.client.recordAlert(kind, of: id, value: value.value, unit: unit, source: source), "\(kind) \(value.text)")
        }
    }
}
