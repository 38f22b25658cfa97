import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct StockHandOutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-out", abstract: "Hand stock to a van or another place; it moves when it is accepted there.",
        discussion: """
            What leaves a depot is held until then: out of the order's reservation with --for, else out of what is available. The receiver \
            accepts it in the field app, by the code when it has not synced yet.

            EXAMPLE
              truckroll-dispatch stock hand-out HI-1002 2 --from "Depot Nord" \\
                --to "Van 7" --for SO-2026-000001

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id, code.
            """)

    @OptionGroup var options: DispatchOptions
    @OptionGroup var amount: StockAmount
    @Option(help: ArgumentHelp("From where: its name, plate or id.", valueName: "location")) var from: String
    @Option(help: ArgumentHelp("Where to: its name, plate or id.", valueName: "location")) var to: String
    @Option(name: .customLong("for"), help: ArgumentHelp("The order whose reservation it is.", valueName: "order")) var order: String?
    @Option(help: "Lot.") var lot: String?
    @Option(help: "A remark for the receiver.") var note: String?

    func validate() throws {
        if amount.serial.count > 1 { throw ValidationError("Hand each piece out by itself: each has a code of its own.") }
    }

    func run() async throws {
        try await options.run { session in
            try await session.stock("Hand out \(amount.part)", amount.words("handed out")) { client in
                try client.dispatchHandOut(try client.read { try entry($0) })
            }
        }
    }

    private func entry(_ reader: LocalReader) throws -> HandOverEntry {
        let lookup = DispatchLookup(reader)
        var entry = HandOverEntry(part: try lookup.part(amount.part).id, quantity: amount.quantity.value, to: try lookup.location(to).id)
        entry.source = .location(try lookup.location(from).id)
        entry.order = try order.map { try lookup.order($0).id }
        (entry.serial, entry.lot, entry.note) = (amount.serial.first, lot, note)
        return entry
    }
}

struct StockHandOversCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-overs", abstract: "What is being handed over, and what is contested.",
        discussion: """
            EXAMPLE
              truckroll-dispatch stock hand-overs

            \(StockCommand.read)
            JSON: hand_overs (id, code, part, quantity, serial, from, to, order, state, said, answer, contested, note), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions
    @Flag(help: "Those that are over as well.") var all = false

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            let lines = try session.client.handOvers(isAll: all)
            try session.print(reach) { _, _ in
                (
                    [("hand_overs", .array(lines.map { HandOverScreen.json($0) }))],
                    [HandOverScreen.table(lines, emptyText: "Nothing is being handed over.")]
                )
            }
            return .done
        }
    }
}

struct StockAnswerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer", abstract: "Accept or decline what is handed to a depot, or take back what is handed out of it.",
        discussion: """
            By the code that its author has told you, or the end of its id.

            EXAMPLE
              truckroll-dispatch stock answer K7QX-2M4D accept
              truckroll-dispatch stock answer K7QX-2M4D accept --at "Depot Nord"
              truckroll-dispatch stock answer K7QX-2M4D decline --reason damaged

            \(StockCommand.written)
            JSON: answer (granted, refused, waiting, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "Its code, or the end of its id.") var code: String
    @Argument(help: "accept, decline or withdraw.") var action: HandOverAction
    @Option(help: ArgumentHelp("Where it goes, if the office has not heard of it.", valueName: "location")) var at: String?
    @Option(help: "The serial number that was received.") var serial: String?
    @Option(help: "How much was received.", transform: Decimal.read) var quantity: Decimal?
    @Option(help: "Why.") var reason: String?

    func run() async throws {
        try await options.run { session in
            try await session.stock("Hand-over \(code)", "Hand-over \(code) \(action.state.rawValue).") { client in
                let place = try at.map { text in try client.read { try DispatchLookup($0).location(text).id } }
                return try client.dispatchAnswer(
                    code, action, at: place, received: ReceivedGoods(quantity: quantity?.value, serial: serial), reason: reason)
            }
        }
    }
}

struct StockCountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count", abstract: "Book what was counted of a part at a place.",
        discussion: """
            The book follows by the difference to what should lie there by what this device knows, so what came or went meanwhile stands. A \
            difference becomes an exception; a use from before the count that arrives later explains it.

            EXAMPLE
              truckroll-dispatch stock count DD-1030 21 --at "Depot Flensburg"
              truckroll-dispatch stock count HI-1002 --at "Depot Flensburg" \\
                --serial HI-1002-00000640 --serial HI-1002-00000641

            \(StockCommand.written)
            JSON: answer (granted, refused, pending), text, id.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The part: its number, GTIN, name or id.") var part: String
    @Argument(help: "How much lies there; of pieces with serial numbers those whose number cannot be read.", transform: Decimal.read)
    var quantity: Decimal?
    @Option(help: ArgumentHelp("Where: its name, plate or id.", valueName: "location")) var at: String
    @Option(help: "Serial number of a piece that was seen; once for each.") var serial: [String] = []
    @Option(help: "A remark.") var note: String?

    func run() async throws {
        try await options.run { session in
            try await session.stock("Count of \(part) at \(at)", "Booked.") { client in
                var entry = try client.read { reader in
                    let lookup = DispatchLookup(reader)
                    var entry = CountEntry(part: try lookup.part(part).id)
                    entry.location = try lookup.location(at).id
                    return entry
                }
                (entry.quantity, entry.serials, entry.note) = (quantity?.value, serial, note)
                return try client.dispatchCount(entry)
            }
        }
    }
}

extension HandOverAction: ExpressibleByArgument {}
