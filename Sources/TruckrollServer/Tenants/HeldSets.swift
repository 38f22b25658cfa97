import Synchronization
import TruckrollCore
import TruckrollProtocol

/// How many of their own change sets devices said they still hold at their last request, and since when: a queue that does not empty
/// although its device reaches the server is a fault that somebody should look at. Known since the server was started.
final class HeldSets: Sendable {
    struct Standing: Hashable, Sendable {
        var count: Int
        /// Since when there has always been some, Unix milliseconds.
        let since: Int64
    }

    private let standings = Mutex<[ReplicaID: Standing]>([:])

    /// Notes what a device holds after an answer: what it did not send, and what it sent and got no answer for.
    func note(_ request: PBSyncRequest, _ reply: PBSyncReply, of replica: ReplicaID, at milliseconds: Int64) {
        let count = Int(request.unsent) + max(0, request.push.count - reply.receipts.count)
        standings.withLock {
            $0[replica] = count == 0 ? nil : Standing(count: count, since: $0[replica]?.since ?? milliseconds)
        }
    }

    var all: [ReplicaID: Standing] { standings.withLock { $0 } }
}
