import TruckrollCore
import TruckrollStoreSQL

/// The statements of one transaction of one tenant.
struct PostgresSession: SQLSession {
    let connection: PostgresConnection
    let tenant: TenantID

    var place: String { connection.place }

    func damaged(_ detail: String) -> StoreProblem { .corruptRow(place: place, detail: detail) }

    @discardableResult
    func run(_ sql: String, _ arguments: [SQLValue]) throws -> Int { try connection.run(sql, arguments, tenant: tenant).changed }

    func eachRow(_ sql: String, _ arguments: [SQLValue], _ read: (inout RowReader) throws -> Bool) throws {
        let result = try connection.run(sql, arguments, tenant: tenant)
        for row in 0..<result.rowCount {
            var reader = RowReader(PostgresRow(result: result, row: row, place: place))
            guard try read(&reader) else { return }
        }
    }

    /// The innermost of several of one name is meant.
    func savepoint(_ body: () throws -> Void) throws {
        try connection.script("SAVEPOINT step")
        do { try body() } catch {
            // A connection that is gone has undone everything.
            if connection.isOpen { try connection.script("ROLLBACK TO step; RELEASE step") }
            throw error
        }
        try connection.script("RELEASE step")
    }
}
