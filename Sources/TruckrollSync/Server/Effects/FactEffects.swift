import TruckrollCore
import TruckrollDomain

/// Certificates are registered, attachments are waited for, late facts are pointed out.
struct FactEffects {
    let builder: EffectBuilder
    /// Whether the set brings in the past, which is judged by no rule of today.
    let isImport: Bool

    func add(for applied: AppliedOp, author: RecordID) throws {
        if applied.entity.name == "stock_location", let record = try builder.writer.record(applied.op.key) {
            try leaseVan(RecordView(record, applied.entity))
        }
        if applied.entity.name == "qualification", let field = applied.entity["revoked"], applied.op.writes.contains(where: { $0.field == field.id }),
            let record = try builder.writer.record(applied.op.key)
        {
            try flagCertificates(of: RecordView(record, applied.entity))
        }
        guard applied.isNew, let record = try builder.writer.record(applied.op.key) else { return }
        let view = RecordView(record, applied.entity)
        switch applied.entity.name {
        case "certificate": try register(view, author)
        case "finding": try noteWrongPart(view, author)
        case "part_use": try noteUnapproved(view, author)
        case "reading": try noteUnlisted(view, author)
        case "attachment": try builder.patch("attachment", id: view.id, ["stored": .boolean(try hasBrought(view))])
        default: break
        }
        if ["certificate", "signature"].contains(applied.entity.name), let order = view.reference("order") { builder.ordersToClose.insert(order) }
        // The PDF of a certificate is made when the order is done: it is never late.
        if applied.entity.writeClass == .fact, !["order_event", "certificate_pdf"].contains(applied.entity.name) { try markLate(view, author) }
    }

    /// A certificate is final on its device; the server only registers it. Two certificates may print one number but for the check
    /// characters when a device was copied: both stand, and a person is told. One that a soundly working device cannot have issued is
    /// kept as a fact and not registered: a number and a revision stand for one content, for ever (C11, I15).
    private func register(_ view: RecordView, _ author: RecordID) throws {
        let printed = view.text("number") ?? ""
        // The check characters at the end follow from the content: a number given twice differs in them alone.
        let number = printed.split(separator: "-").dropLast().joined(separator: "-")
        let namesakes = try builder.writer.views(view.entity, where: "series_number", equals: .text(number)).filter {
            $0.id != view.id && $0["revision"] == view["revision"] && $0["content_hash"] != view["content_hash"]
        }
        if let problem = problem(with: view, namesakes) {
            try builder.patch("certificate", id: view.id, ["state": .text("unregistered")])
            return try builder.raise(
                .series_conflict, "unregistered:\(view.id)", order: view.reference("order"), about: author,
                text: "Certificate \(printed) is kept and not registered: \(problem) Issue a certificate with a number of its own.")
        }
        let isReplaced = try !successors(of: view.id, view).isEmpty
        try builder.patch("certificate", id: view.id, ["state": .text(isReplaced ? "superseded" : "registered"), "series_number": .text(number)])
        if !namesakes.isEmpty {
            try builder.raise(
                .series_conflict, "series", order: view.reference("order"), about: author,
                text: "Two certificates carry the number \(number). Issue a superseding revision of the later one.")
        }
        try noteFailure(view, printed, author)
        try flag(view)
        if let former = view.reference("supersedes") { try supersede(former, view, author) }
        if isReplaced { try supersede(view.id, view, author) }
    }

    /// An asset that was left out of tolerance needs somebody who says what becomes of it.
    private func noteFailure(_ view: RecordView, _ printed: String, _ author: RecordID) throws {
        guard let bytes = view["content"].bytes, let content = try? CertificateContent(canonicalBytes: bytes),
            content.outcome == .fail || content.outcome == .conditionalFail
        else { return }
        try builder.raise(
            .failed_calibration, "failed:\(view.id)", order: view.reference("order"), about: author, subject: view.reference("asset"),
            text: "Certificate \(printed) says that the instrument was left out of tolerance. Decide whether it may be used, and who is told.")
    }

    /// What was done before the news of a withdrawal stands; quality looks at it again, whichever of the two was heard of first.
    private func flagCertificates(of qualification: RecordView) throws {
        guard qualification.text("revoked") == "yes", let user = qualification.reference("user") else { return }
        for certificate in try builder.writer.views(try builder.schema.entity("certificate"), where: "by", equals: .reference(user)) {
            try flag(certificate, for: qualification)
        }
    }

    private func flag(_ certificate: RecordView) throws {
        guard let user = certificate.reference("by") else { return }
        for qualification in try builder.writer.views(try builder.schema.entity("qualification"), where: "user", equals: .reference(user))
        where qualification.text("revoked") == "yes" {
            try flag(certificate, for: qualification)
        }
    }

    /// Where the certificate names the qualification, and nobody has been told.
    private func flag(_ certificate: RecordView, for qualification: RecordView) throws {
        guard certificate["review"] == .null, let number = qualification.text("number"), let scheme = qualification.text("scheme"),
            let bytes = certificate["content"].bytes, let content = try? CertificateContent(canonicalBytes: bytes),
            content.technician.qualificationNumber == number, content.technician.qualification == scheme
        else { return }
        let text = "\(scheme) \(number) of \(content.technician.name), by which it was issued, was withdrawn."
        try builder.patch("certificate", id: certificate.id, ["review": .text(String(text.prefix(300)))])
        try builder.raise(
            .qualification_revoked, "qualification:\(certificate.id)", order: certificate.reference("order"), about: certificate.reference("by"),
            subject: certificate.id,
            text: "Certificate \(certificate.text("number") ?? ""): \(text) The work stands; decide whether it has to be done again.")
    }

    private func noteWrongPart(_ view: RecordView, _ author: RecordID) throws {
        guard view.text("code") == ExceptionKind.wrong_part.rawValue else { return }
        try builder.raise(
            .wrong_part, "wrong-part:\(view.id)", order: view.reference("order"), about: author, subject: view.reference("asset"),
            text: "The part that was brought does not fit: \(view.text("text") ?? ""). Send the right one, and see why it was the wrong one.")
    }

    /// A part that the rules do not allow there was fitted all the same: it is a fact, and quality says what becomes of it.
    private func noteUnapproved(_ use: RecordView, _ author: RecordID) throws {
        try note(RuleBook(schema: builder.schema, access: builder.writer).report(onUse: use), of: use, as: .unapproved_part, author)
    }

    /// So was a gas used that is not listed for the model.
    private func noteUnlisted(_ reading: RecordView, _ author: RecordID) throws {
        try note(RuleBook(schema: builder.schema, access: builder.writer).report(onReading: reading), of: reading, as: .unlisted_gas, author)
    }

    /// A correction takes the place of what it corrects, and the case of that one is over.
    private func note(_ report: RuleReport?, of view: RecordView, as kind: ExceptionKind, _ author: RecordID) throws {
        guard !isImport else { return }
        if let id = view.reference("corrects"), let former = try builder.writer.view(view.entity, id), former["order"] == view["order"],
            let made = former.record.entries.first?.version.writeID
        {
            try builder.resolve(
                kind, raisedBy: Sequencer.effectsCause(made), "\(kind.rawValue):\(id)", order: former.reference("order"), text: "It was corrected.")
        }
        guard let report else { return }
        try builder.raise(
            kind, "\(kind.rawValue):\(view.id)", order: view.reference("order"), about: author, subject: view.reference("asset"), report,
            reason: view.text("override"))
    }

    /// What keeps a certificate from being registered, as a sentence.
    private func problem(with view: RecordView, _ namesakes: [RecordView]) -> String? {
        if let content = view["content"].bytes, view["content_hash"].bytes != ContentDigest.sha256(content) {
            return "its content is not what its hash says."
        }
        return namesakes.contains { $0["number"] == view["number"] } ? "its number and revision stand for another content already." : nil
    }

    /// The certificates of the same order and asset that replace the one with the id.
    private func successors(of id: RecordID, _ view: RecordView) throws -> [RecordView] {
        guard let order = view.reference("order") else { return [] }
        return try builder.writer.views(view.entity, where: "order", equals: .reference(order))
            .filter { $0.reference("supersedes") == id && $0["asset"] == view["asset"] && $0.text("state") != "unregistered" }
    }

    /// A certificate is replaced by one other, which its own device issues. As certificates are facts, what is otherwise stands
    /// as well, and a person decides which holds. They come in any order, the replaced one perhaps last.
    private func supersede(_ id: RecordID, _ view: RecordView, _ author: RecordID) throws {
        let successors = try successors(of: id, view)
        let former = try builder.writer.view(view.entity, id)
        if let former {
            // What is not registered is replaced by nothing: its number stands for another content.
            guard former.text("state") != "unregistered" else { return }
            guard former["order"] == view["order"], former["asset"] == view["asset"] else { return }
            try builder.patch("certificate", id: id, ["state": .text("superseded")])
        }
        let isForeign = try former.map { former in try successors.contains { try !isOfOneDevice(former, $0) } } ?? false
        guard successors.count > 1 || isForeign else { return }
        let numbers = successors.map { $0.text("number") ?? "" }.sorted().joined(separator: ", ")
        let name = former?.text("number") ?? "\(id)"
        let what = successors.count > 1 ? "is replaced by more than one" : "is replaced by another device than issued it"
        try builder.raise(
            .series_conflict, "supersession:\(id)", order: view.reference("order"), about: author,
            text: "Certificate \(name) \(what): \(numbers). All of them stand; decide which one holds and issue a revision of the other.")
    }

    private func isOfOneDevice(_ one: RecordView, _ other: RecordView) throws -> Bool {
        guard let number = one.entity["number"], let first = one.record[number.id]?.version.stamp.replica,
            let second = other.record[number.id]?.version.stamp.replica
        else { return false }
        if first == second { return true }
        let transaction = builder.writer.transaction
        guard let device = try transaction.replica(first)?.device else { return false }
        return try transaction.replica(second)?.device == device
    }

    /// Whether the author's replica has brought the same bytes before.
    private func hasBrought(_ view: RecordView) throws -> Bool {
        guard let hash = view.entity["sha256"], let replica = view.record[hash.id]?.version.stamp.replica else { return false }
        return try builder.writer.views(view.entity, where: "sha256", equals: view["sha256"])
            .contains { $0.id != view.id && $0.boolean("stored") && $0.record[hash.id]?.version.stamp.replica == replica }
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
            .late_fact, "late:\(view.id)", order: order, about: author,
            text:
                "A \(view.entity.title.lowercased()) arrived after the order was closed. It is kept; check whether a certificate needs a revision or an invoice a correction."
        )
    }
}
