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
        guard state.filling.isEmpty else { return try Wire.decode(PBFilling.self, state.filling) }
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
            try transaction.eachPart { kept += try Wire.decode(PBChunk.self, $0).records.count }
            let total = state.filling.isEmpty ? 0 : try Wire.decode(PBFilling.self, state.filling).records
            return FillingStanding(visible: state.isCheckpointLost ? nil : state.visible, kept: kept, total: Int(clamping: total))
        }
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

extension PullApplication {
    /// Keeps a part that does not complete its class.
    mutating func keepAside(_ reply: PBSyncReply) throws {
        guard reply.hasFilling else { return }
        for chunk in reply.part { try transaction.append(part: try Wire.encode(chunk)) }
        var state = try transaction.state()
        state.filling = try Wire.encode(reply.filling)
        try transaction.save(state)
        summary.isFilling = true
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
        let isCompleted = try isAnew || state.visible.map { $0 < visible } ?? true
        if isCompleted {
            let before = Set(try transaction.scopes())
            try transaction.eachPart { try apply(try Wire.decode(PBChunk.self, $0)) }
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
