import ArgumentParser
import CommandSupport
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: "Enrol this device with a code from the office, and bring in its records.",
        discussion: """
            Makes the device's key and store. Repeat it after a lost connection: the code stays valid for this device.

            EXAMPLE
              truckroll-dispatch enrol --server https://truckroll.example \\
                --code ABCD-EFGH-JKMN-PQRS-TVWX --name "Front desk"

            EXIT STATUS: 0 enrolled, 64 bad usage, 1 anything else.
            JSON: tenant, replica, user, role, series, server, records_changed.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var enrolment: EnrolmentOptions
    @Option(help: "The device's name, as others see it.", transform: Wording.read) var name = "Dispatch desk"

    func run() async throws {
        try await options.run(makesStore: true) { session in
            let enrolled = try await session.enrol(enrolment, name: name)
            session.console.result(enrolled.json([("series", .string(enrolled.identity.series))]), [enrolled.sentence])
            if !enrolled.fits(.dispatcher) {
                session.console.note("This user is no dispatcher (role: \(enrolled.role)); the server will not grant what is planned here.")
            }
            return .done
        }
    }
}
