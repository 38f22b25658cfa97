import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// How bad a finding is.
public enum Severity: String, Sendable, CaseIterable {
    case info, minor, major, dangerous
}

extension DeviceClient {
    /// Records something seen, with photos as attachments in the same change set.
    public func recordFinding(
        _ text: String, severity: Severity, on order: RecordID, asset: RecordID? = nil, code: String? = nil, photos: [LocalFile] = [],
        corrects: RecordID? = nil
    ) throws -> Recorded {
        _ = try read { try $0.require("service_order", order) }
        for photo in photos { try keep(photo) }
        return try act("finding") { editor in
            let former = try editor.corrected("finding", corrects, on: order)
            for photo in photos { try editor.attach(photo, order: order, asset: asset) }
            let id = try editor.create(
                "finding",
                [
                    "order": .reference(order), "asset": .optional(asset), "code": .optional(code), "severity": .text(severity.rawValue),
                    "text": .text(text),
                    "photos": photos.isEmpty ? .null : .list(photos.map { .bytes($0.sha256) }), "at": former?["at"] ?? .time(editor.now),
                    "by": .reference(editor.user),
                    "corrects": .optional(corrects),
                ])
            let fitness = try asset.flatMap { try editor.view("asset", $0)?.text("fitness") }
            let isAlarming = severity == .dangerous && !["quarantined", "condemned"].contains(fitness ?? "")
            return (id, isAlarming ? ["The asset is still \(fitness ?? "in service"). Take it out with `set-fitness` if nobody may rely on it."] : [])
        }
    }

    /// Adds a remark to an order.
    public func addNote(_ text: String, to order: RecordID) throws -> Recorded {
        try act("note") { editor in
            _ = try editor.require("service_order", order)
            return (try editor.note(text, order), [])
        }
    }
}

extension LocalEditor {
    @discardableResult
    func note(_ text: String, _ order: RecordID) throws -> RecordID {
        try create("note", ["order": .reference(order), "text": .text(text), "at": .time(now), "by": .reference(user)])
    }
}
