import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

extension ServerEngine {
    /// The bytes of an attachment have arrived: its records say so, and orders that waited for it may close.
    ///
    /// - Parameter replica: who brought them; the records of others wait for their own authors.
    public func attachmentStored(_ sha256: [UInt8], by replica: ReplicaID, at moment: ServerMoment) throws {
        var size: Int?
        try store.write { transaction in
            let entity = try schema.entity("attachment")
            let sequencer = sequencer(transaction, moment)
            for id in try transaction.ids(entity, where: "sha256", equals: .bytes(sha256)) {
                guard try isWritten(id, by: replica, transaction) else { continue }
                size = try transaction.record(RecordKey(type: entity.type, id: id)).flatMap { RecordView($0.record, entity).integer("size") }.map {
                    Int($0)
                }
                try sequencer.serverSet(cause: "attachment:\(id)", intent: "attachment-stored") { builder in
                    try builder.patch("attachment", id: id, ["stored": .boolean(true)])
                    if let view = try builder.writer.view(entity, id), let order = view.reference("order"), let author = view.reference("by") {
                        try OrderEffects(builder: builder, stock: try sequencer.stock(builder), isImport: false).closeIfComplete(order, by: author)
                    }
                }
            }
        }
        if let size { try? noteArrived(size, from: replica, at: moment) }
    }

    /// Whether the replica may bring the bytes: a record in its view names them, or one it wrote itself, wherever that is now.
    public func isAttachmentWanted(_ sha256: [UInt8], from id: ReplicaID) throws -> Bool {
        if try isAttachmentVisible(sha256, to: id) { return true }
        return try store.read { transaction in
            let entity = try schema.entity("attachment")
            return try transaction.ids(entity, where: "sha256", equals: .bytes(sha256)).contains { record in
                try isWritten(record, by: id, transaction)
            }
        }
    }

    private func isWritten(_ attachment: RecordID, by replica: ReplicaID, _ transaction: any ServerTransaction) throws -> Bool {
        let entity = try schema.entity("attachment")
        guard let hash = entity["sha256"], let stored = try transaction.record(RecordKey(type: entity.type, id: attachment)) else { return false }
        return stored.record[hash.id]?.version.stamp.replica == replica
    }

    /// Whether a record in the replica's view names the attachment.
    ///
    /// - Parameter stored: only records whose bytes somebody has brought count; so naming a hash shows nobody its bytes.
    public func isAttachmentVisible(_ sha256: [UInt8], to id: ReplicaID, stored isStored: Bool = false) throws -> Bool {
        try store.read { transaction in
            let entity = try schema.entity("attachment")
            for record in try transaction.ids(entity, where: "sha256", equals: .bytes(sha256)) {
                guard let stored = try transaction.record(RecordKey(type: entity.type, id: record)) else { continue }
                if isStored, !RecordView(stored.record, entity).boolean("stored") { continue }
                for scope in stored.scopes where try transaction.viewScope(id, scope)?.weight ?? 0 > 0 { return true }
            }
            return false
        }
    }
}
