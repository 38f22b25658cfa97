import TruckrollCore
import TruckrollDomain

/// Asks the rules about equipment in hazardous areas of the records that are here. Server and devices ask them by this alone, so of the same
/// records they say the same.
public struct AreaRules {
    private let schema: Schema
    private let access: any RecordReading

    public init(schema: Schema, access: any RecordReading) {
        self.schema = schema
        self.access = access
    }

    /// What is found about an asset where it stands; `nil` where no area is known for it.
    public func report(on asset: RecordID) throws -> RuleReport? {
        guard let view = try access.view(try schema.entity("asset"), asset),
            let area = try view.reference("area").flatMap({ try access.view(try schema.entity("hazardous_area"), $0) })
        else { return nil }
        let model = try view.reference("model").flatMap { try access.view(try schema.entity("asset_model"), $0) }
        let site = try (area.reference("site") ?? view.reference("site")).flatMap { try access.view(try schema.entity("site"), $0) }
        var equipment = HazardousAreaCheck.Equipment(marking: model?.text("ex_marking"), certificate: model?.text("ex_certificate"))
        equipment.channels = try channels(of: view, model)
        return HazardousAreaCheck.report(
            on: equipment, in: HazardousArea(area: area, gases: try gases(of: area), country: site?.text("country")))
    }

    private func gases(of area: RecordView) throws -> [HazardousArea.Gas] {
        let entity = try schema.entity("gas")
        return try (area["gases"].list ?? []).compactMap(\.text).flatMap { cas in
            try access.views(entity, where: "cas", equals: .text(cas)).compactMap { HazardousArea.Gas(gas: $0) }.prefix(1)
        }
    }

    /// What a detector measures; `nil` for what is none.
    private func channels(of asset: RecordView, _ model: RecordView?) throws -> [HazardousAreaCheck.Channel]? {
        guard ["fixed_detector", "portable_detector"].contains(model?.text("kind")) else { return nil }
        return try access.views(try schema.entity("sensor_channel"), where: "asset", equals: .reference(asset.id)).compactMap { channel in
            guard let cas = channel.text("cas"), let unit = channel.text("unit"),
                let upper = channel.text("range_high").flatMap({ try? ExactDecimal(parsing: $0) })
            else { return nil }
            return HazardousAreaCheck.Channel(cas: cas, upper: upper, unit: unit)
        }
    }
}
