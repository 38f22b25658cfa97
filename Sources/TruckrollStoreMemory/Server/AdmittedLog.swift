import TruckrollCore
import TruckrollSync

/// The admitted sets in ascending position, with what they are found by.
struct AdmittedLog: Sendable {
    private var sets: [AdmittedSet] = []
    private var byWrite: [WriteID: Position] = [:]
    private var byCause: [ByteText: Position] = [:]
    /// Ascending.
    private var byOrigin: [WriteID: [Position]] = [:]
    /// Ascending.
    private var byOutcome: [Outcome: [Position]] = [:]

    func at(_ position: Position) -> AdmittedSet? {
        let index = index(of: position)
        return index < sets.count && sets[index].position == position ? sets[index] : nil
    }

    func with(_ id: WriteID) -> AdmittedSet? { byWrite[id].flatMap { at($0) } }
    func with(cause: String) -> AdmittedSet? { byCause[ByteText(cause)].flatMap { at($0) } }
    func with(origin: Origin) -> AdmittedSet? {
        byOrigin[origin.writeID]?.lazy.compactMap { at($0) }.first { $0.origin == origin }
    }

    func goneOn(from number: WriteID) -> [AdmittedSet] { byOrigin[number]?.compactMap { at($0) } ?? [] }

    func after(_ position: Position, limit: Int) -> [AdmittedSet] {
        guard limit > 0 else { return [] }
        return Array(sets[sets.partitionPoint { $0.position <= position }...].prefix(limit))
    }

    func lastPosition(before milliseconds: Int64) -> Position? {
        sets.filter { $0.admittedAt < milliseconds }.max { ($0.admittedAt, $0.position) < ($1.admittedAt, $1.position) }?.position
    }

    func with(_ outcomes: [Outcome], limit: Int) -> [AdmittedSet] {
        guard limit > 0 else { return [] }
        let positions = Set(outcomes).flatMap { byOutcome[$0, default: []].prefix(limit) }
        return positions.sorted().prefix(limit).compactMap { at($0) }
    }

    /// - Throws: ``MemoryStoreProblem/taken(detail:)``
    mutating func insert(_ set: AdmittedSet) throws {
        let index = index(of: set.position)
        guard index == sets.count || sets[index].position != set.position else {
            throw MemoryStoreProblem.taken(detail: "position \(set.position)")
        }
        guard byWrite[set.set.writeID] == nil else { throw MemoryStoreProblem.taken(detail: "write \(set.set.writeID)") }
        if let cause = set.cause {
            guard byCause[ByteText(cause)] == nil else { throw MemoryStoreProblem.taken(detail: "cause \(cause)") }
            byCause[ByteText(cause)] = set.position
        }
        sets.insert(set, at: index)
        byWrite[set.set.writeID] = set.position
        if let origin = set.origin { byOrigin[origin.writeID, default: []].insertSorted(set.position) }
        byOutcome[set.outcome, default: []].insertSorted(set.position)
    }

    /// - Returns: the set as it was before; `nil` when it is not here.
    mutating func replace(_ set: SignedSet) -> SignedSet? {
        guard let position = byWrite[set.writeID], let known = at(position) else { return nil }
        sets[index(of: position)].set = set
        return known.set
    }

    mutating func remove(_ position: Position) {
        guard let set = at(position) else { return }
        sets.remove(at: index(of: position))
        byWrite[set.set.writeID] = nil
        if let cause = set.cause { byCause[ByteText(cause)] = nil }
        if let origin = set.origin { byOrigin[origin.writeID]?.removeSorted(position) }
        byOutcome[set.outcome]?.removeSorted(position)
    }

    /// Positions are dense as a rule, so the place is guessed first.
    private func index(of position: Position) -> Int {
        if let first = sets.first, position >= first.position, let guess = Int(exactly: position.rawValue - first.position.rawValue),
            guess < sets.count, sets[guess].position == position
        {
            return guess
        }
        return sets.partitionPoint { $0.position < position }
    }
}
