import TruckrollCore
import TruckrollDomain

extension LocalEditor {
    /// Records where an asset stands, and whose it is, from a moment on; its own fields then say what holds now. What stood before anybody recorded a
    /// placement the server keeps as the first one.
    ///
    /// - Parameters:
    ///   - stands: `owner`, `site`, `area`, `mounting` and `parent`.
    ///   - more: further fields of the placement: `reason`, `order`, `corrects`.
    /// - Returns: the placement, and whether one that begins after it is recorded already.
    @discardableResult
    public func place(
        _ asset: RecordID, _ stands: [String: Value], since: DeviceTime, _ more: [String: Value] = [:]
    ) throws -> (placement: RecordID, isFollowed: Bool) {
        let id = try create(
            "asset_placement",
            stands.merging(more) { $1 }.merging([
                "asset": .reference(asset), "since": .text(since.description), "at": .text(now.description), "by": .reference(user),
            ]) { $1 })
        let history = PlacementHistory(try views("asset_placement", where: "asset", equals: .reference(asset)))
        if let present = history.placement(at: now.milliseconds), let view = try view("asset", asset) {
            let changed = present.assetFields.filter { view[$0.key] != $0.value }
            if !changed.isEmpty { try patch("asset", asset, changed) }
        }
        return (id, history.nextChange(after: since.milliseconds) != nil)
    }
}
