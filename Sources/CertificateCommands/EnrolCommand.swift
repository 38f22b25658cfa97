import ArgumentParser
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: "Enrol this device for a user with the role quality.",
        discussion: """
            Makes the device's key and store. Repeat it after a lost connection: the code stays valid for this device.

            EXAMPLE
              truckroll-certificates enrol --server https://truckroll.example --code ABCD-EFGH

            EXIT STATUS: 0 enrolled, 64 bad usage, 1 anything else.
            JSON: tenant, replica, user, role, server, records_changed.
            """)

    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("The server's address.", valueName: "url")) var server: String
    @Option(help: "The one-time code; read from standard input when left out.") var code: String?
    @Option(help: "The device's name, as others see it.") var name = "Certificate export"

    func run() async throws {
        try await options.run { client, console in
            guard let code = code ?? readLine(), !code.isEmpty else {
                throw DeviceProblem("code-missing", "There is no enrolment code.", next: "Give it with --code, or on standard input.")
            }
            let identity = try await client.enrol(server: server, code: code, deviceName: name)
            let report = try await client.sync()
            let user = try client.read { try $0.view("user", identity.user) }
            let role = user?.text("role") ?? ""
            console.result(
                [
                    "tenant": .string(identity.tenantName), "replica": .int(Int(identity.replica.rawValue)), "user": .optional(user?.text("name")),
                    "role": .string(role), "server": .string(identity.serverURL), "records_changed": .int(report.recordsChanged),
                ],
                [
                    StyledText(
                        "Enrolled at \(identity.tenantName) for \(user?.text("name") ?? "an unknown user") as replica \(identity.replica); \(report.recordsChanged) records."
                    )
                ])
            if role != Role.quality.rawValue, role != Role.importer.rawValue {
                console.note("This user's role is \(role); export is for quality.")
            }
            return .done
        }
    }
}
