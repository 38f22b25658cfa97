import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension DeviceClient {
    /// The one asset a scanned or typed text means, among those this device holds.
    ///
    /// - Parameter order: its assets come first when several match.
    /// - Throws: ``DeviceProblem`` `not-found`, `ambiguous` or `misread`.
    public func findAsset(_ text: String, on order: RecordID? = nil) throws -> RecordID {
        let code = try ScannedCode(text)
        return try read { reader in
            _ = try reader.enrolled()
            let all = try reader.views("asset")
            let preferred = try order.flatMap { try reader.view("service_order", $0) }.map { Set($0.references("assets")) } ?? []
            for key in code.keys {
                for matches in Self.matches(key, all) where !matches.isEmpty {
                    let mine = matches.filter { preferred.contains($0.id) }
                    if let only = mine.count == 1 ? mine.first : matches.count == 1 ? matches.first : nil { return only.id }
                    let shown = (mine.isEmpty ? matches : mine).prefix(8).map {
                        "· \($0.text("tag") ?? "no tag")  serial \($0.text("serial") ?? "")  asset/\($0.id)"
                    }
                    throw DeviceProblem(
                        "ambiguous", (["“\(text)” means \(matches.count) assets."] + shown).joined(separator: "\n"),
                        next: "Scan the serial number, or name one as listed.")
                }
            }
            let wanted = Self.normal(text)
            let near = all.filter { view in
                ["serial", "tag"].contains { view.text($0).map { RecordFinder.isNear(Self.normal($0), wanted) } ?? false }
            }
            .prefix(5).map { "· near: \($0.text("tag") ?? "no tag")  serial \($0.text("serial") ?? "")" }
            throw DeviceProblem(
                "not-found", (["This device holds no asset “\(text.prefix(60))”."] + near).joined(separator: "\n"),
                next: near.isEmpty
                    ? "Scan the serial number on its plate, or sync if it is new." : "Compare it with the plate, and type or scan it again.")
        }
    }

    /// The assets a key may mean: exact first, then without regard to case, spaces and hyphens.
    private static func matches(_ key: ScannedCode.Key, _ all: [RecordView]) -> [[RecordView]] {
        func exact(_ text: String, _ fields: [String]) -> [RecordView] { all.filter { view in fields.contains { view.text($0) == text } } }
        func loose(_ text: String, _ fields: [String]) -> [RecordView] {
            let wanted = normal(text)
            return wanted.isEmpty ? [] : all.filter { view in fields.contains { view.text($0).map(normal) == wanted } }
        }
        switch key {
        case .record(let id): return [all.filter { $0.id == id }]
        case .serial(let text): return [exact(text, ["serial"]), loose(text, ["serial"])]
        case .giai(let text):
            // A company's own number follows its prefix, which nobody else can tell from it.
            let ends = all.filter { view in
                ["tag", "serial"].contains { field in view.text(field).map { normal($0) }.map { $0.count >= 3 && normal(text).hasSuffix($0) } ?? false
                }
            }
            return [exact(text, ["tag", "serial"]), loose(text, ["tag", "serial"]), ends]
        case .plain(let text):
            let wanted = text.lowercased().replacing("asset/", with: "")
            let byID = wanted.count < 8 ? [] : all.filter { $0.id.description.hasSuffix(wanted) }
            return [exact(text, ["serial"]), exact(text, ["tag"]), loose(text, ["serial", "tag"]), byID]
        }
    }

    private static func normal(_ text: String) -> String { text.uppercased().filter { !$0.isWhitespace && $0 != "-" } }

    /// Resolves a scanned text to one asset and records the sighting.
    public func scan(_ text: String, on order: RecordID? = nil, place: [Int64]? = nil) throws -> Recorded {
        let asset = try findAsset(text, on: order)
        return try act("scan") { editor in
            let id = try editor.create(
                "scan",
                [
                    "text": .text(text.trimmed), "asset": .reference(asset), "order": .optional(order), "at": .time(editor.now),
                    "by": .reference(editor.user),
                    "place": place.map { .list($0.map { .integer($0) }) } ?? .null,
                ])
            let belongs = try order.flatMap { try editor.view("service_order", $0) }.map { $0.references("assets").contains(asset) } ?? true
            return (id, belongs ? [] : ["The asset is not among those of the order; add it with `edit --add-asset` if it is worked on."])
        }
    }
}
