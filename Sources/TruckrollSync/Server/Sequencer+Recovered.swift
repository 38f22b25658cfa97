import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What devices still show of sets that a restore lost and whose authors have not brought them, kept for a person to look at
/// (Protocol/09-epochs.md, 9.20 on). It never takes effect by itself.
extension Sequencer {
    static func recoveredID(_ set: WriteID, _ entity: Entity) -> RecordID {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: set.replica.rawValue)
        bytes.append(bigEndian: set.sequence)
        return RecordID.derived(type: entity.type, key: [bytes])
    }

    /// Keeps the entries by the sets they are of; those of sets that are here are left out, and all of a device that has left
    /// enough in this epoch.
    ///
    /// - Parameters:
    ///   - device: who shows them; it has proved that it was there when their history was lost.
    ///   - numbers: replica numbers that the database has forgotten and that are not the server's own.
    func keepRecovered(_ entries: [PBRecoveredEntry], of device: DeviceID, forgotten numbers: Set<ReplicaID>) throws {
        guard let epoch = try transaction.tenant()?.epoch else { return }
        var lost: [WriteID: [PBRecoveredEntry]] = [:]
        for entry in entries.prefix(Limits.recoveredInRequest) {
            guard let version = try? Version(decoding: Array(entry.version)), (try? RecordKey(decoding: Array(entry.key))) != nil else { continue }
            let id = version.writeID
            let row = try transaction.replica(id.replica)
            guard row.map({ !$0.publicKey.isEmpty && $0.lastSequence < id.sequence }) ?? numbers.contains(id.replica),
                Int64(exactly: id.sequence) != nil
            else { continue }
            lost[id, default: []].append(entry)
        }
        // Under another number the work may be here already.
        for id in lost.keys.sorted() where try hasGoneOn(id) { lost[id] = nil }
        guard !lost.isEmpty else { return }
        var cause: String?
        for number in 1...Limits.recoveredRequests {
            let next = "recovered:\(epoch):\(device):\(number)"
            if try transaction.admitted(cause: next) == nil {
                cause = next
                break
            }
        }
        guard let cause else { return }
        try serverSet(cause: cause, intent: "recovered") { builder in
            for id in lost.keys.sorted() { try keep(lost[id] ?? [], of: id, builder) }
        }
    }

    private func hasGoneOn(_ id: WriteID) throws -> Bool {
        try transaction.admitted(goneOnFrom: id).contains { $0.outcome != .quarantined && $0.outcome != .deferred }
    }

    private func keep(_ entries: [PBRecoveredEntry], of set: WriteID, _ builder: EffectBuilder) throws {
        let entity = try schema.entity("recovered_state")
        let id = Self.recoveredID(set, entity)
        let present = try builder.writer.view(entity, id)
        var kept = try present?["content"].bytes.map { try Wire.decode(PBRecoveredState.self, $0) } ?? PBRecoveredState()
        let before = kept.entries.count
        var bytes = try Wire.encode(kept).count
        for entry in entries where !kept.entries.contains(where: { $0.key == entry.key && $0.field == entry.field }) {
            // A set has at most 256 KiB; what is shown of it seldom comes near.
            bytes += entry.value.count + 64
            if bytes <= Limits.recoveredStateBytes { kept.entries.append(entry) }
        }
        guard kept.entries.count > before else { return }
        let content = try Wire.encode(kept)
        let author = try transaction.replica(set.replica)?.user
        if present == nil {
            try builder.create(
                "recovered_state", id: id,
                [
                    "author_replica": .integer(Int64(set.replica.rawValue)), "author_sequence": .integer(Int64(set.sequence)),
                    "author": author.map { .reference($0) } ?? .null, "found_at": builder.now,
                ])
        }
        try builder.patch("recovered_state", id: id, ["content": .bytes(content)])
        try tell(of: set.replica, author, builder)
    }

    /// One open case for each replica whose sets are missing.
    private func tell(of replica: ReplicaID, _ author: RecordID?, _ builder: EffectBuilder) throws {
        let entity = try schema.entity("exception")
        let id = Self.caseID(replica, entity)
        if try builder.writer.view(entity, id) != nil {
            return try ExceptionEffects(builder: builder).reopen(id)
        }
        try builder.raise(
            .recovered_state, id: id, order: nil, about: author,
            text:
                "The server was restored and lacks work of device \(replica). Others still show some of it. It comes by itself when that device syncs; if the device is lost, look at it with `recovered`."
        )
    }

    private static func caseID(_ replica: ReplicaID, _ entity: Entity) -> RecordID {
        var bytes = Array("recovered".utf8)
        bytes.append(bigEndian: replica.rawValue)
        return RecordID.derived(type: entity.type, key: [bytes])
    }

    /// The set itself has come: nobody needs to look at what others show of it.
    func closeRecovered(_ set: ChangeSet, _ builder: EffectBuilder) throws {
        let entity = try schema.entity("recovered_state")
        for id in [set.writeID, set.origin?.writeID].compactMap({ $0 }) {
            guard let view = try builder.writer.view(entity, Self.recoveredID(id, entity)), !view.boolean("arrived") else { continue }
            try builder.patch("recovered_state", id: view.id, ["arrived": .boolean(true)])
            try closeCase(of: id.replica, builder)
        }
    }

    /// Ends the case of a replica when nothing of it is open any more.
    func closeCase(of replica: ReplicaID, _ builder: EffectBuilder) throws {
        let entity = try schema.entity("recovered_state")
        let isOpen = try builder.writer.views(entity, where: "author_replica", equals: .integer(Int64(replica.rawValue)))
            .contains { !$0.boolean("arrived") && $0.text("review") == nil }
        let exception = try schema.entity("exception")
        guard !isOpen, let view = try builder.writer.view(exception, Self.caseID(replica, exception)) else { return }
        try ExceptionEffects(builder: builder).settle(view, "All of it has come, or was looked at.")
    }
}
