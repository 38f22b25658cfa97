import TruckrollCore

/// The write ids that were admitted, and one that is being admitted.
final class AdmittedIDs {
    private let transaction: any ServerTransaction
    private let own: WriteID
    private var failure: (any Error)?

    init(_ transaction: any ServerTransaction, besides own: WriteID) {
        self.transaction = transaction
        self.own = own
    }

    /// A row that cannot be read holds nothing; any other failure says nothing of what was admitted.
    func holds(_ id: WriteID) throws -> Bool {
        if id == own { return true }
        do {
            if let replica = try transaction.replica(id.replica) { return id.sequence <= replica.lastSequence }
        } catch let error as any DamageOfStore where error.damage != nil {}
        // The server's own replicas, one an epoch, are not enrolled.
        do { return try transaction.admitted(id) != nil } catch let error as any DamageOfStore where error.damage != nil { return false }
    }

    /// For a caller that cannot be told of a failure; ``check()`` tells it then.
    func isKnown(_ id: WriteID) -> Bool {
        do { return try holds(id) } catch {
            failure = failure ?? error
            return false
        }
    }

    func check() throws { if let failure { throw failure } }
}
