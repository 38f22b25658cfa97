import TruckrollCore

extension RecordView {
    /// The values of the record's typed columns; `nil` of a deleted record, which has no row. Nothing but the common facet has any.
    public var columns: [String: Value]? {
        guard !isDeleted else { return nil }
        guard key.facet == .common else { return [:] }
        var columns: [String: Value] = [:]
        for field in entity.columns { columns[field.name] = self[field.name] }
        return columns
    }
}
