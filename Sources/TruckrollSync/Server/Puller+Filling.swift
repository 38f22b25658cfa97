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
            filling.note(reader.last)
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
        let key = try? RecordKey(decoding: filling.key)
        guard let scopeClass = ScopeClass(rawValue: UInt8(clamping: filling.scopeClass)), key != nil || (filling.hasSnapshot && filling.key.isEmpty)
        else { throw EngineProblem("malformed", "No part of a view ends there.", next: "Update the app.") }
        return PartReader.Place(
            scopeClass: scopeClass, scope: Scope(filling.scope), key: key, snapshot: filling.hasSnapshot ? filling.snapshot : nil)
    }
}

extension PBFilling {
    /// Says where the next part goes on.
    fileprivate mutating func note(_ place: PartReader.Place?) {
        guard let place else { return }
        scopeClass = UInt32(place.scopeClass.rawValue)
        scope = place.scope.name
        key = data(place.key?.encoded ?? [])
        if let named = place.snapshot { snapshot = named } else { clearSnapshot() }
    }
}
