import ArgumentParser
import CommandSupport
import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct LevelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "levels", abstract: "How soon orders are begun, done and moved on, and by which calendar.",
        discussion: """
            Times are counted in hours of work by a calendar, or by day and night. A customer's own level goes before the one for all. When a \
            moment passes, the office has a case; `stalled` lists what has passed.

            EXAMPLE
              truckroll-dispatch levels calendar office --zone Europe/Berlin \\
                --hours "MO-FR 08:00-17:00" --holiday 2026-12-25
              truckroll-dispatch levels set high --respond 4h --resolve 2d \\
                --calendar office
              truckroll-dispatch levels stage ready_to_plan 24h

            EXIT STATUS: 0 shown, being offline included; 64 bad usage; 1 anything else.
            JSON: levels (priority, customer, response_minutes, resolution_minutes, calendar), stages (state, minutes, calendar), calendars \
            (name, time_zone, hours, holidays), synced, as_of_position.
            """, subcommands: [List.self, Set.self, Stage.self, Calendar.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List levels, stages and calendars.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch levels list

                EXIT STATUS: 0 shown, being offline included; 64 bad usage; 1 anything else.
                JSON: levels (priority, customer, response_minutes, resolution_minutes, calendar), stages (state, minutes, calendar), \
                calendars (name, time_zone, hours, holidays), synced, as_of_position.
                """)
        @OptionGroup var options: DispatchOptions

        func run() async throws {
            try await options.run { session in
                try await session.show { reader, _ in
                    func calendar(_ view: RecordView) throws -> String? {
                        try view.reference("calendar").flatMap { try reader.view("work_calendar", $0)?.text("name") }
                    }
                    func span(_ view: RecordView, _ field: String) -> String { view.integer(field).map { Span.spoken($0 * 60) } ?? "–" }
                    let urgency = Dictionary(uniqueKeysWithValues: OrderPriority.allCases.map { ($0.rawValue, $0.rank) })
                    let levels = try reader.views("service_level").sorted {
                        (urgency[$0.text("priority") ?? ""] ?? 9, $0.id) < (urgency[$1.text("priority") ?? ""] ?? 9, $1.id)
                    }
                    var levelTable = Table(
                        [.init("Priority"), .init("Customer"), .init("There within", .right), .init("Done within", .right), .init("Calendar")],
                        emptyText: "Nothing is promised.")
                    var levelJSON: [JSONValue] = []
                    for view in levels {
                        let customer = try view.reference("customer").flatMap { try reader.view("customer", $0)?.text("name") }
                        let name = try calendar(view)
                        levelTable.addRow(
                            StyledText(view.text("priority") ?? "", .bold), StyledText(customer ?? "all"), StyledText(span(view, "response_minutes")),
                            StyledText(span(view, "resolution_minutes")), StyledText(name ?? "day and night"))
                        levelJSON.append(
                            .object(
                                JSONValue.members(view, ["priority", "response_minutes", "resolution_minutes"]) + [
                                    ("customer", .text(customer)), ("calendar", .text(name)),
                                ]))
                    }
                    var stageTable = Table([.init("State"), .init("At most", .right), .init("Calendar")], emptyText: "Orders may stand for ever.")
                    var stageJSON: [JSONValue] = []
                    for view in try reader.views("stage_limit").sorted(by: { ($0.text("state") ?? "") < ($1.text("state") ?? "") }) {
                        let name = try calendar(view)
                        stageTable.addRow(
                            StyledText((view.text("state") ?? "").words, .bold), StyledText(span(view, "minutes")),
                            StyledText(name ?? "day and night"))
                        stageJSON.append(.object(JSONValue.members(view, ["state", "minutes"]) + [("calendar", .text(name))]))
                    }
                    var calendarTable = Table(
                        [
                            .init("Calendar"), .init("Zone"), .init("Hours", .left, .wraps(minimum: 20)),
                            .init("Holidays", .left, .wraps(minimum: 12)),
                        ],
                        emptyText: "There is no calendar but day and night.")
                    let calendars = try reader.views("work_calendar").sorted { ($0.text("name") ?? "") < ($1.text("name") ?? "") }
                    for view in calendars {
                        calendarTable.addRow(
                            StyledText(view.text("name") ?? "", .bold), StyledText(view.text("time_zone") ?? ""),
                            StyledText(view["hours"].spoken()), StyledText(view["holidays"].spoken()))
                    }
                    return (
                        [
                            ("levels", .array(levelJSON)), ("stages", .array(stageJSON)),
                            (
                                "calendars",
                                .array(calendars.map { .object(JSONValue.members($0, ["name", "time_zone", "hours", "holidays"])) })
                            ),
                        ], [levelTable, stageTable, calendarTable]
                    )
                }
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Promise how soon orders of a priority are begun, and done.",
            discussion: """
                It counts for orders that come after it, and for those whose priority or state changes after it.

                EXAMPLE
                  truckroll-dispatch levels set emergency --respond 2h
                  truckroll-dispatch levels set high --respond 4h --resolve 2d \\
                    --calendar office --customer "Stadtwerke Kiel"

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "emergency, high, normal or low.") var priority: OrderPriority
        @Option(help: ArgumentHelp("Within what somebody is there, as 90m, 4h or 2d.", valueName: "span"), transform: Span.read) var respond: Int64?
        @Option(help: ArgumentHelp("Within what the work is done.", valueName: "span"), transform: Span.read) var resolve: Int64?
        @Option(help: "The calendar's name; left out at first: day and night, later: as it was.") var calendar: String?
        @Option(help: "Who was promised it, by number or name; all others when left out.") var customer: String?

        func validate() throws {
            guard respond != nil || resolve != nil else { throw ValidationError("Give --respond, --resolve or both.") }
            for span in [respond, resolve].compactMap(\.self) where span < 60 { throw ValidationError("A promise is of a minute at least.") }
        }

        func run() async throws {
            try await options.run { session in
                try await session.stock("Level \(priority.rawValue)", "It is promised from now on.") { client in
                    let (customer, calendar) = try client.read { reader in
                        let lookup = DispatchLookup(reader)
                        return (try self.customer.map { try lookup.customer($0).id }, try self.calendar.map { try lookup.calendar($0).id })
                    }
                    return try client.dispatchLevel(
                        priority, customer: customer, responseMinutes: respond.map { Int($0 / 60) }, resolutionMinutes: resolve.map { Int($0 / 60) },
                        calendar: calendar)
                }
            }
        }
    }

    struct Stage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stage", abstract: "Say how long an order may stand in a state.",
            discussion: """
                The server raises cases for orders that come into the state after it; `stalled` lists those that stood there before as well.

                EXAMPLE
                  truckroll-dispatch levels stage ready_to_plan 24h --calendar office

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "The state, as ready_to_plan.") var state: OrderState
        @Argument(help: ArgumentHelp("As 90m, 24h or 2d.", valueName: "span"), transform: Span.read) var span: Int64
        @Option(help: "The calendar's name; left out at first: day and night, later: as it was.") var calendar: String?

        func validate() throws {
            if state.isClosed { throw ValidationError("An order that is \(state.title) is over.") }
            if state == .draft { throw ValidationError("A draft is nobody's yet. Limit the states behind it.") }
            if span < 60 { throw ValidationError("A limit is of a minute at least.") }
        }

        func run() async throws {
            try await options.run { session in
                try await session.stock("Stage \(state.title)", "Noted.") { client in
                    let calendar = try client.read { reader in try self.calendar.map { try DispatchLookup(reader).calendar($0).id } }
                    return try client.dispatchLimit(state, minutes: Int(span / 60), calendar: calendar)
                }
            }
        }
    }

    struct Calendar: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "calendar", abstract: "Make a calendar of working hours, or change one.",
            discussion: """
                EXAMPLE
                  truckroll-dispatch levels calendar office --zone Europe/Berlin \\
                    --hours "MO-FR 08:00-17:00" --hours "SA 09:00-12:00"
                  truckroll-dispatch levels calendar office --holiday 2026-12-25

                \(StockCommand.written)
                JSON: answer (granted, refused, pending), text, id.
                """)
        @OptionGroup var options: DispatchOptions
        @Argument(help: "Its name.", transform: Wording.read) var name: String
        @Option(help: ArgumentHelp("IANA name of the time zone; the company's when left out at first.", valueName: "zone")) var zone: String?
        @Option(help: ArgumentHelp("Hours that are worked; repeat it for several.", valueName: "hours"), transform: Wording.read) var hours:
            [String] = []
        @Option(help: ArgumentHelp("Hours that are worked no more.", valueName: "hours"), transform: Wording.read) var noHours: [String] = []
        @Option(help: ArgumentHelp("A day nobody works, YYYY-MM-DD.", valueName: "day"), transform: CalendarText.day) var holiday: [String] = []
        @Option(help: ArgumentHelp("A day that is worked after all.", valueName: "day"), transform: CalendarText.day) var noHoliday: [String] = []

        func validate() throws {
            if let zone, TimeZone(identifier: zone) == nil {
                throw ValidationError("“\(zone.prefix(40))” is no time zone. Write it as Europe/Berlin.")
            }
            if zone == nil, hours.isEmpty, noHours.isEmpty, holiday.isEmpty, noHoliday.isEmpty {
                throw ValidationError("There is nothing to change.")
            }
        }

        func run() async throws {
            try await options.run { session in
                let calendar = try session.calendar()
                let (added, removed) = (try holiday.map { try calendar.day($0) }, try noHoliday.map { try calendar.day($0) })
                return try await session.stock("Calendar \(name)", "Noted.") { client in
                    let isNew = try client.read { try $0.views("work_calendar").allSatisfy { $0.text("name") != name } }
                    let company = try client.read { try $0.views("tenant").first?.text("time_zone") }
                    return try client.dispatchCalendar(
                        name, zone: zone ?? (isNew ? company : nil), adding: hours, removing: noHours, holidays: added, working: removed)
                }
            }
        }
    }
}

struct StalledCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stalled", abstract: "Orders past the moment by which they were to be begun, done or moved on.",
        discussion: """
            The longest past first, with who has the case.

            EXAMPLE
              truckroll-dispatch stalled

            EXIT STATUS: 0 none is past its time; 2 some are; 64 bad usage; 1 anything else.
            JSON: stalled (order, title, state, kind, due, owner, technicians), synced, as_of_position.
            """)

    @OptionGroup var options: DispatchOptions

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            var isEmpty = true
            try session.print(reach) { reader, calendar in
                let stalled = try reader.stalledOrders(at: calendar.now)
                isEmpty = stalled.isEmpty
                var table = Table(
                    [
                        .init("Order"), .init("Title", .left, .truncates(minimum: 12)), .init("State"), .init("What"), .init("By"),
                        .init("Case with"),
                        .init("Technicians", .left, .wraps(minimum: 10)),
                    ], emptyText: "Every order is in time.", footer: StyledText(stalled.count.counted("moment")))
                let words: [ExceptionKind: String] = [.response_overdue: "nobody there", .resolution_overdue: "not done", .stalled: "not moved on"]
                for line in stalled {
                    table.addRow(
                        StyledText(line.order.text("number") ?? "", .bold), StyledText(line.order.text("title") ?? ""),
                        .state(line.order.text("state")),
                        StyledText(words[line.kind] ?? "", .red), StyledText(calendar.spoken(line.due.description)),
                        StyledText(line.owner ?? "nobody yet"),
                        StyledText(line.technicians.joined(separator: ", ")))
                }
                let json = stalled.map { line in
                    JSONValue.object([
                        ("order", .text(line.order.text("number"))), ("title", .text(line.order.text("title"))),
                        ("state", .text(line.order.text("state"))),
                        ("kind", .string(line.kind.rawValue)), ("due", .string(line.due.description)), ("owner", .text(line.owner)),
                        ("technicians", .texts(line.technicians)),
                    ])
                }
                return ([("stalled", .array(json))], [table])
            }
            return isEmpty ? .done : .refused
        }
    }
}
