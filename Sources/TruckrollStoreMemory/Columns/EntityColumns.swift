import TruckrollCore

/// The typed columns of one entity: a row for each live record, and for each column and value the ids that have it.
struct EntityColumns: Sendable {
    /// Ascending.
    private(set) var ids: [RecordID] = []
    private var rows: [HashedID: [ColumnValue]] = [:]
    /// For each column, ascending ids by value.
    private var index: [[ColumnValue: [RecordID]]]

    init(columns: Int) { index = [[ColumnValue: [RecordID]]](repeating: [:], count: columns) }

    subscript(id: RecordID) -> [ColumnValue]? { rows[HashedID(id)] }

    /// Gives every row an empty value in a new last column.
    mutating func addColumn() {
        index.append(ids.isEmpty ? [:] : [.null: ids])
        for id in ids { rows[HashedID(id)]?.append(.null) }
    }

    func ids(column: Int, value: ColumnValue) -> [RecordID] { index[column][value] ?? [] }

    /// The ids with an integer that is no greater, by their integers.
    func ids(column: Int, upTo greatest: Int64) -> [RecordID] {
        var found: [(value: Int64, ids: [RecordID])] = []
        for case (.integer(let value), let ids) in index[column] where value <= greatest { found.append((value, ids)) }
        return found.sorted { $0.value < $1.value }.flatMap(\.ids)
    }

    /// Puts a record's row in place, or takes it away, and returns what was there.
    mutating func set(_ id: RecordID, _ row: [ColumnValue]?) -> [ColumnValue]? {
        let former = row.map { rows.updateValue($0, forKey: HashedID(id)) } ?? rows.removeValue(forKey: HashedID(id))
        if former == nil, row != nil { Self.insert(id, into: &ids) }
        if former != nil, row == nil { Self.remove(id, from: &ids) }
        for column in index.indices {
            let (old, new) = (former?[column], row?[column])
            guard old != new else { continue }
            if let old, let place = index[column].index(forKey: old) {
                Self.remove(id, from: &index[column].values[place])
                if index[column].values[place].isEmpty { index[column].remove(at: place) }
            }
            if let new { Self.insert(id, into: &index[column][new, default: []]) }
        }
        return former
    }

    private static func insert(_ id: RecordID, into ids: inout [RecordID]) {
        ids.insert(id, at: ids.partitionPoint { Order.ascending($0, id) })
    }

    private static func remove(_ id: RecordID, from ids: inout [RecordID]) {
        let place = ids.partitionPoint { Order.ascending($0, id) }
        if place < ids.count, HashedID(ids[place]) == HashedID(id) { ids.remove(at: place) }
    }
}
