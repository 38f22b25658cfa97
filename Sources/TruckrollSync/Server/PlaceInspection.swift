import TruckrollCore
import TruckrollDomain

/// Compares what stands beside the records, so that they are found, with what follows from them: scopes, the log of scopes, edges, and
/// the columns to query by.
struct PlaceInspection {
    let schema: Schema
    let transaction: any ServerTransaction
    let head: Position
    /// For each column that is queried, the records by its values.
    private var columns: [Column: [Value: Set<RecordID>]] = [:]

    private struct Column: Hashable {
        let entity: String
        let name: String
    }

    init(schema: Schema, transaction: any ServerTransaction, head: Position) {
        self.schema = schema
        self.transaction = transaction
        self.head = head
    }

    /// What does not follow from the record, in words; none of a record of an entity this schema does not know.
    mutating func words(about stored: StoredRecord) throws -> [String] {
        guard let entity = schema[stored.record.key.type] else { return [] }
        let view = RecordView(stored.record, entity)
        var words: [String] = []
        if stored.isDeleted != view.isDeleted { words.append("it is \(view.isDeleted ? "deleted" : "there") by its fields, and not by its row") }
        let scopes = Set(view.isDeleted ? [] : entity.scopes(of: view))
        if Set(stored.scopes) != scopes { words.append("it lies in other scopes than its fields say") }
        if stored.positions.contains(where: { $0 > head }) { words.append("a field was changed at a position that is not there yet") }
        let newest = stored.positions.max() ?? .start
        for scope in scopes {
            let row = try transaction.scopeRow(scope, stored.record.key)
            // Entered no later than it changed there, and the log of the scope knows of the newest change.
            guard let row, row.isLive, row.position >= newest, row.position <= head, row.entered <= row.position else {
                words.append("the log of its scope \(scope) does not have it as it is")
                continue
            }
        }
        let edges = Set(view.isDeleted ? [] : entity.edges(of: view))
        if Set(try transaction.edges(source: stored.record.key).map(\.edge)) != edges { words.append("its edges are others than its fields say") }
        if stored.record.key.facet == .common, !view.isDeleted { note(view) }
        return words
    }

    private mutating func note(_ view: RecordView) {
        for field in view.entity.fields where field.isColumn && field.facet == .common && view[field.name] != .null {
            columns[Column(entity: view.entity.name, name: field.name), default: [:]][view[field.name], default: []].insert(view.id)
        }
    }

    /// Which columns do not find the records that have their values. To be asked when all records have been seen.
    func columnDamage() throws -> [(name: String, words: String)] {
        var damage: [(name: String, words: String)] = []
        for (column, values) in columns.sorted(by: { ($0.key.entity, $0.key.name) < ($1.key.entity, $1.key.name) }) {
            let entity = try schema.entity(column.entity)
            for (value, ids) in values where Set(try transaction.ids(entity, where: column.name, equals: value)) != ids {
                damage.append(("\(column.entity).\(column.name)", "the column does not find the records with the value \(value)"))
            }
        }
        return damage
    }
}
