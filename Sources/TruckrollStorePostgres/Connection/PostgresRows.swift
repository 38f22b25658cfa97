import TruckrollStoreSQL

/// Several rows of one `INSERT` as one statement, whose values are a run for each column.
struct PostgresRows {
    /// Of the kind that ``SQLSession`` takes, and for PostgreSQL alone.
    let sql: String
    let values: [BoundValue]

    /// - Parameters:
    ///   - sql: `INSERT … VALUES (/*$tenant,*/ ?, ?, …) …`, which writes no row twice.
    ///   - rows: its values, of at least one row.
    /// - Returns: `nil` for a statement of another form, and where the values of a column are of several types.
    init?(_ sql: String, _ rows: [[SQLValue]]) {
        guard let count = rows.first?.count, let values = sql.firstRange(of: "VALUES (/*$tenant,*/ "),
            let end = sql[values.upperBound...].firstIndex(of: ")"),
            sql[values.upperBound..<end] == [String](repeating: "?", count: count).joined(separator: ", ")
        else { return nil }
        var runs: [BoundValue] = []
        var (columns, marks, names): ([String], [String], [String]) = ([], [], [])
        for column in 0..<count {
            let run = rows.map { BoundValue($0[column]) }
            let types = Set(run.filter { $0.bytes != nil }.map(\.type))
            guard let type = types.first, types.count == 1 else {
                guard types.isEmpty else { return nil }
                // A NULL that stands by itself takes the type of its column.
                columns.append("NULL")
                continue
            }
            guard let array = PostgresType.array(of: type) else { return nil }
            columns.append("v\(column)")
            names.append("v\(column)")
            marks.append("?::\(array.name)")
            runs.append(BoundValue(type: array.type, bytes: Self.array(run, of: type)))
        }
        guard !names.isEmpty else { return nil }
        let select =
            "SELECT /*$tenant,*/ \(columns.joined(separator: ", ")) FROM unnest(\(marks.joined(separator: ", "))) AS v (\(names.joined(separator: ", ")))"
        // In “SELECT … ON CONFLICT” an ON after a join would be read as its condition; a WHERE tells them apart.
        self.sql = sql[..<values.lowerBound] + select + " WHERE true" + sql[sql.index(after: end)...]
        self.values = runs
    }

    /// An array of one dimension in the binary form (array_send of PostgreSQL 15).
    private static func array(_ values: [BoundValue], of type: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + values.reduce(0) { $0 + 4 + ($1.bytes?.count ?? 0) })
        func append(_ number: Int32) { bytes += UInt32(bitPattern: number).bigEndianBytes }
        append(1)
        append(values.contains { $0.bytes == nil } ? 1 : 0)
        bytes += type.bigEndianBytes
        append(Int32(values.count))
        append(1)
        for value in values {
            append(value.bytes.map { Int32($0.count) } ?? -1)
            if let run = value.bytes { bytes += run }
        }
        return bytes
    }
}

extension PostgresType {
    /// The type of arrays of a type.
    static func array(of type: UInt32) -> (type: UInt32, name: String)? {
        switch type {
        case int8: (1016, "int8[]")
        case float8: (1022, "float8[]")
        case text: (1009, "text[]")
        case bytea: (1001, "bytea[]")
        default: nil
        }
    }
}
