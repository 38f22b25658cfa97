import TruckrollCore
import TruckrollDomain

/// Certificates are registered, attachments are waited for, late facts are pointed out.
struct FactEffects {
    let builder: EffectBuilder

    func add(for applied: AppliedOp, author: RecordID) throws {
        guard applied.isNew, let record = try builder.writer.record(applied.op.key) else { return }
        let view = RecordView(record, applied.entity)
        switch applied.entity.name {
        case "certificate": try register(view, author)
        case "attachment": try builder.patch("attachment", id: view.id, ["stored": .boolean(false)])
        case "stock_location": try leaseVan(view)
        default: break
        }
        // The PDF of a certificate is made when the order is done: it is never late.
        if applied.entity.writeClass == .fact, !["order_event", "certificate_pdf"].contains(applied.entity.name) { try markLate(view, author) }
    }

    /// A certificate is final on its device; the server only registers it. Two certificates may print one number when a device
    /// was copied: both stand, and a person is told.
    private func register(_ view: RecordView, _ author: RecordID) throws {
        try builder.patch("certificate", id: view.id, ["state": .text("registered")])
        let namesakes = try builder.writer.views(try builder.schema.entity("certificate"), where: "number", equals: view["number"])
        if namesakes.count > 1 {
            try builder.raise(
                "series_conflict", "series", order: view.reference("order"), about: author, owner: .quality,
                text: "Two certificates carry the number \(view.text("number") ?? ""). Issue a superseding revision of the later one.")
        }
        if let former = view.reference("supersedes") { try builder.patch("certificate", id: former, ["state": .text("superseded")]) }
    }

    /// A van's whole stock is leased to the device of the person who drives it.
    private func leaseVan(_ view: RecordView) throws {
        guard view.text("kind") == "van", let holder = view.reference("holder") else { return }
        let replica = try builder.writer.transaction.replicas().last { $0.user == holder && $0.revokedAt == nil }
        if let replica { try builder.patch("stock_location", id: view.id, ["leased_to": .integer(Int64(replica.replica.rawValue))]) }
    }

    /// A fact about an order that is closed changes nothing sealed; it proposes a revision.
    private func markLate(_ view: RecordView, _ author: RecordID) throws {
        guard let order = view.reference("order"), let state = try builder.state(of: order), state == .closed else { return }
        try builder.raise(
            "late_fact", "late:\(view.id)", order: order, about: author, owner: .quality,
            text:
                "A \(view.entity.title.lowercased()) arrived after the order was closed. It is kept; check whether a certificate needs a revision or an invoice a correction."
        )
    }
}
