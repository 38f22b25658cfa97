import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What the rules find about one asset of a job.
public struct AssetCheck: Sendable {
    public let asset: RecordID
    /// Its tag, else its serial number.
    public let name: String
    /// The name of the area it stands in; `nil` where none is known.
    public let area: String?
    /// `nil` where no area is known.
    public let report: RuleReport?
}

extension DeviceClient {
    /// Asks the rules about a job itself, by what this device holds.
    public func checkOrder(_ order: RecordID) throws -> RuleReport {
        try screen { screen in
            guard let report = try screen.reader.rules.report(onOrder: order) else { throw DeviceProblem.unknown("job", order.short) }
            return report
        }
    }

    /// Asks the rules about every asset of a job, by what this device holds.
    public func check(_ order: RecordID) throws -> [AssetCheck] {
        try screen { screen in
            let assets = try screen.reader.view("service_order", order)?.references("assets") ?? []
            return try assets.map { id in
                let area = try screen.reader.view("asset", id)?.reference("area").flatMap {
                    try screen.reader.view("hazardous_area", $0)?.text("name")
                }
                return AssetCheck(asset: id, name: try screen.assetName(id), area: area, report: try screen.reader.rules.report(onAsset: id))
            }.sorted { $0.name < $1.name }
        }
    }
}
