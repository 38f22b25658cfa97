import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct LineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "line", abstract: "What an order is to bring: parts, how much, for which asset, and which pieces.",
        discussion: """
            Who is planned for the order gets it promised at the depot. Of parts with serial numbers each piece is named before it is completed; \
            a piece is brought by one order at a time.

            EXAMPLE
              truckroll-dispatch line add SO-2026-000001 HI-1002 2 --asset HK18-000001
              truckroll-dispatch line list SO-2026-000001

            \(StockCommand.read)
            JSON: lines (id, by, place, part, quantity, quantities, unit, asset, serials, promise, note), synced, as_of_position.
            """, subcommands: [List.self, Add.self, Serial.self, Quantity.self, Remove.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The lines of an order.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch line list SO-2026-000001

                \(StockCommand.read)
                JSON: lines (id, by, place, part, quantity, quantities, unit, asset, serials, promise, note), synced, as_of_position.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The order's number, its end, or its id.") var order: String

        func run() async throws {
            try await options.run { session in
                let reach = try await session.sync()
                let lines = try session.client.lines(of: try session.client.findJob(order))
                try session.print(reach) { _, _ in ([("lines", .array(lines.map(\.json)))], [lines.table]) }
                return .done
            }
        }
    }

    struct Add: LineVerb {
        static let configuration = Self.configuration("add", "Take down what it is to bring.", "SO-2026-000001 HI-1002 2 --asset HK18-000001")
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The order's number, its end, or its id.") var order: String
        @Argument(help: "The part: its number, GTIN, name or id.") var part: String
        @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal
        @Option(help: "For which asset: tag, serial number or scan.") var asset: String?
        @Option(help: "What else is to be said.", transform: Wording.read) var note: String?

        func record(_ client: DeviceClient, _ order: RecordID) throws -> Recorded {
            var entry = OrderLineEntry(part: try client.findPart(part), quantity: quantity.value)
            (entry.asset, entry.note) = (try asset.map { try client.findAsset($0) }, note)
            return try client.addLine(entry, to: order)
        }
    }

    struct Serial: LineVerb {
        static let configuration = Self.configuration("serial", "Name the pieces of a line, or take names off it.", "SO-2026-000001 HI-1002 SN-4711")
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The order's number, its end, or its id.") var order: String
        @Argument(help: "The line: its part, its id, or the end of that.") var line: String
        @Argument(help: "Serial numbers of its pieces.", transform: Wording.read) var serials: [String] = []
        @Option(help: ArgumentHelp("A serial number that is taken off; repeat it for several.", valueName: "serial"), transform: Wording.read)
        var remove: [String] = []

        func validate() throws { if serials.isEmpty, remove.isEmpty { throw ValidationError("Name a serial number.") } }

        func record(_ client: DeviceClient, _ order: RecordID) throws -> Recorded {
            try client.nameLine(try client.findLine(line, of: order), add: serials, remove: remove)
        }
    }

    struct Quantity: LineVerb {
        static let configuration = Self.configuration("quantity", "Say that it is another quantity.", "SO-2026-000001 HI-1002 1")
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The order's number, its end, or its id.") var order: String
        @Argument(help: "The line: its part, its id, or the end of that.") var line: String
        @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal

        func record(_ client: DeviceClient, _ order: RecordID) throws -> Recorded {
            try client.setLine(try client.findLine(line, of: order), quantity: quantity.value)
        }
    }

    struct Remove: LineVerb {
        static let configuration = Self.configuration("remove", "Take a line off.", "SO-2026-000001 HI-1002")
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The order's number, its end, or its id.") var order: String
        @Argument(help: "The line: its part, its id, or the end of that.") var line: String

        func record(_ client: DeviceClient, _ order: RecordID) throws -> Recorded { try client.removeLine(try client.findLine(line, of: order)) }
    }
}

/// A verb that changes what an order is to bring.
protocol LineVerb: AsyncParsableCommand {
    var options: DispatchOptions { get }
    var order: String { get }
    func record(_ client: DeviceClient, _ order: RecordID) throws -> Recorded
}

extension LineVerb {
    static func configuration(_ name: String, _ abstract: String, _ example: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: abstract,
            discussion: """
                EXAMPLE
                  truckroll-dispatch line \(name) \(example)

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
    }

    func run() async throws {
        try await options.run { session in
            try await session.record("Lines of \(order)", "Recorded.") { try record($0, try $0.findJob(order)) }
        }
    }
}
