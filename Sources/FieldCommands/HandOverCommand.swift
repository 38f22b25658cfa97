import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct HandOverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-over", abstract: "Hand parts to a colleague or a depot, and take what is handed to you.",
        discussion: Teach.text(
            "A part stays in the giver's book until the other has accepted it. Neither needs a network: the code says which hand-over is meant.",
            "hand-over give HI-1000 --to \"Van 7\"", "hand-over accept K7QX-2M4D", "hand-over list", exits: Teach.recorded),
        subcommands: [Give.self, Take.self, List.self, AcceptHandOver.self, DeclineHandOver.self, Withdraw.self])

    struct Goods: ParsableArguments {
        @Argument(help: "The part: its number, GTIN, name or id.") var part: String
        @Option(parsing: .unconditional, help: "How much; 1 when not given.", transform: Decimal.read) var quantity: Decimal?
        @Option(help: "Serial number of the piece.") var serial: String?
        @Option(help: "Lot.") var lot: String?
        @Option(name: .customLong("for"), help: ArgumentHelp("The job whose reservation it is.", valueName: "job")) var job: String?

        var amount: Quantity { quantity?.value ?? .one }

        func validate() throws {
            if amount <= .zero { throw ValidationError("--quantity is more than nothing.") }
        }
    }

    struct Give: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "give", abstract: "Hand a part to somebody.",
            discussion: Teach.text(
                "Out of your van, unless --in-hand or --from says otherwise. Tell the other the code that is printed.",
                "hand-over give HI-1000 --to \"Jannik Thomsen\"", "hand-over give HI-4000 --serial S-77 --in-hand --to \"Depot Flensburg\"",
                exits: Teach.recorded))
        @OptionGroup var goods: Goods
        @Option(help: ArgumentHelp("Where it goes: a van or depot by its name or plate, or who drives the van.", valueName: "receiver")) var to:
            String
        @Option(help: ArgumentHelp("Another stock than your van.", valueName: "location")) var from: String?
        @Flag(help: "A piece that you took off an asset and have in hand.") var inHand = false
        @Option(help: "A remark.") var note: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if inHand, from != nil { throw ValidationError("--in-hand and --from exclude each other.") }
        }

        func perform(_ desk: Desk) async throws {
            var entry = HandOverEntry(part: try desk.client.findPart(goods.part), quantity: goods.amount, to: try desk.client.findReceiver(to))
            (entry.serial, entry.lot, entry.note) = (goods.serial, goods.lot, note)
            entry.order = try goods.job.map { try desk.client.findJob($0) }
            if inHand { entry.source = .hand }
            if let from { entry.source = .location(try desk.client.findLocation(from)) }
            let recorded = try desk.client.handOver(entry)
            desk.report(
                recorded, "\(goods.amount) × \(goods.part) handed over", [("code", .string(HandOverCode.spoken(entry.code)))])
        }
    }

    struct Take: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "take", abstract: "Take a part out of a depot into your van.",
            discussion: Teach.text(
                "What you have taken is never refused; what was promised to somebody else becomes a question for the office.",
                "hand-over take HI-1002 --from \"Depot Flensburg\" --for SO-2026-000001", exits: Teach.recorded))
        @OptionGroup var goods: Goods
        @Option(help: ArgumentHelp("The depot: its name or id.", valueName: "location")) var from: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let recorded = try desk.client.takeAlong(
                try desk.client.findPart(goods.part), goods.amount, from: try desk.client.findLocation(from), serial: goods.serial, lot: goods.lot,
                for: try goods.job.map { try desk.client.findJob($0) })
            desk.report(recorded, "\(goods.amount) × \(goods.part) taken along")
        }
    }

    struct List: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "What is handed to you, and what you have handed over.",
            discussion: Teach.text("Those that are over are left out unless --all asks for them.", "hand-over list", exits: Teach.read))
        @Flag(help: "Those that are over as well.") var all = false
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let lines = try desk.client.handOvers(isAll: all)
            desk.print(HandOverScreen.table(lines, emptyText: "Nothing is being handed over."))
            desk.print(json: ["hand_overs": .array(lines.map { HandOverScreen.json($0) })])
        }
    }

    struct AcceptHandOver: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "accept", abstract: "Say that you have received what was handed to you.",
            discussion: Teach.text(
                "By the code that the other has told you, also before your device has heard of it. If you received something else, say what.",
                "hand-over accept K7QX-2M4D", "hand-over accept K7QX-2M4D --serial S-78", exits: Teach.recorded))
        @Argument(help: "Its code, or the end of its id.") var code: String
        @Option(help: "The part you received: its number, GTIN, name or id.") var part: String?
        @Option(parsing: .unconditional, help: "How much you received.", transform: Decimal.read) var quantity: Decimal?
        @Option(help: "The serial number you received.") var serial: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let received = ReceivedGoods(part: try part.map { try desk.client.findPart($0) }, quantity: quantity?.value, serial: serial)
            desk.report(try desk.client.answerHandOver(code, .accept, received: received), "Hand-over \(code) accepted")
        }
    }

    struct DeclineHandOver: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "decline", abstract: "Say that you did not take what was handed to you.",
            discussion: Teach.text("It stays with who hands it over.", "hand-over decline K7QX-2M4D --reason damaged", exits: Teach.recorded))
        @Argument(help: "Its code, or the end of its id.") var code: String
        @Option(help: "Why.") var reason: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            desk.report(try desk.client.answerHandOver(code, .decline, reason: reason), "Hand-over \(code) declined")
        }
    }

    struct Withdraw: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: "Take back what you were handing over.",
            discussion: Teach.text("Until the other has accepted it.", "hand-over withdraw K7QX-2M4D", exits: Teach.recorded))
        @Argument(help: "Its code, or the end of its id.") var code: String
        @Option(help: "Why.") var reason: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            desk.report(try desk.client.answerHandOver(code, .withdraw, reason: reason), "Hand-over \(code) withdrawn")
        }
    }
}
