import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What one op did.
public struct AppliedOp: Sendable {
    public let index: Int
    public let op: Op
    public let entity: Entity
    /// The record as it was before.
    public let former: Record?
    /// Whether the op made the record be there: before it nobody had made it, or it was deleted.
    public let isNew: Bool
    public let losses: [FieldLoss]
    /// A field of which several values stand side by side now.
    public let siblingField: FieldID?
    public var hasSiblings: Bool { siblingField != nil }
    /// The record stayed, or came back, although a deletion stands in it.
    public let survivedDeletion: Bool
    /// For an order event: what became of it.
    public let eventRuling: EventRuling?
}

/// A loss with the field it happened in.
public struct FieldLoss: Sendable {
    public let field: Field
    public let loss: Loss
}

/// Applies the ops of one change set to records, the same way on the server and in a device's prediction.
public struct SetApplier {
    private let schema: Schema
    private let access: any RecordAccess
    private let version: Version
    private let role: Role?
    private let isKnown: (WriteID) -> Bool

    /// - Parameters:
    ///   - version: the version every write of the set gets.
    ///   - role: of the author; `nil` for the server's own sets, which may do anything.
    ///   - isKnown: whether a write id was admitted; a device says yes to all.
    public init(schema: Schema, access: any RecordAccess, version: Version, role: Role?, isKnown: @escaping (WriteID) -> Bool = { _ in true }) {
        self.schema = schema
        self.access = access
        self.version = version
        self.role = role
        self.isKnown = isKnown
    }

    /// Applies one op and, for an order event, folds it into its order.
    ///
    /// - Throws: ``DecodingProblem`` when a stored state or the op does not fit its rule, or what the store throws.
    public func apply(_ op: Op, index: Int) throws -> AppliedOp {
        guard let entity = schema[op.key.type] else { throw DecodingProblem("entity-unknown", "entity type \(op.key.type)") }
        let before = try access.record(op.key)
        var record = before ?? Record(key: op.key)
        let wasThere = before.map { RecordView($0, entity).isThere } ?? false
        var losses: [FieldLoss] = []
        var siblingField: FieldID?
        if op.kind == .delete {
            record.set(try Tombstone.merged(op.seen, version: version, into: record[.tombstone]))
        }
        for write in op.writes {
            guard let field = entity[write.field] else { throw DecodingProblem("field-unknown", "field \(write.field)") }
            // An entry of a log or a sealed document that exists gets nothing added, by nobody but the server.
            if wasThere, role != nil, record[write.field] == nil, entity.isLog || field.rule == .sealed { continue }
            if field.rule == .text { continue }
            let result = try Merge.apply(
                write, version: version, to: record[write.field], rule: field.rule, lattice: field.lattice, isKnown: isKnown)
            record.set(result.entry)
            if let loss = result.loss { losses.append(FieldLoss(field: field, loss: loss)) }
            if result.hasSiblings { siblingField = siblingField ?? write.field }
        }
        for field in entity.fields where field.rule == .text {
            let edits = op.writes.filter { $0.field == field.id }
            if !edits.isEmpty { record.set(try Merge.apply(edits, version: version, toText: record[field.id])) }
        }
        try access.put(record)
        let ruling = !wasThere && entity.name == "order_event" && op.kind == .create ? try fold(record, entity) : nil
        let isThere = RecordView(record, entity).isThere
        return AppliedOp(
            index: index, op: op, entity: entity, former: before, isNew: !wasThere && isThere, losses: losses, siblingField: siblingField,
            survivedDeletion: record[.tombstone] != nil && isThere, eventRuling: ruling)
    }

    /// Folds a new event into its order: says whether it is effective and moves the order's state.
    private func fold(_ event: Record, _ entity: Entity) throws -> EventRuling? {
        let view = RecordView(event, entity)
        guard let orderID = view.reference("order"), let kind = view.text("event").flatMap({ OrderEvent(rawValue: $0) }),
            let orderEntity = schema["service_order"]
        else { return nil }
        let order = try access.view(orderEntity, orderID)
        let history = OrderHistory(access: access, entity: entity, id: orderID, order: order)
        let present = order?.text("state").flatMap { OrderState(rawValue: $0) }
        let branch = try history.event(view.reference("seen"))?.text("state_after").flatMap { OrderState(rawValue: $0) }
        let (unseen, isTakenUp) = try history.unseen(by: view)
        var ruling = EventRuling.decide(kind, present: present, branch: branch, unseen: unseen, isTakenUp: isTakenUp)
        if let problem = try problem(kind, view, order) { ruling = problem }
        let onBranch = OrderWorkflow.next(from: unseen.isEmpty ? present : branch, kind) ?? branch ?? present

        var folded = event
        var text: String?
        var next: OrderState?
        switch ruling {
        case .effective(let state), .doubleAssignment(let state), .reassignmentVoid(let state), .cancellationAsked(let state): next = state
        case .notEffective(_, let words): text = words
        }
        let lastBefore = order?.reference("last_event")
        set(&folded, entity, "state_after", (next ?? onBranch).map { .text($0.rawValue) })
        set(&folded, entity, "effective", .boolean(next != nil))
        set(&folded, entity, "ruling", text.map { .text($0) })
        set(&folded, entity, "after", lastBefore.map { .reference($0) })
        try access.put(folded)
        if let next, let order {
            var moved = order.record
            set(&moved, orderEntity, "state", .text(next.rawValue))
            set(&moved, orderEntity, "last_event", .reference(event.key.id))
            try access.put(moved)
        }
        return ruling
    }

    /// What stops an event whatever the machine says: a missing order, a role that may not, work left undone.
    private func problem(_ event: OrderEvent, _ view: RecordView, _ order: RecordView?) throws -> EventRuling? {
        guard let order else { return .notEffective(rule: "order-unknown", text: "The order of this event is not known; it is kept as a fact.") }
        if let role, !event.roles.contains(role) {
            return .notEffective(rule: "role", text: "A \(role.rawValue) may not \(event.rawValue) an order; it is kept as a fact.")
        }
        if event == .certify, role == .technician, try !OrderCompleteness.hasCertificates(order, schema: schema, access: access) {
            return .notEffective(rule: "incomplete", text: "Not every asset of the order has its certificate.")
        }
        if event == .certify, role == .technician, try OrderCompleteness.hasDifferingAnswers(order.id, schema: schema, access: access) {
            return .notEffective(rule: "incomplete", text: "Answers of two people differ; somebody has to pick one.")
        }
        if event == .decline, let author = view.reference("by"), try hasOtherTechnician(order.id, than: author) {
            return .notEffective(rule: "declined-beside", text: "One of several technicians declined; the others go on.")
        }
        if event == .complete {
            let open = try OrderCompleteness.openMandatoryTasks(order.id, schema: schema, access: access)
            if !open.isEmpty {
                return .notEffective(
                    rule: "incomplete",
                    text: "Mandatory tasks are open: \(open.joined(separator: "; ").unicodeScalars.prefix(240).map(String.init).joined()).")
            }
            let unnamed = try OrderCompleteness.unnamedPieces(order.id, schema: schema, access: access)
            if !unnamed.isEmpty {
                return .notEffective(
                    rule: "incomplete",
                    text: "Serial numbers are missing: \(unnamed.joined(separator: "; ").unicodeScalars.prefix(240).map(String.init).joined()).")
            }
        }
        return nil
    }

    private func hasOtherTechnician(_ order: RecordID, than author: RecordID) throws -> Bool {
        guard let appointment = schema["appointment"] else { return false }
        return try access.views(appointment, where: "order", equals: .reference(order))
            .contains { $0.text("state") == "active" && $0.reference("technician") != author }
    }

    private func set(_ record: inout Record, _ entity: Entity, _ name: String, _ value: Value?) {
        guard let field = entity[name], let value else { return }
        let bytes = FieldState.single(value, notes: []).encoded(rule: field.rule)
        record.set(FieldEntry(field: field.id, version: version, value: bytes))
    }
}

/// What has to be there before an order can be completed; the device asks before it records, the server when it admits.
public enum OrderCompleteness {
    /// Titles of the mandatory tasks that are neither done nor not applicable.
    public static func openMandatoryTasks(_ order: RecordID, schema: Schema, access: any RecordAccess) throws -> [String] {
        guard let task = schema["task"] else { return [] }
        return try access.views(task, where: "order", equals: .reference(order))
            .filter { $0.text("mandatory") == "yes" && ($0.text("state") ?? "open") == "open" }
            .map { $0.text("title") ?? "task" }
    }

    /// What an order is to bring that has serial numbers, and of which fewer pieces are named than it says: on its lines, or by what was used on
    /// it (I6).
    public static func unnamedPieces(_ order: RecordID, schema: Schema, access: any RecordReading) throws -> [String] {
        guard let entity = schema["order_line"], let parts = schema["part"], let uses = schema["part_use"] else { return [] }
        let lines = try access.views(entity, where: "order", equals: .reference(order))
        guard !lines.isEmpty else { return [] }
        let used = try access.views(uses, where: "order", equals: .reference(order))
        let corrected = Set(used.compactMap { $0.reference("corrects") })
        return try Dictionary(grouping: lines) { $0.reference("part") }.compactMap { part, lines -> String? in
            guard let part, let view = try access.view(parts, part), view.boolean("serialised") else { return nil }
            let wanted = lines.compactMap(\.greatestQuantity).reduce(Quantity.zero) { $0.adding($1) ?? .greatest }
            let pieces =
                lines.flatMap { ($0["serials"].list ?? []).compactMap(\.text) }
                + used.filter { $0.reference("part") == part && !corrected.contains($0.id) && $0.text("action") != "removed" }
                .compactMap { UnitPassage.serial($0) }
            let named = Set(pieces.map { $0.filter { !$0.isWhitespace } }).count
            guard Int64(named) * Quantity.one.millionths < wanted.millionths else { return nil }
            return "\(view.text("number") ?? "part") \(named) of \(wanted)"
        }.sorted()
    }
}

extension OrderCompleteness {
    /// Whether every asset of the order has a certificate; an order without assets needs one at all.
    static func hasCertificates(_ order: RecordView, schema: Schema, access: any RecordAccess) throws -> Bool {
        guard let entity = schema["certificate"] else { return false }
        let certificates = try access.views(entity, where: "order", equals: .reference(order.id)).filter { $0.text("state") != "unregistered" }
        let certified = Set(certificates.compactMap { $0.reference("asset") })
        return !certificates.isEmpty && Set(order.references("assets")).isSubset(of: certified)
    }

    static func hasDifferingAnswers(_ order: RecordID, schema: Schema, access: any RecordAccess) throws -> Bool {
        guard let task = schema["task"], let answer = task["answer"] else { return false }
        return try access.views(task, where: "order", equals: .reference(order)).contains { view in
            guard case .siblings(let set) = view.state(answer) else { return false }
            return Set(set.siblings.map(\.value)).count > 1
        }
    }

    /// The required documents an order still lacks, by their names in the schema.
    static func missingDocuments(_ order: RecordView, state: OrderState, schema: Schema, access: any RecordAccess) throws -> [String] {
        let documents =
            try schema["certificate"].map {
                try access.views($0, where: "order", equals: .reference(order.id)).filter { $0.text("state") != "unregistered" }
            } ?? []
        let isSigned =
            try schema["signature"].map { entity in
                try access.views(entity, where: "order", equals: .reference(order.id)).contains { $0.text("meaning") == "accepted" }
            } ?? false
        return (order["required_documents"].list ?? []).compactMap(\.text).filter { document in
            switch document {
            case "calibration_certificate": state != .certified
            case "customer_signature": !isSigned
            default: !documents.contains { $0.text("kind") == document }
            }
        }
    }
}

/// The effective events of an order, walked from the newest back.
///
/// What a device says that it has seen may be anything: a walk ends where it would go round, at an event that is not known or is
/// of another order, and after ``Limits/eventsInWalk`` (Protocol/05-workflow.md, 5.4a).
struct OrderHistory {
    let access: any RecordAccess
    let entity: Entity
    let id: RecordID
    let order: RecordView?

    /// The effective events of other replicas that the author of `event` had not seen, oldest first, and whether an effective event
    /// of the author's stands after the last of them that took the order away.
    func unseen(by event: RecordView) throws -> (events: [OrderEvent], isTakenUp: Bool) {
        guard let author = replica(event) else { return ([], false) }
        let anchor = try anchor(of: event, author: author)
        var unseen: [OrderEvent] = []
        var cursor = order?.reference("last_event")
        var steps = 0
        var isTakenUp = false
        while cursor != anchor, steps < Limits.eventsInWalk, let view = try self.event(cursor) {
            if replica(view) == author {
                isTakenUp = isTakenUp || !unseen.contains { $0 == .reassign || $0 == .withdraw }
            } else if let kind = view.text("event").flatMap({ OrderEvent(rawValue: $0) }) {
                unseen.append(kind)
            }
            cursor = view.reference("after")
            steps += 1
        }
        return (unseen.reversed(), isTakenUp)
    }

    /// An event of this order; `nil` for any other.
    func event(_ id: RecordID?) throws -> RecordView? {
        guard let id, let view = try access.view(entity, id), view.reference("order") == self.id else { return nil }
        return view
    }

    /// The newest effective event of somebody else that the author had seen: back over the author's own events.
    private func anchor(of event: RecordView, author: ReplicaID) throws -> RecordID? {
        var met: Set<RecordID> = [event.id]
        var cursor = event.reference("seen")
        while let id = cursor, met.insert(id).inserted, met.count <= Limits.eventsInWalk, let view = try self.event(id) {
            if replica(view) != author { return view.boolean("effective") ? id : view.reference("after") }
            cursor = view.reference("seen")
        }
        return nil
    }

    private func replica(_ event: RecordView) -> ReplicaID? {
        entity["event"].flatMap { event.record[$0.id]?.version.stamp.replica }
    }
}
