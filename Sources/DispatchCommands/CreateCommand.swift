import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Take down an order and submit it.",
        discussion: """
            The number comes from this device's own series, so it stands at once, also offline. Without --document the kind \
            decides which documents the order needs.

            EXAMPLE
              truckroll-dispatch create --customer "Brunsholt Chemie" \\
                --site "Anlage Flensburg 7" --kind calibration \\
                --title "Half-yearly calibration" \\
                --asset HK18-000001 --due 2026-12-01T18:00:00+01:00 \\
                --mandatory-task "Calibrate" --task "Clean the filters"

            EXIT STATUS: 0 taken by the server; 2 not taken, the reason is printed; 3 recorded, the server will hear of it when \
            this device syncs; 64 bad usage; 1 anything else.
            JSON: answer (granted, refused, pending), text, order, order_id, state.
            """)

    /// The schema's kinds of work.
    enum Kind: String, CaseIterable, ExpressibleByArgument { case calibration, inspection, repair, installation, emergency }
    /// The schema's priorities.
    enum Priority: String, CaseIterable, ExpressibleByArgument { case emergency, high, normal, low }
    /// The schema's channels.
    enum Channel: String, CaseIterable, ExpressibleByArgument { case office, portal, field, phone, contract }
    /// The schema's documents.
    enum Document: String, CaseIterable, ExpressibleByArgument {
        case calibration_certificate, inspection_report, completion_report, customer_signature
    }

    /// How far ahead work falls due, in days: the longest interval of a maintenance plan, ten years.
    static let farthestDue: Int64 = 3660

    @OptionGroup var options: DispatchOptions
    @Option(help: "The customer, by number or name.") var customer: String
    @Option(help: "The site, by name or city; the customer's only one when left out.") var site: String?
    @Option(help: "The kind of work.") var kind: Kind
    @Option(help: "The order in one line.", transform: Wording.read) var title: String
    @Option(help: "What is wrong, in the caller's words.", transform: Wording.read) var problem: String?
    @Option(help: "How urgent it is.") var priority: Priority = .normal
    @Option(help: "How it came in.") var channel: Channel = .office
    @Option(help: ArgumentHelp("An asset of the site, by serial number or tag; repeat it for several.", valueName: "serial")) var asset: [String] = []
    @Option(
        help: ArgumentHelp("When it must be done: RFC 3339, or YYYY-MM-DD for the end of that working day.", valueName: "time"),
        transform: CalendarText.due) var due: String?
    @Option(help: ArgumentHelp("The customer's purchase order.", valueName: "text"), transform: Wording.read) var po: String?
    @Option(help: ArgumentHelp("What it is worth, such as \"1200.00 EUR\".", valueName: "amount"), transform: Amount.read) var worth: Money?
    @Option(help: ArgumentHelp("What must exist before it is closed; repeat it for several.", valueName: "document")) var document: [Document] = []
    @Option(help: ArgumentHelp("A kind of tool it cannot be done without; repeat it for several.", valueName: "kind"), transform: Wording.read)
    var tool: [String] = []
    @Option(help: ArgumentHelp("A part it is to bring, such as HI-1002=2; repeat it for several.", valueName: "part=quantity")) var part:
        [PartQuantity] = []
    @Option(help: ArgumentHelp("The order it follows.", valueName: "order")) var follows: String?
    @Option(help: "How it follows: follow_up, call_back, warranty or return.") var relation: OrderRelation?
    @Option(help: ArgumentHelp("A step; repeat it for several.", valueName: "title"), transform: Wording.read) var task: [String] = []
    @Option(help: ArgumentHelp("A step without which the order cannot be completed; these come first.", valueName: "title"), transform: Wording.read)
    var mandatoryTask: [String] = []

    func validate() throws { if relation != nil, follows == nil { throw ValidationError("--relation is with --follows.") } }

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            let calendar = try session.calendar()
            let draft = try session.client.read { try newOrder($0, calendar) }
            if let due = draft.due, due.milliseconds < calendar.now.milliseconds {
                session.console.note("Note that it is overdue from the start: it is \(calendar.spoken(calendar.now.description)) now.")
            }
            let ticket: DispatchTicket
            do { ticket = try session.client.dispatchCreate(draft) } catch let problem as DeviceProblem where problem.isRefusal {
                return session.report(.refused("\(problem.detail)\n\(problem.next)"), about: "Order", json: [("code", .string(problem.code))])
            }
            try await session.deliver(after: reach)
            let order = try session.client.read { try $0.view("service_order", ticket.record) }
            let number = order?.text("number") ?? ticket.record.short
            return session.report(
                try session.client.dispatchReception(of: ticket), about: "Order \(number)",
                json: [("order", .string(number)), ("order_id", .string("\(ticket.record)")), ("state", .text(order?.text("state")))])
        }
    }

    private func newOrder(_ reader: LocalReader, _ calendar: DispatchCalendar) throws -> DispatchNewOrder {
        let lookup = DispatchLookup(reader)
        let customer = try lookup.customer(self.customer)
        let site = try lookup.site(self.site, of: customer)
        var order = DispatchNewOrder(customer: customer.id, site: site.id, kind: kind.rawValue, title: title)
        order.channel = channel.rawValue
        order.problem = problem
        order.priority = priority.rawValue
        order.assets = try asset.map { try lookup.asset($0, at: site.id).id }
        order.due = try due.map { try calendar.due($0) }
        if let due = order.due { try Plausible.check(due, "--due", daysAhead: Self.farthestDue, calendar) }
        order.purchaseOrder = po
        order.worth = worth
        order.tools = tool
        order.lines = try part.map { OrderLineEntry(part: try lookup.part($0.part).id, quantity: $0.quantity) }
        order.follows = try follows.map { try lookup.order($0).id }
        order.relation = follows == nil ? nil : relation ?? .follow_up
        if !document.isEmpty { order.documents = document.map(\.rawValue) }
        order.steps = mandatoryTask.map { .init($0, isMandatory: true) } + task.map { .init($0, isMandatory: false) }
        return order
    }
}
