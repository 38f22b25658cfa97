import Synchronization
import TruckrollCore
import TruckrollProtocol

/// Wakes the open streams of a tenant when its head moved.
///
/// A wake-up carries nothing: who is woken asks for the head. Wake-ups that were not yet taken are one.
public final class HeadBroadcaster: Sendable {
    private struct Listener {
        let replica: ReplicaID
        let wake: AsyncStream<Void>.Continuation
    }

    private struct State {
        var nextID: UInt64 = 0
        var listeners: [UInt64: Listener] = [:]
        /// The listeners of a replica, the oldest first.
        var ofReplica: [ReplicaID: [UInt64]] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Wakes every listener. The engine calls it after each commit and each revocation.
    public func moved() {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.wake.yield() }
    }

    /// The streams that listen now.
    public var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Wake-ups from now on, beginning with one. Ending the sequence takes the listener off.
    ///
    /// A replica with more than ``Limits/streamsOfReplica`` loses its oldest: most likely its other end vanished without a word.
    func subscribe(_ replica: ReplicaID) -> (wakeUps: AsyncStream<Void>, poke: AsyncStream<Void>.Continuation) {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let (id, oldest) = state.withLock { state in
            state.nextID += 1
            state.listeners[state.nextID] = Listener(replica: replica, wake: continuation)
            var listening = state.ofReplica[replica, default: []]
            listening.append(state.nextID)
            state.ofReplica[replica] = listening
            let surplus = listening.count > Limits.streamsOfReplica ? listening.first : nil
            return (state.nextID, surplus.flatMap { state.listeners[$0]?.wake })
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        continuation.yield()
        oldest?.finish()
        return (stream, continuation)
    }

    private func remove(_ id: UInt64) {
        state.withLock { state in
            guard let listener = state.listeners.removeValue(forKey: id) else { return }
            state.ofReplica[listener.replica]?.removeAll { $0 == id }
            if state.ofReplica[listener.replica]?.isEmpty ?? false { state.ofReplica[listener.replica] = nil }
        }
    }
}
