import Dispatch
import Synchronization
import TruckrollSync

/// Writes that come while another one is under way share the next transaction, and with it one wait for the disk.
///
/// Nobody waits for company: a write that comes alone begins at once. Each is undone alone where it fails, and is answered when the
/// transaction it was part of is kept.
final class GroupCommit: TenantStore {
    /// Sets in one transaction: so many that the wait for the disk counts for little beside them, so few that none waits long.
    private static let mostSets = 200
    private let store: any TenantStore
    private let batches: BatchStore
    private let state = Mutex(State())

    private struct State {
        /// In the order they came.
        var waiting: [Turn] = []
        var isWriting = false
    }

    /// One write, whose thread waits.
    private final class Turn: Sendable {
        let write: BatchedWrite
        let signal = DispatchSemaphore(value: 0)
        let isDone = Mutex(false)

        init(_ write: BatchedWrite) { self.write = write }
    }

    init(_ store: any TenantStore) {
        self.store = store
        batches = BatchStore(over: store)
    }

    func read<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try store.read(body) }
    func write<T>(_ body: (any ServerTransaction) throws -> T) throws -> T { try write(reading: { ServerRowKeys() }, body) }

    func write<T>(reading keys: () -> ServerRowKeys, _ body: (any ServerTransaction) throws -> T) throws -> T {
        try BatchedWrite.making(reading: keys, body) { run(Turn($0)) }
    }

    /// Writes that wait for the one under way.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func run(_ turn: Turn) {
        let leads = state.withLock { state in
            if state.isWriting { state.waiting.append(turn) }
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if !leads {
            turn.signal.wait()
            if turn.isDone.withLock({ $0 }) { return }
        }
        let others = state.withLock { Self.takeOthers(besides: turn, from: &$0) }
        batches.write([turn.write] + others.map(\.write))
        for other in others {
            other.isDone.withLock { $0 = true }
            other.signal.signal()
        }
        // Whoever came first meanwhile leads the next.
        let next = state.withLock { state -> Turn? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.isWriting = false
            return nil
        }
        next?.signal.signal()
    }

    private static func takeOthers(besides first: Turn, from state: inout State) -> [Turn] {
        var weight = first.write.weight
        let count = state.waiting.prefix { turn in
            weight += turn.write.weight
            return weight <= mostSets
        }.count
        defer { state.waiting.removeFirst(count) }
        return Array(state.waiting.prefix(count))
    }

    // MARK: The tenant's store

    func takeUp(_ check: (any ServerStore, [UInt8]) throws -> Void) throws { try store.takeUp(check) }
    func probe() throws { try store.probe() }
    func close() throws { try store.close() }
    func announce() { store.announce() }
    func onMove(_ wake: @escaping @Sendable () -> Void) { store.onMove(wake) }
    var sharing: (any SharedSessions)? { store.sharing }
}
