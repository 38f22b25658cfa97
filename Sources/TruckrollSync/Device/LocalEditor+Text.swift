import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

extension LocalEditor {
    /// Gives a text a new wording: what is new in it is typed, what is gone erased, all else stays as its authors wrote it.
    ///
    /// - Parameter fields: what the record says besides. The op creates the record, so it stands by itself whoever was first, and
    ///   also when a restored server has lost the set that was.
    /// - Returns: whether there was anything to change.
    /// - Throws: ``DeviceProblem`` `text-full` for a wording longer than a text can be; nothing is recorded then.
    @discardableResult
    public func reword(_ entity: String, _ id: RecordID, _ name: String, as wording: String, within fields: [String: Value]) throws -> Bool {
        let entity = try schema.entity(entity)
        guard let field = entity[name], field.rule == .text else { throw SchemaProblem(entity: entity.name, detail: "no text \(name)") }
        if let problem = field.problem(with: .text(wording)) { throw Self.full(problem) }
        guard !wording.unicodeScalars.contains("\0") else { throw SchemaProblem(entity: entity.name, detail: "\(name) holds the character NUL") }
        let key = RecordKey(type: entity.type, id: id, facet: field.facet)
        let entry = try records.record(key)?[field.id]
        var standing = JointText()
        if let entry, case .text(let text) = try FieldState(decoding: entry.value, rule: .text) { standing = text }
        var edits: [FieldWrite] = []
        let free = try firstFreeCounter(key, field)
        do throws(DecodingProblem) {
            var draft = TextDraft(standing, by: replica, from: free)
            edits = try draft.rewrite(as: wording).map { FieldWrite(field: field.id, op: $0.mergeOp, value: $0.value) }
            if !edits.isEmpty { _ = try Merge.apply(edits, version: version, toText: entry) }
        } catch {
            guard error.code == "text-full" else { throw error }
            throw Self.full(error.detail)
        }
        guard !edits.isEmpty else { return false }
        let creation = try schema.creation(of: RecordDraft(entity.name, id: id, fields)).first { $0.key == key }
        try add(Op(kind: .create, key: key, writes: (creation?.writes ?? []) + edits))
        return true
    }

    private static func full(_ detail: String) -> DeviceProblem {
        DeviceProblem("text-full", "The text \(detail).", next: "Nothing was recorded. Write what is new as a note.")
    }

    /// Above every number this device has given in the text, also in sets that do not show: one that was kept aside may take effect yet.
    private func firstFreeCounter(_ key: RecordKey, _ field: Field) throws -> UInt32 {
        let own = try records.transaction.outbox() + records.transaction.journal(replica, above: 0)
        var free: UInt32 = 1
        for own in own where own.set.writeID.replica == replica && own.isHidden {
            guard let set = decoded.content(of: own) else { continue }
            for write in set.ops.filter({ $0.key == key }).flatMap(\.writes) where write.field == field.id {
                guard case .insert(let insertion)? = try? TextOp(write.op, write.value), let range = insertion.range(of: replica) else { continue }
                free = max(free, range.last == .max ? .max : range.last + 1)
            }
        }
        return free
    }
}

extension OwnSet {
    /// Whether what it wrote may be missing from what is shown.
    fileprivate var isHidden: Bool {
        guard standing == .answered, let receipt else { return true }
        return receipt.outcome == .setAside || receipt.outcome == .quarantined
    }
}
