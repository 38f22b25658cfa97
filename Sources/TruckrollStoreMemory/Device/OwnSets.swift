import TruckrollCore
import TruckrollProtocol
import TruckrollSync

/// The change sets of a device by write id, and which of them wait, are answered, or need a person.
struct OwnSets: Sendable {
    private var sets: [WriteID: OwnSet] = [:]
    /// Each ascending.
    private var waiting: [WriteID] = []
    private var answered: [WriteID] = []
    private var deferred: [WriteID] = []
    private var open: [WriteID] = []

    subscript(id: WriteID) -> OwnSet? { sets[id] }

    var outbox: [OwnSet] { waiting.compactMap { sets[$0] } }
    var unresolved: [OwnSet] { open.compactMap { sets[$0] } }

    /// Newest first.
    func journal(limit: Int) -> [OwnSet] { answered.reversed().prefix(max(0, limit)).compactMap { sets[$0] } }

    func newestAnswered(below replica: ReplicaID?) -> OwnSet? {
        answered.last { id in replica.map { id.replica < $0 } ?? true && sets[id]?.standing == .answered && sets[id]?.receipt?.mac.isEmpty == false }
            .flatMap { sets[$0] }
    }

    /// Ascending.
    func journal(_ replica: ReplicaID, above sequence: UInt64) -> [OwnSet] {
        (answered + deferred).sorted().filter { $0.replica == replica && $0.sequence > sequence }.compactMap { sets[$0] }
            .filter { $0.standing != .renumbered }
    }

    /// Ascending, of every other replica.
    func journal(besides replica: ReplicaID) -> [OwnSet] {
        (answered + deferred).sorted().filter { $0.replica != replica }.compactMap { sets[$0] }.filter { $0.standing != .renumbered }
    }

    /// Puts a set in place, or takes it away, and returns what was there.
    mutating func set(_ id: WriteID, _ own: OwnSet?) -> OwnSet? {
        let former = own.map { sets.updateValue($0, forKey: id) } ?? sets.removeValue(forKey: id)
        Self.move(id, in: &waiting, former?.standing.isPending ?? false, own?.standing.isPending ?? false)
        Self.move(id, in: &deferred, former?.standing == .deferred, own?.standing == .deferred)
        Self.move(id, in: &answered, former.map { !$0.standing.isPending } ?? false, own.map { !$0.standing.isPending } ?? false)
        Self.move(id, in: &open, former?.isOpen ?? false, own?.isOpen ?? false)
        return former
    }

    private static func move(_ id: WriteID, in ids: inout [WriteID], _ was: Bool, _ isNow: Bool) {
        if was, !isNow { ids.removeSorted(id) }
        if !was, isNow { ids.insertSorted(id) }
    }
}

extension OwnSet {
    /// Answered with a refusal that nobody has dealt with.
    fileprivate var isOpen: Bool {
        guard let outcome = receipt?.outcome, !isResolved, standing == .answered else { return false }
        return outcome == .setAside || outcome == .quarantined
    }
}
