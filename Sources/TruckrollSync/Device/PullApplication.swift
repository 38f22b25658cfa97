import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Applies what a server sent, within one writing transaction.
struct PullApplication {
    let schema: Schema
    let transaction: any DeviceTransaction
    let visible: VisibleRecords
    let decoded: DecodedRows
    var summary = DeviceEngine.SyncSummary()
    /// Records that lost their last scope; they go unless a pending set names them.
    var loose: Set<RecordKey> = []
    private var newest: Stamp?
    /// Own sets this reply answers.
    private var arriving: [WriteID] = []

    init(_ engine: DeviceEngine, _ transaction: any DeviceTransaction) {
        schema = engine.schema
        decoded = engine.decoded
        self.transaction = transaction
        visible = VisibleRecords(transaction: transaction, schema: schema)
    }

    // MARK: Answers

    mutating func answer(_ receipts: [PBReceipt]) throws {
        for message in receipts {
            let receipt = try Receipt(message)
            guard var own = try transaction.own(receipt.writeID) else { continue }
            // An answer may be about bytes that had changed before they were sent.
            guard own.hash == receipt.setHash || own.set.hash == receipt.setHash else {
                throw DeviceProblem(
                    "receipt-foreign", "The server answered another set than \(receipt.writeID).", next: "Sync again; if it stays, call the office.")
            }
            let isNews = own.standing == .waiting || receipt.outcome != .deferred
            own.receipt = receipt
            own.standing = receipt.outcome == .deferred ? .deferred : .answered
            own.isSent = true
            if receipt.isOfKnownWork { own.isResolved = true }
            try transaction.update(own)
            if own.standing == .answered, receipt.outcome != .quarantined { arriving.append(receipt.writeID) }
            guard isNews else { continue }
            summary.answered += 1
            if receipt.outcome == .setAside || receipt.outcome == .quarantined, !receipt.isOfKnownWork { summary.setAside += 1 }
            if let set = decoded.content(of: own) { loose.formUnion(named(by: set)) }
        }
    }

    /// Notes the answers whose effects come with a later reply; those that are here now pin nothing any more.
    ///
    /// - Parameter isPresent: the server has just given the checkpoint, so that it stands in the history it has now. Otherwise that may
    ///   have changed without the device's knowing, and positions of another epoch say nothing.
    private mutating func noteArriving(isPresent: Bool) throws {
        var state = try transaction.state()
        let answered = state.arriving.filter { !arriving.contains($0) } + arriving
        guard !answered.isEmpty else { return }
        state.arriving = []
        for id in answered {
            guard let own = try transaction.own(id), own.standing == .answered, let receipt = own.receipt else { continue }
            if let here = state.checkpoint, !state.isCheckpointLost, isPresent || here.epoch == receipt.epoch, receipt.position <= here.position {
                if let set = decoded.content(of: own) { loose.formUnion(named(by: set)) }
            } else {
                state.arriving.append(id)
            }
        }
        try transaction.save(state)
    }

    /// The records a set is about: those it writes, and those it refers to.
    private func named(by set: ChangeSet) -> Set<RecordKey> {
        var keys: Set<RecordKey> = []
        for op in set.ops {
            keys.insert(op.key)
            guard let entity = schema[op.key.type] else { continue }
            for write in op.writes {
                guard let name = entity[write.field]?.references, let type = schema[name]?.type, let id = write.value.reference else { continue }
                keys.insert(RecordKey(type: type, id: id))
            }
        }
        return keys
    }

    /// The server lost sets it had answered: they go back to the outbox.
    ///
    /// - Returns: how many.
    mutating func requeueGap(from sequence: UInt64, replica: ReplicaID) throws -> Int {
        guard sequence > 0 else { return 0 }
        var requeued = 0
        for var own in try transaction.journal(replica, above: sequence - 1) where own.set.hash == own.hash {
            own.standing = .waiting
            try transaction.update(own)
            requeued += 1
        }
        return requeued
    }

    // MARK: Records

    mutating func apply(_ chunk: PBChunk) throws {
        var versions: [Version] = []
        for bytes in chunk.versions { versions.append(try Version(decoding: bytes)) }
        let scopes = chunk.scopes.map { Scope($0) }
        for version in versions where newest.map({ $0 < version.stamp }) ?? true { newest = version.stamp }
        for change in chunk.records { try apply(change, versions, scopes) }
    }

    private mutating func apply(_ change: PBRecordChange, _ versions: [Version], _ scopes: [Scope]) throws {
        let key = try RecordKey(decoding: change.key)
        let before = try transaction.confirmed(key)
        var record = change.whole ? Record(key: key) : before?.record ?? Record(key: key)
        for entry in change.entries {
            guard let version = versions[safe: Int(entry.version)] else {
                throw DecodingProblem("malformed", "an entry names no version of its chunk")
            }
            record.set(FieldEntry(field: FieldID(rawValue: entry.field), version: version, value: Array(entry.value)))
        }
        var holding: [Scope] = []
        for index in change.scopes {
            guard let scope = scopes[safe: Int(index)] else { throw DecodingProblem("malformed", "a record names no scope of its chunk") }
            holding.append(scope)
        }
        if change.join, let before { holding += before.scopes.filter { !holding.contains($0) } }
        if holding.isEmpty { summary.recordsGone += before == nil ? 0 : 1 } else { summary.recordsChanged += 1 }
        try place(record, scopes: holding, before: before)
    }

    /// Puts a record into exactly these scopes and keeps their digests.
    private mutating func place(_ record: Record, scopes: [Scope], before: ConfirmedRecord?) throws {
        let hash = RecordHash(record)
        if let before { for scope in before.scopes { try updateDigest(scope) { $0.remove(before.hash) } } }
        for scope in scopes { try updateDigest(scope) { $0.add(hash) } }
        if before == nil, scopes.isEmpty { return }
        try transaction.save(ConfirmedRecord(record: record, hash: hash, scopes: scopes))
        if scopes.isEmpty { loose.insert(record.key) }
        try visible.refreshColumns(record.key)
    }

    private func updateDigest(_ scope: Scope, _ body: (inout ScopeDigest) -> Void) throws {
        var digest = try transaction.digest(of: scope) ?? ScopeDigest()
        body(&digest)
        try transaction.save(digest, of: scope)
    }

    /// Takes scopes out of the view; records no other scope holds go with them.
    mutating func drop(_ scopes: [Scope]) throws {
        for scope in scopes {
            for key in try transaction.keys(in: scope) {
                guard let confirmed = try transaction.confirmed(key) else { continue }
                try place(confirmed.record, scopes: confirmed.scopes.filter { $0 != scope }, before: confirmed)
                summary.recordsGone += 1
            }
            try transaction.deleteScope(scope)
        }
    }

    /// Empties scopes that are about to be sent whole.
    mutating func empty(_ scopes: [Scope]) throws {
        for scope in scopes {
            for key in try transaction.keys(in: scope) {
                guard let confirmed = try transaction.confirmed(key) else { continue }
                try transaction.save(ConfirmedRecord(record: confirmed.record, hash: confirmed.hash, scopes: confirmed.scopes.filter { $0 != scope }))
                if confirmed.scopes == [scope] { loose.insert(key) }
            }
            try transaction.save(ScopeDigest(), of: scope)
        }
    }

    /// Takes records out of a scope they do not lie in.
    mutating func remove(_ keys: [RecordKey], from scope: Scope) throws {
        for key in keys {
            guard let confirmed = try transaction.confirmed(key) else { continue }
            try place(confirmed.record, scopes: confirmed.scopes.filter { $0 != scope }, before: confirmed)
        }
    }

    /// The device's own hashes and sums may be what is wrong: they are made anew from the records' bytes.
    func makeSumsAnew() throws {
        var hashes: [RecordKey: RecordHash] = [:]
        func hash(_ key: RecordKey) throws -> RecordHash? {
            if let hash = hashes[key] { return hash }
            guard var confirmed = try transaction.confirmed(key) else { return nil }
            let hash = RecordHash(confirmed.record)
            hashes[key] = hash
            if hash != confirmed.hash {
                confirmed.hash = hash
                try transaction.save(confirmed)
            }
            return hash
        }
        for scope in try transaction.scopes() {
            var digest = ScopeDigest()
            for key in try transaction.keys(in: scope) { if let hash = try hash(key) { digest.add(hash) } }
            try transaction.save(digest, of: scope)
        }
    }

    // MARK: Commit

    /// Compares the digests of what changed, and moves the checkpoint.
    ///
    /// - Returns: the scopes that do not match; the caller rolls back.
    mutating func finish(_ commit: PBCommit) throws -> [Scope] {
        var mismatches: [Scope] = []
        for state in commit.touched {
            let scope = Scope(state.scope)
            let theirs = try ScopeDigest(state)
            let ours = try transaction.digest(of: scope)
            if ours == nil, theirs == ScopeDigest() { try transaction.save(theirs, of: scope) } else if ours != theirs { mismatches.append(scope) }
        }
        let scopes = try transaction.scopes()
        if ViewDigest.of(scopes) != Array(commit.viewDigest) { mismatches.append(Scope("view")) }
        var state = try transaction.state()
        state.checkpoint = Checkpoint(commit.checkpoint)
        state.checkpointMAC = Array(commit.checkpointMac)
        state.isCheckpointLost = false
        try transaction.save(state)
        try purge(isPresent: true)
        return mismatches
    }

    /// Purges records outside the view, except those that sets name whose effect is not here: they stay pinned.
    ///
    /// - Parameter isPresent: whether the server has just given the checkpoint.
    mutating func purge(isPresent: Bool) throws {
        try noteArriving(isPresent: isPresent)
        guard !loose.isEmpty else { return }
        var named: Set<RecordKey> = []
        for own in try shown() {
            if let set = decoded.content(of: own) { named.formUnion(self.named(by: set)) }
        }
        for key in loose.sorted() where !named.contains(key) {
            guard let confirmed = try transaction.confirmed(key), confirmed.scopes.isEmpty else { continue }
            try transaction.deleteConfirmed(key)
            try visible.refreshColumns(key)
        }
    }

    // MARK: Rebase

    /// Makes the overlays anew: the pending sets in their order over the confirmed state.
    mutating func rebase() throws {
        for key in try transaction.overlayKeys() {
            try transaction.deleteOverlay(key)
            try visible.refreshColumns(key)
        }
        for own in try shown() {
            guard let set = decoded.content(of: own) else { continue }
            let version = Version(stamp: set.claimed, sequence: set.writeID.sequence)
            let applier = SetApplier(schema: schema, access: visible, version: version, role: try visible.role(of: set.user))
            // Of a set whose decisions did not take effect the facts alone did.
            let factsOnly = own.standing == .answered && own.receipt?.outcome == .setAside
            for (index, op) in set.ops.enumerated() {
                guard let entity = schema[op.key.type], !factsOnly || entity.writeClass == .fact else { continue }
                _ = try? applier.apply(op, index: index)
            }
        }
    }

    /// Own sets whose effect the confirmed records do not hold yet: those answered ahead of the records, then the unanswered.
    private func shown() throws -> [OwnSet] {
        try transaction.state().arriving.compactMap { try transaction.own($0) } + transaction.outbox()
    }

    /// The newest of the device's last stamp and all it received.
    func newestStamp(after last: Stamp?) -> Stamp? {
        guard let newest else { return last }
        return last.map { max($0, newest) } ?? newest
    }
}

extension Array {
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
