import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Cuts what changed in a view since a checkpoint out of the stored records, field by field, and never encodes a value again.
struct Puller {
    let schema: Schema
    let transaction: any ServerTransaction
    let tenant: TenantState
    /// The snapshots by which shared scopes may come; `nil` when they come record by record.
    var offer: SnapshotOffer?

    /// Records in one chunk of a reply.
    static let recordsInChunk = 500

    /// Everything between `after` and the head that the replica's view shows, in scopes of the classes up to `through`.
    ///
    /// - Parameters:
    ///   - visible: what the device holds at `after`: all scopes up to a class.
    ///   - shownAt: the checkpoint of what it shows, where that lies above `after`: scopes it got since may have left again.
    ///   - through: what it is to hold at the head; scopes of the classes between come aside, and are named among the touched.
    func pull(
        _ replica: ReplicaRow, after: Position, shownAt: Position? = nil, visible: ScopeClass? = .third, through: ScopeClass = .third
    ) throws -> (chunks: [PBChunk], commit: PBCommit) {
        let held = try transaction.viewScopes(replica.replica).filter { $0.scopeClass <= through }
        let since = Dictionary(held.map { ($0.scope, $0.since(visible: visible)) }, uniquingKeysWith: { first, _ in first })
        let rows = try transaction.changes(in: replica.replica, after: after, through: through, visible: visible)
        let isFilled = { (row: ViewScopeRow) in visible.map { $0 < row.scopeClass } ?? true }
        var touched: Set<Scope> = Set(held.filter { $0.since(visible: visible) > after || isFilled($0) }.map(\.scope))
        var builder = ChunkBuilder(limit: Self.recordsInChunk)
        var index = 0
        while index < rows.count {
            let key = rows[index].key
            var end = index
            while end < rows.count, rows[end].key == key {
                touched.insert(rows[end].scope)
                end += 1
            }
            if let change = try change(of: key, rows: rows[index..<end], since: since, after: after) { builder.add(change) }
            index = end
        }
        var commit = try commit(replica, held: held.map(\.scope), touched: touched, after: after, through: through)
        if let shownAt, shownAt > after {
            let left = try transaction.droppedScopes(replica.replica, since: shownAt).map(\.name)
            commit.dropped = Set(commit.dropped + left).map { Scope($0) }.sorted().map(\.name)
        }
        return (builder.finish(), commit)
    }

    /// Whole scopes and single records of the view, for a repair.
    func whole(_ replica: ReplicaRow, scopes: [Scope], keys single: [RecordKey]) throws -> (chunks: [PBChunk], commit: PBCommit) {
        let held = try transaction.viewScopes(replica.replica).map(\.scope)
        let wanted = Set(scopes).intersection(held)
        let names = Set(held)
        var keys = Set(single)
        for scope in wanted { keys.formUnion(try transaction.liveRows(in: scope).map(\.key)) }
        var builder = ChunkBuilder(limit: Self.recordsInChunk)
        for key in keys.sorted() {
            guard let stored = try transaction.record(key) else { continue }
            let scopes = stored.scopes.filter { names.contains($0) }
            // Nobody gets a record by naming its key.
            if scopes.isEmpty { continue }
            builder.add(.init(key: key, isWhole: true, entries: stored.record.entries, scopes: scopes))
        }
        return (builder.finish(), try commit(replica, held: held, touched: wanted, after: tenant.head, through: .third))
    }

    private func change(of key: RecordKey, rows: ArraySlice<ScopeLogRow>, since: [Scope: Position], after: Position) throws -> ChunkBuilder.Change? {
        guard let stored = try transaction.record(key) else { return nil }
        let holding = stored.scopes.filter { since[$0] != nil }
        guard !holding.isEmpty else {
            // Only a scope that the device held at its checkpoint can have shown it the record; of others it learns no id.
            let wasShown = rows.contains { row in since[row.scope].map { $0 <= after } ?? false }
            return wasShown ? .init(key: key, isWhole: false, entries: [], scopes: []) : nil
        }
        // The device has the record when one of the scopes it held at its checkpoint had it by then.
        var isHeld = false
        for scope in holding {
            guard let position = since[scope], position <= after, let row = try transaction.scopeRow(scope, key) else { continue }
            if row.entered <= after { isHeld = true }
        }
        if !isHeld { return .init(key: key, isWhole: true, entries: stored.record.entries, scopes: holding) }
        var entries: [FieldEntry] = []
        for (entry, position) in zip(stored.record.entries, stored.positions) where position > after { entries.append(entry) }
        return .init(key: key, isWhole: false, entries: entries, scopes: holding)
    }

    func head(of replica: ReplicaRow) -> Checkpoint {
        Checkpoint(epoch: tenant.epoch, position: tenant.head, historyPrefix: tenant.history.prefix, viewVersion: replica.viewVersion)
    }

    private func commit(
        _ replica: ReplicaRow, held: [Scope], touched: Set<Scope>, after: Position, through: ScopeClass
    ) throws -> PBCommit {
        var commit = PBCommit()
        commit.visible = UInt32(through.rawValue)
        commit.checkpoint = PBCheckpoint(head(of: replica))
        commit.touched = try touched.sorted().map { scope in
            let digest = try transaction.digest(of: scope)
            return PBScopeState(scope, digest)
        }
        commit.dropped = try transaction.droppedScopes(replica.replica, since: after).map(\.name)
        commit.viewDigest = data(ViewDigest.of(held))
        return commit
    }
}

/// The digest over the names of a view's scopes.
public enum ViewDigest {
    /// SHA-256 of the sorted names, each followed by a line feed.
    public static func of(_ scopes: [Scope]) -> [UInt8] {
        ContentDigest.sha256(scopes.sorted().flatMap { Array($0.name.utf8) + [0x0A] })
    }
}

extension PBScopeState {
    init(_ scope: Scope, _ digest: ScopeDigest) {
        self.init()
        self.scope = scope.name
        count = digest.count
        sum = data(Array(digest.encoded.suffix(16)))
    }
}

extension ScopeDigest {
    init(_ state: PBScopeState) throws(DecodingProblem) {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: state.count)
        try self.init(decoding: bytes + Array(state.sum))
    }
}
