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
            let preferred = try order.flatMap { try reader.view("service_order", $0) }.map { Set($0.references("assets")) } ?? []
            for key in code.keys {
                for matches in try Self.matches(key, reader) {
                    let matches = try matches()
                    guard !matches.isEmpty else { continue }
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
            let near = try Choice("asset", wanted, ["serial", "tag"], reader).near().filter { view in
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
    private static func matches(
        _ key: ScannedCode.Key, _ reader: LocalReader
    ) throws -> [() throws -> [RecordView]] {
        func exact(_ text: String, _ fields: [String]) -> () throws -> [RecordView] {
            {
                let found = try fields.flatMap { try reader.views("asset", where: $0, equals: .text(text)) }
                return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }).values.sorted { $0.id < $1.id }
            }
        }
        func loose(_ text: String, _ fields: [String]) -> () throws -> [RecordView] {
            let wanted = normal(text)
            return { try Choice("asset", text, fields, reader).whole().filter { view in fields.contains { view.text($0).map(normal) == wanted } } }
        }
        switch key {
        case .record(let id): return [{ try [reader.view("asset", id)].compactMap(\.self) }]
        case .serial(let text): return [exact(text, ["serial"]), loose(text, ["serial"])]
        case .giai(let text):
            // A company's own number follows its prefix, which nobody else can tell from it.
            let wanted = normal(text)
            let ends = {
                let suffixes = (3...max(3, wanted.count)).map { String(wanted.suffix($0)) }
                let found = try suffixes.flatMap { suffix in
                    try Choice("asset", suffix, ["tag", "serial"], reader).whole().filter { view in
                        ["tag", "serial"].contains { view.text($0).map(normal) == suffix }
                    }
                }
                return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }).values.sorted { $0.id < $1.id }
            }
            return [exact(text, ["tag", "serial"]), loose(text, ["tag", "serial"]), ends]
        case .plain(let text):
            let wanted = text.lowercased().replacing("asset/", with: "")
            let byID = {
                wanted.count < 8 ? [] : try Choice("asset", wanted, ["serial"], reader).ending().filter { $0.id.description.hasSuffix(wanted) }
            }
            return [exact(text, ["serial"]), exact(text, ["tag"]), loose(text, ["serial", "tag"]), byID]
        }
    }

    private static func normal(_ text: String) -> String { text.uppercased().filter { !$0.isWhitespace && $0 != "-" } }

    /// Resolves a scanned text to one asset and records the sighting.
    ///
    /// - Parameter entry: how the text came in; `nil` where nobody says.
    /// - Throws: ``DeviceProblem`` `misread` for what was typed and is not confirmed.
    public func scan(_ text: String, _ entry: TextEntry? = nil, on order: RecordID? = nil, place: [Int64]? = nil) throws -> Recorded {
        try entry?.confirm(text)
        let asset = try findAsset(text, on: order)
        return try act("scan") { editor in
            let id = try editor.create(
                "scan",
                [
                    "text": .text(text.trimmed), "asset": .reference(asset), "order": .optional(order), "at": .time(editor.now),
                    "by": .reference(editor.user), "source": .optional(entry?.word),
                    "place": place.map { .list($0.map { .integer($0) }) } ?? .null,
                ])
            let belongs = try order.flatMap { try editor.view("service_order", $0) }.map { $0.references("assets").contains(asset) } ?? true
            return (id, belongs ? [] : ["The asset is not among those of the order; add it with `edit --add-asset` if it is worked on."])
        }
    }
}

/// How a serial number came in.
public enum TextEntry: Sendable, Hashable {
    /// A machine read it.
    case machine
    /// Somebody typed it: `again` is what he typed the second time.
    case typed(again: String?)

    /// The schema's word.
    var word: String { self == .machine ? "machine" : "typed" }

    /// What somebody types needs a check digit, or to be typed twice alike.
    ///
    /// - Throws: ``DeviceProblem`` `misread`.
    func confirm(_ text: String) throws(DeviceProblem) {
        guard case .typed(let again) = self else { return }
        // A number that contradicts its check digit is refused already.
        let isChecked = try ScannedCode(text).gtin != nil
        guard let again else {
            if isChecked { return }
            throw DeviceProblem(
                .misread, "“\(text.prefix(60))” has no check digit that would find a slip.", next: "Type it once more with --again, or scan it.")
        }
        guard again.trimmed == text.trimmed else {
            throw DeviceProblem(
                .misread, "“\(text.prefix(60))” and “\(again.prefix(60))” differ.", next: "Compare both with the plate, and type it twice alike.")
        }
    }
}
