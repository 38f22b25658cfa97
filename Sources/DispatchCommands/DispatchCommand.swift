import ArgumentParser
import TruckrollDomain
import TruckrollTerminal

/// `truckroll-dispatch`: the dispatcher's command line over a local replica.
public struct DispatchCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "truckroll-dispatch", abstract: "Take down orders and plan technicians, with or without a network.",
        discussion: """
            Works on this device's own store and syncs before and after when there is a network. Offline, reading goes on from \
            what is here, and what you write is decided when this device syncs.

            EXAMPLE
              truckroll-dispatch enrol --server https://truckroll.example \\
                --code ABCD-EFGH-JKMN-PQRS-TVWX
              truckroll-dispatch list --unassigned
              truckroll-dispatch assign SO-2026-000001 P0101 --at 09:30 --minutes 120

            EXIT STATUS: 0 done, 2 not granted or not in order, 3 not decided because the server could not be asked, \
            64 bad usage, 1 anything else.
            """,
        version: SoftwareRelease.version,
        subcommands: [
            EnrolCommand.self, ServerCommand.self, SyncCommand.self, StatusCommand.self, ListCommand.self, FindCommand.self, ShowCommand.self,
            CreateCommand.self,
            QueueCommand.self, LineCommand.self,
            HistoryCommand.self,
            TextCommand.self, CheckCommand.self, RulesCommand.self, LevelsCommand.self, StalledCommand.self, SiteCommand.self, PermitCommand.self,
            AssignCommand.self, ReassignCommand.self,
            UnassignCommand.self, MoveCommand.self,
            CancelCommand.self,
            TechniciansCommand.self, DevicesCommand.self, BoardCommand.self, AssetCommand.self, PlansCommand.self, StockCommand.self,
            BlanketCommand.self,
            ExceptionsCommand.self,
            ResolveCommand.self, RecoveredCommand.self,
            WhyCommand.self,
            RestoreCommand.self, AuditCommand.self,
        ])

    public static var _errorLabel: String { "error" }

    public init() {}
}
