import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Where an asset is put, or whose it becomes. What is left out stays as it is.
public struct PlacementEntry: Sendable {
    /// From when on it is so; now when left out.
    public var since: DeviceTime?
    /// Whose it is from then on.
    public var owner: RecordID?
    /// Where it stands.
    public var site: RecordID?
    /// The hazardous area; it is left with the site it belongs to.
    public var area: RecordID?
    /// Whether it stands in no hazardous area any more.
    public var leavesArea = false
    /// Where in the plant.
    public var mounting: String?
    /// The asset it is made a part of.
    public var parent: RecordID?
    /// Whether it is a part of no other any more.
    public var leavesParent = false
    /// Why.
    public var reason: String?
    /// The placement that this one replaces.
    public var corrects: RecordID?

    public init() {}
}

/// A piece that is put up at a site and becomes an asset there.
public struct InstallationEntry: Sendable {
    /// What it is a piece of.
    public var part: RecordID
    /// Its serial number.
    public var serial: String
    /// Where it was taken from.
    public var source: PartSource = .van
    /// The customer's tag for it.
    public var tag: String?
    /// The hazardous area it is put up in.
    public var area: RecordID?
    /// Where in the plant.
    public var mounting: String?
    /// The asset it is made a part of.
    public var parent: RecordID?
    /// Why it was put up although the rules speak against it.
    public var override: String?
    /// How its serial number came in.
    public var entry = TextEntry.machine

    public init(part: RecordID, serial: String) { (self.part, self.serial) = (part, serial) }
}

extension DeviceClient {
    /// Records where an asset stands, and whose it is, from a moment on. What stood before stays known.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` for a move that changes nothing, an area of another site, or an asset made a part of itself.
    public func moveAsset(_ asset: RecordID, _ entry: PlacementEntry, on order: RecordID? = nil) throws -> Recorded {
        try act("move-asset") { editor in
            let view = try editor.require("asset", asset)
            let since = entry.since ?? editor.now
            let former = try entry.corrects.map { try editor.require("asset_placement", $0) }
            guard former.map({ $0.reference("asset") == asset }) ?? true else {
                throw DeviceProblem(.valueUnfit, "That placement is another asset's.", next: "Take one that `asset history` lists.")
            }
            let history = PlacementHistory(
                try editor.views("asset_placement", where: "asset", equals: .reference(asset)).filter { $0.id != former?.id })
            // What is left out stays as it was at that moment, or as the entry has it that is corrected.
            var fields =
                former.map { old in ["owner", "site", "area", "mounting", "parent"].reduce(into: [:]) { $0[$1] = old[$1] } }
                ?? history.placement(at: since.milliseconds)?.assetFields
                ?? ["owner", "site", "area", "mounting", "parent"].reduce(into: [:]) { $0[$1] = view[$1] }
            let before = fields
            if let site = entry.site {
                if fields["site"] != .reference(site) { (fields["area"], fields["mounting"]) = (.null, .null) }
                fields["site"] = .reference(site)
            }
            if let owner = entry.owner { fields["owner"] = .reference(owner) }
            if let area = entry.area { fields["area"] = .reference(area) } else if entry.leavesArea { fields["area"] = .null }
            if let mounting = entry.mounting { fields["mounting"] = .optional(mounting) }
            if let parent = entry.parent { fields["parent"] = .reference(parent) } else if entry.leavesParent { fields["parent"] = .null }
            guard fields != before || former != nil else {
                throw DeviceProblem(
                    .valueUnfit, "That is where it stands, and whose it is.",
                    next: "Name what changes: --site, --area, --mounting, --owner or --parent.")
            }
            try editor.checkPlace(of: asset, fields)
            let start = entry.since ?? former?.time("since") ?? editor.now
            let placed = try editor.place(
                asset, fields, since: start,
                ["reason": .optional(entry.reason), "order": .optional(order), "corrects": .optional(entry.corrects)])
            return (
                placed.placement, placed.isFollowed ? ["A placement that begins after it is recorded already, and holds from its own moment on."] : []
            )
        }
    }

    /// Records what happened to an asset as a whole.
    ///
    /// - Throws: ``DeviceProblem`` `transition` for what is not possible at its stage.
    public func recordAssetEvent(
        _ event: AssetEvent, of asset: RecordID, on day: CalendarDate?, text: String?, order: RecordID? = nil
    ) throws -> Recorded {
        try act("asset-\(event.rawValue)") { editor in
            let view = try editor.require("asset", asset)
            let stage = try editor.stage(of: view)
            guard AssetLifecycle.next(from: stage, event) != nil else {
                let next = AssetLifecycle.events(at: stage).map(\.rawValue).joined(separator: ", ")
                throw DeviceProblem(
                    .transition, "“\(event.rawValue)” is not possible while it is \((stage ?? .active).rawValue.replacing("_", with: " ")).",
                    next: next.isEmpty ? "Nothing can happen to it any more." : "What can happen next: \(next).")
            }
            return (try editor.recordAssetEvent(event, of: asset, on: day, text: text, order: order), [])
        }
    }

    /// Sets a value of an asset's configuration, with its unit. Values that two people set without seeing each other stand side by side.
    public func setSetting(_ name: String, of asset: RecordID, to value: String) throws -> Recorded {
        try act("asset-setting") { editor in
            _ = try editor.require("asset", asset)
            let id = RecordID.derived(type: try editor.schema.entity("asset_setting").type, key: [asset.bytes, Array(name.utf8)])
            let fields: [String: Value] = ["value": .text(value)]
            if try editor.view("asset_setting", id) == nil {
                try editor.create("asset_setting", id: id, fields.merging(["asset": .reference(asset), "name": .text(name)]) { $1 })
            } else {
                try editor.patch("asset_setting", id, fields)
            }
            return (id, [])
        }
    }

    /// Puts a piece up at the site of a job: in one change set it leaves the stock, becomes an asset, and gets its place and its first day.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` for a part that becomes no asset, `serial-missing`, `part-unapproved`, or `misread` for a serial
    ///   number that was typed once and that no book knows.
    public func installAsset(_ entry: InstallationEntry, on order: RecordID) throws -> Recorded {
        let isInBook = try read { reader in
            try reader.views("unit", where: "part", equals: .reference(entry.part)).contains { $0.text("serial") == entry.serial.trimmed }
        }
        if !isInBook { try entry.entry.confirm(entry.serial) }
        let asset = try read { reader in
            // One that was in the register before keeps its history there.
            let model = try reader.view("part", entry.part)?.reference("model")
            let known = try reader.views("asset", where: "serial", equals: .text(entry.serial.trimmed)).first { $0.reference("model") == model }
            return try known?.id
                ?? RecordID.derived(type: reader.schema.entity("asset").type, key: [entry.part.bytes, Array(entry.serial.trimmed.utf8)])
        }
        var use = PartEntry(part: entry.part, quantity: .one)
        (use.source, use.asset, use.serial, use.override) = (entry.source, asset, entry.serial.trimmed, entry.override)
        return try usePart(use, on: order) { editor in
            let job = try editor.require("service_order", order)
            guard let site = job.reference("site") else { throw DeviceProblem.unknown("site", order.short) }
            let part = try editor.require("part", entry.part)
            guard let model = part.reference("model") else {
                throw DeviceProblem(
                    .valueUnfit, "\(part.text("number") ?? "The part") becomes no asset: no model is named for it.",
                    next: "Fit it to an asset with `part use`, or have the office name its model.")
            }
            let stands: [String: Value] = [
                "owner": .null, "site": .reference(site), "area": .optional(entry.area), "mounting": .optional(entry.mounting),
                "parent": .optional(entry.parent),
            ]
            let isKnown = try editor.view("asset", asset) != nil
            try editor.checkPlace(of: asset, stands)
            if isKnown {
                // One that was put up before and came back.
                try editor.place(asset, stands, since: editor.now, ["order": .reference(order)])
            } else {
                try editor.create(
                    "asset", id: asset,
                    stands.merging([
                        "model": .reference(model), "serial": .text(entry.serial.trimmed), "tag": .optional(entry.tag),
                        "fitness": .text("in_service"),
                    ]) { $1 })
                try editor.create(
                    "asset_placement", id: PlacementHistory.firstID(try editor.schema.entity("asset_placement"), asset: asset),
                    stands.merging([
                        "asset": .reference(asset), "since": .time(editor.now), "order": .reference(order), "at": .time(editor.now),
                        "by": .reference(editor.user),
                    ]) { $1 })
            }
            let view = try editor.require("asset", asset)
            let isPossible = AssetLifecycle.next(from: try editor.stage(of: view), .install) != nil
            if !isKnown || isPossible { _ = try editor.recordAssetEvent(.install, of: asset, on: nil, text: nil, order: order) }
            try editor.create(
                "scan",
                [
                    "text": .text(entry.serial.trimmed), "asset": .reference(asset), "order": .reference(order), "at": .time(editor.now),
                    "by": .reference(editor.user), "source": .text(entry.entry.word),
                ])
            if !job.references("assets").contains(asset) {
                try editor.change("service_order", order, "assets", element: .reference(asset), op: .add)
            }
        }
    }

    /// Records a value that an asset's monitoring tells.
    public func recordAlert(_ kind: String, of asset: RecordID, value: Quantity, unit: String?, source: String?) throws -> Recorded {
        try act("alert") { editor in
            _ = try editor.require("asset", asset)
            let id = try editor.create(
                "alert",
                [
                    "asset": .reference(asset), "kind": .text(kind), "value": .text("\(value)"), "unit": .optional(unit), "at": .time(editor.now),
                    "source": .optional(source), "by": .reference(editor.user),
                ])
            return (id, [])
        }
    }
}

extension LocalEditor {
    /// The calendar of the company; UTC before its record is here.
    func companyCalendar() throws -> TenantCalendar { TenantCalendar(timeZone: try views("tenant").first?.text("time_zone") ?? "UTC") }

    /// How far an asset is, by what is recorded here and not answered as well.
    func stage(of asset: RecordView) throws -> AssetStage? {
        try AssetStage(of: asset, events: views("asset_event", where: "asset", equals: .reference(asset.id)))
    }

    @discardableResult
    fileprivate func recordAssetEvent(_ event: AssetEvent, of asset: RecordID, on day: CalendarDate?, text: String?, order: RecordID?) throws
        -> RecordID
    {
        let today = try companyCalendar().local(now.milliseconds).date
        return try create(
            "asset_event",
            [
                "asset": .reference(asset), "event": .text(event.rawValue), "on": .text("\(day ?? today)"), "text": .optional(text),
                "order": .optional(order), "at": .time(now), "by": .reference(user),
            ])
    }

    /// Refuses an area of another site, and an asset that would be a part of itself.
    fileprivate func checkPlace(of asset: RecordID, _ fields: [String: Value]) throws {
        if let area = fields["area"]?.reference, let view = try view("hazardous_area", area), view.reference("site") != fields["site"]?.reference {
            throw DeviceProblem(
                .valueUnfit, "\(view.text("name") ?? "The area") is at another site.",
                next: "Name an area of the site, or move the asset there with --site.")
        }
        var above = fields["parent"]?.reference
        var steps = 0
        while let parent = above, steps < 32 {
            guard parent != asset else {
                throw DeviceProblem(.valueUnfit, "An asset is no part of itself.", next: "Name another asset as its --parent.")
            }
            above = try view("asset", parent)?.reference("parent")
            steps += 1
        }
    }
}
