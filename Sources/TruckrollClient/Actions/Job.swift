import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Where the work is.
public struct SiteCard: Sendable {
    public let id: RecordID
    public let name: String
    public let address: [String]
    public let contacts: [String]
    public let requirements: [String]
    public let accessWindows: [String]
    /// Kinds of permits without which no work is started there.
    public let permitsNeeded: [String]
    /// Schemes in which whoever starts work there is qualified.
    public let qualificationsNeeded: [String]
}

/// An order that this one follows, or that follows it.
public struct OrderLink: Sendable {
    /// Of the other order.
    public let id: RecordID
    /// Its number; the end of its id where this device does not hold it.
    public let number: String
    /// How the later one of the two follows the earlier one.
    public let relation: OrderRelation
    /// Whether it is the earlier one.
    public let isEarlier: Bool
}

/// For whom the work is.
public struct CustomerCard: Sendable {
    public let id: RecordID
    public let name: String
    public let address: [String]
    public let contact: String?
    public let phone: String?
}

/// A manual, procedure or drawing of a model.
public struct DocumentLine: Sendable {
    public let title: String
    public let edition: String?
    public let kind: String
    public let model: String
    public let sha256: [UInt8]?
}

/// Everything about an order that its screen shows.
public struct Job: Sendable {
    public let line: JobLine
    public let problem: String?
    public let poReference: String?
    public let tags: [String]
    public let requiredDocuments: [String]
    /// The earlier order first, then those that follow, by number.
    public let links: [OrderLink]
    public let site: SiteCard?
    public let customer: CustomerCard?
    public let areas: [AreaLine]
    public let assets: [AssetCard]
    public let documents: [DocumentLine]
    public let tasks: [TaskLine]
    /// What people wrote on its tasks, those of deleted tasks at the end.
    public let taskNotes: [TaskNotes]
    public let labour: [LabourLine]
    public let parts: [PartLine]
    public let findings: [FindingLine]
    public let readings: [ReadingLine]
    public let notes: [NoteLine]
    public let scans: [ScanLine]
    public let attachments: [AttachmentLine]
    public let signatures: [SignatureLine]
    public let certificates: [CertificateLine]
    /// What it is to bring.
    public let orderLines: [OrderLine]
    public let reservations: [ReservationLine]
    public let appointments: [AppointmentLine]
    public let exceptions: [ExceptionLine]
    public let events: [EventLine]
    /// What changed the appointments, but for steps of the workflow.
    public let planning: [PlanningTrace.Step]
    /// Who wrote in the job's texts.
    public let writings: [(fact: Fact, text: String)]
    /// What the user can do next.
    public let nextEvents: [OrderEvent]
}

extension Job {
    /// What could happen next, whoever does it, in the order of the workflow.
    public var nextSteps: [OrderEvent] { line.state.map { OrderWorkflow.events(in: $0) } ?? [] }
}

extension DeviceClient {
    /// The job in full.
    public func job(_ id: RecordID) throws -> Job { try screen { try Job(try $0.reader.require("service_order", id), $0) } }
}

extension Job {
    init(_ order: RecordView, _ screen: ScreenReader) throws {
        let reader = screen.reader
        line = try JobLister(screen).line(order)
        problem = try reader.text(.problem, of: order.id)
        poReference = order.text("po_reference")
        tags = (order["tags"].list ?? []).compactMap(\.text)
        requiredDocuments = (order["required_documents"].list ?? []).compactMap(\.text)
        links = try Self.links(order, reader)
        let siteView = try order.reference("site").flatMap { try reader.view("site", $0) }
        site = siteView.map { SiteCard($0) }
        customer = try order.reference("customer").flatMap { try reader.view("customer", $0) }.map { CustomerCard($0) }
        areas = try siteView.map { try reader.views("hazardous_area", where: "site", equals: .reference($0.id)).map { AreaLine($0) } } ?? []
        assets = try order.references("assets").compactMap { try reader.view("asset", $0) }.map { try AssetCard($0, screen, besides: order.id) }
            .sorted { $0.name < $1.name }
        documents = try Self.documents(of: assets, reader)

        let tasks = TaskLine.sorted(try reader.children("task", of: order.id))
        let authors = try ReplicaAuthors(screen)
        self.tasks = try tasks.map { try TaskLine($0, screen, authors) }
        scans = try reader.children("scan", of: order.id).inTime().map { view in
            ScanLine(fact: try screen.fact(view), asset: try view.reference("asset").map { try screen.assetName($0) }, text: view.text("text") ?? "")
        }
        taskNotes = try TaskNotes.all(of: order.id, tasks, screen)
        let labour = try reader.children("labour_entry", of: order.id).inTime("started_at")
        self.labour = try labour.map { try LabourLine($0, screen, corrected: labour.corrected) }
        let parts = try reader.children("part_use", of: order.id).inTime()
        self.parts = try parts.map { try PartLine($0, screen, corrected: parts.corrected) }
        let findings = try reader.children("finding", of: order.id).inTime()
        self.findings = try findings.map { try FindingLine($0, screen, corrected: findings.corrected) }
        let readings = try reader.children("reading", of: order.id).inTime()
        self.readings = try readings.map { try ReadingLine($0, screen, corrected: readings.corrected) }
        notes = try reader.children("note", of: order.id).inTime().map { NoteLine(fact: try screen.fact($0), text: $0.text("text") ?? "") }
        attachments = try reader.children("attachment", of: order.id).inTime("taken_at").map { try AttachmentLine($0, screen) }
        signatures = try reader.children("signature", of: order.id).inTime().map { try SignatureLine($0, screen) }
        let certificates = try reader.children("certificate", of: order.id).inTime("issued_at")
        self.certificates = try certificates.map {
            try CertificateLine($0, screen, superseded: Set(certificates.compactMap { $0.reference("supersedes") }))
        }
        orderLines = try screen.lines(of: order.id)
        reservations = try reader.children("reservation", of: order.id).map { try ReservationLine($0, screen) }.sorted { $0.part < $1.part }
        appointments = try reader.children("appointment", of: order.id).inTime("starts_at").map { try AppointmentLine($0, screen) }
        exceptions = try reader.children("exception", of: order.id).inTime("raised_at").map { try ExceptionLine($0, screen) }
        events = try reader.children("order_event", of: order.id).inTime().map { try EventLine($0, screen) }
        let planner = PlanningReader(screen: screen, authors: authors)
        planning = try planner.steps(of: order.id).filter { !$0.isEvent }
        writings = try TextHistory(reader: planner).lines(of: order.id)
        let role = try reader.view("user", screen.user)?.text("role").flatMap { Role(rawValue: $0) }
        // A certificate is about readings; where there are none the office goes on.
        let isCertifiable = !readings.isEmpty
        nextEvents =
            line.state.map { OrderWorkflow.events(in: $0).filter { $0.roles.contains(role ?? .technician) && ($0 != .certify || isCertifiable) } }
            ?? []
    }

    private static func links(_ order: RecordView, _ reader: LocalReader) throws -> [OrderLink] {
        func link(_ other: RecordView, _ follower: RecordView, isEarlier: Bool) -> OrderLink {
            let relation = follower.text("relation").flatMap { OrderRelation(rawValue: $0) } ?? .follow_up
            return OrderLink(id: other.id, number: other.text("number") ?? other.id.short, relation: relation, isEarlier: isEarlier)
        }
        let earlier = try order.reference("follow_up_of").map { id in
            try reader.view("service_order", id).map { link($0, order, isEarlier: true) }
                ?? OrderLink(
                    id: id, number: "…\(id.short)", relation: order.text("relation").flatMap { OrderRelation(rawValue: $0) } ?? .follow_up,
                    isEarlier: true)
        }
        let later = try reader.views("service_order", where: "follow_up_of", equals: .reference(order.id)).map { link($0, $0, isEarlier: false) }
        return [earlier].compactMap(\.self) + later.sorted { $0.number < $1.number }
    }

    private static func documents(of assets: [AssetCard], _ reader: LocalReader) throws -> [DocumentLine] {
        var seen: Set<RecordID> = []
        var documents: [DocumentLine] = []
        for asset in assets {
            guard let model = asset.modelID, seen.insert(model).inserted else { continue }
            for view in try reader.views("document", where: "model", equals: .reference(model)) {
                documents.append(
                    DocumentLine(
                        title: view.text("title") ?? "", edition: view.text("edition"), kind: view.text("kind") ?? "", model: asset.model,
                        sha256: view["sha256"].bytes))
            }
        }
        return documents
    }
}

extension SiteCard {
    init(_ view: RecordView) {
        id = view.id
        name = view.text("name") ?? ""
        address = view.addressLines
        contacts = (view["contacts"].list ?? []).compactMap(\.text)
        requirements = (view["requirements"].list ?? []).compactMap(\.text)
        accessWindows = (view["access_windows"].list ?? []).compactMap(\.text)
        permitsNeeded = (view["permits_needed"].list ?? []).compactMap(\.text).sorted()
        qualificationsNeeded = (view["qualifications_needed"].list ?? []).compactMap(\.text).sorted()
    }
}

extension CustomerCard {
    init(_ view: RecordView) {
        id = view.id
        name = view.text("name") ?? ""
        address = view.addressLines
        contact = view.text("contact_name")
        phone = view.text("phone")
    }
}

extension RecordView {
    /// Street, town and country, as far as they are known.
    var addressLines: [String] {
        let town = [text("postal_code"), text("city")].compactMap { $0 }.joined(separator: " ")
        return [text("street"), town, text("country")].compactMap { $0 }.filter { !$0.isEmpty }
    }
}
