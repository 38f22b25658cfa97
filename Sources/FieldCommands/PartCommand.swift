import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct PartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "part", abstract: "Use parts, and see what the van and the depots hold.",
        discussion: Teach.text(
            "Your van's stock is yours alone, so taking from it needs no network. What was physically used is never refused.", "part van",
            "part use SO-2026-000001 HI-1000 --asset GD-101",
            "part depot HI-1002", exits: Teach.recorded),
        subcommands: [Use.self, Van.self, Depot.self, Count.self])

    struct Use: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "use", abstract: "Record a part fitted, removed or used up.",
            discussion: Teach.text(
                "It comes out of your van unless --from or --lease says otherwise. What is not approved or certified for the asset is recorded with "
                    + "--override and the reason.", "part use SO-2026-000001 HI-1000 --asset GD-101",
                "part use SO-2026-000001 \"PTFE tube\" --quantity 0.2 --action consumed",
                exits: Teach.recorded))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Argument(help: "The part: its number, GTIN, name or id.") var part: String
        @Option(parsing: .unconditional, help: "How much; 1 when not given.", transform: Decimal.read) var quantity: Decimal?
        @Option(help: "fitted, removed or consumed.") var action: PartAction = .fitted
        @Option(help: "The asset: tag, serial number or scan.") var asset: String?
        @Option(help: "Serial number of the piece.") var serial: String?
        @Option(help: ArgumentHelp("The asset's sensor channel whose element it is.", valueName: "number")) var channel: Int?
        @Option(help: ArgumentHelp("When that element wears out, such as 2028-11-30.", valueName: "day")) var expires: CalendarDate?
        @Option(help: "Lot.") var lot: String?
        @Option(help: ArgumentHelp("Another stock: its name, plate or id.", valueName: "location")) var from: String?
        @Option(help: "The lease it spends, by its id.") var lease: String?
        @Flag(help: "It comes from nobody's stock, such as the customer's own spare.") var foreign = false
        @Option(help: "The entry this one corrects, by its id or the end of it; it keeps that one's time.") var corrects: String?
        @Option(help: ArgumentHelp("Why it was fitted although the rules speak against it.", valueName: "reason"), transform: Wording.read)
        var override: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if let quantity, quantity.value <= .zero {
                throw ValidationError("--quantity is more than nothing. What comes back is recorded with --action removed, a slip with --corrects.")
            }
            if channel != nil, asset == nil { throw ValidationError("--channel goes with --asset.") }
            if expires != nil, channel == nil { throw ValidationError("--expires goes with --channel.") }
            if [from != nil, lease != nil, foreign].count(where: { $0 }) > 1 {
                throw ValidationError("--from, --lease and --foreign exclude each other.")
            }
        }

        func perform(_ desk: Desk) async throws {
            let order = try desk.client.findJob(job)
            let id = try desk.client.findPart(part)
            var entry = PartEntry(part: id, quantity: quantity?.value ?? .one)
            entry.action = action
            entry.asset = try asset.map { try desk.client.findAsset($0, on: order) }
            entry.serial = serial
            entry.lot = lot
            entry.corrects = try corrects.map { try desk.client.findRecord("part_use/\($0)").id }
            entry.override = override
            if let channel, let asset = entry.asset { entry.channel = try desk.client.findChannel(channel, of: asset) }
            entry.expires = expires
            if let from { entry.source = .location(try desk.client.findLocation(from)) }
            if let lease { entry.source = .lease(try desk.client.findLease(lease)) }
            if foreign { entry.source = .none }
            let recorded = try desk.client.usePart(entry, on: order)
            let line = entry.source == .van ? try? desk.client.vanStock().first { $0.part == id } : nil
            desk.report(
                recorded, "\(entry.quantity) × \(part) \(action.rawValue)" + (line.map { ", \($0.predicted) \($0.unit) left in the van" } ?? ""),
                [("stock", line?.json ?? .null)])
        }
    }

    struct Van: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "van", abstract: "What lies in your van.",
            discussion: Teach.text(
                "What is left is what the server confirmed, with what you accepted since and without what you used.", "part van", exits: Teach.read))
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let stock = try desk.client.vanStock()
            var table = Table(
                [
                    .init("Part"), .init("Name", .left, .truncates(minimum: 14)), .init("Confirmed", .right), .init("Used since", .right),
                    .init("Came in", .right), .init("Left", .right), .init("Handing over", .right), .init("Unit"),
                    .init("Serial numbers, lots", .left, .wraps(minimum: 14)), .init("Where"),
                ],
                emptyText: "The book has nothing in your van.", footer: StyledText(stock.count.counted("part")))
            for line in stock {
                table.addRow(
                    StyledText(line.number, .bold), StyledText(line.name), "\(line.confirmed)", "\(line.waiting)", "\(line.incoming)",
                    StyledText("\(line.predicted)", line.predicted < .zero ? [.bold, .red] : .plain), "\(line.offered)",
                    StyledText(line.unit),
                    StyledText((line.serials + line.lots.map { "\($0.number): \($0.quantity), \($0.life.words)" }).joined(separator: ", ")),
                    Sign.text(line.place))
            }
            desk.print(table)
            desk.print(json: ["van": .array(stock.map(\.json))])
        }
    }

    struct Count: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "count", abstract: "Say what you counted in your van.",
            discussion: Teach.text(
                "The book follows by the difference, and the office is asked about it. Of a part with serial numbers give each that you saw.",
                "part count HI-1000 4", "part count HI-1002 --serial HI-1002-00000648 --serial HI-1002-00000649", exits: Teach.recorded))
        @Argument(help: "The part: its number, GTIN, name or id.") var part: String
        @Argument(help: "How much lies there; of pieces with serial numbers those whose number cannot be read.", transform: Decimal.read)
        var quantity: Decimal?
        @Option(help: "Serial number of a piece that you saw; once for each.") var serial: [String] = []
        @Option(help: ArgumentHelp("Another stock than your van.", valueName: "location")) var at: String?
        @Option(help: "A remark.") var note: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            var entry = CountEntry(part: try desk.client.findPart(part))
            (entry.quantity, entry.serials, entry.note) = (quantity?.value, serial, note)
            entry.location = try at.map { try desk.client.findLocation($0) }
            desk.report(try desk.client.count(entry), "\(part) counted")
        }
    }

    struct Depot: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "depot", abstract: "What lies in the depots this device knows.",
            discussion: Teach.text(
                "As of the last sync. Ask for a part with `reserve`, or for the right to take some while offline with `lease`.",
                "part depot HI-1002", "part depot HI-1002 --ask", exits: Teach.network))
        @Argument(help: "One part: its number, GTIN, name or id.") var part: String?
        @Flag(help: "Ask the server as well what can be promised of the part right now.") var ask = false
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if ask, part == nil { throw ValidationError("Name the part to ask about.") }
        }

        func perform(_ desk: Desk) async throws {
            let id = try part.map { try desk.client.findPart($0) }
            let stock = try desk.client.depotStock(part: id)
            var table = Table(
                [
                    .init("Depot"), .init("Part"), .init("Name", .left, .truncates(minimum: 14)), .init("On hand", .right), .init("Reserved", .right),
                    .init("Leased", .right), .init("Waiting", .right), .init("Safety", .right), .init("Free", .right), .init("Unit"), .init("Where"),
                ], emptyText: "No depot known here has it.", footer: StyledText(stock.count.counted("balance")))
            for line in stock {
                table.addRow(
                    StyledText(line.location), StyledText(line.number, .bold), StyledText(line.name), "\(line.confirmed)",
                    "\(line.availability.reserved)", "\(line.availability.leased)", "\(line.availability.backordered)",
                    "\(line.availability.safetyStock)", "\(line.free)", StyledText(line.unit), Sign.text(line.place))
            }
            desk.print(table)
            let answer = ask ? try await Self.ask(id, desk) : nil
            desk.print(json: ["depots": .array(stock.map(\.json)), "server": answer ?? .null])
        }

        /// What the server says right now, place by place.
        private static func ask(_ part: RecordID?, _ desk: Desk) async throws -> JSONValue? {
            guard let part else { return nil }
            let answer = try await desk.client.askAvailability(of: part, on: nil)
            let places = try desk.client.read { reader in
                try answer.places.map { (place: $0, name: try reader.view("stock_location", $0.location)?.text("name") ?? "…\($0.location.short)") }
            }
            for (place, name) in places { desk.print("At the server now: \(place.available) free in \(name) (position \(answer.position)).") }
            if places.isEmpty { desk.print("The server knows of none in your depots.") }
            return [
                "position": .position(answer.position), "day": .string("\(answer.today)"),
                "places": .array(places.map { ["location": .string($0.name), "free": .string("\($0.place.available)")] }),
            ]
        }
    }
}

extension PartAction: ExpressibleByArgument {}

extension StockLine {
    var json: JSONValue {
        [
            "part": .string(part.description), "number": .string(number), "name": .string(name), "unit": .string(unit), "location": .string(location),
            "confirmed": .string(confirmed.description), "waiting": .string(waiting.description), "incoming": .string(incoming.description),
            "offered": .string(offered.description), "predicted": .string(predicted.description),
            "reserved": .string(availability.reserved.description), "leased": .string(availability.leased.description),
            "backordered": .string(availability.backordered.description), "safety_stock": .string(availability.safetyStock.description),
            "free": .string(free.description), "serials": .texts(serials),
            "lots": .array(
                lots.map { ["lot": .string($0.number), "quantity": .string($0.quantity.description), "usable": .string($0.life.words)] }),
            "where": .string(place.rawValue),
        ]
    }
}
