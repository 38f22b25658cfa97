import Synchronization

/// Collects what a command writes, for tests and for output that is wanted as text.
public final class Transcript: Sendable {
    private let collected = Mutex("")

    /// A transcript nothing was written to.
    public init() {}

    /// Everything written so far.
    public var text: String { collected.withLock { $0 } }

    /// A terminal with these properties that writes here. By default it is like a file: no colours, unlimited width.
    public func terminal(isTerminal: Bool = false, usesColours: Bool = false, width: Int? = nil) -> Terminal {
        Terminal(isTerminal: isTerminal, usesColours: usesColours, width: width) { text in
            self.collected.withLock { $0 += text }
        }
    }
}
