import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension DeviceClient {
    /// Says whether an asset may be relied on. A stricter word always stands; a milder one lifts only the restrictions seen here.
    ///
    /// The reason becomes a note on a job in the same change set, so that nothing that was said is dropped.
    ///
    /// - Parameters:
    ///   - reason: may be left out of a stricter word, which cannot wait for one.
    ///   - order: gets the reason as a note; else the asset's only job in work here, else its only open one.
    /// - Throws: ``DeviceProblem`` `role` for a milder word that the server would set aside, `reason-missing`, `value-unfit`, or
    ///   `job-missing` when there is a reason and no job to keep it on.
    public func setFitness(_ asset: RecordID, _ fitness: String, reason: String?, order: RecordID? = nil) throws -> Recorded {
        try act("set-fitness") { editor in
            let view = try editor.require("asset", asset)
            guard let field = view.entity["fitness"], field.lattice.contains(fitness) else {
                throw DeviceProblem(
                    .valueUnfit, "“\(fitness)” is no fitness.",
                    next: "It is one of \((view.entity["fitness"]?.lattice ?? []).joined(separator: ", ")).")
            }
            let present = view["fitness"]
            guard present != .text(fitness) else { return (asset, ["It was so already; nothing was recorded."]) }
            let isStricter = try editor.setSafety(.text(fitness), of: field, "asset", asset)
            let name = view.text("tag") ?? view.text("serial") ?? "The asset"
            var notices = isStricter ? [] : ["A restriction somebody else made meanwhile stands."]
            guard let reason, !reason.trimmed.isEmpty else {
                guard isStricter else {
                    throw DeviceProblem(.reasonMissing, "To lift a restriction needs a reason.", next: "Say why in a few words, with --reason.")
                }
                return (asset, notices + ["No reason was given. Whoever reads it will want one: add it with `note`."])
            }
            let kept = try order ?? editor.jobForNote(of: asset, name)
            try editor.note("\(name): \(fitness.replacing("_", with: " ")). \(reason)", kept)
            if order == nil { notices.append("The reason is a note on \(try editor.require("service_order", kept).text("number") ?? "").") }
            return (asset, notices)
        }
    }
}

extension LocalEditor {
    /// The job a remark about an asset belongs on: the only one in work here, else the only open one.
    fileprivate func jobForNote(of asset: RecordID, _ name: String) throws -> RecordID {
        let ended: Set<OrderState> = [.cancelled, .closed]
        let open = try views("service_order", where: "site", equals: require("asset", asset)["site"]).compactMap {
            view -> (view: RecordView, isInWork: Bool)? in
            let state = view.text("state").flatMap { OrderState(rawValue: $0) }
            guard view.references("assets").contains(asset), !(state.map { ended.contains($0) } ?? false) else { return nil }
            return (view, state?.isInTheField ?? false)
        }
        let inWork = open.filter(\.isInWork)
        if let only = inWork.count == 1 ? inWork.first : open.count == 1 ? open.first : nil { return only.view.id }
        let numbers = open.compactMap { $0.view.text("number") }.sorted().prefix(6)
        throw DeviceProblem(
            .jobMissing,
            "\(name) is on \(open.isEmpty ? "no open job" : "\(open.count) open jobs") here, so there is no telling where its reason is kept.",
            next: open.isEmpty
                ? "Name a job with --job, or take one down with `new`. If it cannot wait, leave --reason out."
                : "Name one with --job: \(numbers.joined(separator: ", ")).")
    }
}
