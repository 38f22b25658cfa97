import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

extension ServerEngine {
    /// Lets deferred sets take effect that this server understands now. Called when a server starts. One that cannot take effect
    /// is kept aside for a person, whatever is wrong with it, and holds up no other.
    ///
    /// - Throws: what the store throws when it cannot be read or written; what was not taken up goes on waiting.
    public func takeUpDeferred(at moment: ServerMoment) throws {
        var position: Position? = .start
        while let after = position {
            position = try store.write { try sequencer($0, moment).takeUp(after: after) }
        }
        try store.write { try sequencer($0, moment).adopt() }
    }

    /// Lets a quarantined set take effect that a person has looked at, and with it those that waited for it.
    ///
    /// - Throws: ``EngineProblem`` `set-unknown` when nothing waits under that id, `release-refused` with what is wrong with it.
    public func release(_ id: WriteID, at moment: ServerMoment) throws -> Receipt {
        let answer = try store.write { transaction in
            guard let waiting = try transaction.waiting(id), !waiting.isDeferred else {
                throw EngineProblem("set-unknown", "No quarantined set \(id) waits here.", next: "See `truckroll-server attention`.")
            }
            do {
                guard let receipt = try sequencer(transaction, moment).settle(waiting, cause: Sequencer.releaseCause(id)) else {
                    throw EngineProblem(
                        "release-refused", "Set \(id) cannot be read, or waits for another one.", next: "Release the set it builds on first.")
                }
                return try Receipt(receipt)
            } catch let wire as WireProblem {
                throw EngineProblem(
                    "release-refused", "Set \(id): \(wire.detail).",
                    next: wire.code == "origin-known"
                        ? "Nothing is to be done: what it says is there." : "It stays kept whole; enter what it says again by hand.")
            }
        }
        try takeUpDeferred(at: moment)
        return answer
    }
}
