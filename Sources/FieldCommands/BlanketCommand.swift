import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct BlanketCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blanket", abstract: "Call goods off what a customer has agreed on for months.",
        discussion: Teach.text(
            "With a lease you call off by yourself, offline; without one the server answers with the next sync.", "blanket list",
            "blanket lease ACME-2026-D4-B1-7 --amount 5", "blanket release ACME-2026-D4-B1-7 2 --for 2026-12-08 --lease 1f2e3d4c",
            exits: Teach.recorded),
        subcommands: [List.self, Show.self, Release.self, Lease.self, AcceptRest.self, Withdraw.self], defaultSubcommand: List.self)

    struct List: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The blanket orders of the customers you visit, and your leases of them.",
            discussion: Teach.text("", "blanket list", exits: Teach.read))
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let (blankets, leases) = (try desk.client.blankets(), try desk.client.blanketLeases())
            desk.print(BlanketLine.table(blankets))
            if !leases.isEmpty {
                var table = Table(
                    [
                        .init("Lease"), .init("Blanket"), .init("Asked", .right), .init("Left", .right), .init("State"),
                        .init("Answer", .left, .wraps(minimum: 12)),
                    ], emptyText: "You hold no lease of one.")
                for line in leases {
                    table.addRow(
                        StyledText(line.lease.id.short), StyledText(line.blanket), StyledText(line.lease.text("amount") ?? ""), "\(line.left)",
                        StyledText(line.lease.text("state") ?? "requested"), StyledText(line.lease.text("answer") ?? ""))
                }
                desk.print(table)
            }
            desk.print(json: [
                "blankets": .array(blankets.map(\.json)),
                "leases": .array(
                    leases.map {
                        [
                            "id": .string("\($0.lease.id)"), "blanket": .string($0.blanket), "amount": .text($0.lease.text("amount")),
                            "left": .string("\($0.left)"), "state": .string($0.lease.text("state") ?? "requested"),
                            "spend_until": .text($0.lease.text("soft_expiry")),
                        ]
                    }),
            ])
        }
    }

    struct Show: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "One with all that was called off.",
            discussion: Teach.text("", "blanket show ACME-2026-D4-B1-7", exits: Teach.read))
        @Argument(help: "The blanket order: its number, its end, or its id.") var blanket: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let (line, releases) = try desk.client.blanket(try desk.client.findBlanket(blanket))
            desk.print(BlanketLine.table([line]))
            desk.print(ReleaseLine.table(releases))
            desk.print(json: ["blanket": line.json, "releases": .array(releases.map(\.json))])
        }
    }

    struct Release: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "release", abstract: "Call something off.",
            discussion: Teach.text(
                "What is called off from a lease is certain at once; what is not waits for the server, and for the office's approval.",
                "blanket release ACME-2026-D4-B1-7 2 --for 2026-12-08 --lease 1f2e3d4c", exits: Teach.recorded))
        @Argument(help: "The blanket order: its number, its end, or its id.") var blanket: String
        @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal
        @Option(name: .customLong("for"), help: ArgumentHelp("The day it is needed on.", valueName: "day")) var day: CalendarDate
        @Option(help: "The lease it is taken from: its id or the end of it.") var lease: String?
        @Option(help: "The job it is for.") var job: String?
        @Option(help: "What else is to be said.", transform: Wording.read) var note: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws { if quantity.value <= .zero { throw ValidationError("How much is more than nothing.") } }

        func perform(_ desk: Desk) async throws {
            let client = desk.client
            let recorded = try client.release(
                quantity.value, of: try client.findBlanket(blanket), neededOn: day, lease: try lease.map { try client.findLease($0) },
                order: try job.map { try client.findJob($0) }, note: note)
            desk.report(recorded, "\(quantity.text) called off for \(day)")
        }
    }

    struct Lease: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "lease", abstract: "Ask for the right to call so much off while offline.",
            discussion: Teach.text(
                "It is answered at the next sync. So much as needs an approval is handed out by the office alone.",
                "blanket lease ACME-2026-D4-B1-7 --amount 5", exits: Teach.recorded))
        @Argument(help: "The blanket order: its number, its end, or its id.") var blanket: String
        @Option(help: "How much, in the part's unit.", transform: Decimal.read) var amount: Decimal
        @OptionGroup var global: GlobalOptions

        func validate() throws { if amount.value <= .zero { throw ValidationError("--amount is more than nothing.") } }

        func perform(_ desk: Desk) async throws {
            desk.report(try desk.client.leaseBlanket(try desk.client.findBlanket(blanket), amount: amount.value), "\(amount.text) asked for on lease")
        }
    }

    struct AcceptRest: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "accept", abstract: "Say that what is left will do.",
            discussion: Teach.text("", "blanket accept 1f2e3d4c", exits: Teach.recorded))
        @Argument(help: "The release: its id or the end of it.") var release: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            desk.report(try desk.client.decide(.accept, on: try desk.client.findRelease(release)), "Release \(release) accepted as offered")
        }
    }

    struct Withdraw: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: "Say that it is not wanted any more.",
            discussion: Teach.text("", "blanket withdraw 1f2e3d4c --reason \"Wrong quantity\"", exits: Teach.recorded))
        @Argument(help: "The release: its id or the end of it.") var release: String
        @Option(help: "Why.", transform: Wording.read) var reason: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            desk.report(try desk.client.decide(.withdraw, on: try desk.client.findRelease(release), reason: reason), "Release \(release) withdrawn")
        }
    }
}
