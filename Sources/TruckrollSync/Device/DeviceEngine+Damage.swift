import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Unanswered work whose bytes the disk has changed: it is neither sent nor signed anew, and holds nothing up (Protocol/08-enrolment.md,
/// 8.21b).
extension DeviceEngine {
    /// Sets the damaged ones aside, for a person to look at.
    ///
    /// - Returns: where the present number has to end, because one of them stands in its sequence.
    func setAsideDamaged() throws -> SyncConversation.Fork? {
        try store.write { transaction in
            let replica = try requireIdentity(transaction).replica
            let lastHash = try transaction.state().lastHash
            let waiting = try transaction.outbox().filter { $0.standing == .waiting }
            var first: UInt64?
            for (index, var own) in waiting.enumerated() where own.set.hash != own.hash {
                let next = waiting[safe: index + 1].flatMap { $0.set.writeID.replica == own.set.writeID.replica ? $0 : nil }
                let named = next.map { (try? ChangeSet(decodingBody: $0.set.body))?.previous } ?? lastHash
                if named == own.set.hash {
                    // The body is what was signed; the hash beside it is what changed.
                    own.hash = own.set.hash
                    try transaction.update(own)
                    continue
                }
                own.standing = .answered
                own.receipt = Receipt(damaged: own)
                try transaction.update(own)
                if own.set.writeID.replica == replica { first = min(first ?? .max, own.set.writeID.sequence) }
            }
            guard let first else { return nil }
            var application = PullApplication(self, transaction)
            try application.rebase()
            return SyncConversation.Fork(replica: replica, lastCommon: first - 1)
        }
    }
}

extension Receipt {
    /// The device's own word on a set of which nobody can say any more what it was.
    fileprivate init(damaged own: OwnSet) {
        self.init(
            writeID: own.set.writeID, setHash: own.hash, epoch: Epoch(rawValue: 0), position: .start,
            stamp: Stamp(milliseconds: 0, counter: 0, replica: own.set.writeID.replica), outcome: .quarantined,
            remarks: [
                Remark(
                    code: "set-damaged",
                    text: "The disk of this device has changed what was recorded here (“\(own.intent)”). It is not sent: nobody can say what it was.",
                    remedies: ["look whether it is at the server all the same", "record it again"])
            ])
    }
}
