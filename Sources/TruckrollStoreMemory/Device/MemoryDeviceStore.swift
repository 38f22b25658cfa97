import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A device's store in memory, for simulations that run whole days in milliseconds.
///
/// It keeps every promise of a store but durability, refuses what a file would refuse, and can be killed at any write.
///
/// `@unchecked Sendable`: nothing guards the state. A simulator calls it from one thread at a time; a device takes the SQLite
/// store.
public final class MemoryDeviceStore: DeviceStore, @unchecked Sendable {
    /// All rows. Assigning replaces the content of the store, so only between transactions.
    public var tables: DeviceTables
    /// Called before every write of the port and on both sides of a commit. What it throws kills the transaction: all of it is
    /// rolled back and `write` throws it on, even when the body caught it. Thrown at ``StoreCall/afterCommit``, the commit stays.
    public var fault: StoreFault?
    private var isWriting = false

    public init(schema: Schema) { tables = DeviceTables(schema) }
    public init(tables: DeviceTables) { self.tables = tables }

    public func write<T>(_ body: (any DeviceTransaction) throws -> T) throws -> T {
        precondition(!isWriting, "a store's transactions do not nest")
        isWriting = true
        let transaction = MemoryDeviceTransaction(self, isWriting: true)
        let result: T
        do {
            result = try body(transaction)
            try transaction.begin(.beginCommit)
            isWriting = false
        } catch {
            transaction.rollBack()
            isWriting = false
            throw transaction.undoLog.death ?? error
        }
        try fault?(.afterCommit)
        return result
    }

    public func read<T>(_ body: (any DeviceTransaction) throws -> T) throws -> T {
        precondition(!isWriting, "a store's transactions do not nest")
        return try body(MemoryDeviceTransaction(self, isWriting: false))
    }

    /// Opens the same content with another schema, as a program of another version does: typed columns it has and the store has
    /// not are added, filled from the records that are there, and words are made anew.
    public func reopen(with schema: Schema) {
        precondition(!isWriting, "a transaction is open")
        let affected = tables.columns.open(schema)
        let records = tables.confirmed.filter { !tables.unreadable.contains(.record($0.key.key)) }.mapValues(\.record)
        let visible = records.merging(tables.overlays) { _, overlay in overlay }.values
        for entity in affected { tables.columns.fill(entity, from: visible) }
        for record in visible { schema[record.key.type].map { tables.words[HashedKey(record.key)] = RecordWords(RecordView(record, $0)) } }
    }

    /// An independent store with the same content and no fault: a backup, or a clone of the device.
    public func copy() -> MemoryDeviceStore {
        precondition(!isWriting, "a transaction is open")
        return MemoryDeviceStore(tables: tables)
    }

    /// Takes the content of another store in the place of its own, as a device does that is set back to a backup. Both stand
    /// between transactions.
    public func restore(from other: MemoryDeviceStore) {
        precondition(!isWriting && !other.isWriting, "a transaction is open")
        tables = other.tables
    }
}
