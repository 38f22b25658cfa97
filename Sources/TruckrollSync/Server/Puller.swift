import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Cuts what changed in a view since a checkpoint out of the stored records, field by field, and never encodes a value again.
struct Puller {
    let schema: Schema
    let transaction: any ServerTransaction
    let tenant: TenantState

    /// Records in one chunk of a reply.
    private static let recordsInChunk = 500

    /// Everything between `after` and the head that the replica's view shows.
    func pull(_ replica: ReplicaRow, after: Position) throws -> (chunks: [PBChunk], commit: PBCommit) {
        let held = try transaction.viewScopes(replica.replica)
        let added = Dictionary(held.map { ($0.scope, $0.added) }, uniquingKeysWith: { first, _ in first })
        let rows = try transaction.changes(in: replica.replica, after: after)
        var touched: Set<Scope> = Set(held.filter { $0.added > after }.map(\.scope))
        var builder = ChunkBuilder(limit: Self.recordsInChunk)
        var index = 0
        while index < rows.count {
            let key = rows[index].key
            var end = index
            while end < rows.count, rows[end].key == key {
                touched.insert(rows[end].scope)
                end += 1
            }
            if let change = try change(of: key, rows: rows[index..<end], added: added, after: after) { builder.add(change) }
            index = end
        }
        return (builder.finish(), try commit(replica, held: held.map(\.scope), touched: touched, after: after))
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
        return (builder.finish(), try commit(replica, held: held, touched: wanted, after: tenant.head))
    }

    private func change(of key: RecordKey, rows: ArraySlice<ScopeLogRow>, added: [Scope: Position], after: Position) throws -> ChunkBuilder.Change? {
        guard let stored = try transaction.record(key) else { return nil }
        let holding = stored.scopes.filter { added[$0] != nil }
        guard !holding.isEmpty else {
            // Only a scope that the device held at its checkpoint can have shown it the record; of others it learns no id.
            let wasShown = rows.contains { row in added[row.scope].map { $0 <= after } ?? false }
            return wasShown ? .init(key: key, isWhole: false, entries: [], scopes: []) : nil
        }
        // The device has the record when one of the scopes it held at its checkpoint had it by then.
        var isHeld = false
        for scope in holding {
            guard let since = added[scope], since <= after, let row = try transaction.scopeRow(scope, key) else { continue }
            if row.entered <= after { isHeld = true }
        }
        if !isHeld { return .init(key: key, isWhole: true, entries: stored.record.entries, scopes: holding) }
        var entries: [FieldEntry] = []
        for (entry, position) in zip(stored.record.entries, stored.positions) where position > after { entries.append(entry) }
        return .init(key: key, isWhole: false, entries: entries, scopes: holding)
    }

    private func commit(_ replica: ReplicaRow, held: [Scope], touched: Set<Scope>, after: Position) throws -> PBCommit {
        var commit = PBCommit()
        commit.checkpoint = PBCheckpoint(
            Checkpoint(epoch: tenant.epoch, position: tenant.head, historyPrefix: tenant.history.prefix, viewVersion: replica.viewVersion))
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

/// Packs records into chunks, each version and scope name once a chunk.
struct ChunkBuilder {
    struct Change {
        let key: RecordKey
        let isWhole: Bool
        let entries: [FieldEntry]
        let scopes: [Scope]
    }

    private let limit: Int
    private var chunks: [PBChunk] = []
    private var current = PBChunk()
    private var versions: [Version: UInt32] = [:]
    private var scopes: [Scope: UInt32] = [:]

    init(limit: Int) { self.limit = limit }

    mutating func add(_ change: Change) {
        var message = PBRecordChange()
        message.key = data(change.key.encoded)
        message.whole = change.isWhole
        for entry in change.entries {
            var part = PBEntry()
            part.field = entry.field.rawValue
            part.version = index(of: entry.version)
            part.value = data(entry.value)
            message.entries.append(part)
        }
        message.scopes = change.scopes.map { index(of: $0) }
        current.records.append(message)
        if current.records.count >= limit { flush() }
    }

    mutating func finish() -> [PBChunk] {
        if !current.records.isEmpty { flush() }
        return chunks
    }

    private mutating func flush() {
        chunks.append(current)
        current = PBChunk()
        versions = [:]
        scopes = [:]
    }

    private mutating func index(of version: Version) -> UInt32 {
        if let index = versions[version] { return index }
        let index = UInt32(current.versions.count)
        current.versions.append(data(version.encoded))
        versions[version] = index
        return index
    }

    private mutating func index(of scope: Scope) -> UInt32 {
        if let index = scopes[scope] { return index }
        let index = UInt32(current.scopes.count)
        current.scopes.append(scope.name)
        scopes[scope] = index
        return index
    }
}
