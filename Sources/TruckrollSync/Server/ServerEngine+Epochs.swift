import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// When the tenant's history is not what it was, a new epoch begins (Protocol/09-epochs.md).
extension ServerEngine {
    /// Starts a new epoch when the database does not stand where it was left: after a restore or a copy.
    ///
    /// - Parameters:
    ///   - instance: name of this server's home, kept outside the database and its backups.
    ///   - epoch: a random id for the new epoch, should one be needed.
    /// - Returns: whether a new epoch began.
    @discardableResult
    public func checkInstance(_ instance: [UInt8], newEpoch epoch: Epoch, at moment: ServerMoment) throws -> Bool {
        try store.write { transaction in
            guard let tenant = try transaction.tenant(), tenant.instance != instance else { return false }
            try begin(epoch, of: tenant, instance: instance, reason: "instance differs", isAgeKnown: true, transaction, moment)
            return true
        }
    }

    /// - Parameters:
    ///   - lost: the epochs unknown here that proved it necessary.
    ///   - isAgeKnown: whether the newest contact is taken to tell when the copy was made. Where a device found the copy out,
    ///     others may have come to it before.
    private func begin(
        _ epoch: Epoch, of former: TenantState, instance: [UInt8], reason: String, lost epochs: [Epoch] = [], isAgeKnown: Bool,
        _ transaction: any ServerTransaction, _ moment: ServerMoment
    ) throws {
        var tenant = former
        try transaction.insert(
            EpochRow(epoch: epoch, start: tenant.head, history: tenant.history, parent: tenant.epoch, reason: reason, lost: epochs))
        tenant.epoch = epoch
        tenant.instance = instance
        // Should what lies outside the database be lost as well, numbers given after the backup was made are jumped over.
        let lost = try numbers.given(from: tenant.nextReplica).filter { $0.holder == .device }.map(\.number)
        tenant.serverReplica = ReplicaID(rawValue: try numbers.next(atLeast: tenant.nextReplica &+ 1_000_000, for: .server))
        tenant.nextReplica = tenant.serverReplica.rawValue + 1
        tenant.serverSequence = 0
        tenant.serverHash = .none
        try transaction.save(tenant)
        try sequencer(transaction, moment).beginSettling(enrolledSince: lost, isAgeKnown: isAgeKnown)
    }

    /// What a device whose checkpoint is of another history is told; `nil` when it stands in this one.
    ///
    /// A checkpoint with this server's own MAC that the history lacks, or that a device has left for an epoch which this database does
    /// not know, proves that an older copy of the database was put in its place, and so does an answer to a set that is not here: a
    /// new epoch begins at once. Any other wrong checkpoint concerns its device alone, and changes nothing here.
    func historyChange(_ request: PBSyncRequest, _ id: ReplicaID, at moment: ServerMoment) throws -> PBHistoryChanged? {
        let (present, filling, snapshot) = Self.places(request)
        guard let device = try replica(id)?.device else { return nil }
        let lost = try lostCheckpoints(request, of: device)
        let isStale = try isBelowHorizon(present) || isBelowHorizon(filling) || isBelowHorizon(snapshot)
        let answers = try lostAnswers(request)
        let isLeft = try leaveLost(lost, answers, request, of: device, at: moment)
        guard try isLeft || !answers.isEmpty || isStale || !isKnown(present) || !isKnown(filling) || !isKnown(snapshot) else { return nil }
        return try store.read { transaction in
            guard let tenant = try transaction.tenant(), let row = try transaction.replica(id) else { return nil }
            var changed = PBHistoryChanged()
            changed.epoch = tenant.epoch.rawValue
            changed.lastSequence = row.lastSequence
            changed.lastHash = data(row.lastHash.bytes)
            // Who lost nothing shows nothing that others lost.
            if !lost.isEmpty { changed.known = try known(in: row, transaction, tenant) }
            let former = (present ?? filling)?.epoch.rawValue
            changed.reason = isStale ? "checkpoint-stale" : changed.epoch == former ? "checkpoint-unknown" : "epoch-changed"
            return changed
        }
    }

    /// Whether all that the request shows is of this history as it is, so that ``historyChange(_:_:at:)`` has nothing to tell. Who shows epochs it
    /// has left may know of one that is lost though nothing happened in it.
    func isInStep(_ request: PBSyncRequest, _ id: ReplicaID) throws -> Bool {
        let (present, filling, snapshot) = Self.places(request)
        guard request.former.isEmpty else { return false }
        guard let device = try replica(id)?.device else { return true }
        for place in [present, filling, snapshot] { guard try !isBelowHorizon(place), try isKnown(place) else { return false } }
        return try lostCheckpoints(request, of: device).isEmpty && lostAnswers(request).isEmpty
    }

    /// Where the device stands, where the filling of its view began, and where the snapshot it fills it from was made.
    private static func places(_ request: PBSyncRequest) -> (present: Checkpoint?, filling: Checkpoint?, snapshot: Checkpoint?) {
        (
            request.hasCheckpoint ? Checkpoint(request.checkpoint) : nil,
            request.hasFilling && request.filling.hasSince ? Checkpoint(request.filling.since) : nil,
            request.hasFilling && request.filling.hasSnapshot ? Checkpoint(request.filling.snapshot.at) : nil
        )
    }

    /// Begins a new epoch where the device shows that the database was put back by hand.
    ///
    /// - Returns: whether it does.
    private func leaveLost(
        _ lost: [Checkpoint], _ answers: [Receipt], _ request: PBSyncRequest, of device: DeviceID, at moment: ServerMoment
    ) throws -> Bool {
        guard let epoch = try store.read({ try $0.tenant()?.epoch }) else { return false }
        let proven = former(request).filter { isOwn($0, $1, of: device) }.map(\.0)
        let unknown = try unknownEpochs(Set((proven + lost).map(\.epoch) + answers.map(\.epoch)))
        if let checkpoint = lost.first(where: { $0.epoch == epoch }) ?? left(epoch, for: unknown, proven, answers) {
            try leave(epoch, shown: checkpoint.authenticated(for: device), checkpoint.position, for: unknown, at: moment)
        } else if let answer = answers.first(where: { $0.epoch == epoch }) {
            try leave(epoch, shown: answer.authenticated, answer.position, for: unknown, at: moment)
        } else {
            return false
        }
        return true
    }

    /// Those of the epochs that the database does not know, and for which none has begun yet.
    private func unknownEpochs(_ shown: Set<Epoch>) throws -> Set<Epoch> {
        guard !shown.isEmpty else { return [] }
        return shown.subtracting(try store.read { try $0.epochs().flatMap { [$0.epoch] + $0.lost } })
    }

    /// The checkpoint of the present epoch that the device has left for another epoch of this server, where the database does not know
    /// that one: it was put back to before that began. One for which an epoch has begun already proves nothing more.
    private func left(_ epoch: Epoch, for unknown: Set<Epoch>, _ proven: [Checkpoint], _ answers: [Receipt]) -> Checkpoint? {
        guard proven.count > 1 || !answers.isEmpty, let place = proven.firstIndex(where: { $0.epoch == epoch }) else { return nil }
        return (proven[place...].map(\.epoch) + answers.map(\.epoch)).contains(where: unknown.contains) ? proven[place] : nil
    }

    /// Answers of this server that its history does not bear out: the sets they are about are not here.
    private func lostAnswers(_ request: PBSyncRequest) throws -> [Receipt] {
        let shown = request.answered.prefix(Limits.shownAnswers).compactMap { try? Receipt($0) }
        guard !shown.isEmpty else { return [] }
        return try store.read { transaction in
            try shown.filter { try transaction.admitted($0.writeID)?.hash != $0.setHash && isOwn($0) }
        }
    }

    /// Whether the server gave the answer itself, in whatever history.
    func isOwn(_ receipt: Receipt) -> Bool {
        MessageAuthentication.isValid(receipt.mac, for: receipt.authenticated, key: security.receiptKey)
    }

    /// Begins a new epoch, unless another device has shown the same meanwhile.
    ///
    /// - Parameters:
    ///   - shown: what the server's own MAC covers.
    ///   - unknown: the epochs unknown here that the device has been in.
    private func leave(_ left: Epoch, shown: [UInt8], _ position: Position, for unknown: Set<Epoch>, at moment: ServerMoment) throws {
        try store.write { transaction in
            guard let tenant = try transaction.tenant() else { return }
            if tenant.epoch == left {
                try begin(
                    epoch(after: tenant, shown: shown, at: moment), of: tenant, instance: tenant.instance,
                    reason: "a device shows position \(position) of a history that is lost", lost: unknown.sorted { $0.rawValue < $1.rawValue },
                    isAgeKnown: false, transaction, moment)
            }
        }
    }

    /// Whether the device was away for longer than the scope log remembers. The start of a history is never too old: from there
    /// the whole view is sent.
    private func isBelowHorizon(_ checkpoint: Checkpoint?) throws -> Bool {
        guard let checkpoint, checkpoint.position > .start, let tenant = try store.read({ try $0.tenant() }) else { return false }
        return checkpoint.epoch == tenant.epoch && checkpoint.position < tenant.collected
    }

    private func isKnown(_ checkpoint: Checkpoint?) throws -> Bool {
        guard let checkpoint else { return true }
        return try store.read { transaction in
            guard let tenant = try transaction.tenant() else { return true }
            return try checkpoint.epoch == tenant.epoch && transaction.isInHistory(checkpoint, head: tenant)
        }
    }

    /// The checkpoints shown that this server gave to this device and that its history lacks, of whatever epoch.
    func lostCheckpoints(_ request: PBSyncRequest, of device: DeviceID) throws -> [Checkpoint] {
        var shown = former(request)
        if request.hasCheckpoint { shown.append((Checkpoint(request.checkpoint), Array(request.checkpointMac))) }
        if request.filling.hasSince { shown.append((Checkpoint(request.filling.since), Array(request.filling.sinceMac))) }
        guard !shown.isEmpty else { return [] }
        return try store.read { transaction in
            guard let tenant = try transaction.tenant() else { return [] }
            return try shown.filter { checkpoint, mac in
                try !transaction.isInHistory(checkpoint, head: tenant) && isOwn(checkpoint, mac, of: device)
            }.map(\.0)
        }
    }

    /// The checkpoints of epochs the device says it has left, oldest first, with the MACs it shows for them.
    private func former(_ request: PBSyncRequest) -> [(Checkpoint, [UInt8])] {
        request.former.prefix(Limits.formerCheckpoints).map { (Checkpoint($0.checkpoint), Array($0.mac)) }
    }

    /// Whether the server gave the checkpoint to the device, in whatever history.
    private func isOwn(_ checkpoint: Checkpoint, _ mac: [UInt8], of device: DeviceID) -> Bool {
        MessageAuthentication.isValid(mac, for: checkpoint.authenticated(for: device), key: security.receiptKey)
    }

    /// An id that nobody can foresee and no other history gets.
    private func epoch(after tenant: TenantState, shown: [UInt8], at moment: ServerMoment) -> Epoch {
        var bytes = Array("truckroll/epoch/1".utf8) + [0]
        bytes += shown + tenant.history.bytes
        bytes.append(bigEndian: UInt64(bitPattern: moment.milliseconds))
        let code = MessageAuthentication.code(for: bytes, key: security.receiptKey)
        return Epoch(rawValue: code.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } | 1)
    }

    /// The server's MAC over a checkpoint it hands out to a device.
    func mac(_ checkpoint: PBCheckpoint, for device: DeviceID) -> [UInt8] {
        MessageAuthentication.code(for: Checkpoint(checkpoint).authenticated(for: device), key: security.receiptKey)
    }
}
