import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What the server's engine needs from a database. One store holds one tenant.
///
/// Every method of ``ServerTransaction`` runs inside the one transaction its closure was given; a thrown error rolls all of it
/// back. Writers are serialised; a reader sees one committed state for as long as its closure runs. After a write that failed the
/// transaction is only fit to be undone, back to a savepoint or whole.
public protocol ServerStore: Sendable {
    /// Runs `body` in a writing transaction and commits it durably before returning. What was undone may be run again.
    func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T
    /// The same, where `keys` gives the rows it is likely to read. Other rows may be read as well.
    func write<T>(reading keys: () -> ServerRowKeys, _ body: (any ServerTransaction) throws -> T) throws -> T
    /// Runs `body` over one committed state. Writing inside it is a programming error.
    func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T
}

extension ServerStore {
    public func write<T>(reading keys: () -> ServerRowKeys, _ body: (any ServerTransaction) throws -> T) throws -> T { try write(body) }
}

/// A store's error that may be the fault of what is being stored: then the one set is quarantined and the rest goes on.
public protocol FaultOfSet: Error {
    var isFaultOfSet: Bool { get }
    /// Whether it befalls whatever is asked of the store now: one that is gone, or whose disk is full.
    var befallsAll: Bool { get }
}

/// A store's error that may say that what it holds is not what was written there.
public protocol DamageOfStore: Error {
    /// What is wrong where; `nil` when the error is another one.
    var damage: String? { get }
}

public protocol ServerTransaction: AnyObject {
    // Tenant. `nil` before the store was initialised.
    func tenant() throws -> TenantState?
    func save(_ tenant: TenantState) throws
    func epochs() throws -> [EpochRow]
    func insert(_ epoch: EpochRow) throws

    // Replicas
    func replica(_ id: ReplicaID) throws -> ReplicaRow?
    /// All enrolments, in ascending number.
    func replicas() throws -> [ReplicaRow]
    func replicas(of device: DeviceID) throws -> [ReplicaRow]
    /// Inserts or replaces.
    func save(_ replica: ReplicaRow) throws
    /// Whom a server that was restored waits for, ascending; it may not know them yet.
    func awaited() throws -> [ReplicaID]
    func setAwaited(_ id: ReplicaID, _ isAwaited: Bool) throws
    /// How the replica stood when it asked last; `nil` before it ever did.
    func report(of id: ReplicaID) throws -> DeviceReportRow?
    /// Those of all replicas, in ascending number.
    func reports() throws -> [DeviceReportRow]
    /// Inserts or replaces.
    func save(_ report: DeviceReportRow) throws
    func enrolmentCode(hash: [UInt8]) throws -> EnrolmentCodeRow?
    func save(_ code: EnrolmentCodeRow) throws

    // Admitted sets
    /// Fails when the write id, the position or the cause is taken.
    func insert(_ admitted: AdmittedSet) throws
    /// Gives the admitted set of that write id, if there is one, these bytes, this signature and the algorithm it was made with.
    func replace(_ set: SignedSet) throws
    func admitted(_ id: WriteID) throws -> AdmittedSet?
    func admitted(at position: Position) throws -> AdmittedSet?
    func admitted(cause: String) throws -> AdmittedSet?
    /// The first set that went on from this one under another number.
    func admitted(origin: Origin) throws -> AdmittedSet?
    /// The sets that went on from this number under another one, in ascending position.
    func admitted(goneOnFrom number: WriteID) throws -> [AdmittedSet]
    /// In ascending position, at most `limit`.
    func admitted(after position: Position, limit: Int) throws -> [AdmittedSet]
    /// Position of the set admitted last before the time, in Unix milliseconds.
    func lastPosition(admittedBefore milliseconds: Int64) throws -> Position?
    /// Those with one of the outcomes, in ascending position.
    func admitted(outcomes: [Outcome], limit: Int) throws -> [AdmittedSet]

    // Sets that wait: deferred ones for what they lack, quarantined ones for a person
    /// Inserts or replaces, by write id.
    func save(_ waiting: WaitingSet) throws
    func deleteWaiting(_ id: WriteID) throws
    func waiting(_ id: WriteID) throws -> WaitingSet?
    func isAnythingWaiting() throws -> Bool
    /// Deferred sets above the position, in ascending position.
    func deferred(after position: Position, limit: Int) throws -> [WaitingSet]
    /// The first waiting set of the replica that creates the record.
    func waiting(of replica: ReplicaID, creating key: RecordKey) throws -> WaitingSet?

    // Records
    /// Fails with ``DamageOfStore`` where the bytes are not those of the hash that was saved with them.
    func record(_ key: RecordKey) throws -> StoredRecord?
    /// Inserts or replaces the record and its typed columns. `columns` is `nil` for a deleted or unknown record: its row of
    /// typed columns goes.
    func save(_ record: StoredRecord, entity: Entity?, columns: ColumnValues?) throws
    /// Ids of live records whose typed column has the value, ascending. The common facet only.
    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID]
    /// Ids of live records of which the clock asks something at the moment (Unix milliseconds) or asked before, the earliest first; none
    /// of an entity without clocks.
    func ids(_ entity: Entity, dueAt milliseconds: Int64) throws -> [RecordID]
    /// Ids of all live records of the entity, ascending.
    func ids(_ entity: Entity) throws -> [RecordID]
    /// Keys of all records, ascending, deleted ones included, after `key`.
    func keys(after key: RecordKey?, limit: Int) throws -> [RecordKey]

    // Scopes
    func scopeRow(_ scope: Scope, _ key: RecordKey) throws -> ScopeLogRow?
    func save(_ row: ScopeLogRow) throws
    /// Live rows of a scope in ascending key.
    func liveRows(in scope: Scope) throws -> [ScopeLogRow]
    /// At most `limit` live rows of a scope in ascending key, after `key`.
    func liveRows(in scope: Scope, after key: RecordKey?, limit: Int) throws -> [ScopeLogRow]
    func digest(of scope: Scope) throws -> ScopeDigest
    func save(_ digest: ScopeDigest, of scope: Scope) throws
    /// At most so many rows of a scope above the position, live or not, in ascending key, after `key`.
    func changedRows(in scope: Scope, after position: Position, key: RecordKey?, limit: Int) throws -> [ScopeLogRow]
    /// How many rows of a scope lie above the position, counted up to a limit.
    func changedRowCount(in scope: Scope, after position: Position, limit: Int) throws -> Int
    /// Deletes at most so many rows that are not live and lie at or below the position, and says how many.
    func deleteLeftRows(through position: Position, limit: Int) throws -> Int

    // Snapshots of shared scopes
    /// The snapshots of a scope, newest first.
    func snapshots(of scope: Scope) throws -> [SnapshotRow]
    /// All snapshots, ordered by scope, newest first.
    func snapshots() throws -> [SnapshotRow]
    /// Inserts or replaces, by (scope, position).
    func save(_ snapshot: SnapshotRow) throws
    func deleteSnapshot(of scope: Scope, at position: Position) throws
    /// The scopes that have a snapshot with the segment, sorted.
    func scopes(withSegment sha256: [UInt8]) throws -> [Scope]

    // Edges
    func edges(from parent: Scope) throws -> [EdgeRow]
    func edges(source: RecordKey) throws -> [EdgeRow]
    /// Inserts or replaces, by (parent, child, source).
    func save(_ edge: EdgeRow) throws
    func delete(_ edge: EdgeRow) throws
    /// Inactive edges whose window holds at the instant and active ones whose window does not, ordered by (parent, child, source).
    func edgesDue(at milliseconds: Int64, limit: Int) throws -> [EdgeRow]

    // Views
    /// Rows with weight > 0 that hold the scope, in ascending replica.
    func views(holding scope: Scope) throws -> [ViewScopeRow]
    func viewScope(_ replica: ReplicaID, _ scope: Scope) throws -> ViewScopeRow?
    /// Inserts or replaces, by (replica, scope).
    func save(_ row: ViewScopeRow) throws
    /// Rows with weight > 0, ordered by scope.
    func viewScopes(_ replica: ReplicaID) throws -> [ViewScopeRow]
    /// Keeps that the view held the scope from one position until before another. Replaces by (replica, scope, added).
    func saveInterval(of replica: ReplicaID, _ scope: Scope, added: Position, dropped: Position) throws
    /// Forgets an interval that did not end after all.
    func deleteInterval(of replica: ReplicaID, _ scope: Scope, added: Position) throws
    /// Whether a kept interval covers the position.
    func wasInView(_ replica: ReplicaID, _ scope: Scope, at position: Position) throws -> Bool
    /// Scopes that the view held at the position and lost since, whether or not it holds them again; sorted.
    func droppedScopes(_ replica: ReplicaID, since position: Position) throws -> [Scope]
    /// Scope log rows above the position in the scopes the view holds, and the live rows of scopes that came into it above the
    /// position, ordered by (key, scope).
    ///
    /// - Parameters:
    ///   - through: the last class of scopes that counts.
    ///   - visible: what the device holds of its view: see ``ViewScopeRow/since(visible:)``.
    func changes(in view: ReplicaID, after position: Position, through: ScopeClass, visible: ScopeClass?) throws -> [ScopeLogRow]
    /// Whether ``changes(in:after:through:visible:)`` or a change of the view itself would give anything.
    func hasChanges(in view: ReplicaID, after position: Position) throws -> Bool

    // Several rows at once, of different keys
    func save(_ replicas: [ReplicaRow]) throws
    /// Fails when the write id, the position or the cause of one is taken.
    func insert(_ admitted: [AdmittedSet]) throws
    func save(_ records: [RecordToSave]) throws
    func save(_ rows: [ScopeLogRow]) throws
    func save(_ digests: [DigestRow]) throws
    func save(_ rows: [ViewScopeRow]) throws
    /// Waits until it is known that the store takes all that was written: what it refuses is thrown by then.
    func confirm() throws
    /// Looks many rows up at once; `nil` where that is no faster than one after another, or where one of them cannot be read.
    func rows(_ keys: ServerRowKeys) throws -> ServerRowsFound?

    /// Runs `body`; when it throws, undoes what it wrote and throws on, leaving the rest of the transaction intact.
    func savepoint<T>(_ body: () throws -> T) throws -> T
}

extension ServerTransaction {
    /// The record, for work that goes over many and is nobody's in particular: one that is not as it was written is left out, so that
    /// it holds up none of the others.
    func soundRecord(_ key: RecordKey) throws -> StoredRecord? {
        do { return try record(key) } catch let error as any DamageOfStore where error.damage != nil { return nil }
    }
}
