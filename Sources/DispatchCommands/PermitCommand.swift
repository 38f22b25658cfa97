import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct PermitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permits", abstract: "See the permits of a site, suspend one, or lift its suspension.",
        discussion: """
            What is suspended stays so beside whoever says otherwise at the same time.

            EXAMPLE
              truckroll-dispatch permits "Flensburg 7"
              truckroll-dispatch permits "Flensburg 7" --suspend 1f2e3d4c \\
                --because "Gas alarm"
              truckroll-dispatch permits "Flensburg 7" --lift 1f2e3d4c \\
                --because "Alarm tested and cleared"

            \(StockCommand.written)
            JSON: site, permits (id, kind, number, issuer, order, person, valid_from, valid_to, state, note), synced, as_of_position; when \
            something is changed: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The site, by name, city or id.") var site: String
    @Option(help: ArgumentHelp("One that does not hold any more, by its id or the end of it.", valueName: "permit")) var suspend: String?
    @Option(help: ArgumentHelp("One that holds again, by its id or the end of it.", valueName: "permit")) var lift: String?
    @Option(help: "Why.", transform: Wording.read) var because: String?

    func validate() throws {
        if suspend != nil, lift != nil { throw ValidationError("--suspend and --lift exclude each other.") }
        if suspend != nil || lift != nil, because == nil { throw ValidationError("Say why, with --because.") }
    }

    func run() async throws {
        try await options.run { session in
            if let id = suspend ?? lift, let because {
                return try await session.stock("Permit \(id)", suspend == nil ? "It holds again." : "It is suspended.") { client in
                    let record = try client.read { try DispatchLookup($0).record("permit", id).id }
                    return try client.dispatchPermit(record, isActive: suspend == nil, because: because)
                }
            }
            return try await session.show { reader, calendar in
                let view = try DispatchLookup(reader).anySite(site)
                let permits = try reader.views("permit", where: "site", equals: .reference(view.id))
                    .sorted { ($0.text("valid_to") ?? "9", $0.id) < ($1.text("valid_to") ?? "9", $1.id) }
                var table = Table(
                    [
                        .init("Kind"), .init("Number"), .init("Issuer", .left, .truncates(minimum: 8)), .init("Order"), .init("Until"),
                        .init("State"),
                        .init("Remark", .left, .wraps(minimum: 10)), .init("Id"),
                    ], emptyText: "No permit is recorded there.", footer: StyledText(view.text("name") ?? ""))
                var list: [JSONValue] = []
                for permit in permits {
                    let order = try permit.reference("order").flatMap { try reader.view("service_order", $0)?.text("number") }
                    let person = try permit.reference("person").flatMap { try reader.view("user", $0)?.text("name") }
                    let state = permit.text("state") ?? "active"
                    table.addRow(
                        StyledText((permit.text("kind") ?? "").words, .bold), StyledText(permit.text("number") ?? ""),
                        StyledText(permit.text("issuer") ?? ""), StyledText(order ?? person ?? "the site"),
                        StyledText(permit["valid_to"] == .null ? "no end" : calendar.spoken(permit.text("valid_to"))),
                        StyledText(state, state == "active" ? .plain : [.bold, .red]), StyledText(permit.text("note") ?? ""),
                        StyledText("…\(permit.id.short)", .dim))
                    list.append(
                        .object(
                            [("id", .string("\(permit.id)")), ("order", .text(order)), ("person", .text(person))]
                                + JSONValue.members(permit, ["kind", "number", "issuer", "valid_from", "valid_to", "state", "note"])))
                }
                return ([("site", .text(view.text("name"))), ("permits", .array(list))], [table])
            }
        }
    }
}
