import TruckrollDomain
import TruckrollSync

/// A server's store in memory, for simulations that run whole days in milliseconds.
///
/// It keeps every promise of a store but durability, refuses what a file would refuse, and can be killed at any write.
///
/// `@unchecked Sendable`: nothing guards the state. A simulator calls it from one thread at a time; a server of real threads
/// takes the SQLite store.
public final class MemoryServerStore: ServerStore, @unchecked Sendable {
    /// All rows. Assigning replaces the content of the store, so only between transactions.
    public var tables: ServerTables
    /// Called before every write of the port and on both sides of a commit. What it throws kills the transaction: all of it is
    /// rolled back and `write` throws it on, even when the body caught it. Thrown at ``StoreCall/afterCommit``, the commit stays.
    public var fault: StoreFault?
    /// Whether it looks up many rows at once, as a remote database does.
    public var looksUpTogether = false
    private var isWriting = false

    public init(schema: Schema) { tables = ServerTables(schema) }
    public init(tables: ServerTables) { self.tables = tables }

    public func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
        precondition(!isWriting, "a store's transactions do not nest")
        isWriting = true
        let transaction = MemoryServerTransaction(self, isWriting: true)
        let result: T
        do {
            result = try body(transaction)
            try transaction.begin(.beginCommit)
            isWriting = false
        } catch {
            transaction.rollBack(to: 0)
            isWriting = false
            throw transaction.undoLog.death ?? error
        }
        try fault?(.afterCommit)
        return result
    }

    public func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T {
        precondition(!isWriting, "a store's transactions do not nest")
        return try body(MemoryServerTransaction(self, isWriting: false))
    }

    /// Opens the same content with another schema, as a program of another version does: typed columns it has and the store has
    /// not are added, filled from the records that are there.
    public func reopen(with schema: Schema) {
        precondition(!isWriting, "a transaction is open")
        for entity in tables.columns.open(schema) { tables.columns.fill(entity, from: tables.records.values.lazy.map(\.record)) }
    }

    /// An independent store with the same content and no fault: a backup, or a server started from one.
    public func copy() -> MemoryServerStore {
        precondition(!isWriting, "a transaction is open")
        return MemoryServerStore(tables: tables)
    }

    /// Takes the content of another store in the place of its own, as a restored backup does. Both stand between transactions.
    public func restore(from other: MemoryServerStore) {
        precondition(!isWriting && !other.isWriting, "a transaction is open")
        tables = other.tables
    }
}
