import TruckrollDomain
import TruckrollStoreSQL
import TruckrollSync

/// One tenant's records, sets and views in one SQLite file.
///
/// Every write waits until the disk has it. One process has the file at a time; in it, readers see one committed state each
/// and do not wait for the writer.
public final class SQLiteServerStore: ServerStore {
    let file: DatabaseFile
    private let tables: EntityTables

    /// Opens or makes the file at `path`, brings its layout up to date, and adds the tables and columns that `schema` has and
    /// the file has not, filled from the records that are there.
    ///
    /// - Parameter inMemory: Keeps everything in memory and ignores `path`, for tests and trials.
    /// - Throws: ``StoreProblem``, which says what to do next. A file of a newer version or of another program is left untouched.
    public init(path: String, schema: Schema, inMemory: Bool = false) throws {
        tables = EntityTables(schema)
        file = try DatabaseFile(path: path, kind: inMemory ? .memory : .pool, layout: .server, tables: tables, patience: .zero)
    }

    /// One transaction, on the disk when this returns; a thrown error undoes all of it.
    public func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
        try file.write { try body(SQLServerTransaction(session: Session(db: $0, path: file.path), entities: tables.shapes)) }
    }

    /// One committed state for as long as `body` runs.
    public func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
        try file.read { try body(SQLServerTransaction(session: Session(db: $0, path: file.path), entities: tables.shapes)) }
    }

    /// Commits a change that leaves nothing behind: fails with ``StoreProblem`` when the file cannot be written now.
    public func probe() throws { try file.probe() }

    /// Copies one committed state to a new file that can be put back; what comes after it goes on meanwhile.
    ///
    /// - Throws: ``StoreProblem`` `corrupt` when a page of this store is damaged; then there is no copy.
    public func backup(to path: String) throws { try file.copy(to: path, layout: .server) }

    /// Puts a sound copy in the place of the file at `path`, whatever state that is in.
    ///
    /// - Parameters:
    ///   - former: where the former file goes, with what belongs to it.
    ///   - prepare: done when the copy is known to be sound, before anything of the former file moves.
    /// - Throws: ``StoreProblem``; then the former file is as it was.
    public static func restore(_ path: String, from copy: String, former: String, prepare: () throws -> Void) throws {
        try DatabaseFile.replace(path, with: copy, former: former, layout: .server, prepare: prepare)
    }

    /// Closes the file and gives it another name, with what belongs to it. Nobody else has had it in between.
    public func retire(to path: String) throws { try file.retire(to: path) }

    /// Waits for what is running, closes the file and lets go of it.
    public func close() throws { try file.close() }
}

extension SQLiteServerStore: RowPlace {
    package func withSession<T>(_ body: (any SQLSession) throws -> T) throws -> T { try file.read { try body(Session(db: $0, path: file.path)) } }
}
