import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain

/// The part and how much of it.
struct StockAmount: ParsableArguments {
    @Argument(help: "The part: its number, GTIN, name or id.") var part: String
    @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal
    @Option(help: "Serial number of a piece; once for each.") var serial: [String] = []

    func validate() throws {
        if quantity.value <= .zero { throw ValidationError("How much is more than nothing.") }
        if Set(serial).count < serial.count { throw ValidationError("--serial names a piece twice.") }
    }

    func words(_ verb: String) -> String { "\(quantity.text) × \(part) \(verb)." }
}

struct StockReceiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive", abstract: "Book what has arrived.",
        discussion: """
            It goes to who waits for it in the same position.

            EXAMPLE
              truckroll-dispatch stock receive HI-1002 10 --at "Depot Nord"
              truckroll-dispatch stock receive HI-1002 10 --at "Depot Nord" \\
                --announced 1f2e3d4c

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var amount: StockAmount
    @Option(help: ArgumentHelp("Where to: its name, plate or id.", valueName: "location")) var at: String
    @Option(help: "Lot.") var lot: String?
    @Option(help: "The delivery it was announced as, by its id or the end of it.") var announced: String?

    func run() async throws {
        try await options.run { session in
            try await session.stock("Receive \(amount.part)", amount.words("received at \(at)")) { client in
                let (part, place, delivery) = try client.read { reader in
                    let lookup = DispatchLookup(reader)
                    return (
                        try lookup.part(amount.part).id, try lookup.location(at).id,
                        try announced.map { try lookup.record("scheduled_receipt", $0).id }
                    )
                }
                var movement = StockMovement(.receipt, part: part, quantity: amount.quantity.value, to: place)
                (movement.lot, movement.announced) = (lot, delivery)
                return try client.dispatchMove(movement, serials: amount.serial)
            }
        }
    }
}

struct StockMoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move stock from one place to another.",
        discussion: """
            Only what nobody was promised can be moved, and a piece only from where it is.

            EXAMPLE
              truckroll-dispatch stock move HI-1002 2 --from "Depot Nord" \\
                --to "Van 7"

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var amount: StockAmount
    @Option(help: ArgumentHelp("From where: its name, plate or id.", valueName: "location")) var from: String
    @Option(help: ArgumentHelp("Where to: its name, plate or id.", valueName: "location")) var to: String
    @Option(help: "Lot.") var lot: String?

    func run() async throws {
        try await options.run { session in
            try await session.stock("Move \(amount.part)", amount.words("moved from \(from) to \(to)")) { client in
                try client.move(amount, .transfer, from: from, to: to, lot: lot)
            }
        }
    }
}

struct StockReturnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "return", abstract: "Book what comes back into a stock.",
        discussion: """
            From a van with --from; without it from a customer, or from who took the piece off an asset.

            EXAMPLE
              truckroll-dispatch stock return HI-1002 1 --to "Depot Nord" \\
                --from "Van 7"

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var amount: StockAmount
    @Option(help: ArgumentHelp("Where to: its name, plate or id.", valueName: "location")) var to: String
    @Option(help: ArgumentHelp("From where: its name, plate or id.", valueName: "location")) var from: String?
    @Option(help: "Lot.") var lot: String?

    func run() async throws {
        try await options.run { session in
            try await session.stock("Return \(amount.part)", amount.words("returned to \(to)")) { client in
                try client.move(amount, .return, from: from, to: to, lot: lot)
            }
        }
    }
}

struct StockWriteOffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write-off", abstract: "Book off what is lost, broken or expired.",
        discussion: """
            What is gone is gone, whatever was promised of it: promises that are not covered any more become an exception.

            EXAMPLE
              truckroll-dispatch stock write-off HI-1002 1 --from "Depot Nord"

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var amount: StockAmount
    @Option(help: ArgumentHelp("From where: its name, plate or id.", valueName: "location")) var from: String
    @Option(help: "Lot.") var lot: String?

    func run() async throws {
        try await options.run { session in
            try await session.stock("Write off \(amount.part)", amount.words("written off at \(from)")) { client in
                try client.move(amount, .count, from: from, to: nil, lot: lot)
            }
        }
    }
}

extension DeviceClient {
    fileprivate func move(_ amount: StockAmount, _ reason: StockMovement.Reason, from: String?, to: String?, lot: String?) throws -> DispatchTicket {
        let (part, from, to) = try read { reader in
            let lookup = DispatchLookup(reader)
            return (try lookup.part(amount.part).id, try from.map { try lookup.location($0).id }, try to.map { try lookup.location($0).id })
        }
        var movement = StockMovement(reason, part: part, quantity: amount.quantity.value, from: from, to: to)
        movement.lot = lot
        return try dispatchMove(movement, serials: amount.serial)
    }
}
