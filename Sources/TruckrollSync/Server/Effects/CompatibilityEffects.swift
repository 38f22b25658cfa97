import TruckrollCore
import TruckrollDomain

/// Takes rules about what works together, each in the order of its admission; one that contradicts those that stand is refused, with the reason.
struct CompatibilityEffects {
    let builder: EffectBuilder

    func add(for applied: AppliedOp) throws {
        guard let record = try builder.writer.record(applied.op.key), case let view = RecordView(record, applied.entity), !view.isDeleted,
            view.text("status") != "withdrawn"
        else { return }
        guard let rule = CompatibilityRule(view) else {
            return try answer(view.id, "refused", "It asks for nothing: name values, or a limit. Make another one.")
        }
        let standing = try builder.writer.views(applied.entity, where: "standing", equals: .text("active")).filter {
            $0.id != view.id && $0.text("status") != "withdrawn"
        }
        if let contradiction = CompatibilityRules(standing.compactMap { CompatibilityRule($0) } + [rule]).contradiction {
            return try answer(view.id, "refused", "\(contradiction) Withdraw one of them, or make this one narrower.")
        }
        try answer(view.id, "active", "It holds.")
    }

    private func answer(_ id: RecordID, _ standing: String, _ words: String) throws {
        try builder.patch(
            "compatibility_rule", id: id,
            ["standing": .text(standing), "answer": .text(String(String.UnicodeScalarView(words.unicodeScalars.prefix(500))))])
    }
}
