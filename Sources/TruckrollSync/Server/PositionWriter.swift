import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// The records one admitted set changes, and all that follows from them: positions per field, scopes, digests, edges, views.
///
/// Nothing reaches the store before ``finish()``; so a set that turns out poisonous leaves no trace but its savepoint's.
final class PositionWriter: RecordAccess {
    let transaction: any ServerTransaction
    let schema: Schema
    let position: Position
    let clock: ServerMoment
    private let views: ViewKeeper
    private var stored: [RecordKey: StoredRecord?] = [:]
    private var touched: [RecordKey: Record] = [:]

    init(transaction: any ServerTransaction, schema: Schema, position: Position, clock: ServerMoment) {
        self.transaction = transaction
        self.schema = schema
        self.position = position
        self.clock = clock
        views = ViewKeeper(transaction: transaction, schema: schema, position: position, moment: clock)
    }

    func stored(_ key: RecordKey) throws -> StoredRecord? {
        if let known = stored[key] { return known }
        let found = try transaction.record(key)
        stored[key] = .some(found)
        return found
    }

    func record(_ key: RecordKey) throws -> Record? {
        if let record = touched[key] { return record }
        return try stored(key)?.record
    }

    func put(_ record: Record) throws {
        guard record.entries.reduce(0, { $0 + 28 + $1.value.count }) <= Limits.recordBytes else {
            throw DecodingProblem("record-too-large", "record \(record.key) would hold more than \(Limits.recordBytes) bytes")
        }
        touched[record.key] = record
    }

    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        var ids = Set(try transaction.ids(entity, where: column, equals: value))
        for (key, record) in touched where key.type == entity.type && key.facet == .common {
            let view = RecordView(record, entity)
            if !view.isDeleted, view[column] == value { ids.insert(key.id) } else { ids.remove(key.id) }
        }
        return ids.sorted()
    }

    /// Scopes of a record as it is being written; of a deleted one, those it lay in before.
    func scopes(of key: RecordKey) throws -> [Scope] {
        guard let entity = schema[key.type], let record = try record(key) else { return [] }
        let view = RecordView(record, entity)
        return view.isDeleted ? (try stored(key)?.scopes ?? []) : entity.scopes(of: view)
    }

    /// Writes everything that was put.
    func finish() throws {
        var ordersInMotion: [RecordID] = []
        for key in touched.keys.sorted() {
            guard let record = touched[key], let entity = schema[key.type] else { continue }
            if try save(record, entity), entity.name == "service_order" { ordersInMotion.append(key.id) }
        }
        for order in ordersInMotion { try views.refreshWindows(ofOrder: order) }
    }

    /// - Returns: whether the record's workflow state changed.
    private func save(_ record: Record, _ entity: Entity) throws -> Bool {
        let before = try stored(record.key)
        if before?.record == record { return false }
        let view = RecordView(record, entity)
        let isDeleted = view.isDeleted
        let scopes = isDeleted ? [] : entity.scopes(of: view)
        guard scopes.count <= Limits.scopesOfRecord else {
            throw DecodingProblem("too-many-scopes", "record \(record.key) would lie in \(scopes.count) scopes")
        }
        let edges = isDeleted ? [] : entity.edges(of: view)
        let hash = RecordHash(record)
        let saved = StoredRecord(
            record: record, positions: positions(of: record, before: before), scopes: scopes, edges: edges, hash: hash,
            isDeleted: isDeleted)
        try transaction.save(saved, entity: entity, columns: view.columns)
        try moveInScopes(record.key, before: before, scopes: scopes, hash: hash)
        if before?.edges ?? [] != edges { try views.replaceEdges(of: record.key, with: edges) }
        guard let state = entity["state"], state.rule == .workflow else { return false }
        return before?.record[state.id]?.value != record[state.id]?.value
    }

    private func positions(of record: Record, before: StoredRecord?) -> [Position] {
        record.entries.map { entry in
            guard let before, let index = before.record.entries.firstIndex(where: { $0.field == entry.field }),
                before.record.entries[index] == entry
            else { return position }
            return before.positions[index]
        }
    }

    private func moveInScopes(_ key: RecordKey, before: StoredRecord?, scopes: [Scope], hash: RecordHash) throws {
        let old = Set(before?.scopes ?? [])
        let new = Set(scopes)
        for scope in old.union(new).sorted() {
            var digest = try transaction.digest(of: scope)
            if old.contains(scope), let before { digest.remove(before.hash) }
            if new.contains(scope) { digest.add(hash) }
            try transaction.save(digest, of: scope)
            let entered = old.contains(scope) ? try transaction.scopeRow(scope, key)?.entered ?? position : position
            try transaction.save(
                ScopeLogRow(scope: scope, key: key, position: position, entered: entered, isLive: new.contains(scope)))
        }
    }
}

/// The server's clock and calendar at one call.
public struct ServerMoment: Sendable {
    /// Unix time.
    public let milliseconds: Int64
    public let calendar: TenantCalendar

    public init(milliseconds: Int64, calendar: TenantCalendar) {
        self.milliseconds = milliseconds
        self.calendar = calendar
    }
}
