import TruckrollCore

/// The newest log row of each record in one scope, to be read by key or from a position on.
///
/// Every row stands in a slot. `moves` names slots in ascending position and is only ever appended to, as positions rise: an
/// older move of a slot is passed over when read, and thrown out when such moves outnumber the rows.
struct ScopeLog: Sendable {
    struct Row: Sendable {
        let key: RecordKey
        let position: Position
        let entered: Position
        let isLive: Bool
    }

    private struct Move: Sendable {
        let position: Position
        let slot: Int
    }

    private var rows: [Row?] = []
    private var slots: [HashedKey: Int] = [:]
    private var freeSlots: [Int] = []
    /// For every row at least one move at its position.
    private var moves: [Move] = []

    subscript(key: RecordKey) -> Row? { slots[HashedKey(key)].flatMap { rows[$0] } }

    /// Whether a row may lie above the position; `false` is certain.
    func mayHaveRows(after position: Position) -> Bool { moves.last.map { $0.position > position } ?? false }

    /// In no order.
    var liveRows: [Row] { rows.compactMap { $0?.isLive == true ? $0 : nil } }

    /// Above the position, in no order.
    func rows(after position: Position) -> [Row] { rows.compactMap { row in row.flatMap { $0.position > position ? $0 : nil } } }

    /// Rows of what has left the scope, at or below the position, in no order.
    func leftRows(through position: Position) -> [Row] {
        rows.compactMap { row in row.flatMap { !$0.isLive && $0.position <= position ? $0 : nil } }
    }

    /// Runs `body` for each row above the position, in no order and for some more than once, until it returns false.
    func visit(after position: Position, _ body: (Row) -> Bool) {
        var index = moves.count
        while index > 0 {
            index -= 1
            let move = moves[index]
            guard move.position > position else { return }
            if let row = rows[move.slot], row.position == move.position, !body(row) { return }
        }
    }

    /// Puts a record's row in place, or takes it away, and returns what was there.
    mutating func set(_ key: RecordKey, _ row: Row?) -> Row? {
        guard let slot = slots[HashedKey(key)] else {
            guard let row else { return nil }
            let slot = freeSlots.popLast() ?? rows.count
            if slot == rows.count { rows.append(row) } else { rows[slot] = row }
            slots[HashedKey(key)] = slot
            move(slot, to: row.position)
            return nil
        }
        let former = rows[slot]
        rows[slot] = row
        if let row {
            if row.position != former?.position { move(slot, to: row.position) }
        } else {
            slots[HashedKey(key)] = nil
            freeSlots.append(slot)
        }
        return former
    }

    private mutating func move(_ slot: Int, to position: Position) {
        var index = moves.partitionPoint { $0.position < position }
        while index < moves.count, moves[index].position == position {
            if moves[index].slot == slot { return }
            index += 1
        }
        moves.insert(Move(position: position, slot: slot), at: index)
        if moves.count > 2 * slots.count + 32 { dropOldMoves() }
    }

    private mutating func dropOldMoves() {
        moves = rows.indices.compactMap { slot in rows[slot].map { Move(position: $0.position, slot: slot) } }
        moves.sort { $0.position < $1.position }
    }
}
