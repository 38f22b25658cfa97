import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// The records one may be meant of, narrowed by the store's index of words so that a large register is not read whole.
///
/// What it gives is to be looked at once more: the index knows no spaces and hyphens, and looks at every name a record has.
struct Choice {
    /// Of more records than these the ones that were written last are looked at.
    static let limit = 1000
    /// Of more that are near.
    private static let nearLimit = 400

    private let reader: LocalReader
    private let entity: String
    private let text: String
    /// All there are to choose from, where the index does not help.
    private let all: [RecordView]?

    /// - Parameter columns: the fields it is looked for in. Where one of them is no name in the index, all records are read.
    init(_ entity: String, _ text: String, _ columns: [String], among views: [RecordView]? = nil, _ reader: LocalReader) throws {
        (self.reader, self.entity, self.text) = (reader, entity, text)
        let names = RecordWords.names(of: try reader.schema.entity(entity))
        all = try views ?? (columns.allSatisfy { names.contains($0) } ? nil : reader.views(entity))
    }

    /// Those the text may name as a whole.
    func whole() throws -> [RecordView] { try all ?? named(.whole) }

    /// Those whose name, or id, may end so.
    func ending() throws -> [RecordView] {
        if let all { return all }
        let type = try reader.schema.entity(entity).type
        let ids = try reader.keys(idEndingWith: text.lowercased()).filter { $0.type == type }.compactMap { try reader.view(entity, $0.id) }
        return ids + (try named(.ending)).filter { view in !ids.contains { $0.id == view.id } }
    }

    /// Those in whose name it may stand.
    func within() throws -> [RecordView] { try all ?? named(.within) }

    /// Those whose name may be the text but for one slip. It leaves either the beginning as it is or the end.
    func near() throws -> [RecordView] {
        if let all { return all }
        let key = WordSearch(text).compact
        guard key.count >= 4 else { return [] }
        let late = try reader.views(entity, WordSearch(String(key.dropLast(3))), .beginning, limit: Self.nearLimit)
        let early = try reader.views(entity, WordSearch(String(key.suffix(2))), .ending, limit: Self.nearLimit)
        return Dictionary((late + early).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }).values.sorted { $0.id < $1.id }
    }

    /// In the order of ids, as when all were read.
    private func named(_ reach: WordSearch.Reach) throws -> [RecordView] {
        try reader.views(entity, WordSearch(text), reach, limit: Self.limit).sorted { $0.id < $1.id }
    }
}
