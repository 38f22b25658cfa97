import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What the register says of each asset follows from its entries, taken all at once: its place, its life, its meters (I22 for its plans).
struct AssetCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]
    let milliseconds: Int64

    /// - Returns: how many orders plans have asked for.
    func check() throws -> Int {
        let placements = try byReference("asset_placement", "asset")
        let events = try byReference("asset_event", "asset")
        for asset in try stored.views(of: schema.entity("asset")) {
            try place(of: asset, placements[asset.id] ?? [])
            try life(of: asset, events[asset.id] ?? [])
        }
        let readings = try byReference("meter_reading", "meter")
        for meter in try stored.views(of: schema.entity("meter")) {
            guard let count = MeterCount(readings[meter.id] ?? [], rollsOverAt: meter.quantity("rolls_over_at")) else { continue }
            let said = "\(meter.text("total") ?? "–") in life \(meter.integer("life") ?? 0)"
            guard said == "\(count.total) in life \(count.life)" else {
                throw Violation("I22", "meter \(meter.id) has counted \(said), its readings \(count.total) in life \(count.life)")
            }
        }
        return try plans()
    }

    private func byReference(_ entity: String, _ field: String) throws -> [RecordID: [RecordView]] {
        Dictionary(grouping: try stored.views(of: schema.entity(entity)).filter { $0[field] != .null }) { $0.reference(field) ?? $0.id }
    }

    /// A placement that has begun since the server last looked at its clock is still to come, and so is one that something stands over which a clock
    /// wrote that was ahead.
    private func place(of asset: RecordView, _ placements: [RecordView]) throws {
        let history = PlacementHistory(placements)
        if let moves = asset.time("moves_at"), moves.milliseconds <= milliseconds + Int64(Limits.aheadMilliseconds) { return }
        guard let present = history.placement(at: milliseconds), !present.agrees(with: asset) else { return }
        throw Violation("134", "asset \(asset.id) is at “\(asset.text("mounting") ?? "")”, its placements say “\(present.mounting ?? "")”")
    }

    /// Its events folded once more, in the order of their admission.
    private func life(of asset: RecordView, _ events: [RecordView]) throws {
        var stage: AssetStage?
        for event in try events.sorted(by: { try admitted($0) < admitted($1) }) {
            guard let kind = event.text("event").flatMap({ AssetEvent(rawValue: $0) }) else { continue }
            let next = AssetLifecycle.next(from: stage, kind)
            guard event["effective"] == .boolean(next != nil), event.text("stage_after") == (next ?? stage ?? .active).rawValue else {
                throw Violation("I18", "asset event \(event.id) (\(kind.rawValue)) is told as \(event["effective"]), \(event["stage_after"])")
            }
            stage = next ?? stage
        }
        guard asset.text("lifecycle") == stage?.rawValue else {
            throw Violation("I18", "asset \(asset.id) is \(asset["lifecycle"]), its events say \(stage?.rawValue ?? "nothing")")
        }
    }

    private func admitted(_ view: RecordView) throws -> Admission {
        guard let record = stored[view.key], let place = record.record.entries.firstIndex(where: { $0.field == view.entity["event"]?.id }) else {
            throw Violation("C9", "\(view.key) has no event")
        }
        return Admission(position: record.positions[place], id: view.id)
    }

    private struct Admission: Comparable {
        let position: Position
        let id: RecordID
        static func < (a: Self, b: Self) -> Bool { (a.position, a.id) < (b.position, b.id) }
    }

    /// One order and one occurrence for each plan and period, and each order came into life once.
    private func plans() throws -> Int {
        let orders = try stored.views(of: schema.entity("service_order")).filter { $0["plan"] != .null }
        let occurrences = try stored.views(of: schema.entity("plan_occurrence"))
        func keys(_ views: [RecordView]) -> [String] { views.map { "\($0["plan"]) \($0.text("period") ?? "")" } }
        guard Set(keys(orders)).count == orders.count, Set(keys(occurrences)).count == occurrences.count else {
            throw Violation("I22", "a plan has two orders for one period")
        }
        let byID = Dictionary(uniqueKeysWithValues: orders.map { ($0.id, $0) })
        for occurrence in occurrences {
            guard let id = occurrence.reference("order"), let order = byID[id] else { continue }
            guard order["plan"] == occurrence["plan"], order["period"] == occurrence["period"] else {
                throw Violation("I22", "occurrence \(occurrence.id) names the order of another period")
            }
        }
        let creations = try byReference("order_event", "order")
        for order in orders {
            let made = (creations[order.id] ?? []).count { $0.text("event") == OrderEvent.create.rawValue && $0.boolean("effective") }
            guard made <= 1 else { throw Violation("I22", "order \(order.id) of a plan was made \(made) times") }
        }
        return orders.count
    }
}
