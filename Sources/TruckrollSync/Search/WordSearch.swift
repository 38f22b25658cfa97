/// What somebody looks for among the words of records.
public struct WordSearch: Hashable, Sendable {
    /// How a record has to fit.
    public enum Reach: String, Sendable, CaseIterable {
        /// One of its names is all of what is looked for, spaces and hyphens aside.
        case whole
        /// One of its names begins with it.
        case beginning
        /// One of its names ends with it.
        case ending
        /// One of its names holds it.
        case within
        /// Each word begins a word of its names.
        case names
        /// Each word begins a word of its names or of its texts.
        case texts
        /// Any of this: the whole, or from three characters on the end of a name; or each word begins a word, or is part of a name.
        case any
    }

    /// What was typed between spaces, each as the words it holds: `HK18-0001` is two that stand together.
    public let words: [[String]]
    /// All of it without anything between.
    public let compact: String

    /// Reads what was typed.
    public init(_ text: String) {
        words = text.split(whereSeparator: \.isWhitespace).map { Folding.words(String($0)) }.filter { !$0.isEmpty }
        compact = words.joined().joined()
    }

    /// Whether there is nothing to look for.
    public var isEmpty: Bool { words.isEmpty }
    /// From how many characters on a part of a name is looked for among words.
    public static let leastPart = 3

    /// Whether a record with these words fits. Stores with an index give what this would.
    public func fits(_ record: RecordWords, _ reach: Reach) -> Bool {
        guard !isEmpty else { return false }
        let names = record.names.split(separator: "\n").map { $0.utf8.filter { $0 != UInt8(ascii: " ") } }
        let key = Array(compact.utf8)
        switch reach {
        case .whole: return names.contains { $0 == key }
        case .beginning: return names.contains { $0.starts(with: key) }
        case .ending: return names.contains { $0.reversed().starts(with: key.reversed()) }
        case .within: return names.contains { Self.holds($0, key) }
        case .names, .texts, .any: break
        }
        let lists = ([record.names] + (reach == .names ? [] : [record.texts])).map { $0.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) } }
        func begins(_ word: [String]) -> Bool { lists.contains { Self.begins(word.map { Array($0.utf8) }, in: $0) } }
        guard reach == .any else { return words.allSatisfy(begins) }
        return fits(record, .whole) || isLongEnough(compact) && fits(record, .ending)
            || words.allSatisfy { word in
                begins(word) || isLongEnough(word.joined()) && names.contains { Self.holds($0, Array(word.joined().utf8)) }
            }
    }

    /// Whether a part is long enough to be looked for within names.
    public func isLongEnough(_ part: String) -> Bool { part.unicodeScalars.count >= Self.leastPart }

    /// Whether the words stand together in a list, of the last one its beginning.
    private static func begins(_ word: [[UInt8]], in list: [[UInt8]]) -> Bool {
        guard let last = word.last, list.count >= word.count else { return false }
        return (0...list.count - word.count).contains { start in
            list[start..<start + word.count - 1].elementsEqual(word.dropLast()) && list[start + word.count - 1].starts(with: last)
        }
    }

    private static func holds(_ name: [UInt8], _ part: [UInt8]) -> Bool {
        guard name.count >= part.count else { return false }
        return (0...name.count - part.count).contains { name[$0..<$0 + part.count].elementsEqual(part) }
    }
}
