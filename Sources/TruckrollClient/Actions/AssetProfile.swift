import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Where an asset stood, and whose it was, for a time.
public struct PlacementLine: Sendable {
    /// The record.
    public let id: RecordID
    /// From when on; `nil` where nobody knows.
    public let since: DeviceTime?
    /// Until when; `nil` where it still holds.
    public let until: DeviceTime?
    /// Whose it was.
    public let owner: String
    /// Where it stood.
    public let site: String
    /// The hazardous area.
    public let area: String?
    /// Where in the plant.
    public let mounting: String?
    /// The asset it was a part of.
    public let parent: String?
    /// Why.
    public let reason: String?
}

/// A setting of an asset.
public struct SettingLine: Sendable {
    /// What is set.
    public let name: String
    /// With their units; more than one when they were set without seeing each other.
    public let values: [Standing]
}

/// A serialised piece that is in an asset, as what was fitted and removed says.
public struct FittedLine: Sendable {
    /// What it is a piece of.
    public let part: String
    /// Its serial number.
    public let serial: String
    /// Since when.
    public let since: DeviceTime?
    /// The number of the sensor channel whose element it is.
    public let channel: Int?
}

/// An order that names an asset.
public struct AssetOrderLine: Sendable {
    /// The order.
    public let id: RecordID
    /// Its number.
    public let number: String
    /// In one line.
    public let title: String
    /// Where it stands.
    public let state: OrderState?
    /// When it was asked for.
    public let requestedAt: DeviceTime?
    /// When it has to be done.
    public let dueAt: DeviceTime?
    /// Whether a maintenance plan asked for it.
    public let isPlanned: Bool
}

/// All that this device knows of an asset: where it is and was, whose, its life, its warranty, what is in it, what it has counted, what comes
/// next, and all that happened, in time.
public struct AssetProfile: Sendable {
    /// What jobs show of it.
    public let card: AssetCard
    /// How far it is in its life; `nil` where nothing is recorded of it.
    public let stage: AssetStage?
    /// Ascending; the last that has begun holds. Empty for one that never moved.
    public let placements: [PlacementLine]
    /// Whose it is now.
    public let owner: String?
    /// Where it stands now.
    public let site: String?
    /// The asset it is a part of now.
    public let parent: String?
    /// The assets that are a part of it.
    public let parts: [String]
    /// First day in service.
    public let installedOn: String?
    /// The days on which it is warranted.
    public let warranty: (from: CalendarDate?, until: CalendarDate, isRunning: Bool)?
    /// By name.
    public let settings: [SettingLine]
    /// By name.
    public let meters: [MeterLine]
    /// By part.
    public let fitted: [FittedLine]
    /// What comes round for it.
    public let plans: [PlanLine]
    /// Those that are not over, the earliest first.
    public let openOrders: [AssetOrderLine]
    /// All that happened, the earliest first.
    public let timeline: [AssetHistoryLine]

    init(_ view: RecordView, _ screen: ScreenReader, now: DeviceTime) throws {
        let reader = screen.reader
        let id = view.id
        let today = screen.day(at: now)
        card = try AssetCard(view, screen, besides: nil)
        let events = try reader.views("asset_event", where: "asset", equals: .reference(id))
        stage = AssetStage(of: view, events: events)
        let placed = try reader.views("asset_placement", where: "asset", equals: .reference(id))
        let history = PlacementHistory(placed)
        placements = try history.intervals.map { try PlacementLine($0, placed, screen) }
        let present = history.placement(at: now.milliseconds)
        let siteID = present?.site ?? view.reference("site")
        let ownerID = present.map { $0.owner } ?? view.reference("owner")
        owner = try screen.owner(ownerID, site: siteID)
        site = try siteID.map { try screen.siteName($0) }
        parent = try (present.map { $0.parent } ?? view.reference("parent")).map { try screen.assetName($0) }
        parts = try reader.views("asset", where: "parent", equals: .reference(id)).map { $0.text("tag") ?? $0.text("serial") ?? "" }.sorted()
        installedOn = view.text("installed_on") ?? view.text("commissioned_on")
        warranty = view.text("warranty_until").flatMap { CalendarDate($0) }.map { until in
            let from = view.text("warranty_from").flatMap { CalendarDate($0) }
            return (from, until, (from.map { $0 <= today } ?? true) && today <= until)
        }
        settings = try reader.views("asset_setting", where: "asset", equals: .reference(id)).map {
            SettingLine(name: $0.text("name") ?? "", values: $0.standing("value"))
        }.sorted { $0.name < $1.name }
        meters = try reader.views("meter", where: "asset", equals: .reference(id)).map { try MeterLine($0, screen) }.sorted {
            ($0.name, $0.id) < ($1.name, $1.id)
        }
        let uses = try reader.views("part_use", where: "asset", equals: .reference(id))
        fitted = try FittedLine.present(uses, screen)
        let book = try reader.plans()
        plans = try reader.views("maintenance_plan", where: "asset", equals: .reference(id)).compactMap {
            try PlanLine($0, screen, book, today: today)
        }.sorted { ($0.dueOn?.description ?? "9", $0.number) < ($1.dueOn?.description ?? "9", $1.number) }
        let sites = Set(history.placements.map(\.site)).union([siteID].compactMap(\.self))
        let orders = try sites.flatMap { try reader.views("service_order", where: "site", equals: .reference($0)) }
            .filter { $0.references("assets").contains(id) }.map { AssetOrderLine($0, screen) }
        openOrders = orders.filter { !($0.state?.isClosed ?? false) }.sorted {
            ($0.dueAt?.milliseconds ?? .max, $0.number) < ($1.dueAt?.milliseconds ?? .max, $1.number)
        }
        timeline = try Self.timeline(card.history, events, placed, orders, view, screen)
    }

    /// What jobs show, and what concerns the asset as a whole.
    private static func timeline(
        _ work: [AssetHistoryLine], _ events: [RecordView], _ placed: [RecordView], _ orders: [AssetOrderLine], _ asset: RecordView,
        _ screen: ScreenReader
    ) throws -> [AssetHistoryLine] {
        let reader = screen.reader
        var lines = work
        func add(_ kind: String, _ at: DeviceTime?, _ view: RecordView?, _ text: String, order: String? = nil) throws {
            let by = try view?.reference("by").map { try screen.userName($0) } ?? ""
            let number = try order ?? view?.reference("order").map { try screen.orderNumber($0) } ?? ""
            lines.append(AssetHistoryLine(at: at, by: by, kind: kind, order: number, text: text, written: view?.firstVersion))
        }
        for event in events {
            let stands = event["effective"] == .boolean(false) ? " (kept as a fact: \(event.text("ruling") ?? ""))" : ""
            let day = event.text("on").flatMap { DeviceTime("\($0)T00:00:00Z") }
            let words = [event.text("event").map { $0.replacing("_", with: " ") }, event.text("text")].compactMap(\.self).joined(separator: ": ")
            let at = screen.time(event, "at")
            // What happened on an earlier day than it was written down stands on its day.
            let isEarlier = day.map { day in at.map { day.date < $0.date } ?? false } ?? false
            try add("asset_event", isEarlier ? day : at, event, words + stands)
        }
        let corrected = placed.corrected
        for placement in placed where !corrected.contains(placement.id) {
            let site = try placement.reference("site").map { try screen.siteName($0) }
            let owner = try screen.owner(placement.reference("owner"), site: placement.reference("site"))
            let words = [site, placement.text("mounting"), owner, placement.text("reason")].compactMap(\.self).joined(separator: " · ")
            let since = screen.time(placement, "since").flatMap { $0.milliseconds > 0 ? $0 : nil }
            try add("placement", since, placement, words)
        }
        let corrections = try reader.views("meter_reading", where: "asset", equals: .reference(asset.id))
        let wrong = corrections.corrected
        for reading in corrections where !wrong.contains(reading.id) {
            let meter = try reading.reference("meter").flatMap { try reader.view("meter", $0) }
            try add(
                "meter_reading", screen.time(reading, "at"), reading,
                "\(meter?.text("name") ?? "meter") \(reading.text("value") ?? "") \(meter?.text("unit") ?? "")")
        }
        for alert in try reader.views("alert", where: "asset", equals: .reference(asset.id)) {
            let words = [alert.text("kind"), alert.text("value"), alert.text("unit")].compactMap(\.self).joined(separator: " ")
            try add("alert", screen.time(alert, "at"), alert, words)
        }
        for order in orders {
            try add("order", order.requestedAt, nil, "\(order.isPlanned ? "planned: " : "")\(order.title)", order: order.number)
        }
        return lines.sorted { a, b in
            let (first, second) = (a.at?.milliseconds ?? 0, b.at?.milliseconds ?? 0)
            if first != second { return first < second }
            guard let one = a.written, let other = b.written else { return a.written == nil && b.written != nil }
            return one < other
        }
    }
}

extension PlacementLine {
    fileprivate init(_ interval: PlacementHistory.Interval, _ views: [RecordView], _ screen: ScreenReader) throws {
        func time(_ milliseconds: Int64) -> DeviceTime { screen.local(DeviceTime(milliseconds: milliseconds, offsetMinutes: 0)) }
        let placement = interval.placement
        id = placement.id
        since = placement.since > 0 ? time(placement.since) : nil
        until = interval.end.map(time)
        owner = try screen.owner(placement.owner, site: placement.site) ?? ""
        site = try screen.siteName(placement.site)
        area = try placement.area.flatMap { try screen.reader.view("hazardous_area", $0) }.map { AreaLine($0).name }
        mounting = placement.mounting
        parent = try placement.parent.map { try screen.assetName($0) }
        reason = views.first { $0.id == placement.id }?.text("reason")
    }
}

extension FittedLine {
    /// What is in an asset: fitted, and not removed since.
    fileprivate static func present(_ uses: [RecordView], _ screen: ScreenReader) throws -> [FittedLine] {
        let corrected = uses.corrected
        var present: [String: RecordView] = [:]
        for use in uses.filter({ !corrected.contains($0.id) }).inTime() {
            guard let part = use.reference("part"), let serial = use.text("serial"), !serial.isEmpty else { continue }
            let key = "\(part)/\(serial)"
            switch use.text("action") {
            case "fitted": present[key] = use
            case "removed": present[key] = nil
            default: break
            }
        }
        return try present.values.map { use in
            FittedLine(
                part: try use.reference("part").map { try screen.partName($0) } ?? "", serial: use.text("serial") ?? "",
                since: screen.time(use, "at"),
                channel: try use.reference("channel").flatMap { try screen.reader.view("sensor_channel", $0) }?.integer("number").map { Int($0) })
        }.sorted { ($0.part, $0.serial) < ($1.part, $1.serial) }
    }
}

extension AssetOrderLine {
    fileprivate init(_ view: RecordView, _ screen: ScreenReader) {
        id = view.id
        (number, title) = (view.text("number") ?? "", view.text("title") ?? "")
        state = view.text("state").flatMap { OrderState(rawValue: $0) }
        (requestedAt, dueAt) = (screen.time(view, "requested_at"), screen.time(view, "due_at"))
        isPlanned = view["plan"] != .null
    }
}

extension ScreenReader {
    /// Whose an asset is: whoever is named, else the customer whose site it is.
    fileprivate func owner(_ id: RecordID?, site: RecordID?) throws -> String? {
        try (id ?? site.flatMap { try reader.view("site", $0)?.reference("customer") }).map { try customerName($0) }
    }
}

extension DeviceClient {
    /// One asset with all that this device knows of it.
    public func profile(of asset: RecordID) throws -> AssetProfile {
        let now = try now()
        return try screen { try AssetProfile(try $0.reader.require("asset", asset), $0, now: now) }
    }
}
