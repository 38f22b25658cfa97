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
    /// The write ids that deletions of a record had seen.
    private(set) var deletions: [RecordKey: Set<WriteID>] = [:]

    init(_ log: AdmittedLog, _ schema: Schema) throws {
        for admitted in log.sets {
            guard let set = try? ChangeSet(decodingBody: admitted.set.body) else { continue }
            for index in try Self.effective(admitted, set, schema) {
                add(set.ops[index], admitted, schema)
            }
        }
    }

    /// Which ops of a set took effect: all, or the facts, or none (R4).
    static func effective(_ admitted: AdmittedSet, _ set: ChangeSet, _ schema: Schema) throws -> [Int] {
        switch admitted.outcome {
        case .applied, .merged: return Array(set.ops.indices)
        case .setAside:
            let outside = try Set(admitted.remarks.filter { $0.code == "outside-view" }.map(\.op))
            return set.ops.indices.filter { schema[set.ops[$0].key.type]?.writeClass == .fact && !outside.contains($0) }
        case .quarantined, .deferred: return []
        }
    }

    private mutating func add(_ op: Op, _ admitted: AdmittedSet, _ schema: Schema) {
        guard let entity = schema[op.key.type] else { return }
        let version = Version(stamp: admitted.stamp, sequence: admitted.set.writeID.sequence)
        let isServers = admitted.cause != nil
        if op.kind == .delete { deletions[op.key, default: []].formUnion(op.seen.map(\.writeID)) }
        let isThere = keys.contains(op.key)
        for write in op.writes {
            let place = Place(key: op.key, field: write.field)
            // An entry of a log, once there, gets nothing added but by the server.
            if isThere, !isServers, fields[place] == nil, entity.isLog || entity[write.field]?.rule == .sealed { continue }
            fields[place, default: []].append(
                Write(
                    position: admitted.position, version: version, op: write.op, value: write.value, bases: Set(write.bases.map(\.writeID)),
                    isServers: isServers))
        }
        keys.insert(op.key)
    }
}

extension AdmittedSet {
    var remarks: [Remark] {
        get throws { try Receipt(Wire.decode(PBReceipt.self, answer)).remarks }
    }
}
