import ArgumentParser
import TruckrollDomain
import TruckrollTerminal

/// `truckroll-certificates`: exports certificates as PDF with their proof, and checks them.
public struct CertificateCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "truckroll-certificates", abstract: "Export certificates as PDF with their proof, and check them.",
        discussion: """
            Exporting needs a device of a user with the role quality. Checking needs nothing but the files and the company's \
            public key: no account, no network, no store.

            EXAMPLE
              truckroll-certificates enrol --server https://truckroll.example \\
                --code ABCD-EFGH-JKMN-PQRS-TVWX
              truckroll-certificates export --out archive
              truckroll-certificates key --out company.pub
              truckroll-certificates verify archive/HGS-2026-D3-000001-4DDP.pdf \\
                --key company.pub

            EXIT STATUS: 0 done or valid, 2 not valid or not all exported, 3 exported and not yet told to the server, \
            64 bad usage, 1 anything else.
            """,
        version: SoftwareRelease.version,
        subcommands: [EnrolCommand.self, ExportCommand.self, ListCommand.self, ShowCommand.self, VerifyCommand.self, KeyCommand.self])

    public static var _errorLabel: String { "error" }

    public init() {}
}
