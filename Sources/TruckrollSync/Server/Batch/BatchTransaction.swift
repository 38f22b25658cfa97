import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// A transaction that keeps rows it has read and rows it is to write, so that a store is asked for each once and given each once, together
/// with its like. To its user it is like the one below it, but for one thing:
///
/// A row that the store refuses is refused when it is saved, which is later. Then ``fault`` says so, everything that is called throws, and
/// all of it has to be undone; whoever runs the same again on the transaction below meets the refusal where it belongs.
final class BatchTransaction: ServerTransaction {
    private let store: any ServerTransaction
    /// What saving failed with.
    private(set) var fault: (any Error)?

    private var tenants = RowBuffer<Int, TenantState>()
    private var replicaRows = RowBuffer<ReplicaID, ReplicaRow>()
    private var sets = RowBuffer<WriteID, AdmittedSet>()
    private var records = RowBuffer<RecordKey, RecordToSave>()
    private var scopeRows = RowBuffer<ScopeRowKey, ScopeLogRow>()
    private var digests = RowBuffer<Scope, DigestRow>()
    private var viewScopes = RowBuffer<ViewScopeKey, ViewScopeRow>()
    /// Where a set lies that was inserted here, unless that was undone.
    private var byPosition: [Position: WriteID] = [:]
    private var byCause: [[UInt8]: WriteID] = [:]
    private var byOrigin: [Origin: WriteID] = [:]
    private var answers = BatchAnswers()

    init(over store: any ServerTransaction) { self.store = store }

    /// Why nothing goes on. It is nobody's to catch.
    struct Stopped: Error {}

    /// What is called where the store below is.
    private func below<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
        guard fault == nil else { throw Stopped() }
        return try body(store)
    }

    private func saving(_ body: () throws -> Void) throws {
        guard fault == nil else { throw Stopped() }
        do { try body() } catch {
            fault = error
            throw Stopped()
        }
    }

    /// Saves what is asked about before the store answers; what it refuses is nobody's who asks.
    private func saving(_ count: Int, _ body: () throws -> Void) throws {
        guard count > 0 else { return }
        try saving {
            try body()
            try store.confirm()
        }
    }

    // MARK: Reading ahead

    /// Reads what is likely to be read, and what that leads to, where the store looks up many rows at once.
    func lookUp(_ keys: ServerRowKeys) throws {
        guard !keys.isEmpty, let found = try learn(keys) else { return }
        var further = ServerRowKeys()
        if let users = keys.users { further.records = Set(found.replicas.values.map { RecordKey(type: users, id: $0.user) }) }
        for record in found.records.values {
            for scope in record.scopes {
                further.digests.insert(scope)
                further.scopeRows.insert(ScopeRowKey(scope, record.record.key))
            }
        }
        for (replica, keys) in keys.recordsOf {
            for scope in Set(keys.flatMap { found.records[$0]?.scopes ?? [] }) { further.viewScopes.insert(ViewScopeKey(replica, scope)) }
        }
        if !further.isEmpty { _ = try learn(further) }
    }

    private func learn(_ keys: ServerRowKeys) throws -> ServerRowsFound? {
        guard let found = try below({ try $0.rows(keys) }) else { return nil }
        for id in keys.replicas { replicaRows.learn(id, found.replicas[id]) }
        for id in keys.sets { sets.learn(id, found.sets[id]) }
        for key in keys.records { records.learn(key, found.records[key].map { RecordToSave(record: $0, entity: nil, columns: nil) }) }
        for key in keys.scopeRows { scopeRows.learn(key, found.scopeRows[key]) }
        for key in keys.viewScopes { viewScopes.learn(key, found.viewScopes[key]) }
        for scope in keys.digests { digests.learn(scope, DigestRow(scope, found.digests[scope] ?? ScopeDigest())) }
        for origin in keys.origins { answers.origins[origin] = .some(found.origins[origin]) }
        for cause in keys.causes { answers.causes[Array(cause.utf8)] = .some(found.causes[cause]) }
        return found
    }

    // MARK: Saving

    /// Gives the store what it does not have yet.
    func save() throws {
        try saving {
            try saveReplicas(on: store)
            for tenant in tenants.unsaved { try store.save(tenant) }
            tenants.markSaved()
            try saveSets(on: store)
            try saveRecords(on: store)
            try saveScopeRows(on: store)
            if digests.unsavedCount > 0 { try store.save(digests.unsaved) }
            digests.markSaved()
            try saveViewScopes(on: store)
            try store.confirm()
        }
    }

    private func saveReplicas() throws { try saving(replicaRows.unsavedCount) { try saveReplicas(on: store) } }
    private func saveSets() throws { try saving(sets.unsavedCount) { try saveSets(on: store) } }
    private func saveRecords() throws { try saving(records.unsavedCount) { try saveRecords(on: store) } }
    private func saveScopeRows() throws { try saving(scopeRows.unsavedCount) { try saveScopeRows(on: store) } }
    private func saveViewScopes() throws { try saving(viewScopes.unsavedCount) { try saveViewScopes(on: store) } }

    private func saveReplicas(on store: any ServerTransaction) throws {
        if replicaRows.unsavedCount > 0 { try store.save(replicaRows.unsaved) }
        replicaRows.markSaved()
    }

    private func saveSets(on store: any ServerTransaction) throws {
        if sets.unsavedCount > 0 { try store.insert(sets.unsaved) }
        sets.markSaved()
    }

    private func saveRecords(on store: any ServerTransaction) throws {
        if records.unsavedCount > 0 { try store.save(records.unsaved) }
        records.markSaved()
    }

    private func saveScopeRows(on store: any ServerTransaction) throws {
        if scopeRows.unsavedCount > 0 { try store.save(scopeRows.unsaved) }
        scopeRows.markSaved()
    }

    private func saveViewScopes(on store: any ServerTransaction) throws {
        if viewScopes.unsavedCount > 0 { try store.save(viewScopes.unsaved) }
        viewScopes.markSaved()
    }

    // MARK: Savepoints

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let marks = (
            tenants.mark, replicaRows.mark, sets.mark, records.mark, scopeRows.mark, digests.mark, viewScopes.mark
        )
        do { return try below { try $0.savepoint(body) } } catch {
            tenants.undo(to: marks.0)
            replicaRows.undo(to: marks.1)
            sets.undo(to: marks.2)
            records.undo(to: marks.3)
            scopeRows.undo(to: marks.4)
            digests.undo(to: marks.5)
            viewScopes.undo(to: marks.6)
            answers = BatchAnswers()
            throw error
        }
    }

    // MARK: Tenant

    func tenant() throws -> TenantState? { try tenants.row(0) { try below { try $0.tenant() } } }

    func save(_ tenant: TenantState) throws {
        guard fault == nil else { throw Stopped() }
        tenants.put(0, tenant)
    }

    func epochs() throws -> [EpochRow] {
        let epochs = try answers.epochs ?? below { try $0.epochs() }
        answers.epochs = epochs
        return epochs
    }

    func insert(_ epoch: EpochRow) throws {
        answers.epochs = nil
        try below { try $0.insert(epoch) }
    }

    func report(of id: ReplicaID) throws -> DeviceReportRow? { try below { try $0.report(of: id) } }
    func reports() throws -> [DeviceReportRow] { try below { try $0.reports() } }
    func save(_ report: DeviceReportRow) throws { try saving { try store.save(report) } }
    func awaited() throws -> [ReplicaID] { try below { try $0.awaited() } }
    func setAwaited(_ id: ReplicaID, _ isAwaited: Bool) throws { try below { try $0.setAwaited(id, isAwaited) } }
    func enrolmentCode(hash: [UInt8]) throws -> EnrolmentCodeRow? { try below { try $0.enrolmentCode(hash: hash) } }
    func save(_ code: EnrolmentCodeRow) throws { try below { try $0.save(code) } }

    // MARK: Replicas

    func replica(_ id: ReplicaID) throws -> ReplicaRow? { try replicaRows.row(id) { try below { try $0.replica(id) } } }

    func replicas() throws -> [ReplicaRow] {
        try saveReplicas()
        return try below { try $0.replicas() }
    }

    func replicas(of device: DeviceID) throws -> [ReplicaRow] {
        if answers.numbers[device] == nil {
            let rows = try below { try $0.replicas(of: device) }
            for row in rows { replicaRows.learn(row.replica, row) }
            let unsaved = replicaRows.unsaved.filter { $0.device == device }.map(\.replica)
            answers.numbers[device] = Set(rows.map(\.replica) + unsaved).sorted()
        }
        return try (answers.numbers[device] ?? []).compactMap { try replica($0) }.filter { $0.device == device }
    }

    func save(_ replica: ReplicaRow) throws {
        guard fault == nil else { throw Stopped() }
        if replicaRows.known(replica.replica)?.device != replica.device { answers.numbers = [:] }
        replicaRows.put(replica.replica, replica)
    }

    // MARK: Admitted sets

    func insert(_ admitted: AdmittedSet) throws {
        guard fault == nil else { throw Stopped() }
        let id = admitted.set.writeID
        // Where something of it is taken, the store says so in its own words.
        let isTaken = sets.known(id) != nil || inserted(at: admitted.position) != nil || admitted.cause.flatMap { inserted(because: $0) } != nil
        if isTaken {
            try saveSets()
            return try saving { try store.insert(admitted) }
        }
        sets.put(id, admitted)
        byPosition[admitted.position] = id
        if let cause = admitted.cause { byCause[Array(cause.utf8)] = id }
        if let origin = admitted.origin, inserted(from: origin) == nil { byOrigin[origin] = id }
    }

    private func inserted(at position: Position) -> AdmittedSet? {
        byPosition[position].flatMap { sets.known($0) }.flatMap { $0.position == position ? $0 : nil }
    }

    private func inserted(because cause: String) -> AdmittedSet? {
        byCause[Array(cause.utf8)].flatMap { sets.known($0) }.flatMap { $0.cause?.hasBytes(of: cause) ?? false ? $0 : nil }
    }

    private func inserted(from origin: Origin) -> AdmittedSet? {
        byOrigin[origin].flatMap { sets.known($0) }.flatMap { $0.origin == origin ? $0 : nil }
    }

    func replace(_ set: SignedSet) throws {
        try saveSets()
        try below { try $0.replace(set) }
        sets.forget(set.writeID)
        answers = BatchAnswers()
    }

    func admitted(_ id: WriteID) throws -> AdmittedSet? { try sets.row(id) { try below { try $0.admitted(id) } } }

    func admitted(at position: Position) throws -> AdmittedSet? {
        if let known = inserted(at: position) ?? answers.positions[position] { return known }
        let found = try below { try $0.admitted(at: position) }
        answers.positions[position] = found
        return found
    }

    func admitted(cause: String) throws -> AdmittedSet? {
        if let inserted = inserted(because: cause) { return inserted }
        if let known = answers.causes[Array(cause.utf8)] { return known }
        return try below { try $0.admitted(cause: cause) }
    }

    func admitted(origin: Origin) throws -> AdmittedSet? {
        let known = try answers.origins[origin] ?? below { try $0.admitted(origin: origin) }
        guard let inserted = inserted(from: origin) else { return known }
        return known.map { $0.position < inserted.position ? $0 : inserted } ?? inserted
    }

    func admitted(goneOnFrom number: WriteID) throws -> [AdmittedSet] {
        try saveSets()
        return try below { try $0.admitted(goneOnFrom: number) }
    }

    func admitted(after position: Position, limit: Int) throws -> [AdmittedSet] {
        try saveSets()
        return try below { try $0.admitted(after: position, limit: limit) }
    }

    func lastPosition(admittedBefore milliseconds: Int64) throws -> Position? {
        try saveSets()
        return try below { try $0.lastPosition(admittedBefore: milliseconds) }
    }

    func admitted(outcomes: [Outcome], limit: Int) throws -> [AdmittedSet] {
        try saveSets()
        return try below { try $0.admitted(outcomes: outcomes, limit: limit) }
    }

    // MARK: Waiting sets

    func save(_ waiting: WaitingSet) throws {
        answers.isAnythingWaiting = true
        try below { try $0.save(waiting) }
    }

    func deleteWaiting(_ id: WriteID) throws { try below { try $0.deleteWaiting(id) } }

    func isAnythingWaiting() throws -> Bool {
        let isAnything = try answers.isAnythingWaiting ?? below { try $0.isAnythingWaiting() }
        answers.isAnythingWaiting = isAnything
        return isAnything
    }

    func waiting(_ id: WriteID) throws -> WaitingSet? { try isAnythingWaiting() ? below { try $0.waiting(id) } : nil }

    func deferred(after position: Position, limit: Int) throws -> [WaitingSet] {
        try isAnythingWaiting() ? below { try $0.deferred(after: position, limit: limit) } : []
    }

    func waiting(of replica: ReplicaID, creating key: RecordKey) throws -> WaitingSet? {
        try isAnythingWaiting() ? below { try $0.waiting(of: replica, creating: key) } : nil
    }

    // MARK: Records

    func record(_ key: RecordKey) throws -> StoredRecord? {
        try records.row(key) { try below { try $0.record(key) }.map { RecordToSave(record: $0, entity: nil, columns: nil) } }?.record
    }

    func save(_ record: StoredRecord, entity: Entity?, columns: ColumnValues?) throws {
        guard fault == nil else { throw Stopped() }
        answers.ids = answers.ids.filter { $0.key.type != record.record.key.type }
        answers.noneDue[record.record.key.type] = nil
        records.put(record.record.key, RecordToSave(record: record, entity: entity, columns: columns))
    }

    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        let question = BatchAnswers.IDsQuestion(type: entity.type, column: column, value: value)
        if let known = answers.ids[question] { return known }
        try saveRecords(of: entity)
        let ids = try below { try $0.ids(entity, where: column, equals: value) }
        answers.ids[question] = ids
        return ids
    }

    func ids(_ entity: Entity, dueAt milliseconds: Int64) throws -> [RecordID] {
        if let none = answers.noneDue[entity.type], none.contains(milliseconds) { return [] }
        try saveRecords(of: entity)
        // Writes that share a transaction began within moments of each other: where nothing is due in the second ahead, none has to ask.
        let (ahead, overflows) = milliseconds.addingReportingOverflow(1_000)
        if !overflows, try below({ try $0.ids(entity, dueAt: ahead) }).isEmpty {
            answers.noneDue[entity.type] = Int64.min...ahead
            return []
        }
        return try below { try $0.ids(entity, dueAt: milliseconds) }
    }

    /// Writes that share a transaction began within moments of each other; what comes due in between waits for the next.
    private static func isMoments(_ milliseconds: Int64, after moment: Int64) -> Bool {
        let (apart, overflows) = milliseconds.subtractingReportingOverflow(moment)
        return !overflows && apart.magnitude <= 1_000
    }

    func ids(_ entity: Entity) throws -> [RecordID] {
        try saveRecords(of: entity)
        return try below { try $0.ids(entity) }
    }

    private func saveRecords(of entity: Entity) throws {
        if records.containsUnsaved({ $0.record.record.key.type == entity.type }) { try saveRecords() }
    }

    func keys(after key: RecordKey?, limit: Int) throws -> [RecordKey] {
        try saveRecords()
        return try below { try $0.keys(after: key, limit: limit) }
    }

    // MARK: Scopes

    func scopeRow(_ scope: Scope, _ key: RecordKey) throws -> ScopeLogRow? {
        try scopeRows.row(ScopeRowKey(scope, key)) { try below { try $0.scopeRow(scope, key) } }
    }

    func save(_ row: ScopeLogRow) throws {
        guard fault == nil else { throw Stopped() }
        scopeRows.put(ScopeRowKey(row.scope, row.key), row)
    }

    func liveRows(in scope: Scope) throws -> [ScopeLogRow] {
        try saveScopeRows()
        return try below { try $0.liveRows(in: scope) }
    }

    func liveRows(in scope: Scope, after key: RecordKey?, limit: Int) throws -> [ScopeLogRow] {
        try saveScopeRows()
        return try below { try $0.liveRows(in: scope, after: key, limit: limit) }
    }

    func digest(of scope: Scope) throws -> ScopeDigest {
        try digests.row(scope) { DigestRow(scope, try below { try $0.digest(of: scope) }) }?.digest ?? ScopeDigest()
    }

    func save(_ digest: ScopeDigest, of scope: Scope) throws {
        guard fault == nil else { throw Stopped() }
        digests.put(scope, DigestRow(scope, digest))
    }

    func changedRows(in scope: Scope, after position: Position, key: RecordKey?, limit: Int) throws -> [ScopeLogRow] {
        try saveScopeRows()
        return try below { try $0.changedRows(in: scope, after: position, key: key, limit: limit) }
    }

    func changedRowCount(in scope: Scope, after position: Position, limit: Int) throws -> Int {
        try saveScopeRows()
        return try below { try $0.changedRowCount(in: scope, after: position, limit: limit) }
    }

    func deleteLeftRows(through position: Position, limit: Int) throws -> Int {
        try saveScopeRows()
        scopeRows.forgetSaved()
        return try below { try $0.deleteLeftRows(through: position, limit: limit) }
    }

    // MARK: Snapshots

    func snapshots(of scope: Scope) throws -> [SnapshotRow] { try below { try $0.snapshots(of: scope) } }
    func snapshots() throws -> [SnapshotRow] { try below { try $0.snapshots() } }
    func save(_ snapshot: SnapshotRow) throws { try below { try $0.save(snapshot) } }
    func deleteSnapshot(of scope: Scope, at position: Position) throws { try below { try $0.deleteSnapshot(of: scope, at: position) } }
    func scopes(withSegment sha256: [UInt8]) throws -> [Scope] { try below { try $0.scopes(withSegment: sha256) } }

    // MARK: Edges

    func edges(from parent: Scope) throws -> [EdgeRow] { try below { try $0.edges(from: parent) } }
    func edges(source: RecordKey) throws -> [EdgeRow] { try below { try $0.edges(source: source) } }
    func save(_ edge: EdgeRow) throws {
        answers.noEdgeDue = nil
        try below { try $0.save(edge) }
    }

    func delete(_ edge: EdgeRow) throws { try below { try $0.delete(edge) } }

    func edgesDue(at milliseconds: Int64, limit: Int) throws -> [EdgeRow] {
        if let moment = answers.noEdgeDue, Self.isMoments(milliseconds, after: moment) { return [] }
        let due = try below { try $0.edgesDue(at: milliseconds, limit: limit) }
        answers.noEdgeDue = due.isEmpty && limit > 0 ? milliseconds : nil
        return due
    }

    // MARK: Views

    func views(holding scope: Scope) throws -> [ViewScopeRow] {
        try saveViewScopes()
        return try below { try $0.views(holding: scope) }
    }

    func viewScope(_ replica: ReplicaID, _ scope: Scope) throws -> ViewScopeRow? {
        try viewScopes.row(ViewScopeKey(replica, scope)) { try below { try $0.viewScope(replica, scope) } }
    }

    func save(_ row: ViewScopeRow) throws {
        guard fault == nil else { throw Stopped() }
        viewScopes.put(ViewScopeKey(row.replica, row.scope), row)
    }

    func viewScopes(_ replica: ReplicaID) throws -> [ViewScopeRow] {
        try saveViewScopes()
        return try below { try $0.viewScopes(replica) }
    }

    func saveInterval(of replica: ReplicaID, _ scope: Scope, added: Position, dropped: Position) throws {
        answers.wasInView = [:]
        try below { try $0.saveInterval(of: replica, scope, added: added, dropped: dropped) }
    }

    func deleteInterval(of replica: ReplicaID, _ scope: Scope, added: Position) throws {
        answers.wasInView = [:]
        try below { try $0.deleteInterval(of: replica, scope, added: added) }
    }

    func wasInView(_ replica: ReplicaID, _ scope: Scope, at position: Position) throws -> Bool {
        let question = BatchAnswers.WasInViewQuestion(key: ViewScopeKey(replica, scope), position: position)
        if let known = answers.wasInView[question] { return known }
        let was = try below { try $0.wasInView(replica, scope, at: position) }
        answers.wasInView[question] = was
        return was
    }

    func droppedScopes(_ replica: ReplicaID, since position: Position) throws -> [Scope] {
        try below { try $0.droppedScopes(replica, since: position) }
    }

    func changes(in view: ReplicaID, after position: Position, through: ScopeClass, visible: ScopeClass?) throws -> [ScopeLogRow] {
        try saveScopeRows()
        try saveViewScopes()
        return try below { try $0.changes(in: view, after: position, through: through, visible: visible) }
    }

    func hasChanges(in view: ReplicaID, after position: Position) throws -> Bool {
        try saveScopeRows()
        try saveViewScopes()
        return try below { try $0.hasChanges(in: view, after: position) }
    }
}
