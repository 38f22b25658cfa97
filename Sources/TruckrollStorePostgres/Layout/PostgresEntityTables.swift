import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQL

/// The tables of typed columns in a database of many tenants, and the rows of one of them.
extension EntityShapes {
    /// Makes tables, columns and indexes that are missing. Within a transaction that holds the lock of the layout.
    func addMissing(to connection: PostgresConnection, partitions: Int) throws {
        let present = try connection.run(
            "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema()", [])
        var columns: [String: Set<String>] = [:]
        for row in 0..<present.rowCount {
            guard case .text(let table) = present.value(row, 0), case .text(let column) = present.value(row, 1) else { continue }
            columns[table, default: []].insert(column)
        }
        let indexes = try connection.run("SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema()", [])
        let names = Set((0..<indexes.rowCount).map { indexes.value($0, 0) })
        for shape in all {
            let table = EntityShape.quoted(shape.table)
            if let present = columns[shape.table] {
                for column in shape.columns where !present.contains(column.name) {
                    try connection.script("ALTER TABLE \(table) ADD COLUMN \(column.quoted) \(column.type.word)")
                }
            } else {
                let definitions =
                    ["tenant uuid NOT NULL", "id bytea NOT NULL CHECK (length(id) = 16)"] + shape.columns.map { "\($0.quoted) \($0.type.word)" }
                    + ["PRIMARY KEY (tenant, id)"]
                let create = "CREATE TABLE \(table) (\(definitions.joined(separator: ", ")))"
                for statement in PostgresLayout.create(create, partitions: partitions) { try connection.script(statement) }
            }
            for column in shape.columns where !names.contains(.text(column.index)) {
                try connection.script("CREATE INDEX \(EntityShape.quoted(column.index)) ON \(table) (tenant, \(column.indexed), id)")
            }
        }
    }

    /// Fills the rows of a tenant for which a column is new. Within a writing transaction of the tenant.
    func fillMissing(in session: PostgresSession) throws {
        let rows = try session.rows("SELECT entity, columns FROM filled_columns /*WHERE tenant = $tenant*/") { (try $0.text(), try $0.text()) }
        let filled = Dictionary(rows, uniquingKeysWith: { first, _ in first })
        for shape in all {
            let columns = shape.described { $0.word }
            let known = filled[shape.name].map { Set($0.split(separator: "\n").map(String.init)) }
            guard known?.isSuperset(of: columns) != true else { continue }
            try fill(shape, in: session)
            try session.run(
                """
                INSERT INTO filled_columns (/*tenant,*/ entity, columns) VALUES (/*$tenant,*/ ?, ?)
                ON CONFLICT (/*tenant,*/ entity) DO UPDATE SET columns = excluded.columns
                """, [try shape.name.bound(), try columns.joined(separator: "\n").bound()])
        }
    }
}

/// Page by page, as a result lies in memory whole. The first row of a page is the last one of the page before, and is saved twice.
private func fill(_ shape: EntityShape, in session: PostgresSession) throws {
    var (first, last) = shape.allKeys
    while true {
        let next = try session.row(
            "SELECT key FROM record WHERE /*tenant = $tenant AND*/ key BETWEEN ?1 AND ?2 ORDER BY key OFFSET 500 LIMIT 1",
            [first.bound, last.bound]
        ) { try $0.bytes() }
        try shape.fill(
            from: "SELECT key, entries FROM record WHERE /*tenant = $tenant AND*/ key BETWEEN ?1 AND ?2", keys: (first, next ?? last), in: session)
        guard let next else { return }
        first = next
    }
}

extension ColumnType {
    /// The word in PostgreSQL's SQL.
    fileprivate var word: String {
        switch self {
        case .text: "text COLLATE \"C\""
        case .integer: "bigint"
        case .bytes, .encoded: "bytea"
        }
    }
}
