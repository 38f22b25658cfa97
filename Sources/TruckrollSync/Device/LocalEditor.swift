import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Builds the ops of one user action over what the user sees; every write names the versions it saw.
public final class LocalEditor {
    public let schema: Schema
    public let user: RecordID
    /// The corrected local time.
    public let now: DeviceTime
    /// The next numbers of this device.
    public let series: String
    /// Under which number this device writes.
    public let replica: ReplicaID
    public private(set) var documentNumber: UInt64
    let records: VisibleRecords
    let decoded: DecodedRows
    private let randomID: () -> RecordID
    private(set) var ops: [Op] = []
    private(set) var guards: [Guard] = []
    private let applier: SetApplier
    let version: Version

    init(
        schema: Schema, user: RecordID, now: DeviceTime, series: String, documentNumber: UInt64, records: VisibleRecords, version: Version,
        role: Role?, decoded: DecodedRows, randomID: @escaping () -> RecordID
    ) {
        self.schema = schema
        self.user = user
        self.now = now
        self.series = series
        replica = version.stamp.replica
        self.documentNumber = documentNumber
        self.records = records
        self.decoded = decoded
        self.randomID = randomID
        self.version = version
        applier = SetApplier(schema: schema, access: records, version: version, role: role)
    }

    // MARK: Reading

    public func view(_ entity: String, _ id: RecordID) throws -> RecordView? {
        try records.view(try schema.entity(entity), id)
    }

    public func views(_ entity: String, where column: String, equals value: Value) throws -> [RecordView] {
        try records.views(try schema.entity(entity), where: column, equals: value)
    }

    /// Every live record of an entity that the user sees, ascending by id.
    public func views(_ entity: String) throws -> [RecordView] { try records.views(try schema.entity(entity)) }

    /// A new id.
    public func newID() -> RecordID { randomID() }

    /// The rules, asked of what this device shows.
    public var rules: RuleBook { RuleBook(schema: schema, access: records) }

    /// What an order is to bring of which pieces are not named by their serial numbers.
    public func unnamedPieces(of order: RecordID) throws -> [String] {
        try OrderCompleteness.unnamedPieces(order, schema: schema, access: records)
    }

    /// What maintenance plans ask for, by what this device shows.
    public func plans(_ calendar: TenantCalendar) -> PlanBook { PlanBook(schema: schema, access: records, calendar: calendar) }

    /// Takes the next number of this device's series for a document.
    public func nextDocumentNumber() -> UInt64 {
        documentNumber += 1
        return documentNumber
    }

    // MARK: Writing

    /// Creates a record; `null` fields are left out.
    @discardableResult
    public func create(_ entity: String, id: RecordID? = nil, _ fields: [String: Value]) throws -> RecordID {
        let id = id ?? randomID()
        for op in try schema.creation(of: RecordDraft(entity, id: id, fields.filter { $0.value != .null })) { try add(op) }
        return id
    }

    /// Gives fields of a record new values. Sets are changed with ``change(_:_:_:element:op:)``.
    public func patch(_ entity: String, _ id: RecordID, _ fields: [String: Value]) throws {
        let entity = try schema.entity(entity)
        var byFacet: [Facet: [FieldWrite]] = [:]
        for name in fields.keys.sorted() {
            guard let field = entity[name], let value = fields[name] else { throw SchemaProblem(entity: entity.name, detail: "no field \(name)") }
            if let problem = field.problem(with: value) { throw SchemaProblem(entity: entity.name, detail: "\(name) \(problem)") }
            let bases =
                try records.record(RecordKey(type: entity.type, id: id, facet: field.facet)).map { RecordView($0, entity).versions(field) } ?? []
            byFacet[field.facet, default: []].append(FieldWrite(field: field.id, op: field.creationOp, value: value, bases: bases))
        }
        for facet in byFacet.keys.sorted() {
            try add(
                Op(
                    kind: .patch, key: RecordKey(type: entity.type, id: id, facet: facet),
                    writes: (byFacet[facet] ?? []).sorted { $0.field < $1.field }))
        }
    }

    /// Adds or removes an element of a set, raises or releases a safety value.
    public func change(_ entity: String, _ id: RecordID, _ name: String, element: Value, op: MergeOp) throws {
        let entity = try schema.entity(entity)
        guard let field = entity[name] else { throw SchemaProblem(entity: entity.name, detail: "no field \(name)") }
        if let problem = field.problem(with: element) { throw SchemaProblem(entity: entity.name, detail: "\(name) \(problem)") }
        let key = RecordKey(type: entity.type, id: id, facet: field.facet)
        let bases = try records.record(key).map { RecordView($0, entity).versions(field, element: element) } ?? []
        try add(Op(kind: .patch, key: key, writes: [FieldWrite(field: field.id, op: op, value: element, bases: bases)]))
    }

    /// The first entity of the set that the user's role may not write, as the server will judge it; `nil` where there is none, the set holds facts,
    /// or the role is not known here.
    public var forbidden: (entity: Entity, role: Role)? {
        get throws {
            guard let role = try view("user", user)?.text("role").flatMap({ Role(rawValue: $0) }) else { return nil }
            let entities = ops.compactMap { schema[$0.key.type] }
            guard !entities.contains(where: { $0.writeClass == .fact }) else { return nil }
            return entities.first { !$0.writers.contains(role) }.map { ($0, role) }
        }
    }

    public func delete(_ entity: String, _ id: RecordID) throws {
        let entity = try schema.entity(entity)
        let key = RecordKey(type: entity.type, id: id)
        guard let record = try records.record(key) else { return }
        try add(Op(kind: .delete, key: key, seen: RecordView(record, entity).allVersions))
    }

    /// Lets the set's decisions fail when somebody else has changed the field since.
    public func guardUnchanged(_ entity: String, _ id: RecordID, _ name: String) throws {
        let entity = try schema.entity(entity)
        guard let field = entity[name] else { throw SchemaProblem(entity: entity.name, detail: "no field \(name)") }
        let key = RecordKey(type: entity.type, id: id, facet: field.facet)
        let seen = try records.record(key).map { RecordView($0, entity).versions(field) } ?? []
        guards.append(Guard(key: key, field: field.id, seen: seen))
    }

    /// Records an event of an order and predicts what it does.
    ///
    /// - Parameter known: the id of an event that others may record as well.
    @discardableResult
    public func event(
        _ event: OrderEvent, id known: RecordID? = nil, order: RecordID, reason: String? = nil, place: Value? = nil
    ) throws -> EventRuling? {
        let last = try view("service_order", order)?.reference("last_event")
        let id = known ?? randomID()
        let draft = RecordDraft(
            "order_event", id: id,
            [
                "order": .reference(order), "event": .text(event.rawValue), "seen": last.map { .reference($0) } ?? .null,
                "at": .text(now.description), "by": .reference(user), "reason": reason.map { .text($0) } ?? .null, "place": place ?? .null,
            ].filter { $0.value != .null })
        var ruling: EventRuling?
        for op in try schema.creation(of: draft) { ruling = try add(op).eventRuling ?? ruling }
        return ruling
    }

    @discardableResult
    func add(_ op: Op) throws -> AppliedOp {
        ops.append(op)
        return try applier.apply(op, index: ops.count - 1)
    }
}
