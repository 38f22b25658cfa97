import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct AssetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asset", abstract: "All about an asset: whose it is and was, where, its life, what comes next.",
        discussion: """
            An asset is named by its tag, its serial number, or what a scanner reads.

            EXAMPLE
              truckroll-dispatch asset show HK18-000001
              truckroll-dispatch asset history HK18-000001
              truckroll-dispatch asset move HK18-000001 --owner C-1002 \\
                --since 2027-01-01T00:00:00+01:00 --reason "Plant sold"

            \(StockCommand.read)
            JSON: asset, stage, owner, site, parent, parts, installed_on, warranty (from, until, running), placements, settings, meters, fitted, \
            plans, open_orders, synced, as_of_position.
            """, subcommands: [Show.self, History.self, Move.self, Event.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The full profile of an asset.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch asset show HK18-000001

                \(StockCommand.read)
                JSON: asset, stage, owner, site, parent, parts, installed_on, warranty (from, until, running), placements, settings, meters, \
                fitted, plans, open_orders, synced, as_of_position.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String

        func run() async throws {
            try await options.run { session in
                let reach = try await session.sync()
                let profile = try session.client.profile(of: try session.client.findAsset(asset))
                try session.print(reach) { _, _ in (profile.json, profile.screen) }
                return .done
            }
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history", abstract: "Everything that happened to an asset, in time.",
            discussion: """
                From its order to its end: where it stood and whose it was, orders, pieces fitted and removed, readings, findings, certificates, \
                meters and alerts.

                EXAMPLE
                  truckroll-dispatch asset history HK18-000001
                  truckroll-dispatch asset history HK18-000001 --placements

                \(StockCommand.read)
                JSON: asset, history (at, kind, text, by, order), placements, synced, as_of_position.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @Flag(help: "Only where it stood and whose it was, with their ids for --corrects.") var placements = false

        func run() async throws {
            try await options.run { session in
                let reach = try await session.sync()
                let profile = try session.client.profile(of: try session.client.findAsset(asset))
                try session.print(reach) { _, _ in
                    (
                        [
                            ("asset", .string(profile.card.name)), ("history", profile.timelineJSON),
                            ("placements", profile.json.first { $0.0 == "placements" }?.1 ?? .null),
                        ],
                        [placements ? profile.placementTable : profile.timelineTable]
                    )
                }
                return .done
            }
        }
    }

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "move", abstract: "Say where an asset stands, or whose it is, from a moment on.",
            discussion: """
                What is left out stays as it is. What stood before stays known, with its dates. A moment ahead is taken, too: until then all stays \
                as it is.

                EXAMPLE
                  truckroll-dispatch asset move HK18-000001 --site "Flensburg 7"
                  truckroll-dispatch asset move HK18-000001 --owner C-1002 \\
                    --since 2027-01-01T00:00:00+01:00 --reason "Plant sold"

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @OptionGroup var placement: PlacementOptions
        @Option(help: ArgumentHelp("From when on: HH:MM of today, or in full as 2027-01-01T00:00:00+01:00; now when left out.", valueName: "moment"))
        var since: String?

        func run() async throws {
            try await options.run { session in
                let calendar = try session.calendar()
                return try await session.asset(asset, "Noted.") { client, id in
                    var entry = try placement.entry(client)
                    entry.since = try since.map { try calendar.time($0, day: nil) }
                    return try client.moveAsset(id, entry)
                }
            }
        }
    }

    struct Event: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "event", abstract: "Record what happened to an asset as a whole.",
            discussion: """
                What can happen depends on its stage; docs/workflows.md has the diagram. Installation begins its warranty, shipping some days later.

                EXAMPLE
                  truckroll-dispatch asset event HK18-000001 retire --text "Line closed"

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @Argument(help: "What happened.") var event: AssetEvent
        @Option(help: ArgumentHelp("On which day; today when left out.", valueName: "day")) var on: CalendarDate?
        @Option(help: "Why, or a remark.", transform: Wording.read) var text: String?

        func run() async throws {
            try await options.run { session in
                try await session.asset(asset, "Noted.") { client, id in try client.recordAssetEvent(event, of: id, on: on, text: text) }
            }
        }
    }
}

extension DeviceSession {
    /// Records something about an asset, syncs, and tells what became of it.
    func asset(_ text: String, _ words: String, _ body: (DeviceClient, RecordID) throws -> Recorded) async throws -> ExitStatus {
        try await record("Asset \(text)", words) { client in try body(client, try client.findAsset(text)) }
    }

    /// Records something, syncs, and tells what became of it.
    func record(_ about: String, _ words: String, _ body: (DeviceClient) throws -> Recorded) async throws -> ExitStatus {
        do {
            return try await stock(about, words) { client in
                let recorded = try body(client)
                for notice in recorded.notices { console.note(notice) }
                return try recorded.ticket
            }
        } catch let problem as DeviceProblem where problem.isRefusal {
            return report(
                .refused("\(problem.detail) \(problem.next)".replacing("\n", with: " ")), about: about, json: [("code", .string(problem.code))])
        }
    }
}
