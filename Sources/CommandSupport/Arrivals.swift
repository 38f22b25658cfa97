import Synchronization
import TruckrollClient
import TruckrollSync
import TruckrollTerminal

/// Tells on standard error how many records a long sync has brought in so far: nobody can say how many there will be.
///
/// On a terminal one line is written over again; elsewhere there is a line now and then.
public final class Arrivals: Sendable {
    private struct State {
        var toldAt: Duration
        var isDrawn = false
    }

    private let terminal: Terminal
    private let now: @Sendable () -> Duration
    private let state: Mutex<State>

    /// Says what begins.
    ///
    /// - Parameters:
    ///   - beginning: `nil` for a sync that is over in a moment as a rule: then nothing is said in its first second.
    ///   - now: the time since any fixed moment.
    public init(_ beginning: String?, on terminal: Terminal, now: @escaping @Sendable () -> Duration = Arrivals.clock()) {
        self.terminal = terminal
        self.now = now
        state = Mutex(State(toldAt: beginning == nil ? now() + .seconds(1) : now()))
        if let beginning { terminal.print(StyledText(beginning, .dim)) }
    }

    /// The machine's clock.
    public static func clock() -> @Sendable () -> Duration {
        let start = ContinuousClock.now
        return { ContinuousClock.now - start }
    }

    /// Notes how far the sync is.
    public func show(_ report: SyncReport) {
        state.withLock { state in
            let interval: Duration = terminal.isTerminal ? .milliseconds(100) : .seconds(5)
            guard now() - state.toldAt >= interval else { return }
            state.toldAt = now()
            let line = "\(report.recordsChanged.counted("record")) so far"
            terminal.write(terminal.isTerminal ? "\r\(line)" : line + "\n")
            state.isDrawn = terminal.isTerminal
        }
    }

    /// Ends the line that was written over.
    public func finish() {
        state.withLock { state in
            if state.isDrawn { terminal.write("\n") }
            state.isDrawn = false
        }
    }
}
