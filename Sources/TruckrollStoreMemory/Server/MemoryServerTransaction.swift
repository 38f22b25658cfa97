import TruckrollSync

/// One transaction of ``MemoryServerStore``; its methods lie in an extension for each group of the port.
final class MemoryServerTransaction: ServerTransaction {
    let store: MemoryServerStore
    var undoLog: UndoLog<ServerStep>

    init(_ store: MemoryServerStore, isWriting: Bool) {
        self.store = store
        undoLog = UndoLog(isWriting: isWriting)
    }

    func begin(_ call: StoreCall) throws { try undoLog.begin(call, store.fault) }

    func rollBack(to mark: Int) {
        while let step = undoLog.popStep(above: mark) { store.tables.undo(step) }
    }

    func rows(_ keys: ServerRowKeys) throws -> ServerRowsFound? { store.looksUpTogether ? try rowsOneByOne(keys) : nil }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let mark = undoLog.mark
        do { return try body() } catch {
            rollBack(to: mark)
            throw error
        }
    }
}
