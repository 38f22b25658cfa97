import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A job as it is made in the field.
public struct NewJob: Sendable {
    public var site: RecordID
    /// `calibration`, `inspection`, `repair`, `installation` or `emergency`.
    public var kind: String
    public var title: String
    public var problem: String?
    public var priority = "normal"
    public var assets: [RecordID] = []
    public var poReference: String?
    public var tasks: [String] = []
    public var followUpOf: RecordID?
    /// How it follows that order.
    public var relation: OrderRelation?

    public init(site: RecordID, kind: String, title: String) {
        self.site = site
        self.kind = kind
        self.title = title
    }
}

/// What a technician changes on an order's head.
public struct OrderEdit: Sendable {
    public var title: String?
    public var problem: String?
    public var priority: String?
    public var addTags: [String] = []
    public var removeTags: [String] = []
    public var addAssets: [RecordID] = []

    public init() {}
}

extension DeviceClient {
    /// Makes an order and takes it, offline as well: the order, its tasks and both events in one change set, with a number of
    /// this device's own series.
    public func createJob(_ job: NewJob) throws -> Recorded {
        try act("new-job") { editor in
            let site = try editor.require("site", job.site)
            let id = editor.newID()
            let number = OrderNumber.text(series: editor.series, .field, editor.nextDocumentNumber())
            let documents =
                switch job.kind {
                case "calibration": ["calibration_certificate", "customer_signature"]
                case "inspection": ["inspection_report", "customer_signature"]
                default: ["completion_report", "customer_signature"]
                }
            try editor.create(
                "service_order", id: id,
                [
                    "number": .text(number), "channel": .text("field"), "customer": site["customer"], "site": .reference(job.site),
                    "kind": .text(job.kind),
                    "title": .text(job.title), "priority": .text(job.priority),
                    "assets": job.assets.isEmpty ? .null : .list(job.assets.map { .reference($0) }), "requested_at": .time(editor.now),
                    "po_reference": .optional(job.poReference), "required_documents": .list(documents.map { .text($0) }),
                    "follow_up_of": .optional(job.followUpOf), "relation": .optional(job.relation?.rawValue),
                ])
            if let problem = job.problem { try editor.reword(.problem, of: id, as: problem) }
            for (index, title) in job.tasks.enumerated() {
                try editor.create(
                    "task",
                    [
                        "order": .reference(id), "title": .text(title), "rank": .integer(Int64(10 * (index + 1))), "mandatory": .text("yes"),
                        "state": .text("open"),
                    ])
            }
            try editor.event(.create, order: id)
            _ = try editor.step(.take, id)
            let missing = try editor.rules.report(onOrder: id)?.findings.filter { $0.code == "order-field" }.map(\.text) ?? []
            return (id, ["Its number is \(number)."] + missing)
        }
    }

    /// Changes the head of an order. Each field merges by its own rule.
    public func edit(_ order: RecordID, _ edit: OrderEdit) throws -> Recorded {
        try act("edit") { editor in
            _ = try editor.require("service_order", order)
            let texts = ["title": edit.title, "priority": edit.priority].compactMapValues { $0 }
            if !texts.isEmpty { try editor.patch("service_order", order, texts.mapValues { .text($0) }) }
            if let problem = edit.problem { try editor.reword(.problem, of: order, as: problem) }
            for tag in edit.addTags { try editor.change("service_order", order, "tags", element: .text(tag), op: .add) }
            for tag in edit.removeTags { try editor.change("service_order", order, "tags", element: .text(tag), op: .remove) }
            for asset in edit.addAssets { try editor.change("service_order", order, "assets", element: .reference(asset), op: .add) }
            return (order, [])
        }
    }
}

extension DeviceClient {
    /// Where an asset stands, as far as this device knows.
    public func site(of asset: RecordID) throws -> RecordID? { try read { try $0.view("asset", asset)?.reference("site") } }
}
