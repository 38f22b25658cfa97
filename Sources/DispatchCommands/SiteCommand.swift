import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct SiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: "See or say what a site asks of whoever works there.",
        discussion: """
            Without options it is shown. Whoever starts work there without a permit of each kind that holds, or without a qualification in each \
            scheme, gives a reason, and quality is told.

            EXAMPLE
              truckroll-dispatch site "Flensburg 7"
              truckroll-dispatch site "Flensburg 7" --permit hot_work \\
                --qualification "IECEx CoPC Ex 007"

            \(StockCommand.written)
            JSON: site, customer, contacts, access_windows, requirements, permits_needed, qualifications_needed, synced, as_of_position; when \
            something is changed: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The site, by name, city or id.") var site: String
    @Option(help: ArgumentHelp("A permit that is needed from now on; repeat it for several.", valueName: "kind")) var permit: [PermitKind] = []
    @Option(help: ArgumentHelp("A permit that is not needed any more.", valueName: "kind")) var noPermit: [PermitKind] = []
    @Option(help: ArgumentHelp("A scheme in which people are qualified there.", valueName: "scheme"), transform: Wording.read)
    var qualification: [String] = []
    @Option(help: ArgumentHelp("A scheme that is not asked for any more.", valueName: "scheme"), transform: Wording.read) var noQualification:
        [String] = []

    private var changes: Bool { !(permit.isEmpty && noPermit.isEmpty && qualification.isEmpty && noQualification.isEmpty) }

    func run() async throws {
        try await options.run { session in
            if changes {
                return try await session.stock("Site \(site)", "Noted.") { client in
                    let id = try client.read { try DispatchLookup($0).anySite(site).id }
                    return try client.dispatchSite(
                        id, permits: (permit, noPermit), qualifications: (qualification, noQualification))
                }
            }
            return try await session.show { reader, _ in
                let view = try DispatchLookup(reader).anySite(site)
                let customer = try view.reference("customer").flatMap { try reader.view("customer", $0)?.text("name") }
                var block = KeyValueBlock(title: StyledText(view.text("name") ?? ""))
                block.add("Customer", StyledText(customer ?? ""))
                for (title, field) in [
                    ("Contact", "contacts"), ("Open", "access_windows"), ("Requirement", "requirements"), ("Permit needed", "permits_needed"),
                    ("Qualification needed", "qualifications_needed"),
                ] {
                    for text in (view[field].list ?? []).compactMap(\.text) {
                        block.add(
                            title, StyledText(field == "access_windows" ? AccessWindow.words(text) : field == "permits_needed" ? text.words : text))
                    }
                }
                return (
                    [("site", .text(view.text("name"))), ("customer", .text(customer))]
                        + JSONValue.members(view, ["contacts", "access_windows", "requirements", "permits_needed", "qualifications_needed"]), [block]
                )
            }
        }
    }
}
