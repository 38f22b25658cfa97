import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct BlanketCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blanket", abstract: "Agreements over months, and what is called off of them.",
        discussion: """
            No more is granted than was agreed on, however many call off at once and from wherever. Who comes later waits and is offered what is \
            left; a device may be given some ahead, to call off by itself.

            EXAMPLE
              truckroll-dispatch blanket create --customer "Nordlicht" \\
                --part HI-1002 --total 500 --from 2026-12-01 --until 2027-05-31 \\
                --price "89.00 EUR" --alert-percent 80 --alert-days 30
              truckroll-dispatch blanket release ACME-2026-D2-B1-3 20 --for 2026-12-08

            \(StockCommand.read)
            JSON: blankets (id, number, title, customer, part, valid_from, valid_until, total, released, leased, shipped, returned, \
            remaining, price, status), synced, as_of_position.
            """,
        subcommands: [
            List.self, Show.self, Create.self, Release.self, HandOut.self, Approve.self, Decline.self, AcceptRest.self, Withdraw.self, Ship.self,
            TakeBack.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "All of them, with what is left.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch blanket list

                \(StockCommand.read)
                JSON: blankets (id, number, title, customer, part, valid_from, valid_until, total, released, leased, shipped, returned, \
                remaining, price, status), synced, as_of_position.
                """)
        @OptionGroup var options: DispatchOptions

        func run() async throws {
            try await options.run { session in
                let reach = try await session.sync()
                let lines = try session.client.blankets()
                try session.print(reach) { _, _ in ([("blankets", .array(lines.map(\.json)))], [BlanketLine.table(lines)]) }
                return .done
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "One with all that was called off.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch blanket show ACME-2026-D2-B1-3

                \(StockCommand.read)
                JSON: blanket (as in list), releases (id, at, by, place, quantity, needed_on, state, granted, offered, shipped, returned, \
                answer, approved_by), synced, as_of_position.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The blanket order: its number, its end, or its id.") var blanket: String

        func run() async throws {
            try await options.run { session in
                let reach = try await session.sync()
                let (line, releases) = try session.client.blanket(try session.client.findBlanket(blanket))
                try session.print(reach) { _, _ in
                    (
                        [("blanket", line.json), ("releases", .array(releases.map(\.json)))],
                        [BlanketLine.table([line]), ReleaseLine.table(releases)]
                    )
                }
                return .done
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Agree on one.",
            discussion: """
                Total, price and days stand for good; another agreement is another blanket order. From --approval-from on a release needs another \
                person's approval; without it those of technicians do, and those of the office do not.

                EXAMPLE
                  truckroll-dispatch blanket create --customer "Nordlicht" \\
                    --part HI-1002 --total 500 --from 2026-12-01 --until 2027-05-31 \\
                    --price "89.00 EUR" --alert-percent 80 --alert-days 30

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Option(help: "The customer: number, name or id.") var customer: String
        @Option(help: "The part: its number, GTIN, name or id.") var part: String
        @Option(help: "How much in all, in the part's unit.", transform: Decimal.read) var total: Decimal
        @Option(help: ArgumentHelp("The first day for which something may be called off.", valueName: "day")) var from: CalendarDate
        @Option(help: ArgumentHelp("The last one.", valueName: "day")) var until: CalendarDate
        @Option(help: "What it is for, in one line.", transform: Wording.read) var title: String?
        @Option(help: "Price of one, such as \"89.00 EUR\".") var price: String?
        @Option(help: ArgumentHelp("From how much on a release needs another's approval.", valueName: "quantity"), transform: Decimal.read)
        var approvalFrom: Decimal?
        @Option(help: ArgumentHelp("Tell when so much of it is called off; repeat it for several.", valueName: "percent")) var alertPercent: [Int] =
            []
        @Option(help: ArgumentHelp("Tell so many days before its end; repeat it for several.", valueName: "days")) var alertDays: [Int] = []

        func validate() throws {
            if total.value <= .zero { throw ValidationError("--total is more than nothing.") }
            if until < from { throw ValidationError("--until is no day before --from.") }
            if let price, Money(price) == nil { throw ValidationError("--price is an amount with its currency, such as \"89.00 EUR\".") }
            if !alertPercent.allSatisfy({ (1...100).contains($0) }) { throw ValidationError("--alert-percent is 1 to 100.") }
            if !alertDays.allSatisfy({ (0...3650).contains($0) }) { throw ValidationError("--alert-days is 0 to 3650.") }
        }

        func run() async throws {
            try await options.run { session in
                try await session.record("Blanket order", "Agreed.") { client in
                    var entry = BlanketEntry(
                        customer: try client.findCustomer(customer), part: try client.findPart(part), total: total.value, days: from...until)
                    (entry.title, entry.price, entry.approvalFrom) = (title, price.flatMap { Money($0) }, approvalFrom?.value)
                    (entry.alertPercents, entry.alertDays) = (alertPercent, alertDays)
                    return try client.addBlanket(entry)
                }
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release", abstract: "Call something off.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch blanket release ACME-2026-D2-B1-3 20 --for 2026-12-08

                EXIT STATUS: 0 granted, or it waits; 2 refused, the reason is printed; 3 recorded, to be decided when this device syncs; \
                64 bad usage; 1 anything else.
                JSON: answer (granted, waiting, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The blanket order: its number, its end, or its id.") var blanket: String
        @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal
        @Option(name: .customLong("for"), help: ArgumentHelp("The day it is needed on.", valueName: "day")) var day: CalendarDate
        @Option(help: "The order it is for.") var order: String?
        @Option(help: "What else is to be said.", transform: Wording.read) var note: String?

        func validate() throws { if quantity.value <= .zero { throw ValidationError("How much is more than nothing.") } }

        func run() async throws {
            try await options.run { session in
                try await session.record("Release of \(quantity.text) for \(day)", "The server has answered.") { client in
                    try client.release(
                        quantity.value, of: try client.findBlanket(blanket), neededOn: day, order: try order.map { try client.findJob($0) },
                        note: note)
                }
            }
        }
    }

    struct HandOut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hand-out", abstract: "Give a technician's device some of it, to call off by itself.",
            discussion: """
                What is not called off until the lease ends is free again.

                EXAMPLE
                  truckroll-dispatch blanket hand-out ACME-2026-D2-B1-3 5 --to P0101

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The blanket order: its number, its end, or its id.") var blanket: String
        @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var amount: Decimal
        @Option(help: "The technician: number, name or id.") var to: String

        func validate() throws { if amount.value <= .zero { throw ValidationError("How much is more than nothing.") } }

        func run() async throws {
            try await options.run { session in
                try await session.record("Lease of \(amount.text) to \(to)", "The server has answered.") { client in
                    let technician = try client.read { try DispatchLookup($0).technician(to).id }
                    return try client.leaseBlanket(try client.findBlanket(blanket), amount: amount.value, to: technician)
                }
            }
        }
    }

    struct Approve: ReleaseVerb {
        static let configuration = Self.configuration("approve", "Agree to a release that waits for it; not to one's own.")
        static let action = ReleaseAction.approve
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The release: its id or the end of it.") var release: String
        @Option(help: "Why.", transform: Wording.read) var reason: String?
    }

    struct Decline: ReleaseVerb {
        static let configuration = Self.configuration("decline", "Refuse a release that waits for approval.")
        static let action = ReleaseAction.decline
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The release: its id or the end of it.") var release: String
        @Option(help: "Why.", transform: Wording.read) var reason: String?
    }

    struct AcceptRest: ReleaseVerb {
        static let configuration = Self.configuration("accept", "Take what is left for a release that is for more.")
        static let action = ReleaseAction.accept
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The release: its id or the end of it.") var release: String
        @Option(help: "Why.", transform: Wording.read) var reason: String?
    }

    struct Withdraw: ReleaseVerb {
        static let configuration = Self.configuration("withdraw", "Take a release back; what was shipped of it stays.")
        static let action = ReleaseAction.withdraw
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The release: its id or the end of it.") var release: String
        @Option(help: "Why.", transform: Wording.read) var reason: String?
    }

    struct Ship: MovementVerb {
        static let configuration = Self.configuration("ship", "Record that something of a release was shipped.")
        static let kind = "shipped"
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The release: its id or the end of it.") var release: String
        @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal
        @Option(help: "What else is to be said, such as the consignment's number.", transform: Wording.read) var note: String?
        @Option(help: "The entry this one replaces, by its id or the end of it; with 0 it takes it back.") var corrects: String?
    }

    struct TakeBack: MovementVerb {
        static let configuration = Self.configuration("take-back", "Record that something came back; it may be called off again.")
        static let kind = "returned"
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The release: its id or the end of it.") var release: String
        @Argument(help: "How much, in the part's unit.", transform: Decimal.read) var quantity: Decimal
        @Option(help: "What else is to be said.", transform: Wording.read) var note: String?
        @Option(help: "The entry this one replaces, by its id or the end of it; with 0 it takes it back.") var corrects: String?
    }
}

/// A verb that says what becomes of a release.
protocol ReleaseVerb: AsyncParsableCommand {
    static var action: ReleaseAction { get }
    var options: DispatchOptions { get }
    var release: String { get }
    var reason: String? { get }
}

extension ReleaseVerb {
    static func configuration(_ name: String, _ abstract: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: abstract,
            discussion: """
                EXAMPLE
                  truckroll-dispatch blanket \(name) 1f2e3d4c

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
    }

    func run() async throws {
        try await options.run { session in
            try await session.record("Release \(release)", "Recorded.") { client in
                try client.decide(Self.action, on: try client.findRelease(release), reason: reason)
            }
        }
    }
}

/// A verb that records what was shipped of a release, or came back.
protocol MovementVerb: AsyncParsableCommand {
    static var kind: String { get }
    var options: DispatchOptions { get }
    var release: String { get }
    var quantity: Decimal { get }
    var note: String? { get }
    var corrects: String? { get }
}

extension MovementVerb {
    static func configuration(_ name: String, _ abstract: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: abstract,
            discussion: """
                EXAMPLE
                  truckroll-dispatch blanket \(name) 1f2e3d4c 20

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
    }

    func validate() throws {
        if quantity.value < .zero || (quantity.value == .zero && corrects == nil) { throw ValidationError("How much is more than nothing.") }
    }

    func run() async throws {
        try await options.run { session in
            try await session.record("Release \(release)", "\(quantity.text) \(Self.kind).") { client in
                try client.recordMovement(
                    Self.kind, quantity.value, of: try client.findRelease(release), note: note,
                    corrects: try corrects.map { try client.findMovement($0) })
            }
        }
    }
}
