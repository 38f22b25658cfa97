import ArgumentParser
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: "Enrol this device with a code from the office, and bring in its records.",
        discussion: """
            Makes the device's key and store. Repeat it after a lost connection: the code stays valid for this device.

            EXAMPLE
              truckroll-dispatch enrol --server https://truckroll.example --code ABCD-EFGH-IJKL --name "Front desk"

            EXIT STATUS: 0 enrolled, 64 bad usage, 1 anything else.
            JSON: tenant, replica, user, role, series, server, records_changed.
            """)

    @OptionGroup var options: StoreOptions
    @Option(help: ArgumentHelp("The server's address.", valueName: "url")) var server: String
    @Option(help: "The one-time code; read from standard input when left out.") var code: String?
    @Option(help: "The device's name, as others see it.") var name = "Dispatch desk"

    func run() async throws {
        try await options.run { session in
            guard let code = code ?? readLine(), !code.isEmpty else {
                throw DeviceProblem("code-missing", "There is no enrolment code.", next: "Give it with --code, or on standard input.")
            }
            let identity = try await session.client.enrol(server: server, code: code, deviceName: name)
            let report = try await session.client.sync()
            let user = try session.client.read { try $0.view("user", identity.user) }
            let role = user?.text("role") ?? ""
            session.console.result(
                [
                    "tenant": .string(identity.tenantName), "replica": .int(Int(identity.replica.rawValue)), "user": .optional(user?.text("name")),
                    "role": .string(role), "series": .string(identity.series), "server": .string(identity.serverURL),
                    "records_changed": .int(report.recordsChanged),
                ],
                [
                    StyledText(
                        "Enrolled at \(identity.tenantName) for \(user?.text("name") ?? "an unknown user") as replica \(identity.replica); \(report.recordsChanged) records."
                    )
                ])
            if role != Role.dispatcher.rawValue, role != Role.importer.rawValue {
                session.console.note("This user is no dispatcher (role: \(role)); the server will not grant what is planned here.")
            }
            return .done
        }
    }
}
