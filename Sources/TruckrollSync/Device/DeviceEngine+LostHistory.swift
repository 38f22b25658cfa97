import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What a device does when the server tells another history than the one it knew (Protocol/09-epochs.md).
extension DeviceEngine {
    /// Own sets the server lacks go back to the outbox, bytes unchanged; the checkpoint of the lost history is forgotten, the
    /// records are not.
    func requeue(_ changed: PBHistoryChanged) throws -> SyncStep {
        try store.write { transaction in
            let identity = try requireIdentity(transaction)
            var requeued = 0
            // Where the server's last set of this number is another one than ours, a copy of this device spoke first: then all are
            // offered, and the first that differs brings the fork to light.
            let last = WriteID(replica: identity.replica, sequence: changed.lastSequence)
            let isShared = try changed.lastSequence == 0 || transaction.own(last)?.hash.bytes == Array(changed.lastHash)
            let lacking = try transaction.journal(identity.replica, above: isShared ? changed.lastSequence : 0)
            // Of former numbers the server does not say how far it knows them; what it has it answers as before.
            for var own in try lacking + transaction.journal(besides: identity.replica) {
                own.standing = .waiting
                try transaction.update(own)
                requeued += 1
            }
            var state = try transaction.state()
            if let checkpoint = state.checkpoint, !state.isCheckpointLost, state.checkpointMAC.count == 32 {
                state.formerCheckpoints.removeAll { $0.checkpoint.epoch == checkpoint.epoch }
                state.formerCheckpoints.append(ShownCheckpoint(checkpoint: checkpoint, mac: state.checkpointMAC))
                state.formerCheckpoints.removeFirst(max(0, state.formerCheckpoints.count - Limits.formerCheckpoints))
            }
            try findRecovered(known: changed.known, wasLost: state.isCheckpointLost, transaction)
            state.lostLeases = try Wire.encode(try lostLeases(state, transaction))
            state.isCheckpointLost = true
            state.recoveringEpoch = Epoch(rawValue: changed.epoch)
            state.isRecovering = true
            state.filling = []
            try transaction.deleteParts()
            try transaction.save(state)
            return .historyChanged(requeued: requeued)
        }
    }

    /// The stock leases this device holds, with those it is showing already.
    private func lostLeases(_ state: DeviceState, _ transaction: any DeviceTransaction) throws -> PBShownLeases {
        var leases: [RecordID: LeaseProof] = [:]
        for message in try Wire.decode(PBShownLeases.self, state.lostLeases).leases {
            if let proof = LeaseProof(message) { leases[proof.lease] = proof }
        }
        let reader = LocalReader(schema: schema, transaction: transaction, decoded: decoded)
        for view in try reader.views("lease") {
            if let proof = LeaseProof(view) { leases[proof.lease] = proof }
        }
        var shown = PBShownLeases()
        shown.leases = leases.values.sorted { $0.lease < $1.lease }.prefix(Limits.shownLeases).map { PBShownLease($0) }
        return shown
    }
}
