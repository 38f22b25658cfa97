import TruckrollCore
import TruckrollProtocol

/// What a device can still do when its disk takes no writes.
extension DeviceEngine {
    /// Requests that bring the outbox to the server and take nothing in, in order. Nothing is noted: the same sets go again with the
    /// next sync, and get the answers they had.
    public func requestsWithoutWriting() throws -> [PBSyncRequest] {
        try store.read { transaction in
            guard let identity = try transaction.identity() else { return [] }
            let state = try transaction.state()
            // A device that recovers from a lost history has to be able to note what it learns.
            guard !state.isCheckpointLost, !state.isRecovering else { return [] }
            var empty = PBSyncRequest()
            if let checkpoint = state.checkpoint {
                empty.checkpoint = PBCheckpoint(checkpoint)
                empty.checkpointMac = data(state.checkpointMAC)
            }
            var requests: [PBSyncRequest] = []
            var bytes = 0
            let waiting = try transaction.outbox().filter { $0.standing == .waiting }
            // Sets of a former number go first, and what a sync does about them has to be noted.
            guard waiting.allSatisfy({ $0.set.writeID.replica == identity.replica }) else { return [] }
            for own in waiting {
                // What the disk has changed is not sent, nor what comes after it.
                guard own.set.hash == own.hash else { break }
                bytes += own.set.body.count + 128
                if requests.isEmpty || bytes > Limits.pushBytes || (requests.last?.push.count ?? 0) >= Limits.setsInPush {
                    requests.append(empty)
                    bytes = own.set.body.count + 128
                }
                requests[requests.count - 1].push.append(PBSignedSet(own.set))
                if let receipt = own.receipt { requests[requests.count - 1].shown.append(PBReceipt(receipt)) }
            }
            return requests
        }
    }
}
