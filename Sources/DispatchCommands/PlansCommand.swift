import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct PlansCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plans", abstract: "Maintenance that comes round by calendar, by meter, or by a value that is watched.",
        discussion: """
            The server makes an order for each time at which a plan comes round, so many days before it is due; there is one for each time, \
            whoever makes it. What is not done on its day is a case of the office.

            EXAMPLE
              truckroll-dispatch plans calendar HK18-000001 "Half-yearly calibration" \\
                --rule "FREQ=MONTHLY;INTERVAL=6" --from 2027-03-01 \\
                --kind calibration --lead 30
              truckroll-dispatch plans meter HK18-000001 "Oil change" --every 500 --lead 50
              truckroll-dispatch plans watch HK18-000001 "Look at the sensor" \\
                --alert drift --above 10 --clears-at 5

            \(StockCommand.read)
            JSON: plans (id, number, title, asset, status, rhythm, due_on, due_at_total, due_periods, last_period, last_order, \
            last_order_state, overdue), synced, as_of_position.
            """, subcommands: [List.self, ByCalendar.self, ByMeter.self, Watch.self, Pause.self, Resume.self, End.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The plans, the next due first.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch plans list --overdue

                \(StockCommand.read)
                JSON: plans (id, number, title, asset, status, rhythm, due_on, due_at_total, due_periods, last_period, last_order, \
                last_order_state, overdue), synced, as_of_position.
                """)
        @OptionGroup var options: DispatchOptions
        @Option(help: "Only those of an asset: tag, serial number or scan.") var asset: String?
        @Flag(help: "Only those whose order is past its day.") var overdue = false

        func run() async throws {
            try await options.run { session in
                let reach = try await session.sync()
                let plans = try session.client.plans(of: try asset.map { try session.client.findAsset($0) }).filter { !overdue || $0.isOverdue }
                try session.print(reach) { _, _ in ([("plans", .array(plans.map(\.json)))], [PlanLine.table(plans)]) }
                return .done
            }
        }
    }

    /// What all plans have.
    struct Template: ParsableArguments {
        @Argument(help: "The asset: tag, serial number or scan.") var asset: String
        @Argument(help: "What is to be done, in one line.", transform: Wording.read) var title: String
        @Option(help: "calibration, inspection, repair or installation.") var kind = "inspection"
        @Option(help: "high, normal or low.") var priority = "normal"
        @Option(help: ArgumentHelp("A step of the work; repeat it for several.", valueName: "title"), transform: Wording.read) var step: [String] = []
        @Option(help: ArgumentHelp("A kind of tool it cannot be done without; repeat it for several.", valueName: "kind"), transform: Wording.read)
        var tool: [String] = []
        @Option(help: ArgumentHelp("A part each order is to bring, such as HI-1002=2; repeat it for several.", valueName: "part=quantity"))
        var part: [PartQuantity] = []

        func validate() throws {
            guard ["calibration", "inspection", "repair", "installation"].contains(kind) else {
                throw ValidationError("--kind is calibration, inspection, repair or installation.")
            }
            guard ["high", "normal", "low"].contains(priority) else { throw ValidationError("--priority is high, normal or low.") }
        }

        func entry(_ client: DeviceClient, _ trigger: (RecordID) throws -> PlanEntry.Trigger) throws -> PlanEntry {
            let id = try client.findAsset(asset)
            var entry = PlanEntry(asset: id, title: title, trigger: try trigger(id))
            entry.parts = try part.map { (try client.findPart($0.part), $0.quantity) }
            (entry.kind, entry.priority, entry.tasks, entry.tools) = (kind, priority, step, tool)
            return entry
        }
    }

    struct ByCalendar: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "calendar", abstract: "A plan by the calendar.",
            discussion: """
                The rule is an RRULE of RFC 5545 of days, weeks, months or years. It counts from the first day or, with --floating, from when the \
                work was done last. As there, a month without the day of a rule is left out; the last of each month is BYMONTHDAY=-1.

                EXAMPLE
                  truckroll-dispatch plans calendar HK18-000001 "Yearly inspection" \\
                    --rule "FREQ=YEARLY" --from 2027-03-01 --lead 30
                  truckroll-dispatch plans calendar HK18-000001 "Bump test" \\
                    --rule "FREQ=MONTHLY;BYDAY=1MO" --from 2027-01-01 --floating

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @OptionGroup var template: Template
        @Option(help: "How it recurs, such as \"FREQ=MONTHLY;INTERVAL=6\".") var rule: String
        @Option(help: ArgumentHelp("The first day on which it is due.", valueName: "day")) var from: CalendarDate
        @Flag(help: "It counts from when the work was done last.") var floating = false
        @Option(help: ArgumentHelp("How many days before it is due its order is made.", valueName: "days")) var lead = 14

        func validate() throws {
            guard (0...730).contains(lead) else { throw ValidationError("--lead is 0 to 730 days.") }
        }

        func run() async throws {
            try await options.run { session in
                try await session.record("Plan", "Made.") { client in
                    var entry = try template.entry(client) { _ in .calendar(rule: rule, startsOn: from) }
                    (entry.isFloating, entry.leadDays) = (floating, lead)
                    return try client.addPlan(entry)
                }
            }
        }
    }

    struct ByMeter: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "meter", abstract: "A plan by a meter.",
            discussion: """
                It counts from where the meter stands, or --from a total; with --floating from where the work was done last.

                EXAMPLE
                  truckroll-dispatch plans meter HK18-000001 "Oil change" --every 500 --lead 50

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @OptionGroup var template: Template
        @Option(help: "The meter, by its name; the asset's only one when left out.") var meter: String?
        @Option(help: ArgumentHelp("What it counts from one time to the next.", valueName: "amount"), transform: Decimal.read) var every: Decimal
        @Option(help: ArgumentHelp("The total from which it counts.", valueName: "total"), transform: Decimal.read) var from: Decimal?
        @Option(help: ArgumentHelp("How much it has still to count when its order is made.", valueName: "amount"), transform: Decimal.read)
        var lead: Decimal?
        @Flag(help: "It counts from when the work was done last.") var floating = false

        func run() async throws {
            try await options.run { session in
                try await session.record("Plan", "Made.") { client in
                    var entry = try template.entry(client) { asset in
                        .meter(try client.findMeter(meter, of: asset), step: every.value, startsAt: from?.value, lead: lead?.value)
                    }
                    (entry.isFloating, entry.leadDays) = (floating, 0)
                    return try client.addPlan(entry)
                }
            }
        }
    }

    struct Watch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "watch", abstract: "A plan by a value that is watched.",
            discussion: """
                It asks for work when the value reaches a limit, and not again before it has come back to the other: a value that trembles about \
                one limit asks once. The alert “drift” is told by calibrations themselves, in percent a year.

                EXAMPLE
                  truckroll-dispatch plans watch HK18-000001 "Replace the sensor" \\
                    --alert drift --above 10 --clears-at 5 --kind repair

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @OptionGroup var template: Template
        @Option(help: "What is watched.", transform: Wording.read) var alert: String
        @Option(help: ArgumentHelp("It asks at this value and above.", valueName: "value"), transform: Decimal.read) var above: Decimal?
        @Option(help: ArgumentHelp("It asks at this value and below.", valueName: "value"), transform: Decimal.read) var below: Decimal?
        @Option(help: ArgumentHelp("Where it is ready to ask again.", valueName: "value"), transform: Decimal.read) var clearsAt: Decimal

        func validate() throws {
            if (above == nil) == (below == nil) { throw ValidationError("Give --above or --below.") }
        }

        func run() async throws {
            try await options.run { session in
                try await session.record("Plan", "Made.") { client in
                    let limit = above ?? below ?? clearsAt
                    var entry = try template.entry(client) { _ in
                        .condition(alert: alert, isAbove: above != nil, tripsAt: limit.value, clearsAt: clearsAt.value)
                    }
                    entry.leadDays = 0
                    return try client.addPlan(entry)
                }
            }
        }
    }

    struct Pause: PlanChange {
        static let configuration = Self.configuration("pause", "Let a plan rest: it makes no orders.")
        static let status = "paused"
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The plan: number, id, or the end of either.") var plan: String
    }

    struct Resume: PlanChange {
        static let configuration = Self.configuration("resume", "Let a plan go on; what fell due meanwhile is not made up for.")
        static let status = "active"
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The plan: number, id, or the end of either.") var plan: String
    }

    struct End: PlanChange {
        static let configuration = Self.configuration("end", "End a plan for good; its past stays known.")
        static let status = "ended"
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The plan: number, id, or the end of either.") var plan: String
    }
}

/// A verb that changes whether a plan makes orders.
protocol PlanChange: AsyncParsableCommand {
    static var status: String { get }
    var options: DispatchOptions { get }
    var plan: String { get }
}

extension PlanChange {
    static func configuration(_ name: String, _ abstract: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: abstract,
            discussion: """
                EXAMPLE
                  truckroll-dispatch plans \(name) ACME-2026-D4-M3-7

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
    }

    func run() async throws {
        try await options.run { session in
            try await session.record("Plan \(plan)", "It is \(Self.status).") { client in
                try client.setPlan(try client.findPlan(plan), status: Self.status)
            }
        }
    }
}
