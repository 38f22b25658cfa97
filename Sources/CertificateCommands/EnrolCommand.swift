import ArgumentParser
import CommandSupport
import TruckrollDomain

struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: "Enrol this device for a user with the role quality.",
        discussion: """
            Makes the device's key and store. Repeat it after a lost connection: the code stays valid for this device.

            EXAMPLE
              truckroll-certificates enrol --server https://truckroll.example \\
                --code ABCD-EFGH-JKMN-PQRS-TVWX

            EXIT STATUS: 0 enrolled, 64 bad usage, 1 anything else.
            JSON: tenant, replica, user, role, server, records_changed.
            """)

    @OptionGroup var options: CertificateOptions
    @OptionGroup var enrolment: EnrolmentOptions
    @Option(help: "The device's name, as others see it.") var name = "Certificate export"

    func run() async throws {
        try await options.run(makesStore: true) { session in
            let enrolled = try await session.enrol(enrolment, name: name)
            session.console.result(enrolled.json(), [enrolled.sentence])
            if !enrolled.fits(.quality) { session.console.note("This user's role is \(enrolled.role); export is for quality.") }
            return .done
        }
    }
}
