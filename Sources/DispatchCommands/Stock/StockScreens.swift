import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct StockListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What lies where by the book.",
        discussion: """
            Without a place and a part: what lies in the depots.

            EXAMPLE
              truckroll-dispatch stock list --at "Depot Nord"
              truckroll-dispatch stock list --part HI-1002

            \(StockCommand.read)
            JSON: stock (part, number, name, unit, location, on_hand, reserved, leased, waiting, safety_stock, available, expected, serials, \
            lots, unusable, reorder_point, order_up_to), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: ArgumentHelp("A place: its name, plate or id.", valueName: "location")) var at: String?
    @Option(help: "A part: its number, GTIN, name or id.") var part: String?

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let finder = DispatchLookup(reader)
                let shelves = try DispatchStock(reader).shelves(
                    part: try part.map { try finder.part($0).id }, location: try at.map { try finder.location($0).id },
                    today: calendar.now.date)
                var table = Table(
                    [
                        .init("Part"), .init("Name", .left, .truncates(minimum: 12)), .init("Place", .left, .truncates(minimum: 10)),
                        .init("On hand", .right), .init("Reserved", .right), .init("Leased", .right), .init("Waiting", .right),
                        .init("Safety", .right), .init("Available", .right), .init("Unit"), .init("Next", .left),
                    ], emptyText: "The book has nothing there.", footer: StyledText(shelves.count.counted("balance")))
                for shelf in shelves {
                    let stock = shelf.availability
                    let next = stock.expected.first { $0.day >= calendar.now.date }
                    table.addRow(
                        StyledText(shelf.part.text("number") ?? "", .bold), StyledText(shelf.part.text("name") ?? ""),
                        StyledText(shelf.location.text("name") ?? ""), "\(stock.onHand)", "\(stock.reserved)", "\(stock.leased)",
                        StyledText("\(stock.backordered)", stock.backordered > .zero ? .yellow : .plain), "\(stock.safetyStock)",
                        StyledText("\(stock.available)", stock.available > .zero ? .plain : .yellow),
                        StyledText(shelf.part.text("unit") ?? ""), StyledText(next.map { "\($0.quantity) on \($0.day)" } ?? ""))
                }
                return ([("stock", .array(shelves.map(\.json)))], [table])
            }
        }
    }
}

struct StockAvailableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "available", abstract: "What can be promised of a part, place by place.",
        discussion: """
            Now, and for a day with what is announced until then. A delivery whose day has passed counts for nothing until somebody gives it \
            a new one.

            EXAMPLE
              truckroll-dispatch stock available HI-1002
              truckroll-dispatch stock available HI-1002 --on 2026-12-01 --quantity 5

            EXIT STATUS: 0 shown, being offline included; 2 no place can promise the --quantity for the day; 64 bad usage; 1 anything else.
            JSON: part, day, places (location, now, on_day, first_day), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The part: its number, GTIN, name or id.") var part: String
    @Option(help: ArgumentHelp("YYYY-MM-DD, today or tomorrow; today when left out.", valueName: "day"), transform: CalendarText.day) var on: String?
    @Option(help: "How much is wanted.", transform: Decimal.read) var quantity: Decimal?

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            var isMet = quantity == nil
            try session.print(reach) { reader, calendar in
                let part = try DispatchLookup(reader).part(part)
                let (today, day) = (calendar.now.date, try calendar.day(on))
                let wanted = quantity?.value ?? .one
                var table = Table(
                    [
                        .init("Place", .left, .truncates(minimum: 12)), .init("Now", .right), .init("On \(day)", .right), .init("Unit"),
                        .init("\(wanted) from"),
                    ], emptyText: "No depot or consignment is known here.",
                    footer: StyledText("\(part.text("number") ?? "")  \(part.text("name") ?? "")"))
                var places: [JSONValue] = []
                for depot in try DispatchStock(reader).promisable() {
                    let stock = try reader.availability(of: part.id, at: depot.id, today: today)
                    let (then, first) = (stock.available(on: day, today: today), stock.firstDay(with: wanted, today: today))
                    if let quantity, then >= quantity.value { isMet = true }
                    table.addRow(
                        StyledText(depot.text("name") ?? ""), "\(stock.available)", "\(then)", StyledText(part.text("unit") ?? ""),
                        StyledText(first.map { $0 == today ? "now" : "\($0)" } ?? "not announced", first == nil ? .yellow : .plain))
                    places.append(
                        .object([
                            ("location", .string(depot.text("name") ?? "")), ("now", .string("\(stock.available)")), ("on_day", .string("\(then)")),
                            ("first_day", .text(first.map { "\($0)" })),
                        ]))
                }
                return (
                    [("part", .string(part.text("number") ?? "")), ("day", .string("\(day)")), ("places", .array(places))], [table]
                )
            }
            return isMet ? .done : .refused
        }
    }
}

struct StockWaitingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waiting", abstract: "Who waits for stock, and until when.",
        discussion: """
            What arrives goes to emergencies first, then by the order's priority, by when it is needed, and by who asked first. The list is \
            by the day on which all of it should be there.

            EXAMPLE
              truckroll-dispatch stock waiting

            \(StockCommand.read)
            JSON: waiting (id, order, part, location, quantity, granted, waiting, needed_by, expected_on, gives_up_at, answer), synced, \
            as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: "A part: its number, GTIN, name or id.") var part: String?

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let stock = DispatchStock(reader)
                let lines = try stock.waiting(part: try part.map { try DispatchLookup(reader).part($0).id })
                var table = Table(
                    [
                        .init("Order"), .init("Part"), .init("Place", .left, .truncates(minimum: 10)), .init("Wants", .right),
                        .init("Granted", .right), .init("Waits for", .right), .init("Needed by"), .init("Expected"), .init("Given up"),
                    ], emptyText: "Nobody waits for stock.", footer: StyledText(lines.count.counted("request")))
                for line in lines {
                    let names = try stock.names(of: line)
                    table.addRow(
                        StyledText(names.order, .bold), StyledText(names.part), StyledText(names.place), StyledText(line.text("quantity") ?? ""),
                        StyledText(line.text("granted") ?? "0"), StyledText(line.text("backordered") ?? ""),
                        StyledText(line.text("needed_by").map { calendar.spoken($0) } ?? ""),
                        StyledText(line.text("expected_on") ?? "not announced", line.text("expected_on") == nil ? .yellow : .plain),
                        StyledText(line.text("lapses_at").map { calendar.spoken($0) } ?? ""))
                }
                let json = try lines.map { line in
                    let names = try stock.names(of: line)
                    return JSONValue.object([
                        ("id", .string("\(line.id)")), ("order", .string(names.order)), ("part", .string(names.part)),
                        ("location", .string(names.place)),
                        ("quantity", .text(line.text("quantity"))), ("granted", .text(line.text("granted"))),
                        ("waiting", .text(line.text("backordered"))), ("needed_by", .text(line.text("needed_by"))),
                        ("expected_on", .text(line.text("expected_on"))), ("gives_up_at", .text(line.text("lapses_at"))),
                        ("answer", .text(line.text("answer"))),
                    ])
                }
                return ([("waiting", .array(json))], [table])
            }
        }
    }
}

struct StockAnnouncedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "announced", abstract: "Deliveries that are still to come.",
        discussion: """
            EXAMPLE
              truckroll-dispatch stock announced

            \(StockCommand.read)
            JSON: announced (id, part, location, quantity, received, expected_on, supplier, overdue), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: "A part: its number, GTIN, name or id.") var part: String?

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let stock = DispatchStock(reader)
                let lines = try stock.announced(part: try part.map { try DispatchLookup(reader).part($0).id })
                let today = "\(calendar.now.date)"
                var table = Table(
                    [
                        .init("Id"), .init("Day"), .init("Part"), .init("Place", .left, .truncates(minimum: 10)), .init("Announced", .right),
                        .init("Arrived", .right), .init("Supplier", .left, .truncates(minimum: 10)), .init(""),
                    ], emptyText: "No delivery is announced.", footer: StyledText(lines.count.counted("delivery", "deliveries")))
                var json: [JSONValue] = []
                for line in lines {
                    let isOverdue = (line.text("expected_on") ?? "") < today
                    let names = try stock.names(of: line)
                    table.addRow(
                        StyledText(line.id.short), StyledText(line.text("expected_on") ?? ""), StyledText(names.part, .bold), StyledText(names.place),
                        StyledText(line.text("quantity") ?? ""), StyledText(line.text("received") ?? "0"), StyledText(line.text("supplier") ?? ""),
                        isOverdue ? StyledText("overdue", .yellow) : "")
                    json.append(
                        .object([
                            ("id", .string("\(line.id)")), ("part", .string(names.part)), ("location", .string(names.place)),
                            ("quantity", .text(line.text("quantity"))), ("received", .string(line.text("received") ?? "0")),
                            ("expected_on", .text(line.text("expected_on"))), ("supplier", .text(line.text("supplier"))),
                            ("overdue", .bool(isOverdue)),
                        ]))
                }
                return ([("announced", .array(json))], [table])
            }
        }
    }
}

struct StockReplenishmentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replenishments", abstract: "What has to be ordered, and what is.",
        discussion: """
            One is raised when what lies at a place, with what is announced and less what is promised and waited for, falls below its \
            reorder point: see `stock policy`. Announce the delivery that answers it with `stock announce --for`.

            EXAMPLE
              truckroll-dispatch stock replenishments

            \(StockCommand.read)
            JSON: replenishments (id, part, location, quantity, state, raised_at), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions

    func run() async throws {
        try await options.run { session in
            try await session.show { reader, calendar in
                let stock = DispatchStock(reader)
                let lines = try stock.replenishments()
                var table = Table(
                    [
                        .init("Id"), .init("Since"), .init("Part"), .init("Place", .left, .truncates(minimum: 10)), .init("Needed", .right),
                        .init("State"),
                    ], emptyText: "Nothing has to be ordered.", footer: StyledText(lines.count.counted("replenishment")))
                var json: [JSONValue] = []
                for line in lines {
                    let names = try stock.names(of: line)
                    table.addRow(
                        StyledText(line.id.short), StyledText(line.text("raised_at").map { calendar.spoken($0) } ?? ""),
                        StyledText(names.part, .bold),
                        StyledText(names.place), StyledText(line.text("quantity") ?? ""),
                        StyledText(line.text("state") ?? "", line.text("state") == "open" ? .yellow : .plain))
                    json.append(
                        .object([
                            ("id", .string("\(line.id)")), ("part", .string(names.part)), ("location", .string(names.place)),
                            ("quantity", .text(line.text("quantity"))), ("state", .text(line.text("state"))),
                            ("raised_at", .text(line.text("raised_at"))),
                        ]))
                }
                return ([("replenishments", .array(json))], [table])
            }
        }
    }
}

extension DispatchShelf {
    var json: JSONValue {
        .object([
            ("part", .string("\(part.id)")), ("number", .text(part.text("number"))), ("name", .text(part.text("name"))),
            ("unit", .text(part.text("unit"))), ("location", .text(location.text("name"))), ("on_hand", .string("\(availability.onHand)")),
            ("reserved", .string("\(availability.reserved)")), ("leased", .string("\(availability.leased)")),
            ("waiting", .string("\(availability.backordered)")), ("safety_stock", .string("\(availability.safetyStock)")),
            ("available", .string("\(availability.available)")),
            (
                "expected",
                .array(availability.expected.map { .object([("day", .string("\($0.day)")), ("quantity", .string("\($0.quantity)"))]) })
            ), ("serials", .texts(serials)),
            (
                "lots",
                .array(
                    lots.map { .object([("lot", .string($0.number)), ("quantity", .string("\($0.quantity)")), ("usable", .string($0.life.words))]) })
            ), ("unusable", .string("\(availability.unusable)")), ("reorder_point", .text(policy?.text("reorder_point"))),
            ("order_up_to", .text(policy?.text("order_up_to"))),
        ])
    }
}
