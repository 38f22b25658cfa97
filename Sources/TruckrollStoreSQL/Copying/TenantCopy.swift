/// Where the rows of a tenant are read or written: each call of its session is a transaction of its own.
package protocol RowPlace {
    func withSession<T>(_ body: (any SQLSession) throws -> T) throws -> T
}

/// Makes the rows of a tenant in one database those of another, whatever stands there: page by page in the order of the keys, so that
/// it can be cut short anywhere and repeated, and then writes only what differs.
///
/// The row that says that there is a tenant (`tenant`) is left out: until it is written, nobody takes the copy for one.
package struct TenantCopy {
    /// A table, and the columns of its key without the tenant.
    private struct Table {
        let name: String
        let key: [String]
    }

    /// What a comparison of all rows came to.
    package struct Result: Hashable, Sendable {
        package var rows = 0
        /// Rows of pages that differed.
        package var differing = 0

        package init() {}
    }

    private let tables: [Table]
    private static let rowsInPage = 200

    package init(_ entities: EntityShapes) {
        // What others refer to comes before them.
        tables =
            [
                Table(name: "epoch", key: ["number"]), Table(name: "replica", key: ["replica"]), Table(name: "awaited", key: ["replica"]),
                Table(name: "device_report", key: ["replica"]),
                Table(name: "enrolment_code", key: ["code_hash"]), Table(name: "admitted", key: ["position"]),
                Table(name: "waiting", key: ["replica", "sequence"]), Table(name: "waiting_record", key: ["replica", "key", "sequence"]),
                Table(name: "record", key: ["key"]), Table(name: "scope_log", key: ["scope", "key"]), Table(name: "scope_digest", key: ["scope"]),
                Table(name: "snapshot", key: ["scope", "position"]), Table(name: "snapshot_segment", key: ["scope", "position", "number"]),
                Table(name: "edge", key: ["parent", "child", "source"]), Table(name: "view_scope", key: ["replica", "scope"]),
                Table(name: "view_interval", key: ["replica", "scope", "added"]),
            ] + entities.all.map { Table(name: EntityShape.quoted($0.table), key: ["id"]) }
    }

    /// How many rows there are to go over.
    package func count(in source: some RowPlace) throws -> Int {
        try source.withSession { session in
            try tables.reduce(0) { sum, table in
                try sum + Int(session.row("SELECT count(*) FROM \(table.name) /*WHERE tenant = $tenant*/") { try $0.integer() } ?? 0)
            }
        }
    }

    /// Compares all rows, and writes what differs.
    ///
    /// - Parameters:
    ///   - isWriting: else it only counts.
    ///   - onPage: called with the number of rows gone over since the last call.
    package func run(from source: some RowPlace, to target: some RowPlace, isWriting: Bool, onPage: (Int) -> Void) throws -> Result {
        var result = Result()
        for table in tables {
            do { try bring(table, from: source, to: target, isWriting, &result, onPage) } catch StoreProblem.taken where isWriting {
                // A value that only one row may have has gone from one page to another.
                try target.withSession { _ = try $0.run("DELETE FROM \(table.name) /*WHERE tenant = $tenant*/", []) }
                try bring(table, from: source, to: target, isWriting, &result, onPage)
            }
        }
        return result
    }

    private func bring(
        _ table: Table, from source: some RowPlace, to target: some RowPlace, _ isWriting: Bool, _ result: inout Result, _ onPage: (Int) -> Void
    ) throws {
        let columns = try target.withSession { try Self.columns(of: table, in: $0) }
        let places = table.key.compactMap { columns.firstIndex(of: $0) }
        guard places.count == table.key.count else { throw StoreProblem.failed(path: table.name, detail: "it lacks columns of its key") }
        var after: [SQLValue]?
        while true {
            let page = try source.withSession { session in
                try Self.rows(of: table, columns, after: after, through: nil, limit: Self.rowsInPage, in: session)
            }
            let isLast = page.count < Self.rowsInPage
            let last = isLast ? nil : page.last.map { row in places.map { row[$0] } }
            let differing = try target.withSession { session in
                let there = try Self.rows(of: table, columns, after: after, through: last, limit: nil, in: session)
                guard there != page else { return 0 }
                if isWriting { try Self.replace(table, columns, after: after, through: last, with: page, in: session) }
                return max(there.count, page.count)
            }
            result.rows += page.count
            result.differing += differing
            onPage(page.count)
            guard !isLast else { return }
            after = last
        }
    }

    private static func columns(of table: Table, in target: any SQLSession) throws -> [String] {
        try target.rows(
            """
            SELECT attname::text FROM pg_attribute
            WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped AND attname <> 'tenant' ORDER BY attnum
            """, [.text(table.name)]
        ) { try $0.text() }
    }

    /// Rows in the order of the key, from behind one key through another.
    private static func rows(
        of table: Table, _ columns: [String], after: [SQLValue]?, through: [SQLValue]?, limit: Int?, in session: any SQLSession
    ) throws -> [[SQLValue]] {
        let (condition, values) = range(of: table, after: after, through: through)
        let names = columns.map { EntityShape.quoted($0) }.joined(separator: ", ")
        let sql =
            "SELECT \(names) FROM \(table.name) WHERE \(condition) ORDER BY \(table.key.joined(separator: ", "))"
            + (limit.map { " LIMIT \($0)" } ?? "")
        return try session.rows(sql, values) { row in columns.map { _ in row.raw() } }
    }

    private static func replace(
        _ table: Table, _ columns: [String], after: [SQLValue]?, through: [SQLValue]?, with rows: [[SQLValue]], in session: any SQLSession
    ) throws {
        let (condition, values) = range(of: table, after: after, through: through)
        try session.run("DELETE FROM \(table.name) WHERE \(condition)", values)
        let names = columns.map { EntityShape.quoted($0) }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        for row in rows { try session.run("INSERT INTO \(table.name) (/*tenant,*/ \(names)) VALUES (/*$tenant,*/ \(marks))", row) }
    }

    private static func range(of table: Table, after: [SQLValue]?, through: [SQLValue]?) -> (condition: String, values: [SQLValue]) {
        var conditions: [String] = []
        var values: [SQLValue] = []
        for (comparison, bound) in [(">", after), ("<=", through)] {
            guard let bound else { continue }
            let marks = bound.indices.map { "?\(values.count + $0 + 1)" }.joined(separator: ", ")
            conditions.append("(\(table.key.joined(separator: ", "))) \(comparison) (\(marks))")
            values += bound
        }
        return ("/*tenant = $tenant AND*/ " + (conditions.isEmpty ? "1 = 1" : conditions.joined(separator: " AND ")), values)
    }
}
