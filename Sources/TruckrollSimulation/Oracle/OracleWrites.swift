import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Every write of the log that took effect, gathered by the field it was made to.
struct OracleWrites {
    struct Write {
        let position: Position
        let version: Version
        let op: MergeOp
        let value: Value
        let bases: Set<WriteID>
        /// Whether the server made it.
        let isServers: Bool
    }

    struct Place: Hashable {
        let key: RecordKey
        let field: FieldID
    }

    private(set) var fields: [Place: [Write]] = [:]
    private(set) var keys: Set<RecordKey> = []
    /// Those that a creation has reached, not patches alone.
    private var made: Set<RecordKey> = []
    /// The write ids that deletions of a record had seen.
    private(set) var deletions: [RecordKey: Set<WriteID>] = [:]

    init(_ effects: [Effect], _ schema: Schema) {
        for effect in effects {
            for index in effect.ops { add(effect.set.ops[index], effect, schema) }
        }
    }

    /// One set at the position where it took effect.
    struct Effect {
        let position: Position
        let set: ChangeSet
        let stamp: Stamp
        let isServers: Bool
        /// The indexes of the ops that took effect.
        let ops: [Int]
    }

    /// What took effect, in order; a set that waited does where the server took it up.
    static func effects(_ log: AdmittedLog, _ schema: Schema) throws -> [Effect] {
        let byID = Dictionary(uniqueKeysWithValues: log.sets.map { ($0.set.writeID, $0) })
        return try log.sets.compactMap { admitted in
            let receipt = try Receipt(Wire.decode(PBReceipt.self, admitted.answer))
            // The answer of a set that takes another one up is about that one.
            guard let about = byID[receipt.writeID], let set = log.changes[receipt.writeID] else { return nil }
            return Effect(
                position: admitted.position, set: set, stamp: about.stamp, isServers: about.cause != nil,
                ops: effective(receipt, set, schema))
        }
    }

    /// Which ops of a set took effect: all, or the facts, or none (R4; Protocol/06-outcomes.md).
    private static func effective(_ receipt: Receipt, _ set: ChangeSet, _ schema: Schema) -> [Int] {
        switch receipt.outcome {
        case .applied, .merged: return Array(set.ops.indices)
        case .setAside:
            let outside = Set(receipt.remarks.filter(\.keepsFactOut).map(\.op))
            let isFact = { (index: Int) in set.ops.indices.contains(index) && schema[set.ops[index].key.type]?.writeClass == .fact }
            // Facts that were kept out, and what merging has to tell, hold up no decision.
            let decisionsFailed = receipt.remarks.contains { !$0.keepsFactOut && !$0.isOfMerging && !isFact($0.op) }
            return set.ops.indices.filter { !outside.contains($0) && (isFact($0) || !decisionsFailed) }
        case .quarantined, .deferred: return []
        }
    }

    private mutating func add(_ op: Op, _ effect: Effect, _ schema: Schema) {
        guard let entity = schema[op.key.type] else { return }
        let version = Version(stamp: effect.stamp, sequence: effect.set.writeID.sequence)
        let isServers = effect.isServers
        if op.kind == .delete { deletions[op.key, default: []].formUnion(op.seen.map(\.writeID)) }
        let isThere = made.contains(op.key)
        for write in op.writes {
            let place = Place(key: op.key, field: write.field)
            // An entry of a log, once there, gets nothing added but by the server.
            if isThere, !isServers, fields[place] == nil, entity.isLog || entity[write.field]?.rule == .sealed { continue }
            fields[place, default: []].append(
                Write(
                    position: effect.position, version: version, op: write.op, value: write.value, bases: Set(write.bases.map(\.writeID)),
                    isServers: isServers))
        }
        keys.insert(op.key)
        if op.kind == .create { made.insert(op.key) }
    }
}

extension Remark {
    /// Whether the op it is about is kept with its set, although it is a fact.
    var keepsFactOut: Bool { code == "outside-view" || code == "text-full" }
    /// Whether it tells how an op that took effect was merged.
    var isOfMerging: Bool { ["merged", "siblings", "revived"].contains(code) }
}

extension AdmittedSet {
    var remarks: [Remark] {
        get throws { try Receipt(Wire.decode(PBReceipt.self, answer)).remarks }
    }
}
