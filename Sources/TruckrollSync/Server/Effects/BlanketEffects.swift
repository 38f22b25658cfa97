import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Answers releases of blanket orders in the order in which they are admitted, so that no more is promised than was agreed, whoever asks and from
/// wherever (I7; Protocol/05-workflow.md, 5.23).
struct BlanketEffects {
    let builder: EffectBuilder
    let promises: StockPromises

    func add(for applied: AppliedOp, replica: ReplicaRow?) throws {
        let id = applied.op.key.id
        switch applied.entity.name {
        case "blanket_order": try refresh(id)
        case "blanket_release": if applied.isNew, let release = try view("blanket_release", id) { try answer(release, by: replica) }
        case "release_decision": if applied.isNew, let decision = try view("release_decision", id) { try hear(decision, from: replica) }
        case "blanket_movement": if applied.isNew, let movement = try view("blanket_movement", id) { try count(movement) }
        case "lease": if applied.isNew, let lease = try view("lease", id) { try answer(lease: lease, by: replica) }
        default: break
        }
    }

    // MARK: Releases

    /// - Parameter replica: who asks, with the rights of now.
    func answer(_ release: RecordView, by replica: ReplicaRow?) throws {
        // Beside a decision in one set it may have been withdrawn already.
        guard release["state"] == .null else { return }
        guard let (blanket, terms) = try agreement(of: release), let quantity = release.quantity("quantity"),
            let day = release.text("needed_on").flatMap({ CalendarDate($0) })
        else {
            return try write(release, .refused, "There is no such blanket order, or it names no days. Look at what is agreed with `blanket`.")
        }
        if terms.days.contains(day), try spend(release, quantity, replica) { return }
        if promises.isSettling { return try builder.patch("blanket_release", id: release.id, ["answer": .text(Self.settlingAnswer)]) }
        let isApproved = !terms.needsApproval(of: quantity, by: replica?.role ?? .technician)
        try decide(release, quantity, day, isApproved: isApproved, blanket, terms)
    }

    private func decide(
        _ release: RecordView, _ quantity: Quantity, _ day: CalendarDate, isApproved: Bool, _ blanket: RecordView, _ terms: BlanketTerms
    ) throws {
        guard builder.today <= terms.days.upperBound else {
            return try write(release, .refused, "The agreement was until \(terms.days.upperBound). Agree on another one.", ["waits_for": .null])
        }
        switch ReleaseAnswer(to: quantity, neededOn: day, isApproved: isApproved, terms, BlanketBalance(blanket)) {
        case .outsideDays:
            try write(
                release, .refused,
                "The agreement is for \(terms.days.lowerBound) to \(terms.days.upperBound). Call it off for another day, or agree on another one.")
        case .waitsForApproval:
            try write(release, .pending, "It waits until another person of the office approves it.", ["waits_for": .text("approval")])
        case .waitsForBalance(let offered):
            let words =
                offered > .zero
                ? "Only \(offered) are left. Accept them, or wait for what others give back." : "Nothing is left. It waits for what others give back."
            try write(release, .pending, words, ["waits_for": .text("balance"), "offered": .text("\(offered)")])
        case .granted: try grant(release, quantity, blanket)
        }
    }

    private func grant(_ release: RecordView, _ quantity: Quantity, _ blanket: RecordView) throws {
        guard BlanketBalance(blanket).released.adding(quantity) != nil else {
            return try write(release, .refused, "More would be called off than the book can say. Agree on another one.", ["waits_for": .null])
        }
        try write(release, .granted, "Granted.", ["granted": .text("\(quantity)"), "waits_for": .null])
        try change(blanket.id) { $0.released = $0.released.adding(quantity) ?? $0.released }
        // What was shipped of it before it was granted counts from now on.
        try recount(release.id)
    }

    private func write(_ release: RecordView, _ state: ReleaseState, _ answer: String, _ more: [String: Value] = [:]) throws {
        var fields = more
        fields["state"] = .text(state.rawValue)
        fields["answer"] = .text(answer)
        if release["queued"] == .null { fields["queued"] = .integer(Int64(clamping: builder.writer.position.rawValue)) }
        try builder.patch("blanket_release", id: release.id, fields)
    }

    private static let settlingAnswer =
        "The server was restored from a copy. It answers once the devices have told what it had promised since; at the latest after a day."

    // MARK: What is said of a release

    /// - Parameter replica: who says it, with the rights of now.
    func hear(_ decision: RecordView, from replica: ReplicaRow?) throws {
        guard let action = decision.text("action").flatMap({ ReleaseAction(rawValue: $0) }),
            let release = try decision.reference("release").flatMap({ try view("blanket_release", $0) }), release["blanket"] == decision["blanket"],
            let (blanket, terms) = try agreement(of: release), let quantity = release.quantity("quantity"),
            let day = release.text("needed_on").flatMap({ CalendarDate($0) }), let author = replica?.user
        else { return try rule(decision, false, "There is no such release.") }
        let isOffice = replica?.role != .technician
        let isOwn = release.reference("requested_by") == author
        // What gives something back can wait for nobody.
        if promises.isSettling, action == .approve || action == .accept || release.text("state") == nil {
            return try builder.patch("release_decision", id: decision.id, ["answer": .text(Self.settlingAnswer)])
        }
        let state = release.text("state").flatMap { ReleaseState(rawValue: $0) }
        let waitsForApproval = state == .pending && release.text("waits_for") == "approval"
        switch action {
        case .approve, .decline:
            guard isOffice, !isOwn else { return try rule(decision, false, "Another person of the office has to say so.") }
            guard waitsForApproval else { return try rule(decision, false, "It waits for no approval.") }
            try rule(decision, true, action == .approve ? "Approved." : "Declined.")
            guard action == .approve else {
                let reason = decision.text("reason").map { " \(String(String.UnicodeScalarView($0.unicodeScalars.prefix(400))))" } ?? ""
                return try write(release, .refused, "It was not approved.\(reason)", ["waits_for": .null])
            }
            try builder.patch("blanket_release", id: release.id, ["approved_by": .reference(author)])
            try decide(release, quantity, day, isApproved: true, blanket, terms)
        case .accept:
            guard isOffice || isOwn else { return try rule(decision, false, "Who asked for it, or the office, has to say so.") }
            let balance = BlanketBalance(blanket)
            guard state == .pending, release.text("waits_for") == "balance" else { return try rule(decision, false, "Nothing was offered for it.") }
            guard balance.remaining > .zero else { return try rule(decision, false, "Nothing is left by now. It goes on waiting.") }
            try rule(decision, true, "Accepted.")
            try grant(release, min(quantity, balance.remaining), blanket)
        case .withdraw:
            guard isOffice || isOwn else { return try rule(decision, false, "Who asked for it, or the office, has to say so.") }
            guard state == .pending || state == .granted || state == nil else { return try rule(decision, false, "It has ended already.") }
            try rule(decision, true, "Withdrawn.")
            let granted = release.quantity("granted") ?? .zero
            let kept = min(granted, release.quantity("shipped") ?? .zero)
            try write(
                release, .withdrawn, "It is not wanted any more.",
                ["granted": kept > .zero ? .text("\(kept)") : .null, "waits_for": .null, "offered": .null])
            try change(blanket.id) { $0.released = $0.released.remainder(after: granted.remainder(after: kept)) }
            try recount(release.id)
            try serveWaiting(blanket.id)
        }
    }

    private func rule(_ decision: RecordView, _ isEffective: Bool, _ answer: String) throws {
        try builder.patch("release_decision", id: decision.id, ["effective": .boolean(isEffective), "answer": .text(answer)])
    }

    // MARK: What is shipped and comes back

    /// What was shipped and came back is a fact, even beyond what was granted.
    private func count(_ movement: RecordView) throws {
        guard let release = try movement.reference("release").flatMap({ try view("blanket_release", $0) }), release["blanket"] == movement["blanket"],
            let (blanket, _) = try agreement(of: release)
        else { return }
        let before = release.quantity("shipped") ?? .zero
        guard let counted = try recount(release.id) else { return }
        if counted.isFreed { try serveWaiting(blanket.id) }
        let (number, granted) = (blanket.text("number") ?? "", release.quantity("granted") ?? .zero)
        if counted.shipped > granted, before <= granted {
            try overrun(blanket, "shipped:\(release.id)", "\(counted.shipped) were shipped on a release of \(number) that was granted \(granted).")
        }
        if counted.brought > counted.shipped {
            try overrun(
                blanket, "returned:\(movement.id)",
                "More came back of a release of \(number) than was shipped on it: \(counted.brought) of \(counted.shipped).")
        }
    }

    /// Counts anew all that was shipped of a release and came back, but for what another entry of the release corrects. What had never been granted
    /// is no part of the balance, and what comes back of it frees nothing; of a withdrawn one no more stays called off than was shipped.
    ///
    /// - Returns: what was shipped, what was said to come back, and whether something became free; `nil` where nothing was recorded.
    @discardableResult
    private func recount(_ id: RecordID) throws -> (shipped: Quantity, brought: Quantity, isFreed: Bool)? {
        guard let release = try view("blanket_release", id), let blanket = release.reference("blanket") else { return nil }
        let all = try builder.writer.views(try builder.schema.entity("blanket_movement"), where: "release", equals: .reference(id))
        guard !all.isEmpty else { return nil }
        let corrected = Set(all.compactMap { $0.reference("corrects") })
        let sum = { (kind: String) in
            all.filter { $0.text("kind") == kind && !corrected.contains($0.id) }.reduce(Quantity.zero) {
                $0.adding(max(.zero, $1.quantity("quantity") ?? .zero)) ?? .greatest
            }
        }
        let (shipped, brought) = (sum("shipped"), sum("returned"))
        let returned = min(shipped, brought)
        let state = release.text("state").flatMap { ReleaseState(rawValue: $0) }
        let granted = release.quantity("granted") ?? .zero
        let stays = state == .withdrawn ? min(granted, shipped) : granted
        let credited = min(returned, min(shipped, stays))
        let before = (shipped: release.quantity("shipped") ?? .zero, credited: release.quantity("credited") ?? .zero)
        var fields: [String: Value] = ["shipped": .text("\(shipped)"), "returned": .text("\(returned)"), "credited": .text("\(credited)")]
        if stays < granted { fields["granted"] = stays > .zero ? .text("\(stays)") : .null }
        if state == .granted || state == .shipped { fields["state"] = .text((shipped >= granted ? ReleaseState.shipped : .granted).rawValue) }
        try builder.patch("blanket_release", id: id, fields)
        let freed = credited.millionths - before.credited.millionths + granted.millionths - stays.millionths
        let held = { (millionths: Int64) in Quantity(millionths: min(max(0, millionths), Quantity.greatest.millionths)) }
        try change(blanket) {
            $0.shipped = held($0.shipped.millionths + shipped.millionths - before.shipped.millionths)
            $0.returned = held($0.returned.millionths + credited.millionths - before.credited.millionths)
            $0.released = $0.released.remainder(after: granted.remainder(after: stays))
        }
        return (shipped, brought, freed > 0)
    }

    private func overrun(_ blanket: RecordView, _ name: String, _ text: String) throws {
        try builder.raise(
            .blanket_overrun, name, order: nil, about: nil, subject: blanket.id, text: "\(text) Compare it with the papers and correct the entry.")
    }

    // MARK: Leases

    /// A device may be given some of it ahead, to call off by itself. A technician gets no more by asking than he could call off without asking;
    /// the office hands out as much as is left.
    func answer(lease: RecordView, by replica: ReplicaRow?) throws {
        guard lease.text("kind") == "blanket", let replica else { return }
        guard let blanket = try lease.reference("blanket").flatMap({ try view("blanket_order", $0) }), let terms = BlanketTerms(blanket),
            let amount = lease.quantity("amount"), let part = blanket.reference("part"), lease.reference("part") == part,
            let holder = try holder(of: lease, replica)
        else {
            return try refuse(lease, "A lease names a blanket order with its part, how much, and who is to have it, who has a device.")
        }
        if let proof = promises.shown[lease.id] { return try grantShown(lease, proof) }
        if replica.role == .technician {
            // Only the office hands out, and only of what somebody holds can he be given some.
            let scope = try builder.writer.transaction.viewScope(replica.replica, Scope("blanket", blanket.id))
            guard lease.reference("user") == replica.user, scope?.weight ?? 0 > 0 else {
                return try refuse(lease, "It is not among what you work on. Ask the office.")
            }
        }
        if promises.isSettling { return try builder.patch("lease", id: lease.id, ["answer": .text(Self.settlingAnswer)]) }
        if terms.needsApproval(of: amount, by: replica.role), replica.role == .technician {
            return try refuse(lease, "Only the office may hand out so much. Ask for less, or ask the office.")
        }
        guard builder.today <= terms.days.upperBound else { return try refuse(lease, "The agreement was until \(terms.days.upperBound).") }
        let left = BlanketBalance(blanket).remaining
        guard left >= amount else { return try refuse(lease, "Only \(left) are left.") }
        let now = builder.moment.milliseconds
        try grant(
            LeaseProof(
                lease: lease.id, replica: holder, part: part, location: blanket.id, granted: amount,
                softExpiry: now + Int64(Limits.leaseSoftSeconds) * 1000, hardExpiry: now + Int64(Limits.leaseHardSeconds) * 1000))
    }

    private func refuse(_ lease: RecordView, _ answer: String) throws {
        try builder.patch("lease", id: lease.id, ["state": .text("refused"), "answer": .text(answer)])
    }

    /// The author's own replica, or the youngest of whom it is handed to.
    private func holder(of lease: RecordView, _ author: ReplicaRow) throws -> ReplicaID? {
        guard let user = lease.reference("user") else { return nil }
        if user == author.user { return author.replica }
        return try builder.writer.transaction.replicas().filter { $0.user == user && $0.revokedAt == nil && !$0.publicKey.isEmpty }
            .map(\.replica).max { $0.rawValue < $1.rawValue }
    }

    private func grant(_ proof: LeaseProof) throws {
        try change(proof.location) { $0.leased = $0.leased.adding(proof.granted) ?? $0.leased }
        try builder.write(grant: proof, key: promises.key)
    }

    /// What was granted in a history that is lost is granted again as it was. Should it not fit any more, it stands, and somebody is told.
    func grantShown(_ lease: RecordView, _ proof: LeaseProof) throws {
        guard lease.reference("blanket") == proof.location, let blanket = try view("blanket_order", proof.location) else { return }
        try grant(proof)
        guard let after = try view("blanket_order", blanket.id), BlanketBalance(after).isOverrun else { return }
        try overrun(blanket, "promise:\(lease.id)", "A device was granted more of \(blanket.text("number") ?? "") before a restore than is left.")
    }

    /// Takes a release from its lease, where that covers it; a lease is an approval. Otherwise the release has to be asked for like any other.
    private func spend(_ release: RecordView, _ quantity: Quantity, _ replica: ReplicaRow?) throws -> Bool {
        guard let id = release.reference("lease"), let lease = try view("lease", id), lease.text("kind") == "blanket",
            lease["blanket"] == release["blanket"], let blanket = release.reference("blanket"), lease.text("state") == "granted",
            let granted = lease.quantity("granted"), lease.integer("replica") == (replica?.replica.rawValue).map({ Int64($0) })
        else { return false }
        let used = lease.quantity("used") ?? .zero
        guard let after = used.adding(quantity), after <= granted,
            try view("blanket_order", blanket).flatMap({ BlanketBalance($0).released.adding(quantity) }) != nil
        else { return false }
        try builder.patch("lease", id: id, ["used": .text("\(after)")])
        try change(blanket) {
            $0.leased = $0.leased.remainder(after: quantity)
            $0.released = $0.released.adding(quantity) ?? $0.released
        }
        try write(release, .granted, "Granted from the lease.", ["granted": .text("\(quantity)")])
        try recount(release.id)
        return true
    }

    /// Takes back what is left of a lease whose time is over.
    func expire(lease: RecordView) throws {
        let left = (lease.quantity("granted") ?? .zero).remainder(after: lease.quantity("used") ?? .zero)
        try builder.patch("lease", id: lease.id, ["state": .text("expired")])
        guard let blanket = lease.reference("blanket"), left > .zero else { return }
        try change(blanket) { $0.leased = $0.leased.remainder(after: left) }
        try serveWaiting(blanket)
    }

    // MARK: The balance

    private func change(_ blanket: RecordID, _ body: (inout BlanketBalance) -> Void) throws {
        guard let record = try view("blanket_order", blanket) else { return }
        var balance = BlanketBalance(record)
        body(&balance)
        try builder.patch(
            "blanket_order", id: blanket,
            [
                "released": .text("\(balance.released)"), "leased": .text("\(balance.leased)"), "shipped": .text("\(balance.shipped)"),
                "returned": .text("\(balance.returned)"),
            ])
        guard let terms = BlanketTerms(record) else { return }
        for percent in balance.reached(terms.alertPercents) {
            try tell(
                record, "percent:\(percent)", "\(percent) % are called off: \(balance.calledOff) of \(balance.total), \(balance.remaining) left.")
        }
    }

    /// Serves who waits for the balance in the order in which they were answered first, and tells the others what is left for them. One that
    /// wants more than there is holds up nobody behind it.
    func serveWaiting(_ id: RecordID) throws {
        guard !promises.isSettling else { return }
        let releases = try builder.writer.views(try builder.schema.entity("blanket_release"), where: "blanket", equals: .reference(id))
        let waiting = releases.filter { $0.text("state") == ReleaseState.pending.rawValue && $0.text("waits_for") == "balance" }
        for release in waiting.sorted(by: { ($0.integer("queued") ?? 0, $0.id) < ($1.integer("queued") ?? 0, $1.id) }) {
            guard let blanket = try view("blanket_order", id), let terms = BlanketTerms(blanket), let quantity = release.quantity("quantity"),
                let day = release.text("needed_on").flatMap({ CalendarDate($0) })
            else { continue }
            try decide(release, quantity, day, isApproved: true, blanket, terms)
        }
    }

    // MARK: Its days

    /// Looks at what the clock has brought: days on which the office is told, and the end, after which nothing that waits is served.
    func refresh(_ id: RecordID) throws {
        guard let blanket = try view("blanket_order", id), let terms = BlanketTerms(blanket) else { return }
        let (calendar, today) = (builder.moment.calendar, builder.today)
        guard today <= terms.days.upperBound else {
            guard blanket.text("status") != "ended" else { return }
            try builder.patch("blanket_order", id: id, ["status": .text("ended"), "wakes_at": .null])
            let releases = try builder.writer.views(try builder.schema.entity("blanket_release"), where: "blanket", equals: .reference(id))
            for release in releases where release.text("state") == ReleaseState.pending.rawValue {
                try write(release, .refused, "The agreement was until \(terms.days.upperBound).", ["waits_for": .null, "offered": .null])
            }
            return
        }
        let dates = terms.alertDates
        if let passed = dates.last(where: { $0 <= today }) {
            let days = terms.days.upperBound.daysSince1970 - passed.daysSince1970
            let left = BlanketBalance(blanket).remaining
            try tell(blanket, "days:\(days)", "The agreement is until \(terms.days.upperBound), and \(left) are not called off.")
        }
        let next = dates.first { $0 > today } ?? terms.days.upperBound.adding(days: 1)
        try builder.patch(
            "blanket_order", id: id,
            ["status": .text("open"), "wakes_at": .text(calendar.local(calendar.instant(next, minute: 0)).description)])
    }

    /// Tells the office that a mark is reached, once for each mark.
    private func tell(_ blanket: RecordView, _ mark: String, _ text: String) throws {
        let entity = try builder.schema.entity("exception")
        let id = RecordID.derived(type: entity.type, key: [Array("blanket-alert".utf8), blanket.id.bytes, Array(mark.utf8)])
        guard try builder.writer.view(entity, id) == nil else { return }
        let name = [blanket.text("number"), blanket.text("title")].compactMap { $0 }.joined(separator: " ")
        try builder.raise(.blanket_alert, id: id, order: nil, about: nil, subject: blanket.id, text: "\(name): \(text)")
    }

    private func agreement(of release: RecordView) throws -> (RecordView, BlanketTerms)? {
        guard let blanket = try release.reference("blanket").flatMap({ try view("blanket_order", $0) }), let terms = BlanketTerms(blanket) else {
            return nil
        }
        return (blanket, terms)
    }

    private func view(_ entity: String, _ id: RecordID) throws -> RecordView? { try builder.writer.view(try builder.schema.entity(entity), id) }
}
