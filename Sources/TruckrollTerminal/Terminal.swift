/// Where a command writes, and what that place can show.
///
/// A value, so a test builds the terminal it wants; a command takes ``standardOutput(environment:)``.
public struct Terminal: Sendable {
    /// Whether a person watches: false for a file or a pipe.
    public let isTerminal: Bool
    /// Whether escape sequences for colours may be written.
    public let usesColours: Bool
    /// The number of cells in a line; nil is unlimited, as in a file.
    public let width: Int?

    private let sink: @Sendable (String) -> Void
    private let lostNothing: @Sendable () -> Bool

    /// The width assumed for a terminal that does not tell its own, in cells.
    public static let defaultWidth = 80

    /// A terminal with exactly these properties, writing to `sink`; `lostNothing` answers ``isIntact``.
    public init(
        isTerminal: Bool, usesColours: Bool, width: Int?, sink: @escaping @Sendable (String) -> Void = { _ in },
        lostNothing: @escaping @Sendable () -> Bool = { true }
    ) {
        self.isTerminal = isTerminal
        self.usesColours = usesColours
        self.width = width.map { max(1, $0) }
        self.sink = sink
        self.lostNothing = lostNothing
    }

    /// A terminal whose properties follow from what the system and the environment say.
    ///
    /// Colours need a terminal, a `TERM` other than `dumb`, and `NO_COLOR` absent or empty (no-color.org). The width
    /// is `windowColumns`, else `COLUMNS`, else ``defaultWidth``; without a terminal it is unlimited.
    ///
    /// - Parameter windowColumns: the width in cells the window reports; nil or 0 when it reports none.
    public init(
        isTerminal: Bool, windowColumns: Int?, environment: [String: String],
        sink: @escaping @Sendable (String) -> Void = { _ in }, lostNothing: @escaping @Sendable () -> Bool = { true }
    ) {
        let refusesColours = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let known = [windowColumns, environment["COLUMNS"].flatMap { Int($0) }].lazy.compactMap { $0 }.first { $0 > 0 }
        self.init(
            isTerminal: isTerminal,
            usesColours: isTerminal && !refusesColours && environment["TERM"] != "dumb",
            width: isTerminal ? known ?? Self.defaultWidth : nil,
            sink: sink,
            lostNothing: lostNothing
        )
    }

    /// Whether everything written arrived; false once a disk was full, say. A command then ends with an error.
    ///
    /// A reader that stopped reading, as `head` does, had what it wanted: that counts as arrived.
    public var isIntact: Bool { lostNothing() }

    /// Writes `text` as it is and at once: nothing stays in a buffer.
    public func write(_ text: String) {
        sink(text)
    }

    /// Lays `content` out for this terminal and writes it with a line end.
    public func print(_ content: some TerminalContent) {
        write(content.rendered(for: self) + "\n")
    }

    /// Writes one line of ordinary text, control characters made visible.
    public func print(_ text: String) {
        print(StyledText(text))
    }
}
