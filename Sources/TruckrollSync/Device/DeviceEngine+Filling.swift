import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// A view is filled class by class; parts that have come are kept aside until a commit completes their class, so that what is
/// shown is one state of the server, and a broken transfer goes on where it broke (Protocol/07-sync.md).
extension DeviceEngine {
    /// What the next request asks of a view that is not here as a whole; `nil` when it is.
    func nextPart(_ state: DeviceState) throws -> PBFilling? {
        let isAnew = state.checkpoint == nil || state.isCheckpointLost
        guard isAnew || state.visible != .third else { return nil }
        if let filling = decoded.filling(of: state) { return filling }
        var filling = PBFilling()
        // What a lost history had put here goes on being shown until all of the present one is here.
        if state.isCheckpointLost { filling.through = UInt32(ScopeClass.third.rawValue) }
        return filling
    }

    /// How far a view is that is being filled.
    public struct FillingStanding: Hashable, Sendable {
        /// Complete and shown; `nil` when nothing is yet.
        public let visible: ScopeClass?
        /// Records of the next classes that are here, and how many there are.
        public let kept: Int
        public let total: Int
    }

    /// `nil` when the whole view is here.
    public func filling() throws -> FillingStanding? {
        try store.read { transaction in
            let state = try transaction.state()
            guard try nextPart(state) != nil else { return nil }
            var kept = 0
            try transaction.eachPart { kept += (try? Wire.decode(PBChunk.self, $0))?.records.count ?? 0 }
            let total = decoded.filling(of: state)?.records ?? 0
            return FillingStanding(visible: state.isCheckpointLost ? nil : state.visible, kept: kept, total: Int(clamping: total))
        }
    }

    /// Fills the classes that are not here yet anew, because the disk has changed what was kept aside of them.
    func fillAfterDamage() throws -> SyncStep {
        try fillAnew(isPlain: false)
        var summary = SyncSummary()
        summary.isFilling = true
        return .applied(summary, more: true)
    }
}

extension DeviceTransaction {
    /// Runs `body` for each part kept aside, in their order, with one of them in memory at a time.
    func eachPart(_ body: ([UInt8]) throws -> Void) throws {
        var number = 0
        while let part = try part(after: number) {
            try body(part.bytes)
            number = part.number
        }
    }
}

/// The disk has changed what was kept aside of a view that is being filled.
struct DamagedParts: Error {}

extension PullApplication {
    /// Keeps a part that does not complete its class.
    mutating func keepAside(_ reply: PBSyncReply) throws {
        guard reply.hasFilling else { return }
        try checkFilling()
        for chunk in reply.part { try transaction.append(part: try Wire.encode(chunk)) }
        var state = try transaction.state()
        state.filling = try Wire.encode(reply.filling)
        try transaction.save(state)
        summary.isFilling = true
    }

    /// Parts of which it is not known how far they reach are worth nothing.
    private func checkFilling() throws {
        let state = try transaction.state()
        if !state.filling.isEmpty, decoded.filling(of: state) == nil { throw DamagedParts() }
    }

    /// Puts the records of a reply with a commit in place, before them the parts kept aside where it completes a class.
    mutating func bringIn(_ reply: PBSyncReply) throws {
        let commit = reply.commit
        let dropped = commit.dropped.map { Scope($0) }
        var state = try transaction.state()
        // What left the view goes first: a scope that left and came back arrives whole in the chunks.
        try drop(dropped)
        let touched = Set(commit.touched.map { Scope($0.scope) })
        let isAnew = state.checkpoint == nil || state.isCheckpointLost
        if isAnew {
            // The commit brings all that is shown: what a lost history had put here makes way for it.
            try drop(try transaction.scopes().filter { !touched.contains($0) })
            try empty(try transaction.scopes())
        }
        let visible = ScopeClass(rawValue: UInt8(clamping: commit.visible)) ?? .third
        let isCompleted = isAnew || state.visible.map { $0 < visible } ?? true
        if isCompleted {
            let before = Set(try transaction.scopes())
            try checkFilling()
            try transaction.eachPart { bytes in
                guard let chunk = try? Wire.decode(PBChunk.self, bytes) else { throw DamagedParts() }
                try apply(chunk)
            }
            // One that cannot be read at all is as if there were no more.
            if transaction.unreadable.contains(.part) { throw DamagedParts() }
            for chunk in reply.part { try apply(chunk) }
            // Parts may be of scopes that have left the view since.
            try drop(dropped)
            for chunk in reply.chunks { try apply(chunk) }
            try drop(try transaction.scopes().filter { !before.contains($0) && !touched.contains($0) })
            try transaction.deleteParts()
            state.filling = []
            summary.isFilling = true
        } else {
            for chunk in reply.chunks { try apply(chunk) }
        }
        state.visible = visible
        try transaction.save(state)
    }
}
