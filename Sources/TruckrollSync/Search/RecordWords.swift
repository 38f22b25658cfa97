import TruckrollCore
import TruckrollDomain

/// The words by which a record is found.
public struct RecordWords: Hashable, Sendable {
    /// What people name it by, such as a number, a tag, a serial or a name: of each its words with a space between, a line each.
    public let names: String
    /// Its longer texts, in the same way.
    public let texts: String

    /// Raised when the same texts give other words than before, so that stores make theirs anew.
    public static let edition = 1

    /// - Parameters:
    ///   - names: lines of words.
    ///   - texts: lines of words.
    public init(names: String, texts: String) {
        self.names = names
        self.texts = texts
    }

    /// The words of a record that is there; `nil` when nothing of it can be found.
    ///
    /// Every text of the common facet counts that is not one of a list of words. A short one is a name, as is one that has a typed column or is called one.
    public init?(_ view: RecordView) {
        guard view.key.facet == .common else { return nil }
        let fields = Self.fields(of: view.entity)
        guard !fields.isEmpty, view.isThere else { return nil }
        var (names, texts): ([String], [String]) = ([], [])
        for field in fields {
            for text in Self.texts(view, field) {
                let words = Folding.words(text).joined(separator: " ")
                guard !words.isEmpty else { continue }
                if Self.isName(field) { names.append(words) } else { texts.append(words) }
            }
        }
        guard !names.isEmpty || !texts.isEmpty else { return nil }
        self.init(names: names.joined(separator: "\n"), texts: texts.joined(separator: "\n"))
    }

    /// The fields whose texts are found.
    public static func fields(of entity: Entity) -> [Field] {
        entity.fields.filter { field in
            guard case .text = field.type, field.facet == .common, field.rule != .workflow else { return false }
            return true
        }
    }

    /// What the words of an entity follow from, for a store to note: it makes them anew where that is another one.
    public static func described(_ entity: Entity) -> String {
        (["edition \(edition)"] + fields(of: entity).map { "\($0.name) \(isName($0) ? "name" : "text")" }).joined(separator: "\n")
    }

    /// The names of the fields that people name its records by.
    public static func names(of entity: Entity) -> Set<String> { Set(fields(of: entity).filter(isName).map(\.name)) }

    private static func isName(_ field: Field) -> Bool {
        guard !field.isSet, case .text(let length) = field.type else { return false }
        return field.isColumn || length <= 100 || field.name == "name"
    }

    private static func texts(_ view: RecordView, _ field: Field) -> [String] {
        let value = view[field.name]
        return value.text.map { [$0] } ?? (value.list ?? []).compactMap(\.text)
    }
}
