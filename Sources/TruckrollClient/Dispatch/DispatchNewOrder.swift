import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// An order as the office takes it down.
public struct DispatchNewOrder: Sendable {
    /// A step of the order.
    public struct Step: Hashable, Sendable {
        /// What to do.
        public let title: String
        /// Whether the order cannot be completed without it.
        public let isMandatory: Bool

        /// A step.
        public init(_ title: String, isMandatory: Bool) {
            self.title = title
            self.isMandatory = isMandatory
        }
    }

    /// For whom.
    public var customer: RecordID
    /// Where.
    public var site: RecordID
    /// The schema's word for the kind of work.
    public var kind: String
    /// In one line.
    public var title: String
    /// How it came in.
    public var channel = "office"
    /// In the caller's words.
    public var problem: String?
    /// How urgent.
    public var priority: String?
    /// The assets to work on.
    public var assets: [RecordID] = []
    /// When it must be done.
    public var due: DeviceTime?
    /// The customer's purchase order.
    public var purchaseOrder: String?
    /// What it is worth.
    public var worth: Money?
    /// Kinds of tools it cannot be done without.
    public var tools: [String] = []
    /// The order it follows.
    public var follows: RecordID?
    /// How it follows that order.
    public var relation: OrderRelation?
    /// What must exist before it is closed.
    public var documents: [String] = []
    /// What it is to bring.
    public var lines: [OrderLineEntry] = []
    /// Its steps in their order.
    public var steps: [Step] = []

    /// An order with what it must have.
    public init(customer: RecordID, site: RecordID, kind: String, title: String) {
        self.customer = customer
        self.site = site
        self.kind = kind
        self.title = title
        documents = Self.documents(of: kind)
    }

    /// The documents an order of a kind needs unless somebody says otherwise.
    public static func documents(of kind: String) -> [String] {
        switch kind {
        case "calibration": ["calibration_certificate", "customer_signature"]
        case "inspection": ["inspection_report", "customer_signature"]
        case "repair", "emergency": ["completion_report", "customer_signature"]
        default: ["customer_signature"]
        }
    }

    /// The order, its events and its steps in one change set: nobody ever sees it half made.
    func record(_ editor: LocalEditor) throws -> RecordID {
        let order = editor.newID()
        try editor.create("service_order", id: order, fields(editor))
        if let problem { try editor.reword(.problem, of: order, as: problem) }
        for (place, step) in steps.enumerated() {
            try editor.create(
                "task",
                [
                    "order": .reference(order), "title": .text(step.title), "rank": .integer(Int64(10 * (place + 1))),
                    "mandatory": .text(step.isMandatory ? "yes" : "no"), "state": .text("open"),
                ])
        }
        for line in lines { try editor.line(line, on: order) }
        try editor.event(.create, order: order)
        try editor.event(.submit, order: order)
        return order
    }

    private func fields(_ editor: LocalEditor) -> [String: Value] {
        [
            "number": .text(OrderNumber.text(series: editor.series, .office, editor.nextDocumentNumber())), "channel": .text(channel),
            "customer": .reference(customer),
            "site": .reference(site), "kind": .text(kind), "title": .text(title),
            "priority": priority.map { .text($0) } ?? .null, "assets": assets.isEmpty ? .null : .list(assets.map { .reference($0) }),
            "requested_at": .text(editor.now.description), "due_at": due.map { .text($0.description) } ?? .null,
            "po_reference": purchaseOrder.map { .text($0) } ?? .null, "worth": worth.map { .integer($0.minorUnits) } ?? .null,
            "currency": worth.map { .text($0.currency) } ?? .null,
            "tools_needed": tools.isEmpty ? .null : .list(tools.map { .text($0) }), "follow_up_of": .optional(follows),
            "relation": .optional(relation?.rawValue),
            "required_documents": documents.isEmpty ? .null : .list(documents.map { .text($0) }),
        ]
    }
}

extension DeviceClient {
    /// Records a new order and submits it.
    ///
    /// - Throws: `SchemaProblem` for a value that does not fit its field, ``DeviceProblem`` `fields-missing` where its channel asks for more;
    ///   then nothing was recorded.
    public func dispatchCreate(_ order: DispatchNewOrder) throws -> DispatchTicket {
        let (record, set) = try commit("create-order") { editor in
            let id = try order.record(editor)
            // What its channel asks for is named before anything is recorded.
            let missing = try editor.rules.report(onOrder: id)?.findings.filter { $0.code == "order-field" && $0.severity == .error } ?? []
            guard missing.isEmpty else {
                throw DeviceProblem(
                    .fieldsMissing, "The order is not complete.", missing: missing.map(\.text), next: "Add them, and take it down again.")
            }
            return id
        }
        return DispatchTicket(record: record, set: try written(set))
    }

    /// Whether the server took a new order.
    public func dispatchReception(of ticket: DispatchTicket) throws -> DispatchAnswer {
        try read { reader in
            if let refusal = try setAside(ticket, reader) { return refusal }
            guard try reader.own(ticket.set)?.standing == .answered, let order = try reader.view("service_order", ticket.record) else {
                return .pending
            }
            let state = order.text("state").flatMap { OrderState(rawValue: $0) }
            guard state == .on_hold else { return .granted("The order is \(state?.title ?? "received").") }
            let held = try reader.views("exception", where: "order", equals: .reference(order.id))
                .first { $0.text("kind") == ExceptionKind.order_held.rawValue && $0.text("state") == "open" }
            return .waiting(held?.text("text") ?? "The order is on hold.")
        }
    }
}
