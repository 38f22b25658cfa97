import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A hand-over is decided at most once, moves something exactly when it is accepted and the book does not contradict it, and holds
/// something only while nobody has answered; reservations take the declared steps alone.
struct HandOverCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]
    let effects: [OracleWrites.Effect]

    /// - Returns: how many hand-overs have moved something.
    func check() throws -> Int {
        try checkSteps()
        var decisions: [RecordID: [HandOverAction]] = [:]
        for answer in try stored.views(of: schema.entity("hand_over_answer")) where answer.boolean("effective") {
            guard let id = answer.reference("hand_over"), let action = answer.text("action").flatMap({ HandOverAction(rawValue: $0) }) else {
                continue
            }
            decisions[id, default: []].append(action)
        }
        var moved: [RecordID: [RecordView]] = [:]
        for entry in try stored.views(of: schema.entity("stock_entry")) where ["transfer", "return"].contains(entry.text("reason")) {
            if let source = entry.reference("source") { moved[source, default: []].append(entry) }
        }
        var picked: [RecordID: Int64] = [:]
        var count = 0
        let entity = try schema.entity("hand_over")
        // What only somebody's patch has reached is none yet.
        for offer in stored.views(of: entity) where entity.isMade(offer.record) {
            let state = offer.text("state").flatMap { HandOverState(rawValue: $0) }
            let decided = decisions[offer.id] ?? []
            guard decided.count <= 1, let state else {
                throw Violation("hand-over", "\(offer.id) is \(offer.text("state") ?? "without a state") and was decided \(decided.count) times")
            }
            guard decided.first.map({ $0.state == state }) ?? (state == .offered || state == .refused) else {
                throw Violation("hand-over", "\(offer.id) is \(state.rawValue), and \(decided.map(\.rawValue)) decided it")
            }
            let held = offer.quantity("held")?.millionths ?? 0
            guard held == 0 || state == .offered else { throw Violation("hand-over", "\(offer.id) is \(state.rawValue) and holds \(held)") }
            if held > 0, let reservation = offer.reference("picked_for") { picked[reservation, default: 0] += held }
            let entries = moved[offer.id] ?? []
            let isMoved = state == .accepted && !offer.boolean("contested")
            guard entries.count == (isMoved ? 1 : 0) else {
                throw Violation("hand-over", "\(offer.id) is \(state.rawValue) and moved \(entries.count) times")
            }
            if let entry = entries.first, ["part", "quantity", "to"].contains(where: { entry[$0] != offer[$0] }) {
                throw Violation("hand-over", "\(offer.id) moved something else than was handed over")
            }
            count += entries.count
        }
        for reservation in try stored.views(of: schema.entity("reservation")) {
            let amounts = ReservationAmounts(reservation)
            guard amounts.picked.millionths == picked[reservation.id] ?? 0 else {
                throw Violation(
                    "hand-over", "reservation \(reservation.id) has \(amounts.picked) picked, \(picked[reservation.id] ?? 0) are held for it")
            }
        }
        return count
    }

    /// Each state of a reservation follows from the one before by the declared machine.
    private func checkSteps() throws {
        let entity = try schema.entity("reservation")
        guard let field = entity["state"] else { return }
        var states: [RecordID: ReservationState] = [:]
        for effect in effects where effect.isServers {
            for op in effect.set.ops where op.key.type == entity.type {
                for write in op.writes where write.field == field.id {
                    guard let next = write.value.text.flatMap({ ReservationState(rawValue: $0) }) else { continue }
                    let former = states[op.key.id] ?? .requested
                    guard ReservationWorkflow.allows(former, next) else {
                        throw Violation("hand-over", "reservation \(op.key.id) goes from \(former.rawValue) to \(next.rawValue)")
                    }
                    states[op.key.id] = next
                }
            }
        }
    }
}
