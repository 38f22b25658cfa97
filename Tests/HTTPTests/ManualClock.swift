import Synchronization

/// Unix milliseconds that only a test moves.
final class ManualClock: Sendable {
    private let milliseconds = Mutex<UInt64>(1_760_000_000_000)

    var now: UInt64 { milliseconds.withLock { $0 } }
    /// Negative: it is set back.
    func advance(seconds: Int) { milliseconds.withLock { $0 = UInt64(Int($0) + seconds * 1000) } }
}
