import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Where a fact is, from its author's point of view.
public enum Whereabouts: String, Sendable, Hashable {
    /// Only on this device.
    case onDevice = "on this device"
    /// Handed to the network, not yet answered.
    case sent
    /// The server has it.
    case stored
    /// The server has it, and it did not take effect as it was meant.
    case needsAttention = "needs attention"
}

/// What the user sees, from one state of the store.
public struct LocalReader {
    public let schema: Schema
    private let transaction: any DeviceTransaction
    private let visible: VisibleRecords
    private let decoded: DecodedRows

    init(schema: Schema, transaction: any DeviceTransaction, decoded: DecodedRows) {
        self.schema = schema
        self.transaction = transaction
        self.decoded = decoded
        visible = VisibleRecords(transaction: transaction, schema: schema)
    }

    public func identity() throws -> DeviceIdentity? { try transaction.identity() }
    public func state() throws -> DeviceState { try transaction.state() }
    /// The enrolments under all numbers this device has had, the present one last.
    public func enrolments() throws -> [PBEnrolment] { try DeviceEngine.enrolments(transaction) }

    // MARK: Records

    /// A record that is there and not deleted.
    public func view(_ entity: String, _ id: RecordID) throws -> RecordView? { try visible.view(try schema.entity(entity), id) }

    /// One facet of an entity.
    public func record(_ key: RecordKey) throws -> Record? { try visible.record(key) }

    public func views(_ entity: String, where column: String, equals value: Value) throws -> [RecordView] {
        try visible.views(try schema.entity(entity), where: column, equals: value)
    }

    public func views(_ entity: String) throws -> [RecordView] {
        try visible.views(try schema.entity(entity))
    }

    /// The typed columns of every record of an entity, in the order in which they are named; ids ascend. It reads no record, so
    /// it is the way to choose the few of many that a screen shows.
    public func rows(_ entity: String, columns: [String]) throws -> [(id: RecordID, values: [Value])] {
        try transaction.rows(try schema.entity(entity), columns: columns)
    }

    /// The records whose words fit; of more than `limit` the ones that were written last.
    ///
    /// - Parameter entities: those to look among; all where there are none.
    public func keys(_ search: WordSearch, _ reach: WordSearch.Reach, of entities: [String] = [], limit: Int) throws -> [RecordKey] {
        try transaction.keys(search, reach, of: Set(try entities.map { try schema.entity($0).type }), limit: limit)
    }

    /// The records of an entity whose words fit.
    public func views(_ entity: String, _ search: WordSearch, _ reach: WordSearch.Reach, limit: Int) throws -> [RecordView] {
        try keys(search, reach, of: [entity], limit: limit).compactMap { try view(entity, $0.id) }
    }

    /// The records whose id ends with a text of at least four characters, in lower case.
    public func keys(idEndingWith text: String) throws -> [RecordKey] { try transaction.keys(idEndingWith: text) }

    /// Whether the server has confirmed something of the record, and it is here.
    public func isConfirmed(_ key: RecordKey) throws -> Bool { try transaction.confirmed(key) != nil }

    /// Whether the record is only shown because pending sets name it, although it left the view.
    public func isPinned(_ key: RecordKey) throws -> Bool { try transaction.confirmed(key)?.scopes.isEmpty ?? false }

    /// The titles of mandatory tasks that are still open.
    public func openMandatoryTasks(_ order: RecordID) throws -> [String] {
        try OrderCompleteness.openMandatoryTasks(order, schema: schema, access: visible)
    }

    /// What an order is to bring of which pieces are not named by their serial numbers.
    public func unnamedPieces(of order: RecordID) throws -> [String] {
        try OrderCompleteness.unnamedPieces(order, schema: schema, access: visible)
    }

    /// What can be promised of a part at a place, by what this device holds.
    public func availability(of part: RecordID, at location: RecordID, today: CalendarDate) throws -> StockAvailability {
        try StockBook(schema: schema, access: visible).availability(of: part, at: location, today: today)
    }

    /// The rules, asked of what this device shows.
    public var rules: RuleBook { RuleBook(schema: schema, access: visible) }

    /// What maintenance plans ask for, by what this device shows.
    public func plans(_ calendar: TenantCalendar) -> PlanBook { PlanBook(schema: schema, access: visible, calendar: calendar) }

    /// What the company has promised, by what this device shows.
    public var due: DueBook { DueBook(schema: schema, access: visible) }

    /// How an order stood at a moment, by what this device shows.
    public func past(of order: RecordID, at moment: DeviceTime) throws -> OrderPast {
        try OrderPast(order, at: moment.milliseconds, schema: schema, access: visible)
    }

    /// What pieces are certified for, by what this device shows.
    public var conformity: ConformityBook { ConformityBook(schema: schema, access: visible) }

    /// The lots of a part at a place, the one to be used first first, by what this device holds.
    public func lots(of part: RecordID, at location: RecordID) throws -> [StockLot] {
        try LotBook(schema: schema, access: visible).lots(of: part, at: location)
    }

    /// Until when a lot may be used, by what this device holds.
    public func shelfLife(of lot: String, of part: RecordID) throws -> ShelfLife {
        try LotBook(schema: schema, access: visible).shelfLife(of: lot, of: part)
    }

    // MARK: Scopes

    public func scopes() throws -> [Scope] { try transaction.scopes() }
    public func digest(of scope: Scope) throws -> ScopeDigest? { try transaction.digest(of: scope) }
    public func scopes(of key: RecordKey) throws -> [Scope] { try transaction.confirmed(key)?.scopes ?? [] }

    // MARK: Own sets

    public func outbox() throws -> [OwnSet] { try transaction.outbox() }

    /// Every set this device still has the bytes of, answered or not, in order of (replica, sequence).
    public func ownSets() throws -> [OwnSet] {
        var sets: [WriteID: OwnSet] = [:]
        for own in try transaction.outbox() + transaction.journal(besides: ReplicaID(rawValue: 0)) { sets[own.set.writeID] = own }
        return sets.values.sorted { $0.set.writeID < $1.set.writeID }
    }

    public func journal(limit: Int) throws -> [OwnSet] { try transaction.journal(limit: limit) }
    public func unresolved() throws -> [OwnSet] { try transaction.unresolved() }
    public func own(_ id: WriteID) throws -> OwnSet? { try transaction.own(id) }

    /// What an own set says; `nil` when the disk has changed it.
    public func content(of own: OwnSet) -> ChangeSet? { decoded.content(of: own) }

    /// Where the set is that wrote a version; `nil` for somebody else's.
    public func whereabouts(_ version: Version) throws -> Whereabouts? {
        guard let own = try transaction.own(version.writeID) else { return nil }
        return Self.whereabouts(own)
    }

    public static func whereabouts(_ own: OwnSet) -> Whereabouts {
        guard own.standing == .answered, let receipt = own.receipt else { return own.isSent ? .sent : .onDevice }
        return receipt.outcome == .applied || receipt.outcome == .merged || receipt.isOfKnownWork ? .stored : .needsAttention
    }

    public func attachment(_ sha256: [UInt8]) throws -> LocalAttachment? { try transaction.attachment(sha256) }
    public func attachments(stored: Bool) throws -> [LocalAttachment] { try transaction.attachments(stored: stored) }
}
