import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Wherever a value or an event lost, a ruling is stored where the record lies: who, when, which rule, and the loser.
struct RulingEffects {
    let builder: EffectBuilder
    /// The user of the set a version belongs to.
    let author: (Version) throws -> RecordID?
    /// Whether times of facts can be told from when their set was made; an importer brings in what was long before.
    let isOfWork: Bool

    func add(for applied: AppliedOp) throws {
        for item in applied.losses { try add(item, applied) }
        if applied.survivedDeletion {
            try create(
                applied, field: nil, name: "delete", rule: "content-wins",
                text: "The record was deleted by somebody who had not seen this change; content wins.")
        }
        if case .notEffective(let rule, let text) = applied.eventRuling {
            try create(applied, field: nil, name: "event", rule: rule, text: text)
        }
        if isOfWork, applied.entity.writeClass == .fact, applied.isNew { try markTimes(of: applied) }
    }

    /// Times of facts are stored as they were claimed. Those that cannot be right are marked, with when their set was made by the
    /// clock that the server has corrected (its stamp).
    private func markTimes(of applied: AppliedOp) throws {
        guard let record = try builder.writer.record(applied.op.key) else { return }
        for write in applied.op.writes {
            guard let field = applied.entity[write.field], field.type == .time, !field.isPlanned,
                let time = write.value.text.flatMap({ DeviceTime($0) }),
                let stamp = record[field.id]?.version.stamp, isDoubtful(time, stamp)
            else { continue }
            let corrected = builder.moment.calendar.local(Int64(stamp.milliseconds))
            try create(
                applied, field: field, name: "time:\(field.id)", rule: "time-doubtful",
                text: "“\(field.name)” says \(time), which cannot be right: the set was made at \(corrected).")
        }
    }

    private func isDoubtful(_ time: DeviceTime, _ stamp: Stamp) -> Bool {
        let made = Int64(stamp.milliseconds)
        let latest = made + Int64(Limits.aheadMilliseconds)
        let earliest = made - Int64(Limits.lateEntrySeconds) * 1000
        return !Limits.plausibleTimes.contains(time.milliseconds) || time.milliseconds > latest || time.milliseconds < earliest
    }

    private func add(_ item: FieldLoss, _ applied: AppliedOp) throws {
        let rule = item.field.rule
        try create(
            applied, field: item.field, name: "field:\(item.field.id)", rule: rule.rawValue, text: text(rule, item.field.name),
            more: [
                "winner": .bytes(item.loss.winner.encoded), "winner_value": item.loss.winnerValue, "loser": .bytes(item.loss.loser.encoded),
                "loser_value": item.loss.loserValue, "winner_user": try user(item.loss.winner), "loser_user": try user(item.loss.loser),
            ])
    }

    private func user(_ version: Version) throws -> Value { try author(version).map { .reference($0) } ?? .null }

    private func create(
        _ applied: AppliedOp, field: Field?, name: String, rule: String, text: String, more: [String: Value] = [:]
    ) throws {
        let key = applied.op.key
        var fields = more
        fields["subject_type"] = .integer(Int64(key.type.rawValue))
        fields["subject"] = .reference(key.id)
        fields["facet"] = .integer(Int64(key.facet.rawValue))
        fields["field"] = field.map { .integer(Int64($0.id.rawValue)) } ?? .null
        fields["rule"] = .text(rule)
        fields["text"] = .text(text)
        fields["op"] = .integer(Int64(applied.index))
        fields["scopes"] = .list(try builder.writer.scopes(of: key).map { .text($0.name) })
        try builder.create("ruling", id: try builder.id("ruling", "\(applied.index):\(name)"), fields)
    }

    private func text(_ rule: MergeRule, _ field: String) -> String {
        switch rule {
        case .lastWriter: "Two people wrote “\(field)” without seeing each other; the later stamp stands."
        case .immutable: "“\(field)” is set once; the first admitted value stands."
        case .addWins: "“\(field)”: somebody added the element without having seen the removal; it stays."
        case .removeWins: "“\(field)”: somebody removed the element without having seen the addition; it stays out."
        case .safety: "“\(field)”: a restriction the writer had not seen stands; the strictest value wins."
        default: "“\(field)”: the value did not take effect."
        }
    }
}
