import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct StockLotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lot", abstract: "Say until when a lot may be used, or withdraw it.",
        discussion: """
            What may not be used any more is not promised, and is moved nowhere but into quarantine; where it was used all the same, quality is \
            told. A lot that is withdrawn stays so.

            EXAMPLE
              truckroll-dispatch stock lot HI-1040 L261234 --expires 2027-03-31
              truckroll-dispatch stock lot HI-1040 L261234 --withdraw

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The part: its number, GTIN, name or id.") var part: String
    @Argument(help: "The lot, as on the label.") var lot: String
    @Option(help: ArgumentHelp("Last day of use, YYYY-MM-DD.", valueName: "day"), transform: CalendarText.day) var expires: String?
    @Option(help: ArgumentHelp("Day of production, YYYY-MM-DD.", valueName: "day"), transform: CalendarText.day) var made: String?
    @Flag(help: "It may not be used any more.") var withdraw = false

    func validate() throws {
        if expires == nil, made == nil, !withdraw { throw ValidationError("Give --expires, --made or --withdraw.") }
    }

    func run() async throws {
        try await options.run { session in
            let calendar = try session.calendar()
            let (last, made) = (try expires.map { try calendar.day($0) }, try made.map { try calendar.day($0) })
            return try await session.stock("Lot \(lot)", "Noted.") { client in
                let id = try client.read { try DispatchLookup($0).part(part).id }
                return try client.dispatchLot(lot, of: id, madeOn: made, lastDay: last, isWithdrawn: withdraw)
            }
        }
    }
}

struct StockLotsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lots", abstract: "Which lots lie where, and until when they may be used.",
        discussion: """
            What has to be used first comes first.

            EXAMPLE
              truckroll-dispatch stock lots --part HI-1040
              truckroll-dispatch stock lots --expiring 30

            \(StockCommand.read)
            JSON: lots (part, lot, location, quantity, usable, is_usable), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: "A part: its number, GTIN, name or id.") var part: String?
    @Option(help: ArgumentHelp("Only what may not be used any more in so many days.", valueName: "days")) var expiring: Int?

    func validate() throws {
        if let expiring, !(0...36_500).contains(expiring) { throw ValidationError("--expiring is a number of days from 0.") }
    }

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let today = calendar.now.date
                let edge = expiring.map { CalendarDate(daysSince1970: today.daysSince1970 + $0) }
                let lines = try DispatchStock(reader).lots(part: try part.map { try DispatchLookup(reader).part($0).id }).filter { line in
                    edge.map { !line.lot.life.isUsable(on: $0) } ?? true
                }
                var table = Table(
                    [
                        .init("Part"), .init("Name", .left, .truncates(minimum: 12)), .init("Lot"), .init("Place", .left, .truncates(minimum: 10)),
                        .init("Quantity", .right), .init("Unit"), .init("Usable until"),
                    ], emptyText: expiring == nil ? "No lot lies anywhere." : "Nothing expires so soon.",
                    footer: StyledText(lines.count.counted("lot")))
                for line in lines {
                    let isUsable = line.lot.life.isUsable(on: today)
                    table.addRow(
                        StyledText(line.part.text("number") ?? "", .bold), StyledText(line.part.text("name") ?? ""), StyledText(line.lot.number),
                        StyledText(line.location.text("name") ?? ""), "\(line.lot.quantity)", StyledText(line.part.text("unit") ?? ""),
                        StyledText(line.lot.life.words, isUsable ? .plain : [.bold, .red]))
                }
                let json = lines.map { line in
                    JSONValue.object([
                        ("part", .text(line.part.text("number"))), ("lot", .string(line.lot.number)), ("location", .text(line.location.text("name"))),
                        ("quantity", .string("\(line.lot.quantity)")), ("usable", .string(line.lot.life.words)),
                        ("is_usable", .bool(line.lot.life.isUsable(on: today))),
                    ])
                }
                return ([("lots", .array(json))], [table])
            }
        }
    }
}
