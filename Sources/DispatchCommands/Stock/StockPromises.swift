import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain

struct StockReserveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reserve", abstract: "Have stock of a depot promised to an order.",
        discussion: """
            What is not there is waited for, in turn. It is kept until the order is over, or until --until when nobody has come for it. \
            The safety stock is released for an emergency alone, and the reason is kept. Where pieces have to be certified for something, pieces \
            are named that are, or it is told which criterion each of the others fails.

            EXAMPLE
              truckroll-dispatch stock reserve SO-2026-000001 HI-1002 2 \\
                --at "Depot Nord" --partial
              truckroll-dispatch stock reserve SO-2026-000001 HI-1002 1 \\
                --at "Depot Nord" --emergency "Gas alarm in the boiler house"
              truckroll-dispatch stock reserve SO-2026-000001 HI-1002 3 \\
                --at "Depot Nord" --scheme IECEx --zone 1 --group IIC \\
                --valid-days 90

            EXIT STATUS: 0 granted, or waited for; 2 refused, the reason is printed; 3 recorded, to be decided when this device syncs; \
            64 bad usage; 1 anything else.
            JSON: answer (granted, waiting, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The order's number, its end, or its id.") var order: String
    @Argument(help: "The part: its number, GTIN, name or id.") var part: String
    @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal
    @Option(help: ArgumentHelp("The depot: its name or id.", valueName: "location")) var at: String
    @Option(help: ArgumentHelp("When it is needed: HH:MM or YYYY-MM-DD HH:MM.", valueName: "time"), transform: CalendarText.due) var neededBy: String?
    @Option(help: ArgumentHelp("After that it is not wanted any more.", valueName: "time"), transform: CalendarText.due) var cancelAfter: String?
    @Option(help: ArgumentHelp("Keep it until then.", valueName: "time"), transform: CalendarText.due) var until: String?
    @Flag(inversion: .prefixedNo, help: "Whether less than all of it helps; the customer's way when left out.") var partial: Bool?
    @Option(help: ArgumentHelp("Take from the safety stock, and why.", valueName: "reason"), transform: Wording.read) var emergency: String?
    @OptionGroup var asked: CriteriaOptions

    func validate() throws { if quantity.value <= .zero { throw ValidationError("How much is more than nothing.") } }

    func run() async throws {
        try await options.run { session in
            try await session.stock("Reserve \(part) for \(order)", "The server has answered.") { client in
                let calendar = try session.calendar()
                var request = try client.read { reader in
                    let lookup = DispatchLookup(reader)
                    return ReservationRequest(
                        order: try lookup.order(order).id, part: try lookup.part(part).id, location: try lookup.location(at).id,
                        quantity: quantity.value)
                }
                request.neededBy = try neededBy.map { try calendar.due($0) }
                request.cancelAfter = try cancelAfter.map { try calendar.due($0) }
                request.keptUntil = try until.map { try calendar.due($0) }
                request.takesPart = partial
                request.emergency = emergency
                request.criteria = asked.criteria
                return try client.dispatchReserve(request)
            }
        }
    }
}

struct StockAnnounceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "announce", abstract: "Announce a delivery, put it off or cancel it.",
        discussion: """
            What can be promised for a day counts it, and who waits is told the day.

            EXAMPLE
              truckroll-dispatch stock announce HI-1002 10 --at "Depot Nord" \\
                --on 2026-12-01
              truckroll-dispatch stock announce --change 1f2e3d4c --on 2026-12-09
              truckroll-dispatch stock announce --cancel 1f2e3d4c

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The part: its number, GTIN, name or id.") var part: String?
    @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal?
    @Option(help: ArgumentHelp("Where to: its name or id.", valueName: "location")) var at: String?
    @Option(help: ArgumentHelp("YYYY-MM-DD, today or tomorrow.", valueName: "day"), transform: CalendarText.day) var on: String?
    @Option(help: "Who sends it, and under which number.", transform: Wording.read) var supplier: String?
    @Option(name: .customLong("for"), help: "The request it answers, by its id or the end of it: see `stock replenishments`.") var request: String?
    @Option(help: "An announced delivery that comes on another day, by its id or the end of it.") var change: String?
    @Option(help: "An announced delivery that does not come, by its id or the end of it.") var cancel: String?

    func validate() throws {
        if change != nil || cancel != nil {
            guard part == nil, at == nil, request == nil, supplier == nil else {
                throw ValidationError("With --change and --cancel only the id and the new day are given.")
            }
            guard (change == nil) != (cancel == nil) else { throw ValidationError("--change and --cancel exclude each other.") }
            guard (change != nil) == (on != nil) else { throw ValidationError("--change takes the new day with --on.") }
            return
        }
        guard part != nil, let quantity, at != nil, on != nil else {
            throw ValidationError("Give the part, how much, --at and --on; or --change or --cancel with the delivery's id.")
        }
        if quantity.value <= .zero { throw ValidationError("How much is more than nothing.") }
    }

    func run() async throws {
        try await options.run { session in
            let calendar = try session.calendar()
            if let id = change ?? cancel {
                let isCancelled = cancel != nil
                return try await session.stock("Delivery \(id)", isCancelled ? "It is not expected any more." : "It is expected on \(on ?? "").") {
                    let receipt = try $0.read { try DispatchLookup($0).record("scheduled_receipt", id).id }
                    return try $0.dispatchChange(receipt: receipt, day: isCancelled ? nil : calendar.day(on), isCancelled: isCancelled ? true : nil)
                }
            }
            let (part, quantity, at) = (part ?? "", quantity?.value ?? .zero, at ?? "")
            return try await session.stock("Announce \(part)", "\(quantity) are expected at \(at) on \(on ?? "").") { client in
                let found = try client.read { reader in
                    let lookup = DispatchLookup(reader)
                    return (
                        part: try lookup.part(part).id, place: try lookup.location(at).id,
                        request: try request.map { try lookup.record("replenishment", $0).id }
                    )
                }
                return try client.dispatchAnnounce(
                    found.part, quantity, at: found.place, on: try calendar.day(on), supplier: supplier, answering: found.request)
            }
        }
    }
}

struct StockPolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Say how much of a part should lie at a place.",
        discussion: """
            Below the reorder point more is requested, up to --up-to. The safety stock is kept back from ordinary demand.

            EXAMPLE
              truckroll-dispatch stock policy HI-1002 --at "Depot Nord" \\
                --reorder-point 5 --up-to 20 --safety 2

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The part: its number, GTIN, name or id.") var part: String
    @Option(help: ArgumentHelp("Where: its name, plate or id.", valueName: "location")) var at: String
    @Option(help: ArgumentHelp("Below this more is requested.", valueName: "quantity"), transform: Decimal.read) var reorderPoint: Decimal?
    @Option(help: ArgumentHelp("Up to how much.", valueName: "quantity"), transform: Decimal.read) var upTo: Decimal?
    @Option(help: ArgumentHelp("Kept back from ordinary demand.", valueName: "quantity"), transform: Decimal.read) var safety: Decimal?

    func validate() throws {
        guard reorderPoint != nil || upTo != nil || safety != nil else { throw ValidationError("Give --reorder-point, --up-to or --safety.") }
        for value in [reorderPoint, upTo] { if let value, value.value <= .zero { throw ValidationError("A stock level is more than nothing.") } }
        if let safety, safety.value < .zero { throw ValidationError("--safety is not below zero.") }
        if let reorderPoint, let upTo, upTo.value < reorderPoint.value { throw ValidationError("--up-to is not below --reorder-point.") }
    }

    func run() async throws {
        try await options.run { session in
            try await session.stock("Policy for \(part)", "It holds at \(at).") { client in
                let found = try client.read { reader in
                    (part: try DispatchLookup(reader).part(part).id, place: try DispatchLookup(reader).location(at).id)
                }
                return try client.dispatchPolicy(
                    found.part, at: found.place, reorderPoint: reorderPoint?.value, orderUpTo: upTo?.value, safetyStock: safety?.value)
            }
        }
    }
}
