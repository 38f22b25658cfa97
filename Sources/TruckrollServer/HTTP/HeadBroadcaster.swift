import Synchronization

/// Wakes the open streams of a tenant when its head moved.
///
/// A wake-up carries nothing: who is woken asks for the head. Wake-ups that were not yet taken are one.
public final class HeadBroadcaster: Sendable {
    private struct State {
        var nextID: UInt64 = 0
        var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Wakes every listener. The engine calls it after each commit and each revocation.
    public func moved() {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield() }
    }

    /// The streams that listen now.
    public var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Wake-ups from now on, beginning with one. Ending the sequence takes the listener off.
    func subscribe() -> (wakeUps: AsyncStream<Void>, poke: AsyncStream<Void>.Continuation) {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextID += 1
            state.listeners[state.nextID] = continuation
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
        }
        continuation.yield()
        return (stream, continuation)
    }
}
