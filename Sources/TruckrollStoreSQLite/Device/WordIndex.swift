import TruckrollCore
import TruckrollSync

/// What the words of a record are in the index, and how it is asked.
///
/// Every text that reaches it is folded and cut into words already, so that its tokenizer has but to split at spaces: both stores agree on
/// what a word is, and no version of SQLite has a say in it. Parts of names are found by their grams, each of three characters with the
/// place where it stands: a name that holds `0123` holds `012` and behind it `123`.
enum WordIndex {
    /// Stands before a name. Private characters are no part of any word.
    private static let start: Unicode.Scalar = "\u{E000}"
    /// Tells grams from words.
    private static let mark = "\u{E001}"

    static func kind(_ type: EntityType) -> String { "k\(type.rawValue)" }

    /// All grams of all names, with the shorter ones at their ends, by which those are known.
    static func grams(_ names: String) -> String {
        names.split(separator: "\n").flatMap { name in
            let name = [start] + name.unicodeScalars.filter { $0 != " " }
            return name.indices.map { gram(name[$0..<min($0 + 3, name.count)]) }
        }.joined(separator: " ")
    }

    /// The question in the language of FTS5.
    static func expression(_ search: WordSearch, _ reach: WordSearch.Reach, of types: Set<EntityType>) -> String {
        let fitting = expression(search, reach)
        guard !types.isEmpty else { return fitting }
        let kinds = types.sorted { $0.rawValue < $1.rawValue }.map(kind).joined(separator: " OR ")
        return "(kind : (\(kinds))) AND (\(fitting))"
    }

    private static func expression(_ search: WordSearch, _ reach: WordSearch.Reach) -> String {
        let key = Array(search.compact.unicodeScalars)
        switch reach {
        case .whole: return phrase(ending: [start] + key)
        case .beginning: return phrase(within: [start] + key)
        case .ending: return phrase(ending: key)
        case .within: return phrase(within: key)
        case .names: return search.words.map { "(names : \(phrase($0)))" }.joined(separator: " AND ")
        case .texts: return search.words.map { "({names texts} : \(phrase($0)))" }.joined(separator: " AND ")
        case .any:
            let words = search.words.map { word in
                let begins = "({names texts} : \(phrase(word)))"
                let part = word.joined()
                return search.isLongEnough(part) ? "(\(begins) OR \(phrase(within: Array(part.unicodeScalars))))" : begins
            }
            let ends = search.isLongEnough(search.compact) ? [phrase(ending: key)] : []
            return (["(\(words.joined(separator: " AND ")))", phrase(ending: [start] + key)] + ends).joined(separator: " OR ")
        }
    }

    /// Words that stand together, of the last one its beginning.
    private static func phrase(_ word: [String]) -> String { "\"\(word.joined(separator: " "))\" *" }

    private static func phrase(ending key: [Unicode.Scalar]) -> String {
        "(grams : \"\(key.indices.map { gram(key[$0..<min($0 + 3, key.count)]) }.joined(separator: " "))\")"
    }

    private static func phrase(within key: [Unicode.Scalar]) -> String {
        guard key.count >= 3 else { return "(grams : \"\(gram(key[...]))\" *)" }
        return "(grams : \"\((0...key.count - 3).map { gram(key[$0..<$0 + 3]) }.joined(separator: " "))\")"
    }

    private static func gram(_ part: ArraySlice<Unicode.Scalar>) -> String {
        var gram = mark
        gram.unicodeScalars.append(contentsOf: part)
        return gram
    }
}
