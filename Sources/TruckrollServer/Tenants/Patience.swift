import Foundation

/// How often and for how long something that failed is tried again: a few times within some seconds, each time after a longer pause of
/// a random length, so that those who were in each other's way do not meet again.
struct Patience {
    private static let tries = 6
    private static let time: Duration = .seconds(4)
    private let start = ContinuousClock.now
    private var tried = 0

    /// Waits, unless it was tried often or for long enough. Blocks its thread.
    mutating func waitOnceMore() -> Bool {
        tried += 1
        guard tried < Self.tries, ContinuousClock.now - start < Self.time else { return false }
        usleep(UInt32(Double(20_000 << tried) * Double.random(in: 0.5...1)))
        return true
    }
}
