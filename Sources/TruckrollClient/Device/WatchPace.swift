import TruckrollProtocol

/// How long a device that watches waits until it tries again, so that a server that is away, answers nobody or has too much to do is
/// asked little.
///
/// The pauses double, and stay below the time in which everybody is to agree once the network is back: T of Protocol/consistency.md.
package struct WatchPace: Sendable {
    private static let shortest: Duration = .seconds(2)
    package static let longest: Duration = .seconds(20)
    /// The longest a server's wish is heeded.
    private static let longestWish = 3600

    private let poll: Duration
    private var failures = 0

    /// - Parameter poll: the time between two syncs that nothing asks for.
    package init(poll: Duration) { self.poll = poll }

    /// The server was heard, or the time of a poll went by in silence.
    package mutating func goOn() { failures = 0 }

    /// The pause before the next attempt.
    ///
    /// - Parameters:
    ///   - failure: what ended the last one; `nil` for a stream that ended before it told anything.
    ///   - luck: from 0 to 1. Devices that lost their server at once do not come back at once.
    package mutating func pause(after failure: (any Error)?, luck: Double) -> Duration {
        let doubled = Self.shortest * (1 << min(failures, 8))
        failures += 1
        let pause = min(doubled, Self.longest, poll) * (1 - luck / 4)
        guard let failure else { return pause }
        switch failure {
        case TransportProblem.offline, TransportProblem.notTruckroll, TransportProblem.timeout: return pause
        case TransportProblem.problem(let document):
            if let wish = document.retryAfter { return .seconds(min(max(wish, 0), Self.longestWish)) + pause }
            return max(pause, poll)
        // Time alone mends none of the others.
        default: return max(pause, poll)
        }
    }
}
