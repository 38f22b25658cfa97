import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A record that was found by words.
public struct FoundLine: Sendable {
    /// What it is.
    public let kind: SearchKind
    /// The record.
    public let id: RecordID
    /// Its number, tag or name.
    public let name: String
    /// What else tells it apart, and the words that were found where these do not show them.
    public let text: String
    /// The number of the order it belongs to.
    public let order: String?
    /// Where its newest values are.
    public let place: Whereabouts
}

/// What was found by words, the best first.
public struct SearchResult: Sendable {
    /// Beyond this nobody counts.
    public static let countedUpTo = 1000

    /// Those that are shown.
    public let lines: [FoundLine]
    /// How many fit; one above ``countedUpTo`` stands for any more than that.
    public let total: Int

    /// How many are not shown, in words; `nil` when all are.
    public var more: String? {
        guard total > lines.count else { return nil }
        return total > Self.countedUpTo ? "more than \(Self.countedUpTo - lines.count) more" : "\(total - lines.count) more"
    }

    /// - Parameters:
    ///   - kinds: what to look among; everything where there are none.
    ///   - limit: how many are shown.
    init(_ search: WordSearch, kinds: [SearchKind], limit: Int, _ screen: ScreenReader) throws {
        let kinds = kinds.isEmpty ? SearchKind.allCases : kinds
        let entities = kinds.map(\.entity)
        // A whole number or name first, then the end of one, then words of names, then all the rest.
        let tiers: [WordSearch.Reach] = [.whole] + (search.isLongEnough(search.compact) ? [.ending] : []) + [.names, .texts, .any]
        var (keys, known): ([RecordKey], Set<RecordKey>) = ([], [])
        for tier in tiers where keys.count < limit {
            let found = try screen.reader.keys(search, tier, of: entities, limit: limit + keys.count).filter { known.insert($0).inserted }
            keys += Self.ordered(found, kinds, screen)
        }
        lines = try keys.prefix(limit).compactMap { key in
            guard let name = screen.reader.schema[key.type]?.name, let kind = SearchKind(entity: name) else { return nil }
            return try screen.reader.view(name, key.id).map { try FoundLine($0, kind, search, screen) }
        }
        total = try keys.count < limit ? lines.count : screen.reader.keys(search, .any, of: entities, limit: Self.countedUpTo + 1).count
    }

    /// By kind, then the one that was made last first.
    private static func ordered(_ keys: [RecordKey], _ kinds: [SearchKind], _ screen: ScreenReader) -> [RecordKey] {
        let ranks = Dictionary(
            kinds.enumerated().compactMap { rank, kind in screen.reader.schema[kind.entity].map { ($0.type, rank) } },
            uniquingKeysWith: { first, _ in first })
        return keys.sorted { ((ranks[$0.type] ?? .max), $1.id) < ((ranks[$1.type] ?? .max), $0.id) }
    }
}

extension FoundLine {
    fileprivate init(_ view: RecordView, _ kind: SearchKind, _ search: WordSearch, _ screen: ScreenReader) throws {
        let names = ["number", "tag", "cylinder", "serial", "name", "title", "kind"]
        let naming = names.first { view.text($0) != nil }
        let text: [String?] =
            switch kind {
            case .order: [view.text("title"), try view.reference("site").map { try screen.siteName($0) }]
            case .asset:
                [
                    naming == "serial" ? nil : view.text("serial"),
                    try view.reference("model").flatMap { try screen.reader.view("asset_model", $0) }?.text("name"),
                    try view.reference("site").map { try screen.siteName($0) },
                ]
            case .site: [view.text("city"), try view.reference("customer").map { try screen.customerName($0) }]
            case .piece, .lot: [try view.reference("part").map { try screen.partName($0) }]
            case .model: [view.text("maker")]
            case .person: [view.text("role")]
            case .gas: [view.text("gas_name")]
            case .meter: [try view.reference("asset").map { try screen.assetName($0) }]
            case .customer, .part, .location, .certificate, .tool, .area, .plan, .document, .exception, .permit, .task, .text, .note, .finding:
                [naming == "name" || naming == "title" ? nil : view.text("name") ?? view.text("title")]
            }
        let shown = text.compactMap(\.self)
        let told = ([naming.flatMap { view.text($0) }].compactMap(\.self) + shown).joined(separator: " ")
        self.kind = kind
        id = view.id
        name = naming.flatMap { view.text($0) } ?? "…\(view.id.short)"
        self.text = (shown + [search.excerpt(view, besides: told)].compactMap(\.self)).joined(separator: " · ")
        order = try kind == .order ? nil : view.reference("order").map { try screen.orderNumber($0) }
        place = screen.place(view)
    }
}

extension WordSearch {
    /// How many characters around a found word are shown.
    private static let excerptLength = 60

    /// A piece of the record's texts around the first word that was looked for; `nil` when what is told already has it.
    fileprivate func excerpt(_ view: RecordView, besides told: String) -> String? {
        func has(_ text: some StringProtocol) -> Bool {
            let found = Folding.words(String(text))
            return words.contains { word in word.first.map { first in found.contains { $0.hasPrefix(first) } } ?? false }
        }
        guard !has(told) else { return nil }
        for field in RecordWords.fields(of: view.entity) {
            let value = view[field.name]
            for text in value.text.map({ [$0] }) ?? (value.list ?? []).compactMap(\.text) where has(text) {
                let pieces = text.split(whereSeparator: \.isWhitespace)
                let place = pieces.firstIndex { has($0) } ?? 0
                var excerpt = pieces[max(0, place - 3)...].joined(separator: " ")
                if excerpt.count > Self.excerptLength { excerpt = excerpt.prefix(Self.excerptLength) + "…" }
                return (place > 3 ? "…" : "") + excerpt
            }
        }
        return nil
    }
}

extension DeviceClient {
    /// The records this device holds in which words are found, the best first: a whole number or name, the end of one, then words.
    ///
    /// - Parameters:
    ///   - text: words or beginnings of words, all of which a record has to have; from three characters on a part of a number.
    ///   - kinds: what to look among; everything where there are none.
    ///   - limit: how many are shown.
    /// - Throws: ``DeviceProblem`` `not-enrolled`, or `no-words` for a text without a letter or digit.
    public func search(_ text: String, kinds: [SearchKind] = [], limit: Int = 20) throws -> SearchResult {
        let search = WordSearch(text)
        guard !search.isEmpty else {
            throw DeviceProblem("no-words", "There is no letter or digit in “\(text.prefix(60))”.", next: "Give a word, a number or a part of one.")
        }
        return try screen { try SearchResult(search, kinds: kinds, limit: limit, $0) }
    }
}
