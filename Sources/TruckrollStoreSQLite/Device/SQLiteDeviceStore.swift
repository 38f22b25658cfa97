import TruckrollDomain
import TruckrollStoreSQL
import TruckrollSync

/// Everything a device knows, in one SQLite file that only its owner can read.
///
/// Every write waits until the disk has it: work done offline is nowhere else. One process has the file at a time; a second
/// one waits a while for the first to end.
public final class SQLiteDeviceStore: DeviceStore {
    let file: DatabaseFile
    private let tables: EntityTables

    /// Opens or makes the file at `path`, brings its layout up to date, and adds the tables and columns that `schema` has and
    /// the file has not, filled from the records that are there.
    ///
    /// On a full disk a file that is there opens all the same: it is read, and every write throws ``obstacle``.
    ///
    /// - Parameter patience: How long to wait for another process that has the file open.
    /// - Throws: ``StoreProblem``, which says what to do next. A file of a newer version or of another program is left untouched.
    public init(path: String, schema: Schema, patience: Duration = .seconds(10)) throws {
        tables = EntityTables(schema)
        file = try DatabaseFile(path: path, kind: .queue, layout: .device, tables: tables, patience: patience)
    }

    /// Why the store can only be read; `nil` when it can be written.
    public var obstacle: StoreProblem? { file.obstacle }

    /// One transaction, on the disk when this returns; a thrown error undoes all of it.
    public func write<T>(_ body: (any DeviceTransaction) throws -> T) throws -> T {
        try file.write { try body(SQLiteDeviceTransaction(session: Session(db: $0, path: file.path), tables: tables)) }
    }

    /// One committed state for as long as `body` runs.
    public func read<T>(_ body: (any DeviceTransaction) throws -> T) throws -> T {
        try file.read { try body(SQLiteDeviceTransaction(session: Session(db: $0, path: file.path), tables: tables)) }
    }

    /// Waits for what is running, closes the file and lets go of it.
    public func close() throws { try file.close() }
}
