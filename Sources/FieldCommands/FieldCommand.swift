import ArgumentParser
import TruckrollDomain
import TruckrollTerminal

/// The technician's app as a command line.
public struct FieldCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "truckroll-field", abstract: "Field work on this device, with or without a network.",
        discussion: """
            Everything you record is on this device first and survives it being switched off; `sync` brings it to the server.
            A JOB is named by its order number, its id, or the end of either. Every listing shows where a fact is:
            ○ on this device, ◐ sent, ● stored at the server, ! needs attention.

            EXAMPLE
              truckroll-field enrol --server https://truckroll.example \\
                --code ABCD-EFGH-JKMN-PQRS-TVWX
              truckroll-field sync
              truckroll-field jobs
              truckroll-field show SO-2026-000001

            EXIT STATUS: 0 done, 1 failed, 2 refused by a rule (with the list), 3 offline (nothing is lost),
            4 something needs attention (`status`) or was set aside just now (`sync`), 64 bad usage.
            """,
        version: SoftwareRelease.version,
        groupedSubcommands: [
            CommandGroup(
                name: "This device",
                subcommands: [
                    EnrolCommand.self, ServerCommand.self, SyncCommand.self, StatusCommand.self, AttentionCommand.self, OutboxCommand.self,
                    AuditCommand.self,
                ]),
            CommandGroup(
                name: "Jobs",
                subcommands: [
                    JobsCommand.self, FindCommand.self, PackCommand.self, ShowCommand.self, HistoryCommand.self, NewCommand.self, EditCommand.self,
                    TextCommand.self,
                ]),
            CommandGroup(
                name: "A job's course",
                subcommands: [
                    StepCommand<Accept>.self, StepCommand<Decline>.self, StepCommand<Travel>.self, StepCommand<Arrive>.self, StepCommand<Start>.self,
                    StepCommand<Pause>.self, StepCommand<Resume>.self, StepCommand<Complete>.self, StepCommand<NoAccess>.self,
                    StepCommand<Unsafe>.self,
                    StepCommand<CannotComplete>.self, SignCommand.self, CertifyCommand.self, CertificateCommand.self,
                ]),
            CommandGroup(
                name: "Work",
                subcommands: [
                    TaskCommand.self, LabourCommand.self, ReadingCommand.self, FindingCommand.self, NoteCommand.self, AttachCommand.self,
                    ScanCommand.self,
                    FitnessCommand.self, CheckCommand.self, PermitCommand.self,
                ]),
            CommandGroup(name: "Assets", subcommands: [AssetCommand.self, MeterCommand.self, PlansCommand.self]),
            CommandGroup(
                name: "Parts",
                subcommands: [
                    PartCommand.self, LineCommand.self, HandOverCommand.self, GasesCommand.self, ReserveCommand.self, LeaseCommand.self,
                    BlanketCommand.self,
                ]),
            CommandGroup(name: "Merges", subcommands: [WhyCommand.self, ResolveCommand.self, RestoreCommand.self]),
        ])

    public static var _errorLabel: String { "error" }

    public init() {}
}
