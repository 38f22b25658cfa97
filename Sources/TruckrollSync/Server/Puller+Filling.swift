import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// How much one part of a view that is being filled may hold.
public struct PartSize: Hashable, Sendable {
    public var records: Int
    /// Of the records' entries.
    public var bytes: Int

    public init(records: Int = Limits.recordsInPart, bytes: Int = Limits.partBytes) {
        self.records = records
        self.bytes = bytes
    }

    var isUsedUp: Bool { records <= 0 || bytes <= 0 }
}

/// A view that is filled comes in parts, ordered by (class, scope, key); a transfer that broke off goes on after the last key
/// (Protocol/07-sync.md). Parts are read from a moving head; whatever changed since the first one comes with the last.
extension Puller {
    struct Part {
        var chunks: [PBChunk] = []
        /// Where the next part goes on; `nil` when the classes are complete.
        var filling: PBFilling?
        /// When complete: the last class, and the position since when changes have to come along.
        var through = ScopeClass.third
        var since = Position.start
    }

    /// The next part of the classes above `visible`, and how far it reaches.
    ///
    /// - Parameter checkpoint: the head with its MAC, should this be the first part.
    /// - Throws: ``EngineProblem`` `malformed` for a place that no server names.
    func part(
        _ replica: ReplicaRow, visible: ScopeClass?, _ asked: PBFilling, size: PartSize, checkpoint: (PBCheckpoint, mac: [UInt8])
    ) throws -> Part {
        let isBeginning = !asked.hasSince
        var filling = asked
        if isBeginning {
            filling.since = checkpoint.0
            filling.sinceMac = data(checkpoint.mac)
        }
        let first = visible?.next ?? (visible == nil ? .first : .third)
        var through = ScopeClass(rawValue: UInt8(clamping: asked.through)) ?? first
        guard through >= first else { throw EngineProblem("malformed", "The device holds what it asks to be filled.", next: "Update the app.") }
        var rest = size
        var part = Part()
        var reader = try PartReader(puller: self, replica: replica, through: through)
        guard try reader.read(in: first...through, after: isBeginning ? nil : try place(of: asked), rest: &rest) else {
            part.chunks = reader.finish()
            if let last = reader.last {
                filling.scopeClass = UInt32(last.scopeClass.rawValue)
                filling.scope = last.scope.name
                filling.key = data(last.key.encoded)
            }
            filling.through = UInt32(through.rawValue)
            filling.records = try transaction.viewScopes(replica.replica)
                .filter { (first...through).contains($0.scopeClass) }.reduce(0) { try $0 &+ transaction.digest(of: $1.scope).count }
            part.filling = filling
            return part
        }
        part.chunks = reader.finish()
        // A small class that follows comes along where it fits as a whole.
        while let next = through.next, !rest.isUsedUp {
            var reader = try PartReader(puller: self, replica: replica, through: next)
            guard try reader.read(in: next...next, after: nil, rest: &rest) else { break }
            part.chunks += reader.finish()
            through = next
        }
        part.through = through
        part.since = Position(rawValue: filling.since.position)
        return part
    }

    private func place(of filling: PBFilling) throws -> PartReader.Place {
        guard let scopeClass = ScopeClass(rawValue: UInt8(clamping: filling.scopeClass)), let key = try? RecordKey(decoding: filling.key) else {
            throw EngineProblem("malformed", "No part of a view ends there.", next: "Update the app.")
        }
        return PartReader.Place(scopeClass: scopeClass, scope: Scope(filling.scope), key: key)
    }
}

/// Reads live records in the order of parts.
private struct PartReader {
    struct Place {
        let scopeClass: ScopeClass
        let scope: Scope
        let key: RecordKey
    }

    /// Rows read at a time.
    private static let stride = 256

    private let puller: Puller
    private let scopes: [ViewScopeRow]
    private let shown: Set<Scope>
    private var builder = ChunkBuilder(limit: Puller.recordsInChunk)
    /// A record that lies in several scopes comes once a part.
    private var sent: Set<RecordKey> = []
    private(set) var last: Place?

    init(puller: Puller, replica: ReplicaRow, through: ScopeClass) throws {
        self.puller = puller
        scopes = try puller.transaction.viewScopes(replica.replica).filter { $0.scopeClass <= through }
            .sorted { ($0.scopeClass, $0.scope) < ($1.scopeClass, $1.scope) }
        shown = Set(scopes.map(\.scope))
    }

    /// - Returns: whether the classes were read to their end.
    mutating func read(in classes: ClosedRange<ScopeClass>, after place: Place?, rest: inout PartSize) throws -> Bool {
        for row in scopes where classes.contains(row.scopeClass) {
            var after: RecordKey?
            if let place {
                if (row.scopeClass, row.scope) < (place.scopeClass, place.scope) { continue }
                if row.scopeClass == place.scopeClass, row.scope == place.scope { after = place.key }
            }
            while true {
                let rows = try puller.transaction.liveRows(in: row.scope, after: after, limit: Self.stride)
                for live in rows {
                    guard !rest.isUsedUp else { return false }
                    try add(live.key, &rest)
                    last = Place(scopeClass: row.scopeClass, scope: row.scope, key: live.key)
                }
                guard rows.count == Self.stride else { break }
                after = rows.last?.key
            }
        }
        return true
    }

    private mutating func add(_ key: RecordKey, _ rest: inout PartSize) throws {
        guard sent.insert(key).inserted, let stored = try puller.transaction.record(key) else { return }
        builder.add(.init(key: key, isWhole: true, entries: stored.record.entries, scopes: stored.scopes.filter { shown.contains($0) }))
        rest.records -= 1
        rest.bytes -= stored.record.entries.reduce(0) { $0 + $1.value.count + 8 }
    }

    mutating func finish() -> [PBChunk] { builder.finish() }
}
