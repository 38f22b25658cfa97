import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A measuring channel of an asset.
public struct ChannelLine: Sendable {
    public let id: RecordID
    public let number: Int
    public let gas: String
    public let unit: String
    public let rangeLow: String?
    public let rangeHigh: String
    public let resolution: String
    public let technology: String
    /// What 100 %LEL stands for; more than one when they were set without seeing each other.
    public let lfl: [Standing]
    public let alarms: [String]
    public let sensorExpires: String?
}

/// What happened to an asset on other orders, and when.
public struct AssetHistoryLine: Sendable {
    public let at: DeviceTime?
    public let by: String
    /// `reading`, `finding`, `part_use` or `certificate`.
    public let kind: String
    public let order: String
    public let text: String
    /// What tells apart those of one second.
    var written: Version?
}

/// An asset with its channels and its past.
public struct AssetCard: Sendable {
    public let id: RecordID
    public let tag: String?
    public let serial: String
    public let model: String
    public let modelID: RecordID?
    public let fitness: String?
    public let area: String?
    public let mounting: String?
    public let calibrationDue: String?
    public let channels: [ChannelLine]
    /// Newest first.
    public let history: [AssetHistoryLine]
    public let place: Whereabouts

    /// What people call it.
    public var name: String { tag ?? serial }

    /// - Parameter order: whose own records are left out of the history.
    init(_ view: RecordView, _ screen: ScreenReader, besides order: RecordID?) throws {
        let reader = screen.reader
        id = view.id
        tag = view.text("tag")
        serial = view.text("serial") ?? ""
        modelID = view.reference("model")
        let model = try modelID.flatMap { try reader.view("asset_model", $0) }
        self.model = [model?.text("maker"), model?.text("name")].compactMap { $0 }.joined(separator: " ")
        fitness = view.text("fitness")
        area = try view.reference("area").flatMap { try reader.view("hazardous_area", $0) }.map { AreaLine($0).summary }
        mounting = view.text("mounting")
        calibrationDue = view.text("calibration_due")
        channels = try reader.views("sensor_channel", where: "asset", equals: .reference(view.id)).map { ChannelLine($0) }.sorted {
            $0.number < $1.number
        }
        history = try Self.history(view.id, screen, besides: order)
        place = screen.place(view)
    }

    private static func history(_ asset: RecordID, _ screen: ScreenReader, besides order: RecordID?) throws -> [AssetHistoryLine] {
        var lines: [AssetHistoryLine] = []
        var numbers: [RecordID: String] = [:]
        func number(_ order: RecordID) throws -> String {
            if let number = numbers[order] { return number }
            let number = try screen.reader.view("service_order", order)?.text("number") ?? "another job"
            numbers[order] = number
            return number
        }
        func add(_ entity: String, _ time: String, _ text: (RecordView) throws -> String) throws {
            let views = try screen.reader.views(entity, where: "asset", equals: .reference(asset))
            let corrected = entity == "certificate" ? [] : views.corrected
            for view in views where !corrected.contains(view.id) && (order == nil || view.reference("order") != order) {
                lines.append(
                    AssetHistoryLine(
                        at: screen.time(view, time), by: try view.reference("by").map { try screen.userName($0) } ?? "", kind: entity,
                        order: try view.reference("order").map(number) ?? "",
                        text: try text(view), written: view.firstVersion))
            }
        }
        try add("finding", "at") { "\($0.text("severity") ?? ""): \($0.text("text") ?? "")" }
        try add("part_use", "at") { view in
            "\(view.text("action") ?? "") \(view.text("quantity") ?? "") × \(try view.reference("part").map { try screen.partName($0) } ?? "")"
        }
        try add("certificate", "issued_at") { "certificate \($0.text("number") ?? "")" }
        try add("reading", "at") { view in
            let channel = try view.reference("channel").flatMap { try screen.reader.view("sensor_channel", $0) }
            let phase = (view.text("phase") ?? "").replacing("_", with: " ")
            return "channel \(channel?.integer("number") ?? 0) \(phase) \(view.text("point") ?? ""): \(view.text("indicated") ?? "") "
                + "at \(view.text("applied") ?? "") \(view.text("unit") ?? "")"
        }
        return lines.sorted { ($0.at?.milliseconds ?? 0) > ($1.at?.milliseconds ?? 0) }
    }
}

extension ChannelLine {
    init(_ view: RecordView) {
        id = view.id
        number = Int(view.integer("number") ?? 0)
        gas = view.text("gas_name") ?? ""
        unit = view.text("unit") ?? ""
        rangeLow = view.text("range_low")
        rangeHigh = view.text("range_high") ?? ""
        resolution = view.text("resolution") ?? ""
        technology = view.text("technology") ?? ""
        lfl = view.standing("lfl_percent")
        alarms = ["alarm_1", "alarm_2"].compactMap { view.text($0) }
        sensorExpires = view.text("sensor_expires")
    }
}

/// A hazardous area of a site.
public struct AreaLine: Sendable {
    public let id: RecordID
    public let name: String
    /// Zone, group and temperature class as the drawing has them, such as `zone 1, IIC, T4`.
    public let classification: String

    /// Name and classification.
    public var summary: String { classification.isEmpty ? name : "\(name) (\(classification))" }

    init(_ view: RecordView) {
        id = view.id
        name = view.text("name") ?? ""
        func known(_ field: String, _ word: String) -> String? { view.text(field).flatMap { $0 == "none" || $0 == "no" ? nil : word + $0 } }
        classification = [
            known("gas_zone", "zone "), known("gas_group", ""), known("dust_zone", "dust zone "), known("dust_group", ""),
            view.text("mine") == "yes" ? "mine" : nil, known("temperature_class", ""),
        ].compactMap { $0 }.joined(separator: ", ")
    }
}

extension DeviceClient {
    /// One asset with everything this device knows of its past.
    public func asset(_ id: RecordID) throws -> AssetCard {
        try screen { try AssetCard(try $0.reader.require("asset", id), $0, besides: nil) }
    }
}
