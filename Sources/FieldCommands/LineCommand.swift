import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollTerminal

struct LineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "line", abstract: "What a job is to bring: parts, how much, for which asset, and which pieces.",
        discussion: Teach.text(
            "Who is planned for the job gets it promised at the depot. Of parts with serial numbers each piece is named before the job is completed.",
            "line add SO-2026-000001 HI-1002 2 --asset HK18-000001", "line serial SO-2026-000001 HI-1002 SN-4711 SN-4712",
            "line list SO-2026-000001", exits: Teach.recorded),
        subcommands: [List.self, Add.self, Serial.self, Quantity.self, Remove.self])

    struct List: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The lines of a job.", discussion: Teach.text("", "line list SO-2026-000001", exits: Teach.read))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let lines = try desk.client.lines(of: try desk.client.findJob(job))
            desk.print(lines.table)
            desk.print(json: ["lines": .array(lines.map(\.json))])
        }
    }

    struct Add: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Take down what it is to bring.",
            discussion: Teach.text("", "line add SO-2026-000001 HI-1002 2 --asset HK18-000001", exits: Teach.recorded))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Argument(help: "The part: its number, GTIN, name or id.") var part: String
        @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal
        @Option(help: "For which asset: tag, serial number or scan.") var asset: String?
        @Option(help: "What else is to be said.", transform: Wording.read) var note: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            var entry = OrderLineEntry(part: try desk.client.findPart(part), quantity: quantity.value)
            (entry.asset, entry.note) = (try asset.map { try desk.client.findAsset($0) }, note)
            desk.report(try desk.client.addLine(entry, to: try desk.client.findJob(job)), "\(quantity.text) × \(part) to bring")
        }
    }

    struct Serial: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "serial", abstract: "Name the pieces of a line, or take names off it.",
            discussion: Teach.text(
                "", "line serial SO-2026-000001 HI-1002 SN-4711 SN-4712", "line serial SO-2026-000001 HI-1002 --remove SN-4711",
                exits: Teach.recorded))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Argument(help: "The line: its part, its id, or the end of that.") var line: String
        @Argument(help: "Serial numbers of its pieces.", transform: Wording.read) var serials: [String] = []
        @Option(help: ArgumentHelp("A serial number that is taken off; repeat it for several.", valueName: "serial"), transform: Wording.read)
        var remove: [String] = []
        @OptionGroup var global: GlobalOptions

        func validate() throws { if serials.isEmpty, remove.isEmpty { throw ValidationError("Name a serial number.") } }

        func perform(_ desk: Desk) async throws {
            let job = try desk.client.findJob(job)
            desk.report(
                try desk.client.nameLine(try desk.client.findLine(line, of: job), add: serials, remove: remove),
                "Pieces of \(line): \((serials + remove.map { "not \($0)" }).joined(separator: ", "))")
        }
    }

    struct Quantity: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "quantity", abstract: "Say that it is another quantity.",
            discussion: Teach.text("", "line quantity SO-2026-000001 HI-1002 1", exits: Teach.recorded))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Argument(help: "The line: its part, its id, or the end of that.") var line: String
        @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let job = try desk.client.findJob(job)
            desk.report(try desk.client.setLine(try desk.client.findLine(line, of: job), quantity: quantity.value), "\(quantity.text) × \(line)")
        }
    }

    struct Remove: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take a line off.",
            discussion: Teach.text("", "line remove SO-2026-000001 HI-1002", exits: Teach.recorded))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Argument(help: "The line: its part, its id, or the end of that.") var line: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let job = try desk.client.findJob(job)
            desk.report(try desk.client.removeLine(try desk.client.findLine(line, of: job)), "\(line) taken off")
        }
    }
}
