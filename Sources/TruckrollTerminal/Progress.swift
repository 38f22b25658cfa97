/// Tells on standard error how far a long piece of work is.
///
/// On a terminal a bar is redrawn in place; elsewhere there is one line for each quarter, and one whenever none was written for a while;
/// with `isQuiet`, nothing.
public struct Progress: Sendable {
    /// The shortest time between two drawings of the bar.
    private static let redrawInterval: Duration = .milliseconds(100)
    /// The longest time without a line where no bar is drawn.
    private static let tellInterval: Duration = .seconds(10)
    private static let barWidth = 24

    private let title: String
    /// How many items the work has.
    public let total: Int
    /// How many items are done, from 0 to ``total``.
    public private(set) var done = 0

    private let terminal: Terminal
    private let isQuiet: Bool
    private let now: @Sendable () -> Duration
    private let started: Duration
    private var lastDrawn: Duration?
    private var drawnWidth = 0
    private var quartersTold = 0
    private var lastTold: Int?
    private var toldAt: Duration
    private var isFinished = false

    /// Starts the measuring of the rate; nothing is shown yet.
    ///
    /// - Parameters:
    ///   - title: what is being done, such as "Importing orders".
    ///   - total: the number of items; below 0 counts as 0.
    ///   - terminal: where to tell it, which is ``Terminal/standardError(environment:)`` in a command.
    ///   - now: the time since any fixed moment; it must not go back.
    public init(
        _ title: String, total: Int, on terminal: Terminal, isQuiet: Bool = false, now: @escaping @Sendable () -> Duration
    ) {
        self.title = title.withVisibleControls
        self.total = max(0, total)
        self.terminal = terminal
        self.isQuiet = isQuiet
        self.now = now
        started = now()
        toldAt = started
    }

    /// Notes that `count` more items are done.
    public mutating func advance(by count: Int = 1) {
        done = min(total, done + min(max(0, count), total - done))
        if isQuiet || isFinished { return }
        terminal.isTerminal ? redraw() : tellQuarters()
    }

    /// Draws the last state and ends the line. Call it once the work ended, also when it ended early.
    public mutating func finish() {
        if isQuiet || isFinished { return }
        isFinished = true
        if terminal.isTerminal {
            draw(at: now())
            terminal.write("\n")
        } else if lastTold != done {
            tell()
        }
    }

    private mutating func redraw() {
        let time = now()
        if let lastDrawn, time - lastDrawn < Self.redrawInterval { return }
        draw(at: time)
    }

    private mutating func draw(at time: Duration) {
        lastDrawn = time
        let filled = share(of: Self.barWidth)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled)
        // One cell stays free: a full last column makes some terminals start a new line.
        let room = (terminal.width ?? Terminal.defaultWidth) - 1
        let counts = counts(at: time)
        let candidates = [StyledText("\(title) ") + StyledText(bar, .cyan) + " \(counts)", "\(title) \(counts)"]
        let line = candidates.first { $0.displayWidth <= room } ?? StyledText(counts).truncated(to: room)
        terminal.write("\r" + line.padded(to: min(drawnWidth, room)).rendered(usesColours: terminal.usesColours))
        drawnWidth = line.displayWidth
    }

    private mutating func tellQuarters() {
        let quarters = share(of: 4)
        guard quarters > quartersTold || now() - toldAt >= Self.tellInterval else { return }
        quartersTold = quarters
        tell()
    }

    private mutating func tell() {
        lastTold = done
        toldAt = now()
        terminal.write("\(title): \(share(of: 100)) % (\(counts(at: now())))\n")
    }

    /// How many of `parts` equal parts of the work are done, rounded down; exact, which a Double would not be.
    private func share(of parts: Int) -> Int {
        total == 0 ? parts : total.dividingFullWidth(done.multipliedFullWidth(by: parts)).quotient
    }

    private func counts(at time: Duration) -> String {
        let seconds = (time - started) / .seconds(1)
        let rate = seconds > 0 ? Double(done) / seconds : 0
        guard rate > 0, rate < 1e9 else { return "\(done)/\(total)" }
        let shown = rate < 10 ? String((rate * 10).rounded() / 10) : String(Int(rate.rounded()))
        return "\(done)/\(total), \(shown)/s"
    }
}
