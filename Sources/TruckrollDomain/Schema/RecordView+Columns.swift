import TruckrollCore

extension RecordView {
    /// The values of the record's typed columns; `nil` of a deleted record, which has no row. Nothing but the common facet has any.
    public var columns: ColumnValues? {
        guard !isDeleted else { return nil }
        guard key.facet == .common else { return [:] }
        return ColumnValues(
            names: entity.columnNames,
            values: entity.columns.map { shown($0) } + (entity.clocks.isEmpty ? [] : [nextDue.map { .integer($0) } ?? .null]))
    }
}
