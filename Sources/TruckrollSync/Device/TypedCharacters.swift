import TruckrollCore
import TruckrollDomain

/// The characters that a device's renumbered sets typed under its former number. They are the new number's now, under the same
/// counters, and whatever names them has to say so; what it typed before, in sets the server has, keeps its name.
struct TypedCharacters {
    private struct Place: Hashable {
        let key: RecordKey
        let field: FieldID
    }

    private let schema: Schema
    private let former: ReplicaID
    private let present: ReplicaID
    private var ranges: [Place: [CharacterRange]] = [:]

    init(schema: Schema, from former: ReplicaID, to present: ReplicaID) {
        self.schema = schema
        self.former = former
        self.present = present
    }

    /// The ops of the next set, which names what it and the sets before it typed by the new number.
    mutating func renamed(_ ops: [Op]) -> [Op] {
        for op in ops {
            for write in op.writes { note(write, of: op) }
        }
        return ops.map { op in
            Op(kind: op.kind, key: op.key, writes: op.writes.map { renamed($0, of: op) }, seen: op.seen)
        }
    }

    private func isText(_ write: FieldWrite, of op: Op) -> Bool { schema[op.key.type]?[write.field]?.rule == .text }

    private mutating func note(_ write: FieldWrite, of op: Op) {
        guard isText(write, of: op), case .insert(let insertion)? = try? TextOp(write.op, write.value), let range = insertion.range(of: former)
        else { return }
        ranges[Place(key: op.key, field: write.field), default: []].append(range)
    }

    private func renamed(_ write: FieldWrite, of op: Op) -> FieldWrite {
        guard isText(write, of: op), let ranges = ranges[Place(key: op.key, field: write.field)], let edit = try? TextOp(write.op, write.value)
        else { return write }
        return FieldWrite(field: write.field, op: write.op, value: edit.renaming(ranges, to: present).value, bases: write.bases)
    }
}
