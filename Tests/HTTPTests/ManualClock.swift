import Synchronization

/// Unix milliseconds that only a test moves.
final class ManualClock: Sendable {
    private let milliseconds = Mutex<UInt64>(1_760_000_000_000)

    var now: UInt64 { milliseconds.withLock { $0 } }
    func advance(seconds: UInt64) { milliseconds.withLock { $0 += seconds * 1000 } }
}
