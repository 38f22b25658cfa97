import TruckrollSync

/// One transaction of ``SQLiteServerStore``; its methods lie in an extension for each group of the port.
final class SQLiteServerTransaction: ServerTransaction {
    let session: Session
    let tables: EntityTables

    init(session: Session, tables: EntityTables) {
        self.session = session
        self.tables = tables
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T { try session.savepoint(body) }
}
