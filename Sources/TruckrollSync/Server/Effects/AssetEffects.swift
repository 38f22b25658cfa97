import TruckrollCore
import TruckrollDomain

/// Keeps the register of assets in step with what people record: where each stands and whose it is, how far it is in its life, and until when it
/// is warranted (Protocol/05-workflow.md, 5.21).
struct AssetEffects {
    let builder: EffectBuilder

    /// Looks at all ops of one set, since a device that moves an asset writes the placement and the asset's own fields in one.
    func add(for applied: [AppliedOp], author: RecordID) throws {
        var placed: Set<RecordID> = []
        for item in applied where item.isNew {
            guard let record = try builder.writer.record(item.op.key) else { continue }
            let view = RecordView(record, item.entity)
            switch item.entity.name {
            case "asset_placement": if let asset = view.reference("asset") { placed.insert(asset) }
            case "asset_event": try fold(view)
            case "asset": try warrant(view.id)
            default: break
            }
        }
        let assets = applied.filter { $0.entity.name == "asset" }
        let moved = assets.filter { !$0.isNew && !placed.contains($0.op.key.id) && isMove($0) }
        for item in moved { try keepAccount(of: item, author) }
        for id in placed.subtracting(assets.filter(\.isNew).map(\.op.key.id)).sorted() {
            let former = assets.first { $0.op.key.id == id }?.former.map { RecordView($0, assets[0].entity) }
            if let asset = try former ?? view("asset", id) { try beginHistory(of: asset, author) }
        }
        for asset in placed.union(moved.map(\.op.key.id)).sorted() { try place(asset) }
    }

    // MARK: Where it stands

    private static let standing = ["owner", "site", "area", "mounting", "parent"]

    private func isMove(_ applied: AppliedOp) -> Bool {
        let fields = Set(Self.standing.compactMap { applied.entity[$0]?.id })
        return applied.op.writes.contains { fields.contains($0.field) }
    }

    /// Somebody has written another place into the asset and no placement: one is written for him, and the one before it where there was none.
    private func keepAccount(of applied: AppliedOp, _ author: RecordID) throws {
        guard let asset = try view("asset", applied.op.key.id), let former = applied.former.map({ RecordView($0, applied.entity) }),
            Self.standing.contains(where: { former[$0] != asset[$0] })
        else { return }
        try beginHistory(of: former, author)
        let stands = Self.standing.map { ($0, asset[$0]) }
        // From when it was written, by the clock that the server has corrected.
        let written = Self.standing.compactMap { applied.entity[$0].flatMap { asset.record[$0.id]?.version.stamp.milliseconds } }.max()
        let since = min(written.map { Int64(clamping: $0) } ?? .max, builder.moment.milliseconds)
        try builder.create(
            "asset_placement", id: try builder.id("asset_placement", "\(asset.id)"),
            [
                "asset": .reference(asset.id), "since": .text(builder.moment.calendar.local(since).description), "at": builder.now,
                "by": .reference(author),
            ].merging(stands) { $1 })
    }

    /// Keeps where an asset stood before anybody recorded a placement of it.
    private func beginHistory(of former: RecordView, _ author: RecordID) throws {
        let entity = try builder.schema.entity("asset_placement")
        let first = PlacementHistory.firstID(entity, asset: former.id)
        guard former["site"] != .null, try builder.writer.view(entity, first) == nil else { return }
        let now = builder.moment.calendar.local(builder.moment.milliseconds)
        let others = try builder.writer.views(entity, where: "asset", equals: .reference(former.id)).compactMap { $0.time("since")?.milliseconds }
            .min()
        try builder.create(
            "asset_placement", id: first,
            PlacementHistory.firstFields(of: former, before: others, calendar: builder.moment.calendar, author: (author, now)))
    }

    /// Lets the asset's own fields say what its placements say of this moment.
    func place(_ id: RecordID) throws {
        let entity = try builder.schema.entity("asset_placement")
        guard let asset = try view("asset", id) else { return }
        let history = PlacementHistory(try builder.writer.views(entity, where: "asset", equals: .reference(id)))
        let now = builder.moment.milliseconds
        guard let present = history.placement(at: now) else { return }
        if !present.agrees(with: asset) { try builder.patch("asset", id: id, present.assetFields) }
        // What a clock wrote that was ahead stands until the server's has passed it: then it is looked at again.
        var next = history.nextChange(after: now)
        if let asset = try view("asset", id), !present.agrees(with: asset) {
            let stamps = Self.standing.compactMap { asset.entity[$0].flatMap { asset.record[$0.id]?.version.stamp.milliseconds } }
            let passed = (Int64(clamping: stamps.max() ?? 0) / 1000 + 1) * 1000
            next = min(next ?? .max, max(passed, now + 1000))
        }
        try builder.patch("asset", id: id, ["moves_at": .optional(next.map { builder.moment.calendar.local($0).description })])
    }

    // MARK: Its life

    private func fold(_ event: RecordView) throws {
        guard let id = event.reference("asset"), let asset = try view("asset", id),
            let kind = event.text("event").flatMap({ AssetEvent(rawValue: $0) })
        else {
            return try builder.patch(
                "asset_event", id: event.id,
                ["effective": .boolean(false), "ruling": .text("The asset is not known; this is kept as a fact.")])
        }
        let stage = asset.text("lifecycle").flatMap { AssetStage(rawValue: $0) }
        guard let next = AssetLifecycle.next(from: stage, kind) else {
            let words = "“\(kind.rawValue)” is not possible while the asset is \((stage ?? .active).rawValue); it is kept as a fact."
            return try builder.patch(
                "asset_event", id: event.id,
                ["effective": .boolean(false), "ruling": .text(words), "stage_after": .text((stage ?? .active).rawValue)])
        }
        try builder.patch("asset_event", id: event.id, ["effective": .boolean(true), "stage_after": .text(next.rawValue)])
        var fields: [String: Value] = ["lifecycle": .text(next.rawValue)]
        if kind == .install, asset["installed_on"] == .null { fields["installed_on"] = event["on"] }
        try builder.patch("asset", id: id, fields)
        if kind == .install || kind == .ship { try warrant(id) }
        let wasInService = (stage ?? .active).isInService
        if wasInService != next.isInService { try PlanEffects(builder: builder).noteService(of: id, isBack: !wasInService) }
    }

    /// A warranty begins once. What was shipped is warranted from some days after that; installed before, from then.
    private func warrant(_ id: RecordID) throws {
        guard let asset = try view("asset", id), let model = try asset.reference("model").flatMap({ try view("asset_model", $0) }),
            let months = model.integer("warranty_months")
        else { return }
        let events = try builder.writer.views(try builder.schema.entity("asset_event"), where: "asset", equals: .reference(id))
        let shipped = events.filter { $0.text("event") == AssetEvent.ship.rawValue && $0.boolean("effective") }.compactMap { day($0, "on") }.min()
        let installed = day(asset, "installed_on") ?? day(asset, "commissioned_on")
        guard
            let start = Warranty.start(installed: installed, shipped: shipped, shippingDays: model.integer("warranty_shipping_days").map { Int($0) }),
            day(asset, "warranty_from").map({ start < $0 }) ?? (asset["warranty_until"] == .null)
        else { return }
        let warranty = Warranty(from: start, months: Int(months))
        guard warranty.until.year <= 9999 else { return }
        try builder.patch("asset", id: id, ["warranty_from": .text("\(warranty.from)"), "warranty_until": .text("\(warranty.until)")])
    }

    private func day(_ view: RecordView, _ field: String) -> CalendarDate? { view.text(field).flatMap { CalendarDate($0) } }
    private func view(_ entity: String, _ id: RecordID) throws -> RecordView? { try builder.writer.view(try builder.schema.entity(entity), id) }
}
