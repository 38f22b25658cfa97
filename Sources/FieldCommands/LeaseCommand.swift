import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct LeaseCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "lease", abstract: "Ask for the right to take parts of a depot while offline, or list what you hold.",
        discussion: Teach.text(
            "A lease is granted ahead, at a sync; afterwards taking the part needs no network until it runs out.",
            "lease HI-1002 --at \"Depot Flensburg\" --amount 2", "lease", exits: Teach.recorded))

    @Argument(help: "The part: its number, GTIN, name or id. Without it your leases are listed.") var part: String?
    @Option(help: ArgumentHelp("The depot: its name or id.", valueName: "location")) var at: String?
    @Option(parsing: .unconditional, help: "How much.", transform: Decimal.read) var amount: Decimal?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if part != nil, at == nil { throw ValidationError("Name the depot with --at.") }
    }

    func perform(_ desk: Desk) async throws {
        guard let part, let at else { return try list(desk) }
        let wanted = amount?.value ?? .one
        let recorded = try desk.client.requestLease(try desk.client.findPart(part), amount: wanted, at: try desk.client.findLocation(at))
        desk.report(recorded, "\(wanted) × \(part) asked for on lease")
    }

    private func list(_ desk: Desk) throws {
        let leases = try desk.client.leases()
        var table = Table(
            [
                .init("Lease"), .init("Part", .left, .truncates(minimum: 12)), .init("At"), .init("Asked", .right), .init("Granted", .right),
                .init("Used", .right), .init("State"),
                .init("Spend until"), .init("Answer", .left, .wraps(minimum: 12)), .init("Where"),
            ], emptyText: "You hold no stock leases.")
        for line in leases {
            table.addRow(
                StyledText(line.fact.id.short), StyledText(line.part), StyledText(line.location), "\(line.amount)",
                StyledText(line.granted?.description ?? ""), "\(line.used)",
                StyledText(line.state), StyledText(Words.clock(line.softExpiry)), StyledText(line.answer ?? ""), Sign.text(line.fact.place))
        }
        desk.print(table)
        desk.print(
            json: [
                "leases": .array(
                    leases.map {
                        $0.fact.with([
                            ("part", .string($0.part)), ("location", .string($0.location)), ("amount", .string($0.amount.description)),
                            ("granted", .text($0.granted?.description)),
                            ("used", .string($0.used.description)), ("state", .string($0.state)), ("spend_until", .time($0.softExpiry)),
                            ("answer", .text($0.answer)),
                        ])
                    })
            ])
    }
}
