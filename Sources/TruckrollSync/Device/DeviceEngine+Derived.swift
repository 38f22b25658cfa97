import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What a device can make anew from what it holds: overlays from confirmed records and own sets, typed rows from both.
public struct DerivedDamage: Hashable, Sendable {
    /// Records that are shown otherwise than the pending sets make them.
    public var overlays = 0
    /// Typed rows, and words, that are missing, surplus, or say something else than their record.
    public var rows = 0
    /// Rows of any kind of which nothing can be read.
    public var unreadable = 0

    public init() {}

    public var isEmpty: Bool { self == DerivedDamage() }

    /// What of it is not there any more.
    func subtracting(_ later: DerivedDamage) -> DerivedDamage {
        var gone = DerivedDamage()
        gone.overlays = max(0, overlays - later.overlays)
        gone.rows = max(0, rows - later.rows)
        gone.unreadable = max(0, unreadable - later.unreadable)
        return gone
    }
}

extension DeviceEngine {
    /// Compares what is derived with what it follows from. Changes nothing.
    public func derivedDamage() throws -> DerivedDamage {
        try isDerivedSound() ? DerivedDamage() : try countDerivedDamage()
    }

    /// Whether typed rows and overlays are those that records and own sets make.
    ///
    /// Where every row says what its record or overlay says, the pending sets find what they ask for; and where they then make the same
    /// overlays again, those rows are right as well.
    private func isDerivedSound() throws -> Bool {
        var isSound = true
        try tryOut { application, transaction in
            let before = try Self.overlays(transaction)
            isSound = try application.refreshAllColumns() == 0
            guard isSound else { return }
            try application.rebase()
            isSound = try Self.overlays(transaction) == before && transaction.unreadable.isEmpty
        }
        return isSound
    }

    private func countDerivedDamage() throws -> DerivedDamage {
        var found = DerivedDamage()
        var unreadable: Set<UnreadableRow> = []
        var overlays: [RecordKey: Record] = [:]
        try tryOut { application, transaction in
            let before = try Self.overlays(transaction)
            unreadable.formUnion(transaction.unreadable)
            // The pending sets ask typed rows, so those are made anew first.
            try application.makeDerivedAnew()
            overlays = try Self.overlays(transaction)
            found.overlays = Set(before.keys).union(overlays.keys).count { before[$0] != overlays[$0] }
        }
        try tryOut { application, transaction in
            // Rows are compared with the overlays as they should be.
            for key in try transaction.overlayKeys() { try transaction.deleteOverlay(key) }
            for overlay in overlays.values { try transaction.save(overlay: overlay) }
            found.rows = try application.refreshAllColumns()
            unreadable.formUnion(transaction.unreadable)
        }
        found.unreadable = unreadable.count
        return found
    }

    private struct TriedOut: Error {}

    /// Runs `body` in a transaction that is undone.
    private func tryOut(_ body: (inout PullApplication, any DeviceTransaction) throws -> Void) throws {
        do {
            try store.write { transaction in
                var application = PullApplication(self, transaction)
                try body(&application, transaction)
                throw TriedOut()
            }
        } catch is TriedOut {}
    }

    /// Those that can be read.
    private static func overlays(_ transaction: any DeviceTransaction) throws -> [RecordKey: Record] {
        var overlays: [RecordKey: Record] = [:]
        for key in try transaction.overlayKeys() { overlays[key] = try transaction.overlay(key) }
        return overlays
    }

    // MARK: Noting

    /// Notes what a reading met, so that the next sync mends it; a disk that takes no writes keeps nobody from reading.
    func noteDamage() {
        try? store.write { transaction in
            var state = try transaction.state()
            guard !state.isDamaged else { return }
            state.isDamaged = true
            try transaction.save(state)
        }
    }
}

extension PullApplication {
    /// Makes overlays and typed rows anew from confirmed records and own sets, whatever stood there.
    mutating func makeDerivedAnew() throws {
        try transaction.deleteDerived()
        try refreshAllColumns()
        try rebase()
    }

    /// Brings every typed row and all words in step with what is visible.
    ///
    /// - Returns: how many were not.
    @discardableResult
    func refreshAllColumns() throws -> Int {
        var keys = Set(try transaction.confirmedKeys(after: nil, limit: .max)).union(try transaction.overlayKeys())
        keys.formUnion(try transaction.keysWithWords())
        for entity in schema.entities {
            for id in try transaction.ids(entity) { keys.insert(RecordKey(type: entity.type, id: id)) }
        }
        return try keys.sorted().count { try visible.refreshColumns($0) }
    }

    /// Records that lie in no scope of the view, for whatever reason, go unless a pending set names them.
    mutating func loosenWhatLiesNowhere() throws {
        let scopes = Set(try transaction.scopes())
        for key in try transaction.confirmedKeys(after: nil, limit: .max) {
            guard var confirmed = try transaction.confirmed(key) else { continue }
            if !confirmed.scopes.allSatisfy({ scopes.contains($0) }) {
                confirmed.scopes = confirmed.scopes.filter { scopes.contains($0) }
                try transaction.save(confirmed)
            }
            if confirmed.scopes.isEmpty { loose.insert(key) }
        }
    }
}
