import Dispatch
import TruckrollSync

/// Writes one record on a thread of its own.
final class Writer: Sendable {
    private let store: any ServerStore
    private let done = DispatchSemaphore(value: 0)

    init(_ store: any ServerStore) { self.store = store }

    func start() {
        DispatchQueue.global().async { [store, done] in
            try? store.write { try $0.save(Make.stored(Make.key(2)), entity: nil, columns: nil) }
            done.signal()
        }
    }

    func join() { done.wait() }
}
